"""Sample rows laid against a standard: each fault with row, column, reason and mend."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.hubs.data.standing import body, element, visits


@pytest.fixture(scope="module")
def trial(base):
    from jizuo.hubs.data.rules import trial

    return trial


def lay(trial, told, heads, *rows):
    from jizuo.hubs.data import codes

    numbered = [(number, row) for number, row in enumerate(rows, 2)]
    return trial.check_rows(told, heads, numbered, codes.tables(), date(2026, 9, 1))


def test_every_fault_has_its_place_and_mend(trial):
    found = lay(
        trial, visits("visit"), ["来访人", "性別", "CAME_ON", "人数", "没有的列"],
        ["钱敏", "女", "2026/9/1", "2", "x"], ["", "不男不女", "九月", "2.5", ""], ["a" * 41, "1", "20260902", "1,200", ""],
    )  # fmt: skip
    assert (found.rows, found.good) == (3, 1)
    assert found.unknown == ["没有的列"] and found.missing == []
    told = [(one.row_no, one.column, one.field) for one in found.faults]
    assert told == [
        (3, "A", "visitor"),
        (3, "B", "sex"),
        (3, "C", "came_on"),
        (3, "D", "people"),
        (4, "A", "visitor"),
    ]
    assert all(one.reason and one.fix for one in found.faults)
    assert found.faults[4].suggestion == "a" * 40


def test_a_required_column_that_is_missing_makes_no_row_good(trial):
    found = lay(trial, visits("visit"), ["性别"], ["女"], ["男"])
    assert (found.missing, found.good, found.faults) == (["来访人", "来访日期"], 0, [])


def test_a_doubled_record_is_a_warning(trial):
    found = lay(trial, visits("visit"), ["来访人", "来访日期"], ["钱敏", "2026-09-01"], ["钱敏", "2026.9.1"])
    assert [(one.severity, one.row_no) for one in found.faults] == [("warn", 3)]
    assert "第 2 行" in found.faults[0].reason


def test_a_sensitive_cell_is_not_repeated(trial):
    found = lay(trial, visits("visit"), ["来访人", "来访日期", "电话"], ["钱敏", "2026-09-01", "1" * 30])
    assert found.faults[0].value == "＊＊＊"


@pytest.mark.parametrize(
    ("more", "cell", "value"),
    [
        ({"type": "integer"}, "１２", 12), ({"type": "integer"}, "12.0", 12),
        ({"type": "decimal", "precision": 6, "scale": 2}, "1,234.5", Decimal("1234.5")),
        ({"type": "boolean"}, "√", True), ({"type": "boolean"}, "否", False), 
        ({"type": "date"}, "2026年9月1日", date(2026, 9, 1)),
        ({"type": "code", "code": "ethnic"}, "毛难族", "36"),
        ({"type": "text"}, " 钱　敏 ", "钱 敏"), ({"type": "text"}, " ", None),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_them(trial, more, cell, value):
    from jizuo.hubs.data import codes

    one = element("a", "甲", **more)
    assert trial.read_cell(one, cell, codes.tables().get(one.code)) == value


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        ({"type": "integer"}, "1e99999"), ({"type": "integer"}, "NaN"), ({"type": "integer"}, "99999999999999999999"),
        ({"type": "decimal", "precision": 4, "scale": 1}, "12345"), ({"type": "decimal", "precision": 4, "scale": 1}, "Infinity"),
        ({"type": "boolean"}, "也许"), ({"type": "date"}, "2026年9月"), ({"type": "date"}, "2026-02-30"),
        ({"type": "timestamptz"}, "昨天"), ({"type": "person"}, "钱敏"), ({"type": "code", "code": "ethnic"}, "火星族"),
        ({"type": "text", "length": 2}, "三个字"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused_in_words(trial, more, cell):
    from jizuo.hubs.data import codes

    one = element("a", "甲", **more)
    with pytest.raises(trial.Unfit) as refused:
        trial.read_cell(one, cell, codes.tables().get(one.code))
    assert refused.value.reason and refused.value.fix


def test_a_time_without_an_offset_is_civil(trial):
    one = element("at", "时间", type="timestamptz")
    read = trial.read_cell(one, "2026-09-01T08:00:00")
    assert read == datetime.fromisoformat("2026-09-01T08:00:00+08:00")


def test_a_clearer_name_goes_before_an_alias(trial):
    told = body(
        "x", element("a", "甲", aliases=("乙方",)), element("b", "乙方名"), element("c", "丙", english="甲")
    )
    assert trial.headings_of(told)["甲"] == "a"
