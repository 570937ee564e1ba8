"""What crosses the doors of items."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec


class ItemLine(msgspec.Struct, frozen=True):
    """An item of the catalogue. form: what one fills to apply, '' where the reader's role may not; days: working days, as
    promised and by law."""

    scene: str
    item: str
    title: str
    code: str
    subject: str
    about: str
    promise_days: int
    limit_days: int
    fee: str
    result: str
    form: str = ""
    icon: str = ""


class MaterialLine(msgspec.Struct, frozen=True):
    """One thing an item asks for. how: known (the base holds it) | upload (in the form) | bring (to the desk)."""

    title: str
    how: str
    is_required: bool
    note: str = ""


class GuideStep(msgspec.Struct, frozen=True):
    """One human step of the way. within: working days, 0 for none said; is_sometimes: left out when it is not due."""

    title: str
    within: int
    is_sometimes: bool = False


class Guide(msgspec.Struct, frozen=True):
    """Everything about an item before one applies. subjects: for whom the reader may apply, (person, name), when she has
    several; due_on: promised day of an application handed in today; is_known: false where that year's holidays are not
    published yet."""

    line: ItemLine
    basis: str
    materials: list[MaterialLine]
    steps: list[GuideStep]
    where: str
    hours: str
    phone: str
    channels: tuple[str, ...]
    due_on: date
    is_known: bool
    unit: str
    subject_id: UUID | None = None
    subjects: list[tuple[UUID, str]] = []


class DocumentLine(msgspec.Struct, frozen=True):
    """A paper that a matter gave. state: valid | expired | withdrawn; way: ``matter`` for one kept here, ``certificate`` for a
    在读证明 of the organisation."""

    document_id: UUID
    way: str
    title: str
    state: str
    issued_on: date
    valid_to: date | None
    number: str = ""
    withdrawn_reason: str = ""
    may_withdraw: bool = False


class ItemCount(msgspec.Struct, frozen=True):
    """An item at a unit over a time: how many were handed in, ended, run, are late; of the ended, how many within the promise
    and within the legal limit; mean of working days used. stars: mean of the ratings, None below `numbers.FEWEST` of them."""

    unit_no: int
    unit: str
    scene: str
    item: str
    title: str
    received: int
    ended: int
    running: int
    late: int
    in_promise: int
    in_limit: int
    mean_days: float | None
    ratings: int
    stars: float | None
