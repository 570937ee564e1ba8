"""The pages of the draw over HTTP, from the clerk's proposal to the head's undo."""

from __future__ import annotations

from typing import Any

from tests.hubs.organisation.actions.test_dividing import come_in
from tests.hubs.organisation.actions.test_intake import awaited, listed
from tests.hubs.organisation.importers.test_intake import child
from tests.hubs.organisation.pages.test_turning import desk
from tests.hubs.organisation.walking import deliver_facts

OF = {"year": "2026", "stage": "primary"}
WITNESSED = {
    "seed": "3 17 21",
    "witness": ["周敏", "吴建国", "", ""],
    "witness_role": ["家长代表", "纪检委员", "", ""],
}


def division_in(text: str) -> str:
    return text.split('name="division" value="')[1].split('"')[0]


def test_clerk_and_head_divide_before_witnesses(base: Any) -> None:
    scope = awaited(base, *(child(at, f"林{'一二三四五六七八'[at]}安") for at in range(8)))
    office, head = desk(base, scope.unit_no, "clerk"), desk(base, scope.unit_no, "head")
    assert "还没有等分班的新生" in office.get("dividing")
    come_in(scope)
    assert "等分班 8 人" in office.get("dividing")
    office.post("dividing/do", act="propose", classes="0", most="80", **OF)
    assert "班数应在" in office.get("dividing")
    office.post("dividing/do", act="propose", classes="2", most="45", **OF)
    text = office.get("dividing")
    division_id = division_in(text)
    assert "等校长批准" in text and 'value="approve"' not in text
    office.post("dividing/do", act="approve", division=division_id, **OF)
    assert "等校长批准" in office.get("dividing")
    assert "锁定 8 人的名单" in head.get("dividing")
    head.post("dividing/do", act="approve", division=division_id, **OF)
    assert "名单校验值" in office.get("dividing")
    text = office.get(f"dividing/{division_id}/sheet")
    assert "名单校验值" in text and "锁定的名单" in text and text.count("林**") == 8
    office.post(
        "dividing/do",
        act="draw",
        division=division_id,
        seed="1",
        witness=["周敏"],
        witness_role=["家长"],
        **OF,
    )
    assert "见证人不足两位" in office.get("dividing")
    office.post("dividing/do", act="draw", division=division_id, **WITNESSED, **OF)
    assert "看各班名单" in office.get("dividing")
    text = office.get(f"dividing/{division_id}")
    assert (
        all(one.name in text for one in listed(scope)) and "一（1）班" in text and "周敏（家长代表）" in text
    )
    text = office.get(f"dividing/{division_id}/sheet")
    assert "林**" in text and not any(one.name in text or one.code in text for one in listed(scope))
    assert "一致" in office.get(f"dividing/{division_id}/replay?seed=3 17 21")
    assert "这不是公布的种子" in office.get(f"dividing/{division_id}/replay?seed=3 17 22")
    head.post("dividing/do", act="apply", division=division_id, **OF)
    deliver_facts()
    assert "8 名新生进了班" in head.get("dividing")
    assert "一（1）班" in office.get("classes") and "已编班" in office.get("intake?state=reported")
    head.post("dividing/do", act="undo", division=division_id, **OF)
    assert "新生回到等分班" in head.get("dividing")
    assert "一（1）班" not in office.get("classes")


def test_a_draw_that_is_given_up_stays_on_record(base: Any) -> None:
    scope = awaited(base)
    come_in(scope)
    head = desk(base, scope.unit_no, "head")
    head.post("dividing/do", act="propose", classes="2", most="45", **OF)
    division_id = division_in(head.get("dividing"))
    head.post("dividing/do", act="approve", division=division_id, **OF)
    head.post("dividing/do", act="drop", division=division_id, reason="漏了两人", **OF)
    text = head.get("dividing")
    assert "漏了两人" in text and "已作废" in text and "提出方案" in text
    head.post("dividing/do", act="drop", division="x", reason="漏了两人", **OF)
    other = desk(base, base.unit(), "head")
    for path in ("", "/sheet", "/replay"):
        other.get(f"dividing/{division_id}{path}", 404)
