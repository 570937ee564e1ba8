"""Typed values that cross the message hub's doors."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

import msgspec


class Audience(msgspec.Struct, frozen=True):
    """Who is told. kind: guardians_of (ids: children), pupils (ids: pupils), people (ids: staff members by
    person), families_of and pupils_of (ids: classes), staff (everybody on the unit's staff, no ids).

    Guardians are those who get notices and are not barred, at the moment of telling.
    """

    kind: str
    ids: tuple[UUID, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """A notice as written. due_at: aware."""

    title: str
    text: str
    audience: str = "families"
    needs: str = "read"
    options: tuple[str, ...] = ()
    class_ids: tuple[UUID, ...] = ()
    file_ids: tuple[UUID, ...] = ()
    due_at: datetime | None = None
    is_urgent: bool = False


class Setting(msgspec.Struct, frozen=True):
    """How a unit sends; see `models.MessageSetting`."""

    is_sms_on: bool = False
    sms_month_cap: int = 1000
    quiet_from: time = time(22, 0)
    quiet_to: time = time(7, 0)
    digest_at: time = time(18, 30)
    remind_hours: int = 12
    language: str = "zh"


class NoticeLine(msgspec.Struct, frozen=True):
    """A notice in a list. asked: children (or people) it went to; answered: receipts in; read: copies opened."""

    notice_id: UUID
    title: str
    audience: str
    needs: str
    state: str
    writer_name: str
    made_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    asked: int
    answered: int


class NoticeView(msgspec.Struct, frozen=True):
    """A notice as its school sees it."""

    notice_id: UUID
    no: int | None
    title: str
    text: str
    audience: str
    needs: str
    options: tuple[str, ...]
    class_ids: tuple[UUID, ...]
    file_ids: tuple[UUID, ...]
    due_at: datetime | None
    is_urgent: bool
    state: str
    writer_name: str
    writer_grant: int | None
    made_at: datetime
    sent_at: datetime | None
    reminded_at: datetime | None
    reminders: int


class ClassCount(msgspec.Struct, frozen=True):
    """Receipts of one class: asked, answered, and how many of each answer."""

    class_id: UUID
    name: str
    asked: int
    answered: int
    by_answer: dict[str, int]


class ReceiptLine(msgspec.Struct, frozen=True):
    """One child's receipt in a class list. code: of the paper slip; who: the name behind the answer."""

    receipt_id: UUID
    child_id: UUID
    affiliation_id: UUID
    class_id: UUID
    class_name: str
    name: str
    seat_no: int | None
    code: str
    answer: str
    way: str
    answered_at: datetime | None
    who: str


class Estimate(msgspec.Struct, frozen=True):
    """What sending would reach and cost. children: receipts; adults: copies; without_adult: children whose family
    gets paper only; sms: short messages at most, sms_fen their price, sms_left of this month's cap."""

    children: int
    adults: int
    without_adult: int
    sms: int
    sms_fen: int
    sms_left: int


class ItemLine(msgspec.Struct, frozen=True):
    """A message in a person's list."""

    item_id: UUID
    title: str
    text: str
    notice_id: UUID | None
    child_id: UUID | None
    made_at: datetime
    is_read: bool
    link: str
    needs: str = ""
    answer: str = ""
    due_at: datetime | None = None


class MyReceipt(msgspec.Struct, frozen=True):
    """A notice as one family sees it: words filled for the own child. answer: '' while nobody answered; who and
    way: of the answer; may_sign: the looking adult may answer; is_open: answers are still taken."""

    notice_id: UUID
    title: str
    text: str
    school: str
    writer_name: str
    sent_at: datetime
    due_at: datetime | None
    needs: str
    options: tuple[str, ...]
    files: tuple[tuple[UUID, str, int], ...]
    child_id: UUID | None
    child_name: str
    class_name: str
    code: str
    answer: str
    way: str
    answered_at: datetime | None
    who: str
    may_sign: bool
    is_open: bool


class Contact(msgspec.Struct, frozen=True):
    """A child whose answer is missing, with the adults to call in order: (name, relation, phone). code: of the
    slip, by which what was said on the phone is put in."""

    child_id: UUID
    name: str
    class_name: str
    seat_no: int | None
    code: str
    adults: tuple[tuple[str, str, str], ...]


class PaperIn(msgspec.Struct, frozen=True):
    """What became of a scanned slip. is_new false: it was in already, with the answer that stands."""

    is_new: bool
    name: str
    class_name: str
    title: str
    answer: str
    way: str
    answered_at: datetime | None


class ToSend(msgspec.Struct, frozen=True):
    """A claimed delivery with what the gateway needs."""

    delivery_id: UUID
    channel: str
    address: str
    template: str
    values: dict[str, str]
    key: str
    link: str


class Scan(msgspec.Struct, frozen=True):
    """A code for the acting person's QR code, good until `until`."""

    code: str
    until: datetime


class Way(msgspec.Struct, frozen=True):
    """One push channel as a person sees it. how: ``scan`` or ``sign_in`` binds it, "" when only the provider's contacts
    do. is_on: false with is_bound: the person follows no more. since: when its state began."""

    channel: str
    how: str
    is_bound: bool
    is_on: bool
    masked: str
    since: datetime | None
