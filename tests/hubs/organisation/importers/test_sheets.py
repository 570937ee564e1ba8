"""Patches over cells, and what a list of faults shows of a value."""

from __future__ import annotations

from datetime import date

import pytest

from jizuo.plain.workbook.cells import make_cell
from tests.hubs.organisation.importers.given import sheet

pytestmark = pytest.mark.usefixtures("base")


def opened(tmp_path, patches):
    from jizuo.hubs.data.importers import CheckInput
    from jizuo.hubs.organisation.importers.sheets import open_book

    path = tmp_path / "表.xlsx"
    path.write_bytes(sheet([["姓名", "班级"], ["王一", "三（1）班"], ["王二", "三（1）班"]]))
    given = CheckInput(path, path.name, 1, "school", {}, patches, date(2026, 9, 16), lambda *_told: None)
    return [[cell.text for cell in row] for row in open_book(given).sheets[0].rows]


def test_patches_lie_over_the_cells_and_the_file_stays(tmp_path):
    patches = {
        ("名单", 2, "A"): "王壹",
        ("名单", 3, "*"): "",
        ("名单", 2, "D"): "新",
        ("无此表", 1, "A"): "x",
        ("名单", 99, "A"): "x",
    }
    assert opened(tmp_path, patches) == [["姓名", "班级"], ["王壹", "三（1）班", "", "新"], []]
    assert opened(tmp_path, {})[1] == ["王一", "三（1）班"]


def test_a_damaged_file_is_refused_in_the_clerk_s_words(tmp_path):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.importers import CheckInput
    from jizuo.hubs.organisation.importers.sheets import open_book

    path = tmp_path / "断.xlsx"
    path.write_bytes(sheet([["姓名"]])[:500])
    given = CheckInput(path, path.name, 1, "school", {}, {}, date(2026, 9, 16), lambda *_told: None)
    with pytest.raises(BadInput) as caught:
        open_book(given)
    assert caught.value.problems[0].where == "断.xlsx"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("document", "339922201803040018", "**************0018"),
        ("roll", "g339922201803040018", "***************0018"),
        ("adult_number", "339922201803040018", "**************0018"),
        ("phone", "13812345678", "138****5678"),
        ("adult_phone", "13812345678", "138****5678"),
        ("date", "2014-13-01", "2014-13-01"),
    ],
)
def test_numbers_are_masked_in_the_list_of_faults(kind, value, shown):
    from jizuo.hubs.organisation.importers.sheets import shown_value

    assert shown_value(make_cell(value), kind) == shown
