"""Blocks: my matters with their way, what waits, samples for who draws a page."""

from __future__ import annotations

from jizuo.ground.packs.shapes import Block


def test_both_kinds(town):
    from jizuo.engines.matter import blocks
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import versions
    from jizuo.ground.packs.blocks import PageAsk
    from jizuo.ground.packs.shapes import BlockPage, Use

    matter_id = town.start(on_day="2027-03-16")
    for role, kind in (("guardian", "steps"), ("homeroom_teacher", "todo")):
        with town.as_(role), scopes.open_transaction("test"):
            installed = versions.in_use("trip", town.world.first.unit_no)
            told = PageAsk(installed, Use(), "mine", BlockPage("我的", ()), 0)
            found = blocks.KINDS[kind].ask(Block(kind, flow="trip"), told)
        line = next(one for one in found["lines"] if one["one"].matter_id == matter_id)
        assert line["href"].endswith(f"matters/{matter_id}")
        assert blocks.KINDS[kind].sample(installed.pack, Block(kind, flow="trip"))["lines"]
        assert not blocks.check_flow(installed.pack, Block(kind, flow="trip"), told.page, "x")
        assert blocks.check_flow(installed.pack, Block(kind, flow="trap"), told.page, "x")
    walk = blocks.walk_of(installed.pack.part("flows")["trip"], line_of(town, matter_id))
    assert [one.state for one in walk] == ["now", "ahead", "ahead"]


def line_of(town, matter_id):
    from jizuo.engines.matter.queries import matters

    with town.as_("clerk"):
        return next(one for one in matters.matter_list(scene="trip").rows if one.matter_id == matter_id)
