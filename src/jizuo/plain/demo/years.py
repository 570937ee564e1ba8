"""The city's school calendar: which school year a day belongs to and its two terms."""

from __future__ import annotations

from datetime import date, timedelta

from jizuo.plain.school_year import Calendar, SchoolYear, Term

# 1 January of the lunar calendar, for the calendar years a demonstration may be asked for
_SPRING_FESTIVAL = {
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 3),
    2031: date(2031, 1, 23),
    2032: date(2032, 2, 11),
    2033: date(2033, 1, 31),
    2034: date(2034, 2, 19),
    2035: date(2035, 2, 8),
}


def terms(year: SchoolYear) -> tuple[Term, Term]:
    """The two terms of a school year, the second beginning after the Lantern Festival.

    Raises ValueError outside 2024 to 2034.
    """
    festival = _SPRING_FESTIVAL.get(year.first + 1)
    if festival is None:
        raise ValueError(f"演示校历只有 2024 至 2034 学年，没有 {year}")
    first_end = festival - timedelta(days=10)
    first_end -= timedelta(days=(first_end.weekday() - 5) % 7)
    second_begin = festival + timedelta(days=15)
    second_begin += timedelta(days=(7 - second_begin.weekday()) % 7)
    return (
        Term(year, 1, date(year.first, 9, 1), first_end),
        Term(year, 2, second_begin, date(year.first + 1, 7, 1)),
    )


def calendar(today: date) -> tuple[SchoolYear, Calendar]:
    """The school year of *today* and the calendar with its terms. Raises ValueError outside 2024 to 2034."""
    year = Calendar().year_of(today)
    return year, Calendar(terms=terms(year))
