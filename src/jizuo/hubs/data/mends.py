"""What a person settles in the preview of a file: which column feeds which field, what a written word means; and whom
the file touches.

The hub knows neither columns nor classes nor people; the room that brings an importer offers them here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.queries.held import AlreadyHeld


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of a sheet. field: the key it feeds, '' for none; samples: a few cells, numbers of documents
    and phones masked; said: words for a column that is read without a choice (监护人一 · 电话); sure: how certain a
    proposal is (sure | doubtful | told), '' where none is made; why: what speaks for or against it."""

    letter: str
    heading: str
    field: str
    samples: tuple[str, ...]
    said: str = ""
    sure: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """One table of a file. fingerprint: the key its mapping is remembered under."""

    sheet: str
    fingerprint: str
    columns: tuple[ColumnSeen, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """An importer's columns. fields: (key, title) in the order of a template, or what answers with them for the
    options of a batch; seen: reads a file's headings; held: (unit, source) -> what other sources of record hold
    already, by field."""

    fields: Sequence[tuple[str, str]] | Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]
    seen: Callable[[CheckInput], list[SheetSeen]]
    held: Callable[[int, str], Mapping[str, AlreadyHeld]] | None = None

    def fields_for(self, options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """The columns that a file may feed under these options."""
        return self.fields(options) if callable(self.fields) else self.fields


@dataclass(frozen=True, slots=True)
class Choice:
    """What a doubtful text may mean. options: in order; key_of: text -> the key it is remembered under."""

    options: Sequence[str]
    key_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class People:
    """How the people of a batch are told apart. dataset: of which a record is a person at a unit; column: its field that
    names the kind; kinds: kind -> title, one person being counted by the first that fits; behind: ids of records by
    dataset -> kind -> how many people those are about, inside a door."""

    dataset: str
    column: str
    kinds: Mapping[str, Any]
    behind: Callable[[Mapping[str, Collection[UUID]]], Mapping[str, int]]


_columns: dict[str, Columns] = {}
_switches: dict[str, Sequence[tuple[str, Any]]] = {}
_choices: dict[str, Callable[[int, date], Choice]] = {}
_names: list[Callable[[Iterable[UUID]], Mapping[UUID, str]]] = []
_people: People | None = None


def offer_columns(importer: str, columns: Columns) -> None:
    """Let a person see and change which column is which in the files of `importer`."""
    _columns[importer] = columns


def columns_of(importer: str) -> Columns | None:
    """The columns of an importer; None when its files have fixed headings."""
    return _columns.get(importer)


def offer_switches(importer: str, switches: Sequence[tuple[str, Any]]) -> None:
    """Options of an importer's check that a person may tick: (key, words)."""
    _switches[importer] = switches


def switches_of(importer: str) -> Sequence[tuple[str, Any]]:
    """The options a person may tick for an importer."""
    return _switches.get(importer, ())


def offer_choice(codes: Iterable[str], choice: Callable[[int, date], Choice]) -> None:
    """Let a person choose what a text means where a fault carries one of `codes`. choice: (unit_no, day)."""
    _choices.update(dict.fromkeys(codes, choice))


def choice_for(code: str) -> Callable[[int, date], Choice] | None:
    """How a fault of this code is settled by choosing; None when it is not."""
    return _choices.get(code)


def offer_people(people: People) -> None:
    """Let batches be counted in people."""
    global _people
    _people = people


def people() -> People | None:
    """How people are told apart; None where no room knows any."""
    return _people


def name_by(namer: Callable[[Iterable[UUID]], Mapping[UUID, str]]) -> None:
    """Name what ids in a preview stand for (a class for its id)."""
    _names.append(namer)


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Shown names of the ids that any room knows. Inside a door only."""
    wanted = list(ids)
    found: dict[UUID, str] = {}
    if wanted:
        for namer in _names:
            found.update(namer(wanted))
    return found
