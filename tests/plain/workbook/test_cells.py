import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain.workbook.cells import (
    EMPTY,
    broken_column,
    broken_number,
    column_index,
    column_letter,
    make_cell,
)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (12.0, "number", "12"),
        (3.5, "number", "3.5"),
        (0.1 + 0.2, "number", "0.3"),
        (1e20, "number", "100000000000000000000"),
        (-7.0, "number", "-7"),
        (True, "bool", "TRUE"),
        ("  张 三\u3000", "text", "张 三"),
        ("\ufeff\u200b ", "empty", ""),
        (datetime.date(2014, 9, 1), "date", "2014-09-01"),
        (datetime.datetime(2014, 9, 1), "date", "2014-09-01"),
        (datetime.datetime(2014, 9, 1, 8, 30), "date", "2014-09-01 08:30"),
        (datetime.datetime(2014, 9, 1, 8, 30, 5), "date", "2014-09-01 08:30:05"),
        (datetime.time(8, 30), "date", "08:30"),
        (None, "empty", ""),
    ],
)
def test_a_cell_shows_what_a_person_sees(value, kind, text):
    cell = make_cell(value)
    assert (cell.kind, cell.text) == (kind, text)


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        (3.10101201403120e17, True),
        (1234567890123456.0, True),
        (123456789012345.0, False),
        (12.0, False),
        ("3.10E+17", True),
        ("3.10101E17", True),
        ("3.10E+05", False),
        ("310101201403120000", True),  # tail of zeros, wrong check digit
        ("11010519491231002X", False),
        ("110105194912310021", False),
        ("张三", False),
        ("", False),
    ],
)
def test_long_numbers_that_excel_has_ruined(value, broken):
    assert broken_number(make_cell(value)) is broken


def _with_right_check_digit_and_zeros() -> str:
    for head in range(310101201403120, 310101201403999):
        text = f"{head}000"
        if not broken_number(make_cell(text)):
            return text
    raise AssertionError("no such number")


def test_a_right_id_number_that_ends_in_zeros_is_believed_alone_but_not_in_a_ruined_column():
    right = make_cell(_with_right_check_digit_and_zeros())
    ruined = [make_cell(f"31010120140312{n}000") for n in range(5)]
    assert not broken_number(right)
    assert all(broken_column([right, *ruined]))
    healthy = [make_cell(f"11010519491231{n:03d}X") for n in range(100)]
    assert broken_column([right, *healthy]) == [False] * 101
    assert broken_column([EMPTY, make_cell("x")]) == [False, False]


@given(st.integers(min_value=0, max_value=20_000))
def test_column_letters_are_read_back(index):
    assert column_index(column_letter(index)) == index


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_column_letters(index, letter):
    assert column_letter(index) == letter


@pytest.mark.parametrize("wrong", ["", "A1", "列"])
def test_no_column(wrong):
    with pytest.raises(ValueError):
        column_index(wrong)
