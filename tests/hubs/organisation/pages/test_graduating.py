from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.hubs.organisation.actions.test_graduating import Two
from tests.hubs.organisation.pages.test_turning import desk
from tests.hubs.organisation.walking import deliver_facts


@pytest.fixture
def two(base: Any, monkeypatch: pytest.MonkeyPatch) -> Two:
    from jizuo.ground import acting
    from jizuo.project import rooms

    rooms.plates()
    monkeypatch.setattr(acting, "today", lambda: date(2027, 7, 5))
    return Two(base)


def test_graduates_from_numbers_to_the_next_school(base: Any, two: Two) -> None:
    sender, receiver = desk(base, two.made.unit_no, "clerk"), desk(base, two.there.unit_no, "clerk")
    text = sender.get("graduates")
    assert "五（1）班" in text and "编号规则" not in sender.get("graduates?year=2026")
    sender.post("graduates/do", year="2027", act="number", stage="primary")
    assert "还没有这个学段的编号规则" in sender.get("graduates")
    sender.post("graduates/do", year="2027", act="rule", stage="primary", prefix="QM", digits="3")
    sender.post("graduates/do", year="2027", act="number", stage="primary")
    assert "QM2027001" in sender.get("graduates") and "都已有号" in sender.get("graduates")
    there = str(two.there.unit_no)
    sender.post(
        "graduates/do", year="2027", act="destine", pick=[str(one) for one in two.links], to_unit_no=there
    )
    sender.post("graduates/do", year="2027", act="hand", to_unit_no=there)
    deliver_facts()
    assert "等对方接收" in sender.get("graduates")
    text = receiver.get("graduates")
    assert "别校移交来的毕业生" in text
    batch = text.split('name="batch" value="')[1].split('"')[0]
    answer = receiver.client.get(f"{receiver.at}graduates/{batch}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert any("QM2027001" in [str(cell.value) for cell in row] for row in book.active.iter_rows())
    receiver.post("graduates/do", year="2027", act="taken", batch=batch)
    deliver_facts()
    assert "已接收" in sender.get("graduates")
    answer = sender.client.get(f"{sender.at}graduates.xlsx?year=2027")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    third = desk(base, base.unit(), "clerk")
    third.get(f"graduates/{batch}.xlsx", 404)
    third.post("graduates/do", year="2027", act="taken", batch=batch)
    assert "没有这一批" in third.get("graduates")


@pytest.mark.parametrize(
    "told", [{"act": "x"}, {"act": "taken", "batch": "x"}, {"act": "hand"}, {"act": "destine"}]
)
def test_what_is_wrong_is_said_on_the_page(base: Any, two: Two, told: dict[str, str]) -> None:
    sender = desk(base, two.made.unit_no, "clerk")
    sender.post("graduates/do", year="2027", **told)
    assert "messages" in sender.get("graduates") or "toast" in sender.get("graduates")
    desk(base, two.made.unit_no, "homeroom_teacher").get("graduates", 403)
