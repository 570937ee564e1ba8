"""Reads of the data hub: batches, their problems and changes; who says what of a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, paging
from jizuo.ground import queries as ground_queries
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, INNER, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.files import queries as file_queries
from jizuo.ground.files.queries import OpenFile
from jizuo.ground.shapes import Page
from jizuo.hubs.data import codes, datasets, importers, mends, owners
from jizuo.hubs.data.actions.touching import PEOPLE
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.rules import walk as rules
from jizuo.hubs.data.shapes import BatchView, ChangeView, ProblemView
from jizuo.plain import phones

BATCH = (
    "id, unit_no, importer, source, title, is_full, state, job_id, rows_read, problems, warnings, counts::text,"
    " hold_reason, error, receipt::text, asked_by, asked_at, approved_by, applied_at, undone_at, raw_file, options::text"
)


def _batch(row: Sequence[Any]) -> BatchView:
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
    return paging.newest(
        "batch", BATCH, _batch, state=state, after=after, limit=min(max(limit, 1), paging.MOST)
    )


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
    page = paging.page_of(found, limit, lambda row: ProblemView(*row[:-1]), key=-1, count=count)
    audit.counted(len(page.rows))
    return page


@source(title="新来、变化与离开", roles=IMPORTING_ROLES, reach=API)
def change_list(
    *, batch_id: UUID, verdict: str = "", dataset: str = "", after: int = -1, limit: int = 100
) -> Page[ChangeView]:
    """What a batch would do, record by record: titles of the fields with old and new value and their owner."""
    limit = min(max(limit, 1), 2000)
    where = "batch_ref_id = %s and (%s = '' or verdict = %s) and (%s = '' or dataset = %s)"
    given: list[Any] = [batch_id, verdict, verdict, dataset, dataset]
    with connection.cursor() as cursor:
        cursor.execute(
            "select dataset, verdict, label, place, before::text, after::text, note, ordinal from batch_change"
            f" where {where} and ordinal > %s order by ordinal limit %s",
            [*given, after, limit + 1],
        )
        found = cursor.fetchall()
        cursor.execute(f"select count(*) from batch_change where {where}", given)
        (count,) = cursor.fetchone()
    page = paging.page_of(found, limit, _change, key=-1, count=count)
    audit.counted(len(page.rows))
    return page


def _change(row: Sequence[Any]) -> ChangeView:
    name, verdict, label, place, before, after, note, _ordinal = row
    dataset = datasets.get(name)
    was: dict[str, Any] = msgspec.json.decode(before) if before else {}
    now: dict[str, Any] = msgspec.json.decode(after) if after else {}

    def titled(values: dict[str, Any]) -> dict[str, str | None]:
        return {dataset.fields[key].title: value for key, value in values.items()}

    ownership = owners.of(name)
    owned = {dataset.fields[key].title: ownership.owner(key) for key in now if ownership.owner(key)}
    return ChangeView(name, dataset.title, verdict, label, place, titled(was), titled(now), owned, note)


@source(title="记住的对应关系", reach=INNER)
def mappings(*, kind: str, importer: str, unit_no: int) -> dict[str, Any]:
    """key -> remembered value of one kind for a unit's importer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select key, value::text from mapping where unit_no = %s and kind = %s and importer = %s",
            [unit_no, kind, importer],
        )
        return {key: msgspec.json.decode(value) for key, value in cursor.fetchall()}


class FieldChange(msgspec.Struct, frozen=True):
    """One field of one record that a batch would change, or a whole record that comes or goes (field ''). Of verdict
    heard old stays, new is what the file says, owner holds it."""

    dataset_title: str
    verdict: str
    label: str
    place: str
    field: str
    old: str | None
    new: str | None
    owner: str
    note: str
    ordinal: int


class Walk(msgspec.Struct, frozen=True):
    """All that the page of one batch shows. asked_name and approved_name: who, '' when unknown."""

    batch: BatchView
    job: Any
    asked_name: str
    approved_name: str
    is_mine: bool
    file_name: str
    problems: list[ProblemView]
    changes: list[FieldChange]


