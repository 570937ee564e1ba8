"""How failed sign-ins slow the next one down (LOG-2).

An account is locked only for the address that failed. An address is never locked, since a whole school stands
behind it: it gets a growing delay, counted from the moment the form was handed out, so that a person who types
never notices it and no server thread waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jizuo.plain.addresses import address_key

__all__ = ["address_key"]

FAILURES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
FORGOTTEN = timedelta(hours=24)
ADDRESS_FREE = 20
ADDRESS_FORGOTTEN = timedelta(minutes=15)
LONGEST_DELAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures in a row. locked_until None: open."""

    failures: int = 0
    last_failed_at: datetime | None = None
    locked_until: datetime | None = None


def is_locked(tally: Tally, now: datetime) -> bool:
    """True until the lock's end, which is no longer inside it."""
    return tally.locked_until is not None and now < tally.locked_until


def after_failure(tally: Tally, now: datetime) -> Tally:
    """The tally of one account at one address after a failure: every fifth locks, each lock twice the last."""
    failures = _still_held(tally, now, FORGOTTEN) + 1
    locked_until = tally.locked_until
    if failures % FAILURES == 0:
        doubled = min(failures // FAILURES - 1, 16)
        locked_until = now + min(FIRST_LOCK * 2**doubled, LONGEST_LOCK)
    return Tally(failures, now, locked_until)


def after_failure_at_address(tally: Tally, now: datetime) -> Tally:
    """The tally of an address after a failure of anybody there; never a lock."""
    return Tally(_still_held(tally, now, ADDRESS_FORGOTTEN) + 1, now)


def address_delay_seconds(tally: Tally, now: datetime) -> int:
    """How long a form must have been out before it is read: 0 for the first 20 failures, then 1, 2, 4 ... 30."""
    failures = _still_held(tally, now, ADDRESS_FORGOTTEN)
    if failures < ADDRESS_FREE:
        return 0
    return min(2 ** min(failures // ADDRESS_FREE - 1, 10), LONGEST_DELAY_SECONDS)


def _still_held(tally: Tally, now: datetime, forgotten: timedelta) -> int:
    is_old = tally.last_failed_at is not None and now - tally.last_failed_at >= forgotten
    return 0 if is_old and not is_locked(tally, now) else tally.failures
