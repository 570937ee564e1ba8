"""Which source owns which field, of which unit: the standards' owners, and what the register of owners changed.

`of(dataset)` gives the order in which sources are believed. It is read once and kept until the register changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import connection

from jizuo.ground import catalogue_state
from jizuo.ground import scope as scopes
from jizuo.hubs.data import datasets, sources
from jizuo.hubs.data.sources import SETTLED, Source


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register of owners, in force in [begin_on, end_on); unit_no None: of every unit."""

    dataset: str
    field: str
    source: str
    unit_no: int | None
    begin_on: date
    end_on: date | None

    def in_force(self, day: date) -> bool:
        """Whether the line holds on a day."""
        return self.begin_on <= day and (self.end_on is None or day < self.end_on)


@dataclass(frozen=True, slots=True)
class Rule:
    """A remembered way to settle; see the model `SettleRule`."""

    id: str
    dataset: str
    field: str
    source: str
    cause: str
    held: str
    claimed: str
    verdict: str
    unit_no: int | None


@dataclass(frozen=True)
class Register:
    """The register as last read, in the state of the catalogue it was read in. sources: those the base added."""

    state: str
    sources: Mapping[str, Source]
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Ownership:
    """Who is believed about the fields of one dataset on one day.

    standard: field -> owner of the standard; lines: the register's lines in force; sources: everybody known.
    """

    standard: Mapping[str, str]
    lines: Sequence[Line]
    sources: Mapping[str, Source]
    _order: dict[tuple[str, int | None], tuple[str, ...]] = field(default_factory=dict, compare=False)

    @cached_property
    def _told(self) -> Mapping[tuple[str, int | None], str]:
        # Of two lines that hold on one day the later one is meant.
        ordered = sorted(self.lines, key=lambda line: line.begin_on)
        return {(line.field, line.unit_no): line.source for line in ordered}

    @cached_property
    def units(self) -> frozenset[int]:
        """Units that have an owner of their own for some field."""
        return frozenset(line.unit_no for line in self.lines if line.unit_no is not None)

    def owner(self, name: str, unit_no: int | None = None) -> str:
        """The source of record of a field; '' where none is named."""
        told = self._told
        return told.get((name, unit_no)) or told.get((name, None)) or self.standard.get(name, "")

    def order(self, name: str, unit_no: int | None = None) -> tuple[str, ...]:
        """Every known source, the most believed first: what was settled, the owner, the others by rank."""
        unit_no = unit_no if unit_no in self.units else None
        found = self._order.get((name, unit_no))
        if found is None:
            owner = self.owner(name, unit_no)
            ranked = [source.name for source in sources.by_rank(self.sources.values())]
            first = dict.fromkeys([SETTLED, *([owner] if owner else []), *ranked])
            found = self._order[name, unit_no] = tuple(first)
        return found

    def stronger_than(self, source: str, name: str, unit_no: int | None = None) -> tuple[str, ...]:
        """The sources that are believed before `source` about a field. One that nobody registered stands last."""
        order = self.order(name, unit_no)
        return order[: order.index(source)] if source in order else order


_read: Register | None = None


def register() -> Register:
    """The register in force for this process, read anew at the first door after a change. In a transaction."""
    global _read
    state = catalogue_state.seen()
    if _read is None or not state or _read.state != state:
        with connection.cursor() as cursor:
            cursor.execute("select name, title, english, kind, rank, unit_no from data_source")
            added = {row[0]: Source(*row) for row in cursor.fetchall()}
            cursor.execute("select dataset, field, source, unit_no, begin_on, end_on from field_owner")
            lines = tuple(Line(*row) for row in cursor.fetchall())
            cursor.execute(
                "select id::text, dataset, field, source, cause, held, claimed, verdict, unit_no from settle_rule"
                " where ended_at is null order by set_at, id"
            )
            rules = tuple(Rule(*row) for row in cursor.fetchall())
        _read = Register(state, added, lines, rules)
    return _read


def raise_version() -> None:
    """Tell every process that the register it holds is stale."""
    catalogue_state.raise_version()


def known_sources() -> dict[str, Source]:
    """Shipped and added sources by name. In a transaction."""
    return {**register().sources, **sources.shipped()}


def title_of(name: str) -> str:
    """The word for a source in the language in force, the name itself where nobody registered it. In a transaction."""
    source = known_sources().get(name)
    return source.word if source else name


def word_of(name: str) -> str:
    """The word for a source as this process last read the register; for pages, which open no transaction."""
    known = {**(_read.sources if _read else {}), **sources.shipped()}
    return known[name].word if name in known else name


def of(dataset: str, day: date | None = None) -> Ownership:
    """Who is believed about the fields of `dataset` on a day (default today). In a transaction."""
    day = day or scopes.current().today
    lines = [line for line in register().lines if line.dataset == dataset and line.in_force(day)]
    return Ownership(datasets.get(dataset).owned_by, lines, known_sources())


def owner_of(dataset: str, name: str, unit_no: int | None = None) -> str:
    """The source of record of one field of a unit's records; '' where none is named. In a transaction."""
    return of(dataset).owner(name, unit_no)
