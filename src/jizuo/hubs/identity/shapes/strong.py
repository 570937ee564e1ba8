"""Passkeys, remembered devices and what a school sees of sign-ins, on their way through a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Site:
    """The address people see. rp_id: its host, the only one a passkey made here works at; origin: scheme, host, port."""

    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class KeyAsked:
    """A challenge on its way. options: for ``navigator.credentials``, bytes as base64url."""

    challenge_id: UUID
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeyUsed:
    """What came of a passkey's answer. account_id None: refused. method: ``key`` or ``synced``."""

    account_id: UUID | None
    method: str = ""


@dataclass(frozen=True, slots=True)
class PasskeyLine:
    """A passkey as its owner sees it. is_here: it works at the address in use."""

    passkey_id: UUID
    name: str
    is_synced: bool
    made_at: datetime
    last_used_at: datetime | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A remembered device as its owner sees it. is_this: the one in use."""

    device_id: UUID
    device: str
    since: datetime
    last_used_at: datetime
    expires_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One open session of the unit's people. network: empty for pupils and guardians."""

    sid: UUID
    account_id: UUID
    name: str
    roles: tuple[str, ...]
    device: str
    network: str
    is_own_device: bool
    created_at: datetime
    last_seen_at: datetime
    about: str
    total: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """One sign-in event of the unit's people; network as in `LiveSession`."""

    event_id: int
    at: datetime
    name: str
    roles: tuple[str, ...]
    what: str
    outcome: str
    method: str
    device: str
    network: str


@dataclass(frozen=True, slots=True)
class LockLine:
    """An account of the unit that is locked at one address. lock: names it in a form. what: password or factor."""

    lock: str
    name: str
    roles: tuple[str, ...]
    what: str
    network: str
    at: datetime
    locked_until: datetime


@dataclass(frozen=True, slots=True)
class AnomalyLine:
    """Something odd, as far as the unit's own people are concerned. count: how many there were in all, told to whoever
    reaches the whole base; None for others. names: of the unit's people, some of them; people: how many."""

    anomaly_id: UUID
    kind: str
    at: datetime
    network: str
    device: str
    count: int | None
    names: tuple[str, ...]
    people: int
