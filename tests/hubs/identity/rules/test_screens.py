from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import screens
from jizuo.hubs.identity.rules.locks import Tally, is_locked

NOW = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)


def wrong(times: int, tally: Tally | None = None, now: datetime = NOW) -> Tally:
    tally = tally or Tally()
    for _n in range(times):
        tally = screens.after_wrong(tally, now)
    return tally


def test_nine_wrong_codes_are_free_and_the_tenth_shuts_the_address():
    assert not is_locked(wrong(9), NOW)
    assert wrong(10).locked_until == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(("times", "minutes"), [(10, 1), (11, 2), (12, 4), (15, 32), (16, 60), (40, 60)])
def test_the_lock_grows_to_an_hour(times, minutes):
    assert wrong(times).locked_until == NOW + timedelta(minutes=minutes)


def test_a_quarter_of_an_hour_forgets_unless_it_is_shut():
    later = NOW + screens.FORGOTTEN
    assert wrong(1, wrong(9), later) == Tally(1, later, None)
    assert wrong(1, wrong(16), later).failures == 17


@pytest.mark.parametrize(
    ("after", "taken", "is_open", "state"),
    [
        (0, None, False, "waiting"),
        (59, None, False, "waiting"),
        (60, None, False, "over"),
        (100, 10, False, "taken"),
        (189, 10, False, "taken"),
        (190, 10, False, "over"),
        (500, 10, True, "open"),
    ],
)
def test_what_a_waiting_screen_shows(after, taken, is_open, state):
    taken_at = None if taken is None else NOW + timedelta(seconds=taken)
    now = NOW + timedelta(seconds=after)
    assert screens.state(now, NOW + screens.CODE_LIFE, taken_at, is_open) == state


@pytest.mark.parametrize(("minutes", "may"), [(0, False), (1, True), (45, True), (120, True), (121, False)])
def test_a_lesson_lasts_two_hours_at_most(minutes, may):
    assert screens.may_last(minutes) is may


def test_the_offered_lengths_may_be_chosen():
    assert screens.LESSON_MINUTES in screens.LENGTHS and all(map(screens.may_last, screens.LENGTHS))
