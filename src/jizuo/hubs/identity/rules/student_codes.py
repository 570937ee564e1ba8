"""The student code: how long each thing lives, which key signs, and what a scan comes to. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from jizuo.hubs.identity.rules import gettext_noop

#: A moving code on a phone: what stands before it, its signs, how long it may be used, and when the page takes a new one.
MOVING = "JM:"
MOVING_LENGTH = 20
MOVING_LIFE = timedelta(seconds=30)
MOVING_NEXT_SECONDS = 25

PAIRING_LENGTH = 10
PAIRING_LIFE = timedelta(minutes=15)
TOKEN_BYTES = 32
NUMBER_BYTES = 8

#: A key is published so long before it signs, longer than any list of a scanner may last; it signs for a year.
AHEAD = timedelta(days=8)
SIGNS_FOR = timedelta(days=365)
#: Days; the first is the default. The list of a scanner is in hours.
KEEP_DAYS, LEAST_KEEP, MOST_KEEP = 30, 1, 180
LIST_HOURS, LEAST_HOURS, MOST_HOURS = 24, 1, 168
CARD_DAYS, LEAST_CARD, MOST_CARD = 400, 30, 1200

MOST_PHOTO_BYTES = 32 * 1024
#: Scans that a device sends at once, and how far its clock may run ahead.
MOST_SENT = 200
CLOCK_AHEAD = timedelta(minutes=10)
#: A device holds the way to names and portraits of children: one that is lost is out by itself after so long.
DEVICE_IDLE, TRIP_LIFE = timedelta(days=14), timedelta(days=7)


class ScanPurpose(StrEnum):
    """What a place scans for."""

    GATE = "gate"
    TRIP = "trip"
    LIBRARY = "library"


PURPOSE_WORDS = {
    ScanPurpose.GATE: gettext_noop("校门"),
    ScanPurpose.TRIP: gettext_noop("研学点名"),
    ScanPurpose.LIBRARY: gettext_noop("图书借阅"),
}


class ScanResult(StrEnum):
    """What a scan came to. Only the first lets pass."""

    PASSED = "passed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    EARLY = "early"
    USED = "used"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    BROKEN = "broken"


RESULT_WORDS = {
    ScanResult.PASSED: gettext_noop("通过"),
    ScanResult.REVOKED: gettext_noop("已挂失或作废"),
    ScanResult.EXPIRED: gettext_noop("已过期"),
    ScanResult.EARLY: gettext_noop("还没到生效的日子"),
    ScanResult.USED: gettext_noop("已经用过了"),
    ScanResult.ELSEWHERE: gettext_noop("不在这里的名单上"),
    ScanResult.UNKNOWN: gettext_noop("不是本校的码"),
    ScanResult.BROKEN: gettext_noop("码被改动过"),
}
#: What a scan of a card may be kept as: the others name nobody of this school.
KEPT_RESULTS = frozenset(
    {ScanResult.PASSED, ScanResult.REVOKED, ScanResult.EXPIRED, ScanResult.EARLY, ScanResult.ELSEWHERE}
)
OF_CODE = {
    "format": ScanResult.UNKNOWN,
    "version": ScanResult.UNKNOWN,
    "key": ScanResult.UNKNOWN,
    "signature": ScanResult.BROKEN,
    "early": ScanResult.EARLY,
    "expired": ScanResult.EXPIRED,
    "revoked": ScanResult.REVOKED,
}


class CardEnd(StrEnum):
    """Why a card is valid no more."""

    LOST = "lost"
    REISSUED = "reissued"
    LEFT = "left"


END_WORDS = {
    CardEnd.LOST: gettext_noop("已挂失"),
    CardEnd.REISSUED: gettext_noop("已换新卡"),
    CardEnd.LEFT: gettext_noop("已离校"),
}


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """When one key of a school signs and is believed. ended_at: taken back before its time."""

    key_id: bytes
    not_before: datetime
    expires_at: datetime
    ended_at: datetime | None = None


def signing(keys: Iterable[KeyTimes], now: datetime) -> KeyTimes | None:
    """The key that signs now: of those begun, neither over nor taken back, the one begun last."""
    able = [one for one in published(keys, now) if one.not_before <= now]
    return max(able, key=lambda one: one.not_before, default=None)


def published(keys: Iterable[KeyTimes], now: datetime) -> list[KeyTimes]:
    """The keys that scanners may believe, those of days to come among them."""
    return [one for one in keys if one.ended_at is None and one.expires_at > now]


def next_key(keys: Iterable[KeyTimes], now: datetime) -> datetime | None:
    """When a key that is to be made now shall begin to sign; None while there are enough. A school's first, and one
    whose others were taken back, at once."""
    held = published(keys, now)
    if not any(one.not_before <= now for one in held):
        return now
    newest = max(one.not_before for one in held)
    return now + AHEAD if newest <= now and now - newest >= SIGNS_FOR - AHEAD else None


def key_end(not_before: datetime) -> datetime:
    """When a key that begins then is believed no more: after the last card it can have signed."""
    return not_before + SIGNS_FOR + AHEAD + timedelta(days=MOST_CARD + 1)


def card_end(first: date, days: int, key_expires: datetime) -> date:
    """The first day on which a card is valid no more."""
    return min(first + timedelta(days=days), key_expires.date())


def moving_state(now: datetime, expires_at: datetime, used_at: datetime | None, is_taken: bool) -> ScanResult:
    """What a moving code comes to. is_taken: this very scan used it up."""
    if is_taken:
        return ScanResult.PASSED
    if used_at is None and now >= expires_at:
        return ScanResult.EXPIRED
    return ScanResult.USED


def scan_time(at: datetime, now: datetime, keep: timedelta) -> datetime | None:
    """When a scan counts as made: as the device says, or now when its clock runs ahead a little; None when the device
    cannot be right or the scan would be forgotten at once."""
    if at > now + CLOCK_AHEAD or at <= now - keep:
        return None
    return min(at, now)
