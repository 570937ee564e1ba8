"""What a cell may name that another room keeps: a person, a class.

The data hub knows neither; the room that does offers a resolver with the columns by which a file may name one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from jizuo.plain.cleaning import Unclean


@dataclass(frozen=True, slots=True)
class Part:
    """One column by which a thing may be named. titles: the shown one first, then other headings; is_enough: it
    names the thing alone; looks: whether a text could be such a value, None where anything could."""

    key: str
    titles: tuple[str, ...]
    initials: str = ""
    is_enough: bool = False
    looks: Callable[[str], bool] | None = None


class Resolved(NamedTuple):
    """The id that was meant, or why none is; part: the column the fault stands at, '' for all of them; label: what to
    call it where faults are listed."""

    id: str | None
    fault: Unclean | None = None
    part: str = ""
    label: str = ""


#: (unit, day, rows of part -> text) -> one answer a row, in order. Opens its own door.
Resolve = Callable[[int, date, Sequence[Mapping[str, str | None]]], Sequence[Resolved]]


@dataclass(frozen=True, slots=True)
class Resolver:
    """How things of one kind are named in files. title: Chinese or lazy, of the thing."""

    title: object
    parts: Sequence[Part]
    resolve: Resolve


_resolvers: dict[str, Resolver] = {}


def offer(kind: str, resolver: Resolver) -> None:
    """Let files name things of `kind`, the word that a field's `refers` says."""
    _resolvers[kind] = resolver


def resolver_of(kind: str) -> Resolver | None:
    """How things of `kind` are named; None where no room knows."""
    return _resolvers.get(kind)
