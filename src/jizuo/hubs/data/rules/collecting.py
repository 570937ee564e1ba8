"""Pure decisions of collection: when a source is due, when it is silent, shrinks, repeats or changes its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from jizuo.hubs.data.rules.walk import SHRINK_LEAST, SHRINK_SHARE_PCT

FETCHING, CHECKING, WAITING, APPLYING, APPLIED, NOTHING, FAILED, DISCARDED = (
    "fetching", "checking", "waiting", "applying", "applied", "nothing", "failed", "discarded",
)  # fmt: skip
ENDED = frozenset({APPLIED, NOTHING, FAILED, DISCARDED})
#: A source is silent after so many cycles without a success.
SILENT_CYCLES = 3
LEAST_MINUTES, MOST_MINUTES = 5, 7 * 24 * 60
#: From so many known records on, more new ones than this share of a full list mean that the keys changed.
KEYS_LEAST, KEYS_SHARE_PCT = 20, 50
#: A batch of which more than this share (and at least so many rows) is bad waits for a person whole.
BAD_SHARE_PCT, BAD_LEAST = 50, 20
#: How far in the future a source's clock may be before it is said to lie.
AHEAD = timedelta(days=1)
_AT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class BadSchedule(ValueError):
    """A schedule that cannot be kept; `reason` is Chinese."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_schedule(told: Mapping[str, Any]) -> None:
    """Raise BadSchedule unless `told` is {}, {every_minutes: n} or {at: HH:MM}."""
    if not told:
        return
    if set(told) == {"every_minutes"}:
        minutes = told["every_minutes"]
        if (
            isinstance(minutes, bool)
            or not isinstance(minutes, int)
            or not LEAST_MINUTES <= minutes <= MOST_MINUTES
        ):
            raise BadSchedule(f"间隔应在 {LEAST_MINUTES} 分钟到 7 天之间")
    elif set(told) == {"at"}:
        if not isinstance(told["at"], str) or not _AT.fullmatch(told["at"]):
            raise BadSchedule("每天的时刻应写成 02:30")
    else:
        raise BadSchedule("只能是每隔若干分钟，或每天某一时刻")


def cycle(told: Mapping[str, Any]) -> timedelta | None:
    """How long a turn of the schedule is; None without one."""
    if "every_minutes" in told:
        return timedelta(minutes=told["every_minutes"])
    return timedelta(days=1) if "at" in told else None


def next_due(told: Mapping[str, Any], now: datetime, zone: str = "Asia/Shanghai") -> datetime | None:
    """When a source is due next after `now` (aware); None without a schedule."""
    if "every_minutes" in told:
        return now + timedelta(minutes=told["every_minutes"])
    if "at" not in told:
        return None
    hour, minute = map(int, told["at"].split(":"))
    here = now.astimezone(ZoneInfo(zone))
    due = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (due if due > here else due + timedelta(days=1)).astimezone(UTC)


def is_silent(told: Mapping[str, Any], since: datetime, now: datetime) -> bool:
    """True when no fetch has succeeded for `SILENT_CYCLES` turns. since: the last success, or when it was switched on."""
    turn = cycle(told)
    return turn is not None and now - since > turn * SILENT_CYCLES


def has_shrunk(before: int | None, rows: int) -> bool:
    """True when a full list is so much shorter than the last one that a person must look (as the shrink guard)."""
    if before is None:
        return False
    lost = before - rows
    return lost >= SHRINK_LEAST and lost * 100 > before * SHRINK_SHARE_PCT


def keys_changed(known: int, rows: int, new: int) -> bool:
    """True when most rows of a full list are new although the list was applied before: its keys have changed."""
    return known >= KEYS_LEAST and rows * 2 >= known and new * 100 > rows * KEYS_SHARE_PCT


def too_bad(rows: int, bad: int) -> bool:
    """True when so much of a batch is bad that setting rows aside would hide a fault of the whole."""
    return bad >= BAD_LEAST and bad * 100 > rows * BAD_SHARE_PCT


def mark_of(value: object) -> tuple[str, str] | None:
    """(kind, text) of a value of the incremental column, None for an empty one or a kind without an order."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    if isinstance(value, datetime):
        return "moment", value.isoformat()
    if isinstance(value, date):
        return "day", value.isoformat()
    if isinstance(value, int):
        return "whole", str(value)
    if isinstance(value, Decimal | float):
        return "decimal", str(value)
    return ("text", value) if isinstance(value, str) else None


def value_of(kind: str, text: str) -> Any:
    """The value that `mark_of` wrote."""
    if kind == "moment":
        return datetime.fromisoformat(text)
    if kind == "day":
        return date.fromisoformat(text)
    if kind == "whole":
        return int(text)
    if kind == "decimal":
        return Decimal(text)
    return text


def with_overlap(kind: str, text: str, overlap: int) -> Any:
    """The value from which to read on: the mark less the overlap, in minutes for moments, days for days, units else.
    A text has no distance and is read from itself on."""
    value = value_of(kind, text)
    if kind == "moment":
        return value - timedelta(minutes=overlap)
    if kind == "day":
        return value - timedelta(days=overlap)
    return value - overlap if kind in ("whole", "decimal") else value


def later(kind: str, left: str, right: str) -> bool:
    """Whether the mark `left` lies after `right`; marks of one kind."""
    try:
        one, other = value_of(kind, left), value_of(kind, right)
        if kind == "moment" and (one.tzinfo is None) != (other.tzinfo is None):
            one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
        return one > other
    except (ValueError, InvalidOperation):
        return left > right


def is_ahead(kind: str, text: str, now: datetime) -> bool:
    """True for a moment or day that lies further in the future than clocks may differ."""
    if kind == "moment":
        at = value_of(kind, text)
        return at > (now.replace(tzinfo=None) if at.tzinfo is None else now) + AHEAD
    return kind == "day" and value_of(kind, text) > (now + AHEAD).date()
