"""When an alert looks, what it opens and closes, whom it tells next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from jizuo.engines.monitoring.shapes import Alert, Then
from jizuo.plain import workdays

OPEN, TOLD, CLOSED = "open", "told", "closed"
#: Whom an alert may tell, beside ``post.<key>``.
FAMILY_WORDS = frozenset({"subject", "guardians_of_subject"})
STAFF_WORDS = frozenset({"homeroom_teacher_of_subject", "head", "clerk"})


@dataclass(frozen=True, slots=True)
class Reason:
    """What an alert finds now: a case's key, its rows, whom and which class it is about."""

    unit_no: int
    key: str
    row_ids: tuple[UUID, ...]
    subject_id: UUID | None = None
    org_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A case as it is kept. is_by_hand: a person closed it."""

    case_id: UUID
    unit_no: int
    key: str
    row_ids: tuple[UUID, ...]
    state: str
    stage: int
    since: datetime
    subject_id: UUID | None = None
    org_id: UUID | None = None
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the cases of an alert: new reasons, cases whose rows are others now, cases whose reason ended."""

    new: tuple[Reason, ...]
    moved: tuple[tuple[Held, Reason], ...]
    gone: tuple[Held, ...]


def clock_of(alert: Alert, settings: Mapping[str, Any]) -> time | None:
    """The time of day from which an alert opens cases; None for at once. A setting is named ``$key``. Raises ValueError for
    no time."""
    text = alert.at
    if text.startswith("$"):
        text = str(settings.get(text[1:], ""))
    return time.fromisoformat(text) if text else None


def is_due(alert: Alert, settings: Mapping[str, Any], now: datetime) -> bool:
    """Whether an alert opens cases at a moment (local time): on school days, from its time on."""
    if alert.only_school_days and not workdays.is_working(now.date()):
        return False
    clock = clock_of(alert, settings)
    return clock is None or now.time() >= clock


def since(alert: Alert, today: date) -> date | None:
    """The first day whose rows count, of an alert that looks so many days back."""
    return today - timedelta(days=alert.within_days - 1) if alert.within_days else None


def compare(found: Sequence[Reason], held: Sequence[Held], *, may_open: bool) -> Change:
    """What changes. A reason opens one case; one that a person has closed stays closed while no row is added; a case whose
    reason is not found any more is over."""
    reasons = {(one.unit_no, one.key): one for one in found}
    alive = {(one.unit_no, one.key): one for one in held if one.state != CLOSED}
    settled: dict[tuple[int, str], set[UUID]] = {}
    for one in held:
        if one.state == CLOSED and one.is_by_hand:
            settled.setdefault((one.unit_no, one.key), set()).update(one.row_ids)
    new = [
        reason
        for place, reason in reasons.items()
        if may_open and place not in alive and not set(reason.row_ids) <= settled.get(place, set())
    ]
    moved = [
        (alive[place], reason)
        for place, reason in reasons.items()
        if place in alive and alive[place].row_ids != reason.row_ids
    ]
    return Change(
        tuple(new), tuple(moved), tuple(one for place, one in alive.items() if place not in reasons)
    )


def steps_due(alert: Alert, one: Held, now: datetime) -> tuple[int, tuple[Then, ...]]:
    """(stage after it, what follows now) of an open case: every step whose minutes have passed, in order."""
    due = []
    stage = one.stage
    while stage < len(alert.then) and now - one.since >= timedelta(minutes=alert.then[stage].after_minutes):
        due.append(alert.then[stage])
        stage += 1
    return stage, tuple(due)


def is_to_call(alert: Alert, stage: int) -> bool:
    """Whether a case stands on the phone list: at once, unless a later step puts it there."""
    lists = [place for place, step in enumerate(alert.then, 1) if step.phone_list]
    return not lists or stage >= lists[0]
