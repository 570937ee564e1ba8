"""An item of a draft as its guide will read, and what a newer version changes."""

from __future__ import annotations

import msgspec

from jizuo.engines.matter.shapes import Item, Material


def test_the_guide_of_a_draft_is_drawn_for_who_may_apply(base):
    from jizuo.engines.matter.items import preview
    from jizuo.ground.packs import reading
    from jizuo.project import rooms
    from tests.scenes import given

    rooms.plates()
    pack = reading.read(given.files_of("certificate")).pack
    (name,) = pack.part("items")
    with base_scope(base):
        html = preview.guide_html(pack, name, "guardian")
        assert "免提交" in html and "承诺" in html and pack.part("items")[name].code in html
        assert preview.guide_html(pack, name, "pupil") == "", "a role that may not apply sees none"


def base_scope(base):
    from jizuo.ground import scope as scopes

    return scopes.use(base.scope(base.unit(), "clerk"))


def test_a_changed_item_is_told_in_words(base):
    from jizuo.engines.matter.items import preview

    was = Item("在读证明", "C1", "f", "教育法", 20, 3, materials=(Material("户口簿"),))
    now = msgspec.structs.replace(was, promise_days=2, materials=(Material("申请表"),))
    words = preview.compare(was, now)
    assert "承诺工作日：3 → 2" in words and "多要：申请表" in words and "不再要：户口簿" in words
    assert preview.compare(was, was) == ""
