"""How long a session and a second factor last, by role and device (LOG-2, LOG-3), and how long codes live."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from jizuo.ground import scope as scopes

ADMIN_ROLES = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.SECURITY_OFFICER})
SHORTEST = {"family": 8, "staff": 12, "admin": 15}


class Purpose(StrEnum):
    """What a one-time code is for."""

    ACTIVATE = "activate"
    RESET = "reset"
    PAPER = "paper"
    INVITE = "invite"
    CLASS_ONCE = "class_once"
    SIGN_IN = "sign_in"
    RECOVER = "recover"
    NEW_PHONE = "new_phone"
    NEW_EMAIL = "new_email"
    BIND = "bind"


#: Codes on paper are found by themselves; sent ones only together with the browser that asked.
ON_PAPER = frozenset({Purpose.ACTIVATE, Purpose.RESET, Purpose.PAPER, Purpose.INVITE, Purpose.CLASS_ONCE})
LIFE: dict[Purpose, timedelta] = {
    Purpose.ACTIVATE: timedelta(days=30),
    Purpose.RESET: timedelta(days=7),
    Purpose.PAPER: timedelta(hours=24),
    Purpose.INVITE: timedelta(days=30),
    Purpose.CLASS_ONCE: timedelta(days=14),
    Purpose.SIGN_IN: timedelta(minutes=5),
    Purpose.RECOVER: timedelta(minutes=15),
    Purpose.NEW_PHONE: timedelta(minutes=5),
    Purpose.NEW_EMAIL: timedelta(minutes=30),
    Purpose.BIND: timedelta(minutes=5),
}
SENT_TRIES = 5
#: Sent codes: per target and hour, per address and hour.
SENT_TO_TARGET = 5
SENT_FROM_ADDRESS = 60
SENT_GAP = timedelta(seconds=50)


@dataclass(frozen=True, slots=True)
class Limits:
    """idle None: no idle limit. factor: how long a given second factor counts for the next step-up."""

    idle: timedelta | None
    absolute: timedelta
    factor: timedelta


def group(roles: Collection[str]) -> str:
    """``admin``, ``staff`` or ``family``: the strictest group that any of the roles belongs to."""
    if ADMIN_ROLES & set(roles):
        return "admin"
    return "staff" if scopes.STAFF_ROLES & set(roles) else "family"


def of_session(roles: Collection[str], *, is_own_device: bool) -> Limits:
    """The limits of a new session of somebody who holds `roles` (none: like a family)."""
    who = group(roles)
    factor = timedelta(hours=8) if is_own_device else timedelta(minutes=5)
    if who == "admin":
        return Limits(timedelta(minutes=10), timedelta(hours=12), min(factor, timedelta(minutes=15)))
    if who == "family" and is_own_device:
        return Limits(None, timedelta(days=30), factor)
    return Limits(timedelta(minutes=30), timedelta(hours=12), factor)


def shortest_password(roles: Collection[str]) -> int:
    """LOG-1: 8 for pupils and guardians, 12 for staff, 15 for administrators."""
    return SHORTEST[group(roles)]
