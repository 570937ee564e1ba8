from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import locks
from jizuo.hubs.identity.rules.locks import Tally

START = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)


def fail(tally: Tally, at: datetime, times: int) -> Tally:
    for _n in range(times):
        tally = locks.after_failure(tally, at)
    return tally


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(4, None), (5, 15), (9, 15), (10, 30), (15, 60), (20, 120), (40, 24 * 60), (500, 24 * 60)],
)
def test_every_fifth_failure_locks_twice_as_long(failures: int, minutes: int | None):
    tally = fail(Tally(), START, failures)
    expected = None if minutes is None else START + timedelta(minutes=minutes)
    assert tally.locked_until == expected


def test_a_lock_is_half_open():
    tally = fail(Tally(), START, 5)
    assert locks.is_locked(tally, START + timedelta(minutes=15) - timedelta(microseconds=1))
    assert not locks.is_locked(tally, START + timedelta(minutes=15))


def test_failures_are_forgotten_after_a_quiet_day_but_never_inside_a_lock():
    four = fail(Tally(), START, 4)
    assert locks.after_failure(four, START + timedelta(hours=24)).failures == 1
    assert locks.after_failure(four, START + timedelta(hours=23)).failures == 5
    held = Tally(40, START, START + timedelta(hours=30))
    assert locks.after_failure(held, START + timedelta(hours=25)).failures == 41


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (19, 0), (20, 1), (39, 1), (40, 2), (60, 4), (100, 16), (120, 30), (10**6, 30)],
)
def test_an_address_is_only_delayed(failures: int, seconds: int):
    tally = Tally(failures, START)
    assert locks.address_delay_seconds(tally, START) == seconds
    assert locks.address_delay_seconds(tally, START + timedelta(minutes=15)) == 0


def test_a_failure_at_an_address_never_locks():
    tally = Tally()
    for _n in range(1000):
        tally = locks.after_failure_at_address(tally, START)
    assert tally == Tally(1000, START)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_what_counts_as_one_address(address: str, key: str):
    assert locks.address_key(address) == key
