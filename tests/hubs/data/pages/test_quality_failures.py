"""Failing records over HTTP: a school is led to each, waives some with a reason, takes them along as a workbook."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import load_workbook

from tests.hubs.data.pages.test_quality import page, town

__all__ = ["town"]


def test_a_school_is_led_from_its_work_to_the_record(town: Any) -> None:
    school = town.schools[0]
    desk = town.desk(school.unit_no, "clerk")
    assert "前改好" in page(desk.get(""))
    assert "专任教师要有教师资格证" in page(desk.get("quality"))
    shown = page(desk.get("quality/failing/staff_certificate"))
    assert all(f"people/{link}" in shown for _person, link in school.staff[:2])
    desk.get(f"people/{school.staff[0][1]}")
    other = town.desk(town.schools[1].unit_no, "clerk")
    assert str(school.staff[0][1]) not in page(other.get("quality/failing/staff_certificate"))


def test_records_are_waived_with_a_reason_and_taken_up_again(town: Any) -> None:
    desk = town.desk(town.schools[0].unit_no, "clerk")
    path = "quality/failing/staff_certificate"
    picks = re.findall(r'name="pick"[^>]*value="([0-9a-f-]{36})"', page(desk.get(path)))
    assert len(picks) == 2
    desk.post(f"{path}?do=waive", {"pick": picks[:1]})
    assert len(re.findall(r'name="pick"', page(desk.get(path)))) == 2, "without a reason nothing is waived"
    desk.post(f"{path}?do=waive", {"pick": picks[:1], "reason": "证书在换发"})
    assert len(re.findall(r'name="pick"', page(desk.get(path)))) == 1
    waived = page(desk.get(f"{path}?f.state=waived&cols=name&cols=reason"))
    assert "证书在换发" in waived
    desk.post(f"{path}?do=take_up", {"pick": picks[:1]})
    assert len(re.findall(r'name="pick"', page(desk.get(path)))) == 2
    desk.post(f"{path}?do=waive", {"pick": ["x"]}, 404)
    desk.post(path, {})


def test_the_workbook_holds_the_own_school_alone(town: Any) -> None:
    desk = town.desk(town.schools[0].unit_no, "clerk")
    sheet = load_workbook(io.BytesIO(desk.get("quality/failing.xlsx").content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any("专任教师要有教师资格证" in row for row in rows)
    one = load_workbook(io.BytesIO(desk.get("quality/failing.xlsx?rule=staff_certificate").content)).active
    assert one.max_row < sheet.max_row
    desk.get("quality/failing.xlsx?rule=nothing", 404)
