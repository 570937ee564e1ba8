"""The clock of matters: working days, standing still while the applicant is asked; what becomes of a task that is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from jizuo.engines.matter import rules
from jizuo.engines.matter.shapes import Step
from jizuo.engines.matter.writing import Case
from jizuo.ground import scope as scopes
from jizuo.plain import workdays
from jizuo.plain.expression import BadExpression


def run(case: Case) -> None:
    """Let the clock run from today unless it runs."""
    if case.running_since is None:
        case.running_since = scopes.current().today
        if case.limit_days:
            case.due_on = workdays.add(case.running_since, max(0, case.limit_days - case.used_days))


def pause(case: Case) -> None:
    """Let the clock stand still: what was used is kept."""
    if case.running_since is not None:
        case.used_days += max(0, workdays.between(case.running_since, scopes.current().today))
    case.running_since = case.due_on = None


def stop(case: Case) -> None:
    """The clock of a matter that has ended; the day it was due stays for the share that was in time."""
    if case.running_since is not None:
        case.used_days += max(0, workdays.between(case.running_since, scopes.current().today))
    case.running_since = None


def due_of(step: Step, told: Mapping[str, Any] | None = None) -> date | None:
    """The day by which a step is due that begins today. told: what its `until` reads; a day that cannot be worked out is
    none."""
    if step.until and told is not None:
        try:
            return date.fromisoformat(str(rules.value(step.until, told))[:10])
        except (BadExpression, ValueError):
            return None
    return workdays.add(scopes.current().today, step.within) if step.within else None


def used(case_used: int, running_since: date | None, today: date) -> int:
    """Working days used so far."""
    return case_used + (max(0, workdays.between(running_since, today)) if running_since else 0)


def is_known(*days: date | None) -> bool:
    """Whether the holidays of these days' years are published."""
    return all(workdays.is_published(day.year) for day in days if day is not None)


def told(word: str, due_on: date | None) -> str:
    """How a message about a due day is written: another way while the holidays of its year are not published."""
    return word if is_known(due_on) else f"{word}_unsure"
