from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.data.rules import collecting as rules

NOW = datetime(2026, 9, 16, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "told", [{}, {"every_minutes": 5}, {"every_minutes": 1440}, {"at": "02:30"}, {"at": "23:59"}]
)
def test_a_schedule_is_an_interval_or_a_time_of_day(told):
    rules.check_schedule(told)


@pytest.mark.parametrize(
    "told",
    [{"every_minutes": 1}, {"every_minutes": "5"}, {"every_minutes": True}, {"every_minutes": 99999}, {"at": "24:00"},
     {"at": "2:30"}, {"at": 3}, {"cron": "* * * * *"}, {"at": "02:30", "every_minutes": 5}],
)  # fmt: skip
def test_other_schedules_are_refused(told):
    with pytest.raises(rules.BadSchedule):
        rules.check_schedule(told)


def test_the_next_turn_is_in_the_base_s_own_time():
    assert rules.next_due({"every_minutes": 30}, NOW) == NOW + timedelta(minutes=30)
    # 10:30 in Shanghai now.
    assert rules.next_due({"at": "11:00"}, NOW) == datetime(2026, 9, 16, 3, 0, tzinfo=UTC)
    assert rules.next_due({"at": "02:00"}, NOW) == datetime(2026, 9, 16, 18, 0, tzinfo=UTC)
    assert rules.next_due({"at": "10:30"}, NOW) == datetime(2026, 9, 17, 2, 30, tzinfo=UTC)
    assert rules.next_due({}, NOW) is None


def test_silent_after_three_turns():
    told = {"every_minutes": 60}
    assert not rules.is_silent(told, NOW - timedelta(hours=3), NOW)
    assert rules.is_silent(told, NOW - timedelta(hours=3, minutes=1), NOW)
    assert rules.is_silent({"at": "02:30"}, NOW - timedelta(days=4), NOW)
    assert not rules.is_silent({}, NOW - timedelta(days=400), NOW)


@pytest.mark.parametrize(
    ("before", "rows", "held"),
    [
        (None, 0, False),
        (100, 100, False),
        (100, 90, False),
        (100, 89, True),
        (10, 6, False),
        (10, 5, True),
        (100, 200, False),
    ],
)
def test_a_list_that_shrinks_is_noticed(before, rows, held):
    assert rules.has_shrunk(before, rows) is held


@pytest.mark.parametrize(
    ("known", "rows", "new", "is_changed"),
    [
        (100, 100, 51, True),
        (100, 100, 50, False),
        (10, 10, 10, False),
        (1000, 100, 100, False),
        (100, 300, 160, True),
    ],
)
def test_changed_keys_are_noticed(known, rows, new, is_changed):
    assert rules.keys_changed(known, rows, new) is is_changed


def test_a_batch_that_is_mostly_bad_waits_whole():
    assert rules.too_bad(100, 51) and not rules.too_bad(100, 50) and not rules.too_bad(10, 10)


VALUES = st.one_of(
    st.integers(-(10**12), 10**12), st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)), st.decimals(-1000, 1000, places=3), st.text(min_size=1),
)  # fmt: skip


@given(VALUES)
def test_a_mark_comes_back_as_it_was(value):
    kind, text = rules.mark_of(value)
    assert rules.value_of(kind, text) == value


@given(st.sampled_from([st.integers(), st.dates(), st.datetimes(), st.decimals(-99, 99, places=2)]).flatmap(
    lambda kind: st.tuples(kind, kind)))  # fmt: skip
def test_later_orders_marks_as_their_values(pair):
    left, right = pair
    (kind, one), (_kind, other) = rules.mark_of(left), rules.mark_of(right)
    assert rules.later(kind, one, other) is (left > right)


def test_marks_overlap_in_their_own_measure():
    assert rules.with_overlap("moment", "2026-09-16T10:00:00", 90) == datetime(2026, 9, 16, 8, 30)
    assert rules.with_overlap("day", "2026-09-16", 2) == date(2026, 9, 14)
    assert rules.with_overlap("whole", "100", 10) == 90
    assert rules.with_overlap("decimal", "1.5", 1) == Decimal("0.5")
    assert rules.with_overlap("text", "B7", 3) == "B7"
    assert rules.mark_of(None) is None and rules.mark_of(True) is None


def test_a_clock_ahead_is_noticed():
    assert rules.is_ahead("moment", "2026-09-18T00:00:00", NOW)
    assert not rules.is_ahead("moment", "2026-09-16T12:00:00+08:00", NOW)
    assert rules.is_ahead("day", "2027-01-01", NOW)
    assert not rules.is_ahead("whole", "999", NOW)


def test_marks_with_and_without_a_zone_are_compared():
    assert rules.later("moment", "2026-09-16T12:00:00+00:00", "2026-09-16T11:00:00")
