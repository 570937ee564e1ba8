"""A rule written in the browser: form by kind, try-out, draft, on, next version; switched with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.data.pages.test_quality import page, town
from tests.hubs.data.quality_given import of

__all__ = ["town"]

FORM = {
    "kind": "range", "dataset": "affiliation", "title": "座号最大是三", "fix": "改座号", "field": "seat_no", "at_least": "",
    "at_most": "3", "when0_field": "role", "when0_op": "is", "when0_value": "pupil", "days": "5", "severity": "error",
    "owner": "clerk", "source": "本区规定",
}  # fmt: skip


@pytest.fixture
def desk(town: Any) -> Any:
    return town.desk(town.bureau, "district_steward")


def form(town: Any, **more: str) -> dict[str, str]:
    return {**FORM, "code": f"page_rule_{town.bureau}", **more}


def test_a_steward_tries_a_rule_and_switches_it_on(town: Any, desk: Any) -> None:
    assert "查哪个库" in page(desk.get("quality/rules/new"))
    assert "座号" in page(desk.get("quality/rules/new?dataset=affiliation&kind=range"))
    path = "quality/rules/new?dataset=affiliation&kind=range"
    tried = page(desk.post(path, form(town, act="try"), 200))
    assert "12 条做不到" in tried and "第" in tried
    desk.post(path, form(town, act="draft"))
    assert "草稿" in page(desk.get("quality/rules"))
    edit = f"quality/rules/edit?code=page_rule_{town.bureau}"
    assert 'value="座号最大是三"' in page(desk.get(edit))
    desk.post(edit, form(town, act="on", at_most="5"))
    town.check()
    assert len(of(town.failures(), f"page_rule_{town.bureau}")) == 4


@pytest.mark.parametrize(
    ("more", "words"),
    [({"field": "nothing"}, "没有叫"), ({"at_most": ""}, "至少写一个"), ({"at_least": "9", "at_most": "3"}, "没有哪个值"),
     ({"title": ""}, "2 到 200"), ({"code": "Seat"}, "小写字母"), ({"at_most": "三"}, "不是一类"), ({"days": "x"}, "限期")],
)  # fmt: skip
def test_what_is_wrong_stands_on_the_form(town: Any, desk: Any, more: dict[str, str], words: str) -> None:
    answer = desk.post("quality/rules/new?dataset=affiliation&kind=range", form(town, act="on", **more), 422)
    assert words in page(answer)


def test_a_shipped_rule_is_switched_with_a_reason(town: Any, desk: Any) -> None:
    school = town.schools[0]
    desk.post(
        "quality/rules",
        {"code": "staff_certificate", "act": "off", "reason": "x", "unit": str(school.unit_no)},
    )
    assert "要写明原因" in page(desk.get("quality/rules?dataset=staff"))
    desk.post(
        "quality/rules",
        {"code": "staff_certificate", "act": "off", "reason": "没有专任", "unit": str(school.unit_no)},
    )
    assert "不用于" in page(desk.get("quality/rules?dataset=staff"))
    town.check()
    clerk = town.desk(school.unit_no, "clerk")
    clerk.get("quality/failing/staff_certificate", 404)
    shown = page(clerk.get("quality/rules?dataset=staff"))
    assert "没有专任" in shown and 'name="reason"' not in shown


def test_nobody_else_writes_and_another_s_rule_does_not_exist(town: Any, desk: Any) -> None:
    clerk = town.desk(town.schools[0].unit_no, "clerk")
    clerk.get("quality/rules/new", 403)
    clerk.post("quality/rules", {"code": "staff_certificate", "act": "off", "reason": "不想改"}, 403)
    desk.get("quality/rules/edit?code=staff_certificate", 404)
    desk.get("quality/rules/new?dataset=nothing&kind=range")
