"""Accounts, slips, codes, sessions and bindings on their way through a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from jizuo.hubs.identity.entry import Secret


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person who needs an account in one role.

    org_id: the class of a pupil, a homeroom teacher or a teacher; org_name stands on the slip. child_ids: children
    of a guardian, about: their names. affiliation_id: what carries the role; None for none yet.
    """

    person_id: UUID
    name: str
    role: str
    org_id: UUID | None = None
    org_name: str = ""
    affiliation_id: UUID | None = None
    child_ids: tuple[UUID, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """One strip of paper. code: the one-time code in clear, empty when the person has an active account already;
    it is nowhere else. purpose: `rules.limits.Purpose`."""

    account_id: UUID
    name: str
    login_code: str
    code: str
    purpose: str
    unit_name: str
    group: str
    role: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a sign-in. account_ids: one when it went well, several when a phone is shared, none otherwise.

    locked_until: closed for this name from this address till then. wait_seconds: this address must slow down.
    """

    account_ids: tuple[UUID, ...] = ()
    locked_until: datetime | None = None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class SlipSeen:
    """What a paper code says before it is used. shortest: fewest signs of the new password."""

    purpose: str
    account_id: UUID | None
    name: str
    login_code: str
    shortest: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """One open session as its owner sees it. about: the class a classroom screen shows; '' for a sign-in."""

    sid: UUID
    device: str
    address: str
    is_own_device: bool
    created_at: datetime
    last_seen_at: datetime
    is_this: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a clerk's or homeroom teacher's list, with the roles and classes it has within reach. state:
    new | waiting | active | off; waiting: a slip is out until `slip_until`. total: how many answer in all."""

    account_id: UUID
    person_id: UUID | None
    name: str
    login_code: str
    roles: tuple[str, ...]
    org_ids: tuple[UUID, ...]
    state: str
    slip_until: datetime | None
    last_seen_at: datetime | None
    total: int


@dataclass(frozen=True, slots=True)
class BindingLine:
    """One binding as the homeroom teacher sees it. matches: pupils of the class whose name is the one typed."""

    binding_id: UUID
    state: str
    origin: str
    org_id: UUID
    org_name: str
    guardian_name: str
    relation: str
    child_name: str
    child_person_id: UUID | None
    phone_tail: str
    asked_at: datetime | None
    matches: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """What a guardian says of herself. relation: a key of `rules.bindings.RELATIONS`. name and password only for
    somebody who has no account yet."""

    relation: str
    name: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A binding asked for. login_code: of the account that asked, to be shown to a newcomer."""

    binding_id: UUID
    account_id: UUID
    login_code: str


@dataclass(frozen=True, slots=True)
class MyBinding:
    """A binding as the guardian who asked sees it. why: what the school wrote."""

    binding_id: UUID
    unit_name: str
    org_name: str
    child_name: str
    relation: str
    state: str
    asked_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class ClassCodeLine:
    """A class's live code."""

    code: str
    org_id: UUID
    org_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FamilyDesk:
    """What the desk of guardians shows. classes: (id, name) in school order; org_id: the class shown, None without
    classes; code: its live class code; pupils: class -> (person, name) of the class shown and of every class with an
    open ask; asked: of all classes; invited and confirmed: of the class shown."""

    classes: tuple[tuple[UUID, str], ...]
    org_id: UUID | None
    code: ClassCodeLine | None
    pupils: Mapping[UUID, tuple[tuple[UUID, str], ...]]
    asked: tuple[BindingLine, ...]
    invited: tuple[BindingLine, ...]
    confirmed: tuple[BindingLine, ...]


@dataclass(frozen=True, slots=True)
class AccountFound:
    """An account found by its login code."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class GrantLine:
    """An acting role given by hand."""

    grant_no: int
    name: str
    unit_name: str
    role: str
    begin_on: date


@dataclass(frozen=True, slots=True)
class ScreenShown:
    """What a waiting screen shows. code: 8 signs in clear, here and on the screen only."""

    wait_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class ScreenSeen:
    """A waiting screen as the teacher who scanned it sees it. device in words; address '' when unknown."""

    wait_id: UUID
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class ScreenLook:
    """What came of a scanned code: the screen, or None for a wrong one. locked_until: this address is shut till then."""

    screen: ScreenSeen | None = None
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenScreen:
    """A classroom screen in use. about: the class it shows."""

    sid: UUID
    about: str
    device: str
    ends_at: datetime
