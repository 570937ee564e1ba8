"""What crosses the doors of the student code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CodeSetting:
    """How a school uses the student code. Days, hours, days."""

    keep_days: int
    list_hours: int
    card_days: int


@dataclass(frozen=True, slots=True)
class CodeKey:
    """A school's key for signing cards. key_id: in hex."""

    key_id: str
    not_before: datetime
    expires_at: datetime
    ended_at: datetime | None
    is_signing: bool


@dataclass(frozen=True, slots=True)
class CardLine:
    """A pupil and the open card, if any. was: why the last card ended; '' when none did."""

    person_id: UUID
    name: str
    seat_no: int | None
    class_id: UUID
    card_id: UUID | None
    valid_to: date | None
    printed_at: datetime | None
    has_photo: bool
    was: str


@dataclass(frozen=True, slots=True)
class CardDesk:
    """Classes in reach as (id, name), the one shown, its pupils by seat."""

    classes: tuple[tuple[UUID, str], ...]
    class_id: UUID | None
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A card to print. code: see `jizuo.plain.student_code`; photo: a JPEG or nothing."""

    card_id: UUID
    person_id: UUID
    name: str
    class_name: str
    valid_to: date
    code: str
    photo: bytes


@dataclass(frozen=True, slots=True)
class MovingShown:
    """What a phone shows for half a minute. card_until: of the child's open card, None for none; family: the children
    as (id, name)."""

    code: str
    expires_at: datetime
    person_id: UUID
    name: str
    card_until: date | None
    family: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a code from a phone came to; the person only where it passed."""

    result: str
    name: str = ""
    class_id: UUID | None = None
    photo: bytes = b""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place for scanning. class_ids, class_names: whose pupils pass there, none for the whole school; today: how many
    people passed."""

    place_id: UUID
    name: str
    purpose: str
    class_ids: tuple[UUID, ...]
    class_names: tuple[str, ...]
    today: int


@dataclass(frozen=True, slots=True)
class Present:
    """Who passed at a place today, as (name, class), and on a trip who did not. due: how many may pass there."""

    place: PlaceLine
    present: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    due: int


@dataclass(frozen=True, slots=True)
class ScannerLine:
    """A registered scanner."""

    device_id: UUID
    place: str
    name: str
    seen_at: datetime | None
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Paired:
    """A scanner just registered. token: shown once."""

    device_id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class SealedList:
    """A scanner's list under AES-256-GCM. stamp: device, list and both times; it is bound to the sealed bytes."""

    list_id: UUID
    made_at: datetime
    expires_at: datetime
    stamp: str
    key: bytes
    nonce: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ScanTold:
    """A scan of a card as a scanner tells it."""

    scan_id: UUID
    code: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """A scan as the family sees it. kind: moving | card."""

    at: datetime
    place: str
    purpose: str
    kind: str
    result: str


@dataclass(frozen=True, slots=True)
class MyScans:
    """The scans of one child, the newest first; family: the children as (id, name)."""

    person_id: UUID
    name: str
    scans: tuple[ScanSeen, ...]
    keep_days: int
    family: tuple[tuple[UUID, str], ...]
