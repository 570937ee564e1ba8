"""What the room behind a dataset knows of its records: who they are, who sees a field, how a field is mended.

The data hub keeps tickets about records of other rooms; those rooms offer this at start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jizuo.hubs.data.datasets import Field


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a ticket is about. role: pupil | staff; path: of the page below the acting role's address; place: class or
    unit in words."""

    subject_id: UUID
    unit_no: int
    name: str
    role: str
    path: str
    place: str


Kept = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Behind:
    """subjects: person ids -> `Subject` of those in reach; sees: may this role see the field in clear; mend: write one
    value of one record as the owner's word (record, unit, field, stored text), raising as a door does; keeps: those of
    (subject, dataset, field) that the acting role, who once asked, may still see."""

    subjects: Callable[[Sequence[UUID]], Mapping[UUID, Subject]]
    sees: Callable[[Field, str], bool]
    mend: Callable[[str, UUID, int, str, str, str], None]
    keeps: Callable[[Sequence[Kept]], set[Kept]]


_behind: dict[str, Behind] = {}


def offer(datasets: Sequence[str], behind: Behind) -> None:
    """Say what stands behind these datasets; the last word counts."""
    _behind.update(dict.fromkeys(datasets, behind))


def of(dataset: str) -> Behind:
    """What stands behind a dataset; KeyError for one of which nothing can be said wrong."""
    return _behind[dataset]


def correctable(dataset: str) -> bool:
    """True when a value of this dataset can be said wrong."""
    return dataset in _behind
