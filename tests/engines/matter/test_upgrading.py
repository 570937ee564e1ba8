"""What a newer version means for flows and for the matters under way."""

from __future__ import annotations

from jizuo.engines.matter.shapes import Flow, Step, Undo


def flow(*steps: Step, **more: object) -> Flow:
    return Flow(title="外出", form="trip", steps=steps, **more)  # type: ignore[arg-type]


def test_a_changed_flow_is_told_in_words(base):
    from jizuo.engines.matter import upgrading

    was = flow(
        Step(key="a", title="班主任审批", who=("head",)),
        Step(key="b", title="门卫登记", who=("head",)),
        limit=5,
    )
    now = flow(
        Step(key="a", title="班主任审批", who=("clerk",)), Step(key="c", title="校长审批", who=("head",)), limit=3,
        undo=Undo(steps=(Step(key="u", auto="tell"),)),
    )  # fmt: skip
    words = upgrading.compare(was, now)
    assert "加了：校长审批" in words and "去掉：门卫登记" in words and "改了：班主任审批" in words
    assert "5 改成 3" in words and "怎么取消改了" in words
    assert upgrading.compare(was, was) == ""
    assert upgrading.compare(flow(), flow(once=("a",))) == "什么只办一次改了"


def test_matters_under_way_are_counted_and_finish_on_theirs(town):
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import queries, versions

    town.start(on_day="2026-10-20")
    with town.as_("clerk"), scopes.open_transaction("test"):
        used = versions.in_use("trip", scopes.current().unit_no)
    with town.as_("district_admin", "bureau"):
        told = queries.upgrade_preview(version_id=used.version_id)
    assert any("“外出”有" in one and "按旧版办完" in one for one in told.held)
