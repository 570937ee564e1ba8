"""Marked copies, templates and the choice of columns."""

from __future__ import annotations

import io

import openpyxl
import pytest

from jizuo.plain.demo.workbooks import messy
from tests.hubs.organisation.importers.given import district, school, sheet, unit_named
from tests.hubs.organisation.walking import clerk, load_plates, walk


def test_the_copy_bears_every_fault_at_its_cell(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers.marked import marked_copy

    scope = clerk(base, school(base))
    content, planted = messy(district(), unit_named("启明小学"))
    walked = walk(base, scope, content, "乱.xlsx", "pupils")
    with scopes.use(scope):
        copy = marked_copy(batch_id=walked.batch_id)
    page = openpyxl.load_workbook(io.BytesIO(copy))["学生名册"]
    for fault in planted:
        assert bool(page[fault.cell].comment) == fault.is_blocking, fault


@pytest.mark.parametrize("importer", ["pupils", "staff"])
def test_a_template_filled_in_is_read_back(base, importer):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers.marked import template_file

    load_plates()
    scope = clerk(base, school(base))
    with scopes.use(scope):
        book = openpyxl.load_workbook(io.BytesIO(template_file(importer=importer)))
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    filled = {
        "姓名": "陈以宁",
        "班级": "三（2）班",
        "监护人一姓名": "陈父",
        "监护人一关系": "父亲",
        "监护人一电话": "13812345678",
    }
    for place, heading in enumerate(headings, 1):
        if heading in filled:
            page.cell(2, place, filled[heading])
    out = io.BytesIO()
    book.save(out)
    walked = walk(base, scope, out.getvalue(), "模板.xlsx", importer)
    assert walked.state == "ready", walked.problems()
    assert not walked.problems()
    assert walked.batch.counts["person"]["new"] == (2 if importer == "pupils" else 1)


def test_importers_without_columns_have_no_template(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.importers.marked import template_file

    load_plates()
    with scopes.use(clerk(base, school(base))), pytest.raises(NotFound):
        template_file(importer="teaching")


def test_every_column_says_what_it_was_taken_for(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.importers.marked import column_choices, field_choices

    scope = clerk(base, school(base))
    content = sheet(
        [["姓名", "班级", "小名", "家长电话", "父亲姓名"], ["王一", "三（1）班", "一一", "", "王父"]]
    )
    walked = walk(base, scope, content, "表.xlsx", "pupils")
    with scopes.use(scope):
        found = column_choices(batch_id=walked.batch_id)
        assert ("address", "现住址") in field_choices(importer="pupils")
    assert [(one.letter, one.field, one.is_adult) for one in found] == [
        ("A", "name", False), ("B", "class", False), ("C", "", False), ("D", "", True), ("E", "", True),
    ]  # fmt: skip
