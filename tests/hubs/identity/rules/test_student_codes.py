"""Student codes: when keys sign, how long cards last, what a moving code and a late scan come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.rules.student_codes import KeyTimes, ScanResult
from jizuo.plain import student_code

NOW = datetime(2026, 9, 16, 8, tzinfo=UTC)


def key(name: str, days: float, *, lasts: float = 2000, ended: bool = False) -> KeyTimes:
    begin = NOW + timedelta(days=days)
    return KeyTimes(name.encode(), begin, begin + timedelta(days=lasts), NOW if ended else None)


@pytest.mark.parametrize(
    ("keys", "signs", "published"),
    [
        ([], None, ""),
        ([key("a", -10)], b"a", "a"),
        ([key("a", -10), key("b", 3)], b"a", "ab"),
        ([key("a", -10), key("b", -1)], b"b", "ab"),
        ([key("a", -10), key("b", -1, ended=True)], b"a", "a"),
        ([key("a", -10, lasts=10)], None, ""),
    ],
)
def test_the_newest_key_begun_signs_and_all_are_published(keys, signs, published):
    found = rules.signing(keys, NOW)
    assert (found and found.key_id) == signs
    assert b"".join(one.key_id for one in rules.published(keys, NOW)).decode() == published


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([], NOW),
        ([key("a", -10)], None),
        ([key("a", -356.9)], None),
        ([key("a", -357)], NOW + rules.AHEAD),
        ([key("a", -400), key("b", 4)], None),
        ([key("a", -1, ended=True)], NOW),
        ([key("a", -1, ended=True), key("b", 4)], NOW),
    ],
)
def test_a_key_is_made_ahead_and_at_once_when_none_signs(keys, wanted):
    assert rules.next_key(keys, NOW) == wanted


def test_a_key_is_believed_longer_than_any_card_and_published_longer_than_any_list_lasts():
    last_card = NOW + rules.SIGNS_FOR + rules.AHEAD + timedelta(days=rules.MOST_CARD)
    assert rules.key_end(NOW) > last_card
    assert timedelta(hours=rules.MOST_HOURS) < rules.AHEAD
    assert rules.card_end(NOW.date(), 400, NOW + timedelta(days=30)) == (NOW + timedelta(days=30)).date()
    assert rules.card_end(NOW.date(), 400, rules.key_end(NOW)) == NOW.date() + timedelta(days=400)


@pytest.mark.parametrize(
    ("seconds", "used", "taken", "wanted"),
    [
        (29, False, True, ScanResult.PASSED),
        (29, True, False, ScanResult.USED),
        (31, True, False, ScanResult.USED),
        (30, False, False, ScanResult.EXPIRED),
        (29, False, False, ScanResult.USED),
    ],
)
def test_a_moving_code_is_used_once_and_for_half_a_minute(seconds, used, taken, wanted):
    now = NOW + timedelta(seconds=seconds)
    assert rules.moving_state(now, NOW + rules.MOVING_LIFE, NOW if used else None, taken) == wanted


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [(-1, -1), (-719, -719), (-720, None), (0.1, 0), (1, None)],
)
def test_a_scan_told_late_keeps_its_time(hours, wanted):
    found = rules.scan_time(NOW + timedelta(hours=hours), NOW, timedelta(days=30))
    assert found == (None if wanted is None else NOW + timedelta(hours=wanted))


def test_every_reason_has_its_word():
    assert set(rules.OF_CODE) == set(student_code.REASONS)
    assert set(rules.RESULT_WORDS) == set(ScanResult)
    assert ScanResult.UNKNOWN not in rules.KEPT_RESULTS and ScanResult.BROKEN not in rules.KEPT_RESULTS
