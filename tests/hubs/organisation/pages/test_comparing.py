"""Comparing with the registers over HTTP."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jizuo.plain.demo.workbooks import pupil_register
from tests.hubs.organisation.actions.test_comparing import compare
from tests.hubs.organisation.importers.given import district, unit_named
from tests.hubs.organisation.pages.conftest import NAME
from tests.hubs.organisation.walking import clerk, walk


@pytest.fixture(scope="module")
def found(place):
    """A comparison of the place with its register, of which two pupils are missing."""
    scope = clerk(place.base, place.unit_no)
    content = pupil_register(district(), unit_named(NAME))
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active.delete_rows(3, 2)
    out = io.BytesIO()
    book.save(out)
    walked = walk(place.base, scope, out.getvalue(), "籍.xlsx", "pupil_register", source="register")
    return compare(scope, walked)


def read(desk, path, status=200):
    answer = desk.client.get(f"{desk.at}/{path}")
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer.content.decode()


def test_the_page_offers_the_newest_export_and_its_result(place, found):
    page = read(place.desk("clerk"), "registers")
    assert "籍.xlsx" in page and "条差异" in page
    assert "还没有这个系统的导出" in page  # of staff
    assert "登记系统 " in page


def test_differences_stand_by_kind_with_the_way_to_the_act(place, found):
    desk = place.desk("clerk")
    path = f"registers/{found.comparison_id}"
    page = read(desk, path)
    assert "两边的人数" in page and "一（1）班" in page
    gone = read(desk, f"{path}?show=only_base")
    assert gone.count("moving/new?who=") == 2
    assert read(desk, f"{path}?show=only_register").count("没有差异") == 1
    head = read(place.desk("head"), path)
    assert "两边的人数" in head


def test_both_sides_are_counted_class_by_class_and_by_name(place, found):
    page = read(place.desk("clerk"), f"registers/{found.comparison_id}")
    table = page[page.index("两边的人数") : page.index("全部")]
    assert len(re.findall(r"一（\d）班</a>", table)) == sum(
        district().classes[klass].grade == 1 for klass in unit_named(NAME).classes
    )
    assert "没有班级" not in table and table.count("<tr><td><a") == len(found.counts["classes"])
    gaps = [int(told) for told in re.findall(r'class="is-zhu">(-?\d+)<', table)]
    assert sum(gaps) == -2


def test_the_workbook_names_every_difference(place, found):
    desk = place.desk("clerk")
    answer = desk.client.get(f"{desk.at}/registers/{found.comparison_id}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["差异", "人数"]
    lines = [row for row in book["差异"].iter_rows(values_only=True) if row[0] and str(row[0]).isdecimal()]
    assert len(lines) == sum(found.counts["kinds"].values())


def test_another_school_and_a_teacher_see_nothing_of_it(place, found):
    path = f"registers/{found.comparison_id}"
    stranger = place.desk("clerk", place.base.unit())
    for what in (path, f"{path}.xlsx", f"{path}/progress"):
        read(stranger, what, 404)
    read(place.desk("teacher"), path, 403)


def test_a_post_starts_a_comparison_and_bad_ones_are_told(place, found):
    desk = place.desk("clerk")
    answer = desk.client.post(
        f"{desk.at}/registers/do", {"batch": "01990000-0000-7000-8000-000000000000"}, follow=True
    )
    assert "没有这次导入" in answer.content.decode()
    answer = desk.client.post(f"{desk.at}/registers/do", {"batch": str(found.register_batch)}, follow=True)
    assert "正在比对" in answer.content.decode()
    answer = desk.client.post(f"{desk.at}/registers/do", {"batch": str(found.register_batch)}, follow=True)
    assert "这种比对正在进行" in answer.content.decode()


def test_pages_ask_little(place, found):
    desk = place.desk("clerk")
    for path in ("registers", f"registers/{found.comparison_id}"):
        with CaptureQueriesContext(connection) as seen:
            read(desk, path)
        asked = [
            q["sql"] for q in seen if q["sql"].lower().startswith(("select", "insert", "update", "delete"))
        ]
        assert len(asked) <= 12, (path, len(asked), asked)


def test_the_district_sees_its_units_and_starts_all(place, found):
    bureau = place.base.unit("澜江区教育局", kind="bureau")
    desk = place.desk("district_steward", bureau)
    page = read(desk, "registers")
    assert "还没有比对过" in page and "比对各校最新的导出" in page
    answer = desk.client.post(f"{desk.at}/registers/do", {"act": "all", "kind": "pupil"}, follow=True)
    assert "正在一所一所比对" in answer.content.decode()
