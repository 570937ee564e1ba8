"""Working days used and left."""

from __future__ import annotations

from datetime import date


def test_used_days_count_working_days_only(base):
    from jizuo.engines.matter import days

    assert days.used(1, date(2026, 9, 18), date(2026, 9, 21)) == 3, (
        "the Sunday is worked for the October holidays"
    )
    assert days.used(1, date(2026, 9, 10), date(2026, 9, 14)) == 3
    assert days.used(4, None, date(2026, 9, 14)) == 4


def test_known_years(base):
    from jizuo.engines.matter import days

    assert days.is_known(date(2026, 1, 1), None) and not days.is_known(date(2031, 1, 1))


def test_a_message_about_a_day_says_when_its_year_is_not_known(base):
    from jizuo.engines.matter import days

    assert days.told("due", date(2031, 1, 6)) == "due_unsure"
    assert days.told("due", date(2026, 1, 6)) == days.told("due", None) == "due"
