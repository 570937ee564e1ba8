"""Values that cross the data hub's doors."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class BatchView(msgspec.Struct, frozen=True):
    """A batch as a page shows it. counts: dataset -> {new, changed, same, gone}; see `rules` for states."""

    batch_id: UUID
    unit_no: int
    importer: str
    importer_title: str
    source: str
    title: str
    is_full: bool
    state: str
    job_id: UUID | None
    rows_read: int
    problems: int
    warnings: int
    counts: dict[str, dict[str, int]]
    hold_reason: str
    error: str
    receipt: Any
    asked_by: int | None
    asked_at: datetime
    approved_by: int | None
    applied_at: datetime | None
    undone_at: datetime | None
    raw_file: UUID | None
    options: dict[str, Any]


class ProblemView(msgspec.Struct, frozen=True):
    """One fault of a batch with its place and mend."""

    problem_id: UUID
    severity: str
    code: str
    file: str
    sheet: str
    row_no: int | None
    column: str
    field: str
    value: str
    reason: str
    fix: str
    suggestion: str
    label: str
    ordinal: int = 0


class ChangeView(msgspec.Struct, frozen=True):
    """One record a batch would touch. before and after: field title -> value, masked where graded."""

    dataset: str
    dataset_title: str
    verdict: str
    label: str
    place: str
    before: dict[str, str | None]
    after: dict[str, str | None]
    owners: dict[str, str]
    note: str


class Patch(msgspec.Struct, frozen=True):
    """A value typed over a cell in the preview."""

    sheet: str
    row_no: int
    column: str
    value: str
