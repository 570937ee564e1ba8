"""Rooms say whom they can compare, and take what was found into their queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import polars as pl


class Alike(msgspec.Struct, frozen=True):
    """Two people that may be one. levels: comparison -> level of those that say something; no value of anybody."""

    left_id: UUID
    right_id: UUID
    probability: float
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of people of a room. records: a source without arguments that gives the people of the reach as
    `records.OFFERED`; propose: an action ``propose(run_id=, pairs=)`` that puts pairs into the queue where a person
    decides, and returns how many were new there; page: where that is, below the acting role's address."""

    kind: str
    title: Any
    records: Callable[[], pl.DataFrame]
    propose: Callable[..., int]
    page: str


_offers: dict[str, Offer] = {}


def offer(one: Offer) -> None:
    """Make a kind of people known; called on a room's plate."""
    _offers[one.kind] = one


def get(kind: str) -> Offer:
    """The offer of a kind. Raises KeyError."""
    return _offers[kind]


def all_offers() -> Mapping[str, Offer]:
    """Every offer by kind."""
    return _offers


def pairs_of(found: pl.DataFrame, comparisons: Sequence[str]) -> list[Alike]:
    """The pairs of `engine.alike`."""
    return [
        Alike(
            UUID(row["left"]),
            UUID(row["right"]),
            round(row["probability"], 4),
            {name: row[name] for name in comparisons if row[name]},
        )
        for row in found.iter_rows(named=True)
    ]
