"""The catalogue and the guide: found by Chinese and pinyin; what the base holds is not asked for."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import NotFound


def found(desk, text="", role="guardian", at=""):
    from jizuo.engines.matter.items import catalogue

    with desk.as_(role, at):
        return catalogue.item_list(text=text)


def guide(desk, role="guardian", at="", **more):
    from jizuo.engines.matter.items import catalogue

    with desk.as_(role, at):
        return catalogue.item_guide(scene="certificate", item="certificate", **more)


@pytest.mark.parametrize("text", ["", "在读", "zaiduzheng", "zdzm", "开证明", "JY-XX", "学籍证明"])
def test_an_item_is_found_by_its_words_and_their_pinyin(desk, text):
    assert [one.item for one in found(desk, text)] == ["certificate"]
    assert found(desk, "护照") == []


def test_who_may_apply_is_led_to_the_form(desk):
    assert found(desk)[0].form == "certificate"
    assert found(desk, role="head")[0].form == "", "the head looks after it, she does not apply"
    assert found(desk, role="pupil") == [] and found(desk, role="teacher") == []


def test_a_guide_asks_for_nothing_that_the_base_holds(desk):
    told = guide(desk)
    assert [(one.how, one.is_required) for one in told.materials] == [
        ("known", False), ("known", False), ("upload", False)
    ]  # fmt: skip
    assert told.subject_id == desk.world.people["陈以宁"]
    assert [one.title for one in told.steps] == ["受理", "审核", "窗口送达"]
    assert str(told.due_on) == "2026-09-18" and told.is_known and told.line.promise_days == 2


def test_a_guide_for_somebody_else_s_child_does_not_exist(desk):
    from jizuo.engines.matter.items import catalogue

    with pytest.raises(NotFound):
        guide(desk, subject_id=desk.world.people["马小川"])
    with desk.as_("guardian"), pytest.raises(NotFound):
        catalogue.item_guide(scene="certificate", item="none")
    with desk.as_("teacher"), pytest.raises(NotFound):
        catalogue.item_guide(scene="certificate", item="certificate")
