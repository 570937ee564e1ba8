"""Periods and small groups. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("period", "back", "first"),
    [
        ("day", 0, date(2026, 11, 22)),
        ("day", 2, date(2026, 11, 20)),
        ("week", 0, date(2026, 11, 16)),
        ("week", 1, date(2026, 11, 9)),
        ("month", 0, date(2026, 11, 1)),
        ("month", 11, date(2025, 12, 1)),
        ("term", 0, date(2026, 9, 1)),
        ("term", 1, date(2026, 2, 1)),
        ("term", 2, date(2025, 9, 1)),
        ("year", 0, date(2026, 9, 1)),
        ("year", 4, date(2022, 9, 1)),
    ],
)
def test_periods_begin_where_schools_begin_them(base: Any, period: str, back: int, first: date) -> None:
    from jizuo.engines.evaluation.counting import first_of

    assert first_of(period, date(2026, 11, 22), back) == first


def cell(n: int, part: int = 0) -> Any:
    from jizuo.engines.evaluation.counting import Group

    return Group("", None, float(n), n, part)


def test_few_are_hidden_and_one_takes_the_next_with_it(base: Any) -> None:
    from jizuo.engines.evaluation.counting import hidden

    assert hidden([cell(4), cell(30), cell(9)], hides=True, is_share=False) == {0, 2}
    assert hidden([cell(4), cell(3), cell(9)], hides=True, is_share=False) == {0, 1}
    assert hidden([cell(0), cell(30)], hides=True, is_share=False) == set()
    assert hidden([cell(4)], hides=False, is_share=False) == set()


def test_a_share_hides_few_on_either_side(base: Any) -> None:
    from jizuo.engines.evaluation.counting import hidden

    assert hidden([cell(40, 2)], hides=True, is_share=True) == {0}
    assert hidden([cell(40, 38)], hides=True, is_share=True) == {0}
    assert hidden([cell(40, 20)], hides=True, is_share=True) == set()
