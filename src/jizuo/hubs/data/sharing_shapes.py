"""Values that cross the doors of grades and sharing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec


class ReadableColumn(msgspec.Struct, frozen=True):
    """One column that may be asked for. nature: kind of value that no group may see, '' for none; may_filter: rows may
    be chosen by it."""

    key: str
    title: str
    grade: int
    purpose: str
    nature: str
    may_filter: bool


class ReadableView(msgspec.Struct, frozen=True):
    """What can be shared and how. share_type: open | asked | closed at the unit asked about; why: the reason for
    that."""

    name: str
    title: str
    grade: int
    share_type: str
    why: str
    columns: list[ReadableColumn]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for. fields: keys of the readable; filters: [{"column", "op", "value"}]; unit_nos: () for all
    of the owner's; purposes: whose fields are wished in clear; masked: fields that may stay masked all the same;
    end_on: the first day after the term; most_pulls in each period (day, week or month); quality_floor 0-100, 0 for
    none."""

    dataset: str
    owner_no: int
    fields: list[str]
    purpose: str
    legal_basis: str
    end_on: date
    begin_on: date | None = None
    reader_role: str = ""
    unit_nos: list[int] = []
    filters: list[dict[str, Any]] = []
    purposes: list[str] = []
    masked: list[str] = []
    period: str = "day"
    most_pulls: int = 1
    quality_floor: int = 0


class ShareStep(msgspec.Struct, frozen=True):
    """One thing said about a request. by: display name, '' for the base itself."""

    at: datetime
    by: str
    verb: str
    words: str


class Terms(msgspec.Struct, frozen=True):
    """What a request wishes or a contract grants, in words and keys. columns: (key, title, grade, how it is shown);
    filters: in words."""

    dataset: str
    title: str
    owner_no: int
    owner_name: str
    reader_no: int
    reader_name: str
    reader_role: str
    columns: list[tuple[str, str, int, str]]
    unit_nos: list[int]
    filters: list[str]
    purpose: str
    legal_basis: str
    purposes: list[str]
    begin_on: date
    end_on: date
    period: str
    most_pulls: int
    quality_floor: int
    grade: int


class RequestView(msgspec.Struct, frozen=True):
    """A request as both sides see it. days_left: working days until its clock runs out, negative when it has, None when
    none runs; verbs: what the acting role may say to it now."""

    request_id: UUID
    terms: Terms
    state: str
    due_on: date | None
    days_left: int | None
    asked_at: datetime
    asked_name: str
    second_no: int
    second_name: str
    verbs: list[str]
    steps: list[ShareStep]
    contract_id: UUID | None = None


class ContractView(msgspec.Struct, frozen=True):
    """A contract as both sides see it. state: coming | live | over | ended; days_left: working days until it ends;
    uses, rows, last_at: pulls so far, rows they took, and the last one."""

    contract_id: UUID
    number: str
    terms: Terms
    state: str
    days_left: int | None
    made_at: datetime
    ended_at: datetime | None
    end_reason: str
    uses: int
    rows: int
    last_at: datetime | None
    may_read: bool
    may_end: bool


class Inbox(msgspec.Struct, frozen=True):
    """What waits at the acting unit: to examine, to supply or dispute as the asking side, to decide, and contracts that
    end soon. settled, contracts: the rest of what the units in reach have, at most 200 of each."""

    to_examine: list[RequestView]
    own: list[RequestView]
    disputes: list[RequestView]
    ending: list[ContractView]
    settled: list[RequestView]
    contracts: list[ContractView]


class ShareUseView(msgspec.Struct, frozen=True):
    """One pull by a contract."""

    at: datetime
    by: str
    rows: int
    is_done: bool


class SharedRows(msgspec.Struct, frozen=True):
    """One page of what a contract gives. columns: (key, title, how it is shown); rows in that order; next: ask with it
    for the following page of the same pull, '' at the end; pulls_left: in this period."""

    number: str
    columns: list[tuple[str, str, str]]
    rows: list[list[Any]]
    next: str
    pulls_left: int


class ElementView(msgspec.Struct, frozen=True):
    """An element's standing: as shipped and now. waiting: grade that a second person is asked for, None for none."""

    dataset: str
    dataset_title: str
    field: str
    title: str
    initials: str
    category: str
    shipped_grade: int
    grade: int
    nature: str
    purpose: str
    reason: str
    waiting: int | None


class ProposalView(msgspec.Struct, frozen=True):
    """A grade that waits for a person. may_settle False: the one who asked for a lowering cannot confirm it."""

    proposal_id: UUID
    dataset: str
    dataset_title: str
    field: str
    title: str
    grade: int
    held: int | None
    nature: str
    kind: str
    origin: str
    why: str
    asked_at: datetime
    may_settle: bool


class Reason(msgspec.Struct, frozen=True):
    """One step of an explanation. is_met: it speaks for seeing the value; words in the language in force."""

    kind: str
    is_met: bool
    words: str


class Explained(msgspec.Struct, frozen=True):
    """Whether a reader sees a field of a record, and why. how: clear | phone | year | name | tail | stars | nothing;
    door: where it would be seen; words: the answer in one sentence."""

    is_seen: bool
    how: str
    words: str
    door: str
    reasons: list[Reason]
