"""A standard as data: its elements, and who reads what follows it.

A standard that people make has the shape of those that ship with the rooms, so that both are shown, downloaded as
YAML, edited and brought back in one way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from jizuo.ground.plans import Column, SchemaPlan, Type

#: Sources, grades and purposes that a person chooses from stand in the pages; these are the bounds of the data.
MOST_INDEXED = 4


class Element(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One element of a standard.

    key: English name, which is the column and the name in the interface; initials: pinyin-initial name (XM, XBM);
    type, length, precision, scale: as of `plans.Column`; code: id of its code table; grade 1-5; purpose: what it is
    collected for; owner: its source of record; rule: where the element comes from; to_check: what is not yet held
    against the standard's own text; aliases: headings under which it is known; is_retired: kept for the rows
    that have it, asked for no longer.
    """

    key: str
    title: str
    english: str = ""
    initials: str = ""
    type: Type = "text"
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    code: str = ""
    required: bool = False
    grade: int = 2
    purpose: str = ""
    owner: str = ""
    rule: str = ""
    to_check: str = ""
    aliases: tuple[str, ...] = ()
    is_retired: bool = False

    def column(self) -> Column:
        """The column that holds the element."""
        return Column(
            key=self.key,
            type=self.type,
            title=self.title,
            grade=self.grade,
            is_required=self.required,
            length=self.length,
            precision=self.precision,
            scale=self.scale,
            code_table=self.code,
        )


class Body(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One version of a standard.

    name: of the dataset; key: elements that together name a record; label: the element that names it for people;
    source: the document the standard follows; is_master: one source of record per element, claims and conflicts;
    known_to: the circle that may know the dataset exists, cycle: how often it is renewed (see `rules.catalogue`).
    """

    name: str
    title: str
    english: str = ""
    elements: tuple[Element, ...] = ()
    key: tuple[str, ...] = ()
    label: str = ""
    is_master: bool = False
    source: str = ""
    to_check: str = ""
    known_to: str = "office"
    cycle: str = ""

    def element(self, key: str) -> Element | None:
        """The element called `key`."""
        return next((one for one in self.elements if one.key == key), None)

    def plan(self, major: int) -> SchemaPlan:
        """The wish for the table of this version. The natural key is indexed, its first four elements at most."""
        return SchemaPlan(
            standard=self.name,
            major=major,
            columns=tuple(one.column() for one in self.elements),
            indexes=(self.key[:MOST_INDEXED],) if self.key else (),
        )


class VersionView(msgspec.Struct, frozen=True):
    """One version of a standard that people make. seen: a print of the draft, which saving and publishing ask back;
    table_state: '' (a draft) | waiting | done | refused, why: the builder's words; is_mine: the reader drafted it."""

    version_id: UUID
    name: str
    title: str
    major: int
    minor: int
    state: str
    body: Body
    seen: str
    effective_on: date | None
    until_on: date | None
    notes: str
    table_state: str
    why: str
    drafted_at: datetime
    published_at: datetime | None
    is_mine: bool

    @property
    def number(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a dataset. kind: what kind of reading (a contract, an indicator); title: for people; fields: the
    elements it reads, () for all of them; unit_no: whose it is, None for the base's."""

    kind: str
    title: str
    fields: tuple[str, ...] = ()
    unit_no: int | None = None


_asked: list[Callable[[str], Iterable[Reader]]] = []


def tell_readers(answer: Callable[[str], Iterable[Reader]]) -> None:
    """Let a room answer who reads a dataset, so that a new version of its standard shows whom it touches."""
    if answer not in _asked:
        _asked.append(answer)


def readers_of(dataset: str) -> list[Reader]:
    """Every reader of a dataset that the rooms know of, within the reach of who asks. Inside a door."""
    return [reader for answer in _asked for reader in answer(dataset)]


def print_of(body: Body) -> str:
    """A short print of a body: two people who see the same print see the same draft."""
    return hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest()[:16]
