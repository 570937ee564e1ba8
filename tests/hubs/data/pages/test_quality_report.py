"""The report: a page and a PDF without a name, and nothing small in it."""

from __future__ import annotations

from typing import Any

from tests.hubs.data.pages.test_quality import page, town

__all__ = ["town"]


def test_the_report_tells_where_its_numbers_come_from_and_names_nobody(town: Any) -> None:
    desk = town.desk(town.bureau, "district_leader")
    shown = page(desk.get("quality/report"))
    assert "DB11/T 2317-2024 (to check)" in shown and "少于 10" in shown and "这些数怎么来的" in shown
    assert "以若" not in shown and "people/" not in shown.split("<main")[1]
    one = page(desk.get(f"quality/report?unit={town.schools[0].unit_no}"))
    assert "各校得分" not in one
    desk.get("quality/report?unit=99999999", 404)
    desk.get("quality/report?unit=x", 404)


def test_it_is_set_as_pdf_for_a_district_and_for_a_school(town: Any) -> None:
    desk = town.desk(town.bureau, "district_leader")
    for path in ("quality/report.pdf", f"quality/report.pdf?unit={town.schools[0].unit_no}"):
        answer = desk.get(path)
        assert answer.content.startswith(b"%PDF") and answer["Content-Type"] == "application/pdf"
    school = town.desk(town.schools[0].unit_no, "head")
    assert school.get("quality/report.pdf").content.startswith(b"%PDF")
    school.get(f"quality/report.pdf?unit={town.schools[1].unit_no}", 404)


def test_before_anything_was_checked_it_says_what_to_do(town: Any, base: Any) -> None:
    desk = town.desk(base.unit("新区教育局", kind="bureau"), "district_leader")
    assert "还没有检查过" in page(desk.get("quality/report"))
    assert desk.get("quality/report.pdf").content.startswith(b"%PDF")
    assert "还没有检查过" in page(desk.get("quality"))
