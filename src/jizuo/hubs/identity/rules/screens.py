"""How a classroom screen is opened: how long its code lives, how long a lesson may last, and what wrong codes cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from jizuo.hubs.identity.rules.locks import Tally, is_locked

SCREEN = "screen"
CODE_LENGTH = 8
CODE_LIFE = timedelta(seconds=60)
#: Between the scan and the teacher's yes.
TO_CONFIRM = timedelta(minutes=3)
LESSON_MINUTES, LONGEST_MINUTES = 45, 120
LENGTHS = (20, LESSON_MINUTES, 60, 90, LONGEST_MINUTES)
#: A whole school stands behind one address: its screens may all wait at once.
MOST_WAITING = 300
WRONG_FREE = 10
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
FORGOTTEN = timedelta(minutes=15)


def after_wrong(tally: Tally, now: datetime) -> Tally:
    """The tally of an address after a code that no screen shows: the tenth shuts it for a minute, each one after that
    for twice as long, an hour at most. A quarter of an hour without a wrong one forgets all, unless it is shut."""
    is_old = tally.last_failed_at is not None and now - tally.last_failed_at >= FORGOTTEN
    failures = (0 if is_old and not is_locked(tally, now) else tally.failures) + 1
    locked_until = tally.locked_until
    if failures >= WRONG_FREE:
        locked_until = now + min(FIRST_LOCK * 2 ** min(failures - WRONG_FREE, 10), LONGEST_LOCK)
    return Tally(failures, now, locked_until)


def state(now: datetime, expires_at: datetime, taken_at: datetime | None, is_open: bool) -> str:
    """What a waiting screen shows: ``waiting`` for a scan, ``taken`` by one, ``open``, or ``over``: a new code is due."""
    if is_open:
        return "open"
    if taken_at is not None:
        return "taken" if now < taken_at + TO_CONFIRM else "over"
    return "waiting" if now < expires_at else "over"


def may_last(minutes: int) -> bool:
    """Whether a lesson may be so long: one minute to two hours."""
    return 1 <= minutes <= LONGEST_MINUTES
