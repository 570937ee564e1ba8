"""Reads of the data hub: batches, their problems and changes; who says what of a value."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground.doors import API, INNER, source
from jizuo.ground.errors import NotFound
from jizuo.ground.shapes import Page
from jizuo.hubs.data import datasets, importers
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.shapes import BatchView, ChangeView, ProblemView

BATCH = (
    "id, unit_no, importer, source, title, is_full, state, job_id, rows_read, problems, warnings, counts::text,"
    " hold_reason, error, receipt::text, asked_by, asked_at, approved_by, applied_at, undone_at, raw_file, options::text"
)


def _batch(row: tuple) -> BatchView:
    (batch_id, unit_no, importer, source_, title, is_full, state, job_id, rows_read, problems, warnings, counts,
     hold_reason, error, receipt, asked_by, asked_at, approved_by, applied_at, undone_at, raw_file, options) = row  # fmt: skip
    known = importers.all_importers().get(importer)
    return BatchView(
        batch_id, unit_no, importer, str(known.title) if known else importer, source_, title, is_full, state, job_id,
        rows_read, problems, warnings, msgspec.json.decode(counts), hold_reason, error,
        msgspec.json.decode(receipt) if receipt else None, asked_by, asked_at, approved_by, applied_at, undone_at,
        raw_file, msgspec.json.decode(options),
    )  # fmt: skip


@source(title="一次导入", roles=IMPORTING_ROLES, reach=API)
def batch(*, batch_id: UUID) -> BatchView:
    """One batch. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {BATCH} from batch where id = %s", [batch_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次导入"))
    return _batch(row)


@source(title="导入列表", roles=IMPORTING_ROLES, reach=API)
def batch_list(*, state: str = "", after: UUID | None = None, limit: int = 50) -> Page[BatchView]:
    """Batches of the units in reach, newest first."""
    limit = min(max(limit, 1), 500)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {BATCH} from batch where (%s = '' or state = %s) and (%s::uuid is null or id < %s::uuid)"
            " order by id desc limit %s",
            [state, state, after, after, limit + 1],
        )
        found = [_batch(row) for row in cursor.fetchall()]
        cursor.execute("select count(*) from batch where (%s = '' or state = %s)", [state, state])
        (count,) = cursor.fetchone()
    rows = found[:limit]
    return Page(rows=rows, next=str(rows[-1].batch_id) if len(found) > limit else "", count=count)


@source(title="要改的行", roles=IMPORTING_ROLES, reach=API)
def problem_list(
    *, batch_id: UUID, severity: str = "", after: int = -1, limit: int = 100
) -> Page[ProblemView]:
    """Faults of a batch in the order of the file. after: ordinal of the last one of the page before."""
    limit = min(max(limit, 1), 5000)
    with connection.cursor() as cursor:
        cursor.execute(
            'select id, severity, code, file, sheet, row_no, "column", field, value, reason, fix, suggestion, label,'
            " ordinal from batch_problem where batch_ref_id = %s and (%s = '' or severity = %s) and ordinal > %s"
            " order by ordinal limit %s",
            [batch_id, severity, severity, after, limit + 1],
        )
        found = cursor.fetchall()
        cursor.execute(
            "select count(*) from batch_problem where batch_ref_id = %s and (%s = '' or severity = %s)",
            [batch_id, severity, severity],
        )
        (count,) = cursor.fetchone()
    rows = [ProblemView(*row[:-1]) for row in found[:limit]]
    audit.counted(len(rows))
    return Page(rows=rows, next=str(found[limit - 1][-1]) if len(found) > limit else "", count=count)


@source(title="新来、变化与离开", roles=IMPORTING_ROLES, reach=API)
def change_list(
    *, batch_id: UUID, verdict: str = "", dataset: str = "", after: int = -1, limit: int = 100
) -> Page[ChangeView]:
    """What a batch would do, record by record: titles of the fields with old and new value and their owner."""
    limit = min(max(limit, 1), 2000)
    where = "batch_ref_id = %s and (%s = '' or verdict = %s) and (%s = '' or dataset = %s)"
    given = [batch_id, verdict, verdict, dataset, dataset]
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, verdict, label, place, before::text, after::text, note, ordinal from batch_change"
            f" where {where} and ordinal > %s order by ordinal limit %s",
            [*given, after, limit + 1],
        )
        found = cursor.fetchall()
        cursor.execute(f"select count(*) from batch_change where {where}", given)
        (count,) = cursor.fetchone()
    rows = [_change(row) for row in found[:limit]]
    audit.counted(len(rows))
    return Page(rows=rows, next=str(found[limit - 1][-1]) if len(found) > limit else "", count=count)


def _change(row: tuple) -> ChangeView:
    name, verdict, label, place, before, after, note, _ordinal = row
    dataset = datasets.get(name)
    was: dict[str, Any] = msgspec.json.decode(before) if before else {}
    now: dict[str, Any] = msgspec.json.decode(after) if after else {}

    def titled(values: dict[str, Any]) -> dict[str, str | None]:
        return {dataset.fields[key].title: value for key, value in values.items()}

    owners = {
        dataset.fields[key].title: dataset.fields[key].owner for key in now if dataset.fields[key].owner
    }
    return ChangeView(name, dataset.title, verdict, label, place, titled(was), titled(now), owners, note)


@source(title="记住的对应关系", reach=INNER)
def mappings(*, kind: str, importer: str, unit_no: int) -> dict[str, Any]:
    """key -> remembered value of one kind for a unit's importer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select key, value::text from mapping where unit_no = %s and kind = %s and importer = %s",
            [unit_no, kind, importer],
        )
        return {key: msgspec.json.decode(value) for key, value in cursor.fetchall()}


class Said(msgspec.Struct, frozen=True):
    """What one source says of one field of a record."""

    field: str
    title: str
    source: str
    value: Any
    said_at: Any


@source(title="谁说了什么", reach=INNER)
def claims_of(*, dataset: str, record_id: UUID) -> list[Said]:
    """Every visible claim on a record, by field and source."""
    known = datasets.get(dataset)
    with connection.cursor() as cursor:
        cursor.execute(
            "select source, fields::text, said_at from claim where dataset = %s and record_id = %s order by source",
            [dataset, record_id],
        )
        return [
            Said(key, known.fields[key].title, source_, value, said_at)
            for source_, fields, said_at in cursor.fetchall()
            for key, value in msgspec.json.decode(fields).items()
            if key in known.fields
        ]
