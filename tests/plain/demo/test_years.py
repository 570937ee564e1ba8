from datetime import date

import pytest

from jizuo.plain.demo.years import calendar, terms
from jizuo.plain.school_year import SchoolYear, check_terms


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 6, 1), 2026)],
)
def test_the_school_year_begins_in_september(today: date, year: int) -> None:
    assert calendar(today)[0] == SchoolYear(year)


@pytest.mark.parametrize("year", range(2024, 2035))
def test_terms_stay_clear_of_spring_festival(year: int) -> None:
    both = terms(SchoolYear(year))
    assert check_terms(both) == []
    first, second = both
    assert first.begin_on == date(year, 9, 1)
    assert first.end_on.weekday() == 5
    assert second.begin_on.weekday() == 0
    assert 17 <= first.weeks() <= 24
    assert 15 <= second.weeks() <= 22


def test_the_day_of_the_pictures_is_in_week_three() -> None:
    day = date(2026, 9, 16)
    term = calendar(day)[1].term_of(day)
    assert term is not None
    assert (term.title, term.week(day)) == ("2026学年第一学期", 3)


def test_a_year_without_a_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="2024 至 2034"):
        terms(SchoolYear(2040))
