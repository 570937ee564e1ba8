"""Working days as the State Council publishes them each year, with the days that are worked instead.

A year that is not published yet counts Monday to Friday; `is_published` says so to whoever prints a due day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

_ONE = timedelta(days=1)


@cache
def is_published(year: int) -> bool:
    """Whether the holidays of `year` are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working(day: date) -> bool:
    """Whether offices work on `day`."""
    return chinese_calendar.is_workday(day) if is_published(day.year) else day.weekday() < 5


def add(day: date, count: int) -> date:
    """The `count`-th working day after `day`; the day itself is not counted (count 0 gives `day`). Raises ValueError
    for a negative count."""
    if count < 0:
        raise ValueError(f"working days count forwards: {count}")
    while count:
        day += _ONE
        count -= is_working(day)
    return day


def between(day: date, later: date) -> int:
    """How many working days lie after `day` up to and with `later`; negative when `later` has passed."""
    if later < day:
        return -between(later, day)
    count = 0
    while day < later:
        day += _ONE
        count += is_working(day)
    return count
