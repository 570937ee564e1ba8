"""Working days round holidays, worked weekends, and years not published yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import workdays


def test_a_holiday_is_left_out_and_a_worked_weekend_counts():
    assert not workdays.is_working(date(2026, 10, 1))
    assert workdays.is_working(date(2026, 10, 10)), "a Saturday worked for the National Day"
    assert workdays.add(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_a_year_that_is_not_published_counts_monday_to_friday():
    assert not workdays.is_published(2090)
    assert workdays.add(date(2090, 9, 1), 5) == date(2090, 9, 8)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="forwards"):
        workdays.add(date(2026, 9, 1), -1)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_between_undoes_add(day, count):
    later = workdays.add(day, count)
    assert workdays.between(day, later) == count
    assert workdays.between(later, day) == -count
    assert count == 0 or workdays.is_working(later)
    assert later - day >= timedelta(days=count)