WHO = "(select a.display_name from acting_grant g join account a on a.id = g.account_id where g.no = batch.{column})"


@source(title="导入的一步", roles=IMPORTING_ROLES, reach=PAGE)
def walk_view(
    *, batch_id: UUID, severity: str = "error", verdict: str = "", after: int = -1, limit: int = 50
) -> Walk:
    """One batch with a page of its faults (of `severity`) or of its changes (of `verdict`: new, changed, gone, heard;
    '' for none), the job that works on it, and who brought and approved it. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {BATCH}, coalesce({WHO.format(column='asked_by')}, ''),"
            f" coalesce({WHO.format(column='approved_by')}, ''),"
            " (select g.account_id from acting_grant g where g.no = batch.asked_by),"
            " coalesce((select f.name from stored_file f where f.id = batch.raw_file), '') from batch where id = %s",
            [batch_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这次导入"))
        found = _batch(row[:-4])
        asked_name, approved_name, asked_account, file_name = row[-4:]
        problems: list[ProblemView] = []
        if found.problems or found.warnings:
            cursor.execute(
                'select id, severity, code, file, sheet, row_no, "column", field, value, reason, fix, suggestion,'
                " label, ordinal from batch_problem where batch_ref_id = %s and severity = %s and ordinal > %s"
                " order by ordinal limit %s",
                [batch_id, severity, after if not verdict else -1, limit],
            )
            problems = [ProblemView(*one) for one in cursor.fetchall()]
        changes = _field_changes(cursor, batch_id, verdict, after, limit) if verdict else []
    is_moving = found.state in (rules.LANDED, rules.CHECKING, rules.APPLYING, rules.UNDOING, rules.FAILED)
    job = ground_queries.job(job_id=found.job_id) if found.job_id and is_moving else None
    audit.counted(len(problems) + len(changes))
    scope = scopes.current()
    is_mine = asked_account is not None and asked_account == scope.account_id
    return Walk(found, job, asked_name, approved_name, is_mine, file_name, problems, changes)


def _field_changes(cursor: Any, batch_id: UUID, verdict: str, after: int, limit: int) -> list[FieldChange]:
    cursor.execute(
        "select dataset, verdict, label, place, before::text, after::text, note, ordinal from batch_change"
        " where batch_ref_id = %s and verdict = %s and ordinal > %s order by ordinal limit %s",
        [batch_id, verdict, after, limit],
    )
    found: list[FieldChange] = []
    for name, kind, label, place, before, after_, note, ordinal in cursor.fetchall():
        dataset = datasets.get(name)
        was = msgspec.json.decode(before) if before else {}
        now = msgspec.json.decode(after_) if after_ else {}
        ownership = owners.of(name)
        if kind not in ("changed", "heard") or not now:
            found.append(FieldChange(dataset.word, kind, label, place, "", None, None, "", note, ordinal))
            continue
        for key, value in now.items():
            field = dataset.fields[key]
            found.append(
                FieldChange(dataset.word, kind, label, place, field.word, told(field, was.get(key)), told(field, value),
                            note if kind == "heard" else ownership.owner(key), "" if kind == "heard" else note, ordinal)
            )  # fmt: skip
    ids = {text: UUID(text) for one in found for text in (one.old, one.new) if text and _is_id(text)}
    names = mends.names_of(ids.values())
    said = {text: names.get(key, "＊") for text, key in ids.items()}
    return [
        msgspec.structs.replace(
            one, old=said.get(one.old or "", one.old), new=said.get(one.new or "", one.new)
        )
        for one in found
    ]


def told(field: datasets.Field, value: str | None) -> str | None:
    """A stored value in words: the name of a code, 是 and 否, the shown part of a phone."""
    if value is None or value == "":
        return value
    if field.code_table in codes.tables():
        return codes.name_of(field.code_table, value)
    if field.db_type == "boolean":
        return _("是") if value in ("true", "t", True) else _("否")
    return phones.mask(value) if field.kind == "phone" else str(value)


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


class ImportLine(msgspec.Struct, frozen=True):
    """One import in the list. new, changed, gone: people; None before the preview."""

    batch_id: UUID
    title: str
    importer_title: str
    state: str
    rows_read: int
    problems: int
    new: int | None
    changed: int | None
    gone: int | None
    asked_name: str
    asked_at: datetime
    unit_no: int


@source(title="导入记录", roles=IMPORTING_ROLES, reach=PAGE)
def import_lines(
    *, state: str = "", after: UUID | None = None, before: UUID | None = None, limit: int = 51
) -> list[ImportLine]:
    """Imports of the units in reach, newest first; with `before` backwards from there (oldest first)."""
    step, way = ("id > %s", "asc") if before else ("(%s::uuid is null or id < %s::uuid)", "desc")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, title, importer, state, rows_read, problems, counts::text, options -> '{PEOPLE}',"
            f" coalesce({WHO.format(column='asked_by')}, ''), asked_at, unit_no from batch"
            f" where importer <> 'typed' and (%s = '' or state = %s) and {step} order by id {way} limit %s",
            [state, state, *([before] if before else [after, after]), limit],
        )
        rows = cursor.fetchall()
    known = importers.all_importers()
    lines = []
    for batch_id, title, importer, now, rows_read, problems, counts, told_of, who, at, unit_no in rows:
        tally = people_counts(msgspec.json.decode(counts), msgspec.json.decode(told_of or "{}"))
        lines.append(
            ImportLine(batch_id, title, str(known[importer].title) if importer in known else importer, now, rows_read,
                       problems, tally.get("new"), tally.get("changed"), tally.get("gone"), who, at, unit_no)
        )  # fmt: skip
    return lines


def people_counts(
    counts: Mapping[str, Mapping[str, int]], told: Mapping[str, Mapping[str, int]]
) -> dict[str, int]:
    """new, changed, gone of the people a batch touches. told: what its preview counted in people. Changed counts the
    largest dataset where nobody is behind what changes. Empty before the preview; all datasets together where none of
    people is touched."""
    if not counts:
        return {}
    known = mends.people()
    heads = [counts[known.dataset]] if known and known.dataset in counts else list(counts.values())
    changed = sum(told.get("changed", {}).values())
    return {
        "new": sum(one.get("new", 0) for one in heads),
        "changed": changed or max((one.get("changed", 0) for one in counts.values()), default=0),
        "gone": sum(one.get("gone", 0) for one in heads),
        "same": sum(one.get("same", 0) for one in heads),
    }


@source(title="等人处理的导入", roles=IMPORTING_ROLES, reach=PAGE)
def waiting_imports() -> int:
    """Imports that wait for a person: rows to mend, ready, or held for a second person."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from batch where state in ('faulty', 'ready', 'held')")
        return cursor.fetchone()[0]


@source(title="导入到哪个单位", roles=IMPORTING_ROLES, reach=PAGE)
def importing_units() -> list[tuple[int, str]]:
    """(number, short name) of the open units a file may be brought in for, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, short_name from unit where unit_no = any(%s) and unit_no > 0 and closed_on is null"
            " order by kind <> 'bureau', sort_key collate \"C\", unit_no",
            [list(scopes.current().units)],
        )
        return cursor.fetchall()


@source(title="打开导入的原表", roles=IMPORTING_ROLES, reach=PAGE)
def raw_of(*, batch_id: UUID) -> tuple[BatchView, OpenFile, list[ProblemView]]:
    """A batch, its raw file opened for reading, and its faults and warnings (at most 5,000). Raises NotFound."""
    found = batch(batch_id=batch_id)
    if found.raw_file is None:
        raise NotFound(_("这次导入没有原表"))
    opened = file_queries.get_checked_file(file_id=found.raw_file)
    return found, opened, problem_list(batch_id=batch_id, limit=5000).rows
