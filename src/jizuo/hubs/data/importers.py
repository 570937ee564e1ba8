"""What a room registers to bring its files over the one import walk.

An importer checks a file into a stage (plain tables, no database writes) and plans a stage into puts. The
walk does the rest: keeping the raw file, problems, preview, approval, applying, receipt, undo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import polars as pl

ERROR, WARNING = "error", "warn"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault or warning of a file. value is what stood there, already masked when its field is graded 4.

    suggestion: a value that would mend it (a person accepts it with one tap), '' when there is none.
    """

    severity: str
    code: str
    reason: str
    fix: str = ""
    file: str = ""
    sheet: str = ""
    row_no: int | None = None
    column: str = ""
    field: str = ""
    value: str = ""
    suggestion: str = ""
    label: str = ""


@dataclass(slots=True)
class Checked:
    """A checked file. stage: table name -> frame; faults: every one; rows_read: data rows seen; fault_count: all
    errors when `faults` lists only the first of each cause; notes: words for the preview (hidden sheets skipped);
    is_full: what the file itself says of being complete, None when it does not; cleaned: values that stand otherwise
    than they came, each with its original in the stage."""

    stage: dict[str, pl.DataFrame]
    rows_read: int
    faults: list[Fault] = field(default_factory=list)
    fault_count: int | None = None
    notes: list[str] = field(default_factory=list)
    is_full: bool | None = None
    cleaned: int = 0


@dataclass(frozen=True, slots=True)
class CheckInput:
    """What a check gets. patches: (sheet, row, column letter) -> value a person typed in the preview;
    tell(done, total, word): progress; may raise to cancel."""

    path: Path
    name: str
    unit_no: int
    source: str
    options: Mapping[str, Any]
    patches: Mapping[tuple[str, int, str], str]
    today: date
    tell: Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Located:
    """Where a record stands in a file. row_no counts from 1 as on the screen; file: inside a zip, '' for the file
    itself. An importer that can say so has a method ``locate(stage, dataset, record_id, unit_no) -> Located | None``,
    called inside a door; `located` asks it."""

    file: str
    sheet: str
    row_no: int


@dataclass(frozen=True, slots=True)
class NewLabel:
    """How a record that does not exist yet is called in the preview, and where it stands in the file."""

    label: str
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One put of a plan. verdict: ``auto`` (new / changed / same by comparison) or ``gone`` (each row that
    differs ends). new_labels: of rows that do not exist, as many as are worth listing. is_shown: False for
    technical companions (search keys, identifiers) that a person does not read in a preview. rows: tuples in the
    order of columns, or a frame of exactly these columns where there are many."""

    dataset: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]] | pl.DataFrame
    verdict: str = "auto"
    is_new: bool = False
    new_labels: Sequence[NewLabel] = ()
    is_shown: bool = True


@dataclass(slots=True)
class Plan:
    """The puts of a batch in order, and who would leave: unit_no -> (people gone, people there now)."""

    steps: Iterator[Step]
    gone: dict[int, tuple[int, int]] = field(default_factory=dict)
    after: Callable[[UUID], None] | None = None


class Importer(Protocol):
    """One kind of file. check touches no table for writing and no long transaction; plan runs inside the
    walk's transaction, for the preview and again for the apply, and must give the same for the same base."""

    name: str
    title: Any
    file_kind: str

    def check(self, given: CheckInput) -> Checked: ...

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan: ...


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What a plan gets. is_full: the file lists everybody, so who is missing has left."""

    batch_id: UUID
    unit_no: int
    source: str
    is_full: bool
    options: Mapping[str, Any]
    today: date
    tell: Callable[[int, int, str], None]


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make an importer known by its name."""
    _importers[importer.name] = importer


def get(name: str) -> Importer:
    """The importer called `name`; KeyError when no plate registered it."""
    return _importers[name]


def located(
    importer: str, stage: Mapping[str, pl.DataFrame], dataset: str, record_id: UUID, unit_no: int
) -> Located | None:
    """Where a record that a batch of `importer` wrote stands in its file; None where the importer cannot say or the row
    is not told apart. Inside a door."""
    ask = getattr(_importers.get(importer), "locate", None)
    return ask(stage, dataset, record_id, unit_no) if ask is not None else None


def all_importers() -> Mapping[str, Importer]:
    """Every importer by name."""
    return _importers
