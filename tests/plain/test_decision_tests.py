"""Cells of decision tables: what they test, and that zen reads them the same."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
import zen

from jizuo.plain import decision_tests as tests
from jizuo.plain.decision_tests import BadTest


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("<= 3", [3, 2.5, Decimal("-1")], [3.5, None, "x", True]),
        ("< 3", [2.9999], [3]),
        ("> 3", ["4", 3.0001], [3, "四"]),
        (">= 3", [3], [2]),
        ("= 3", [3, 3.00001], [4]),
        ("!= 3", [4], [3, None]),
        (3, [3], [4]),
        ("[1..3]", [1, 3], [0, 4]),
        ("(1..3)", [2], [1, 3]),
        ("[1..)", [1, 9], [0]),
        ("1, 2", [1, 2], [3]),
        ('"a", "b"', ["a", "b"], ["c", None, ""]),
        ("sick", ["sick"], ["well"]),
        ("病假, 事假", ["病假"], ["公假"]),
        ('not "a", "b"', ["c", ""], ["a", None]),
        ('"01"', ["01"], ["1", 1]),
        (True, [True], [False, None, 1, "true"]),
        ("false", [False], [True, None]),
        ("2026-09-01", ["2026-09-01", date(2026, 9, 1), datetime(2026, 9, 1, 8)], ["2026-09-02", "九月一日", None]),
        ("[2026-09-01..2026-10-01)", ["2026-09-30"], ["2026-10-01", "2026-99-01"]),
        ("", [None, 1, "x"], []),
        ("-", [None], []),
    ],
)  # fmt: skip
def test_a_cell_means_the_same_to_zen(cell, yes, no):
    test = tests.read(cell)
    for values, wanted in ((yes, True), (no, False)):
        for value in values:
            told = tests.value_of(value, test.kind)
            assert test.holds(told) is wanted, value
            if test.kind != "any":
                assert zen.evaluate_unary_expression(test.zen(), {"$": tests.plain_of(told)}) is wanted, value


@pytest.mark.parametrize(
    "cell",
    ["=> 3", "~ 3", "[3..1]", '[a..b]', "[..]", '<= "a"', '1, "a"', '"a""b"', '"a', "a b c", "not", "2026-02-30", "1,", ",",
     '"\\n"', "$ > 3", "1" * 500, "null", ", ".join(map(str, range(80))), "999999999999", "1.23456", "<=", "nul()"],
)  # fmt: skip
def test_a_cell_that_tests_nothing_says_how_to_write_it(cell):
    with pytest.raises(BadTest) as caught:
        tests.read(cell)
    assert caught.value.what
    assert caught.value.fix


def test_values_too_large_or_of_another_kind_are_unknown():
    assert tests.value_of(10**12, "number") is None
    assert tests.value_of("1e99999", "number") is None
    assert tests.value_of(float("nan"), "number") is None
    assert tests.value_of(3, "text") == "3"
    assert tests.value_of(True, "text") is None
    assert tests.value_of(1, "yes_no") is None
    assert tests.plain_of(date(1970, 1, 2)) == 1


def test_texts_are_quoted_for_sql():
    assert tests.read('"it\'s"').sql("c") == "c in ('it''s')"
    assert tests.read("").sql("c") == ""
