"""Comparing a register's export with the base: landed and checked, never applied. A run can be made again at any time
and replaces what the last one of its kind left."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import importers, stages
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.jobs import batch_row, is_interrupted
from jizuo.hubs.organisation import comparing
from jizuo.hubs.organisation.comparing import Doubt
from jizuo.hubs.organisation.queries import comparing as queries
from jizuo.hubs.organisation.queries.comparing import DISTRICT

JOB, ALL_JOB = "organisation.compare", "organisation.compare_all"
WAITING, DONE, REFUSED, FAILED = "waiting", "done", "refused", "failed"
#: States of a batch whose file can be compared, or checked once more for it.
COMPARABLE = frozenset({"faulty", "ready", "held", "applied", "undone", "discarded"})
COLUMNS = (
    "id", "unit_no", "comparison_id", "kind", "act", "field", "here", "there", "note", "name", "sex", "class_id",
    "affiliation_id", "person_id", "place", "ordinal",
)  # fmt: skip


@action(title="比对登记系统", roles=IMPORTING_ROLES, reach=API)
def start_comparison(*, batch_id: UUID, anyway: bool = False) -> UUID:
    """Start comparing a landed register export with the base as it is now; returns the comparison. The export is not
    applied. anyway: go on where the export looks like that of another year, of strangers, or like half of one. Raises
    NotFound, BadInput for another kind of file, Conflict before its check has ended or while one of its kind runs."""
    found = walk.locked(batch_id)
    if found["importer"] not in comparing.IMPORTERS:
        raise BadInput(
            _("这个文件不是登记系统的导出"), fix=_("请先用“学籍系统导出”或“教师系统导出”收下文件"),
            problems=[Problem("batch_id", found["title"])],
        )  # fmt: skip
    if found["state"] not in COMPARABLE:
        raise Conflict(_("这个文件还没有检查完"), fix=_("请稍后再比对"))
    comparison_id = new_row(found, anyway)
    title = _("比对 %(title)s") % {"title": found["title"]}
    ref = jobs.start(JOB, title, unit_no=found["unit_no"], comparison_id=str(comparison_id))
    with connection.cursor() as cursor:
        cursor.execute("update comparison set job_id = %s where id = %s", [ref.job_id, comparison_id])
    return comparison_id


def new_row(batch: dict[str, Any], anyway: bool) -> UUID:
    """A waiting comparison of a batch; Conflict while one of its kind waits in its unit."""
    comparison_id, kind = new_id(), comparing.IMPORTERS[batch["importer"]]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into comparison (id, unit_no, kind, register_batch, state, is_anyway, doubt, counts, asked_by)"
            " values (%s, %s, %s, %s, 'waiting', %s, '{}', '{}', %s) on conflict do nothing",
            [comparison_id, batch["unit_no"], kind, batch["id"], anyway, scopes.current().grant_no],
        )
        if not cursor.rowcount:
            raise Conflict(_("这种比对正在进行"), fix=_("请等它完成，刷新页面看结果"))
    return comparison_id


@action(title="比对全区登记系统", roles=DISTRICT, reach=API)
def start_district_comparison(*, kind: str = comparing.PUPIL) -> JobRef:
    """Start comparing the newest register export of every unit in reach; a unit whose export is refused does not keep
    the others. kind: pupil | staff. Raises BadInput."""
    if kind not in comparing.FACTS:
        raise BadInput(_("没有这种比对"), problems=[Problem("kind", kind, "pupil, staff")])
    return jobs.start(ALL_JOB, _("比对全区登记系统"), register=kind)


def compare_landed(run: jobs.Run, *, comparison_id: str) -> dict[str, Any]:
    """The job of one comparison."""
    found = queries.comparison_asked(comparison_id=UUID(comparison_id))
    if found["state"] != WAITING:
        return {"state": found["state"]}
    return compare_one(found, run)


def compare_all(run: jobs.Run, *, register: str) -> dict[str, Any]:
    """The job over every unit in reach for the ``pupil`` or ``staff`` register, each in its own transaction; returns how
    many ended in which state."""
    newest = queries.newest_exports(kind=register)
    states: dict[str, int] = {}
    for place, batch_id in enumerate(newest, 1):
        if place <= run.chunk:
            continue
        try:
            state = compare_one(
                queries.comparison_asked(comparison_id=begin_comparison(batch_id=batch_id)), run
            )["state"]
        except Conflict:
            state = WAITING
        states[state] = states.get(state, 0) + 1
        with run.step(place, place):
            run.tell(place, len(newest), _("所"), now=True)
    return {"states": states, "units": len(newest)}


@action(title="开始一次比对", roles=DISTRICT)
def begin_comparison(*, batch_id: UUID) -> UUID:
    """A comparison row within the district's run. A run that was cut off has its row taken up again."""
    batch = walk.locked(batch_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from comparison where unit_no = %s and kind = %s and state = 'waiting' and job_id is null"
            " and register_batch = %s",
            [batch["unit_no"], comparing.IMPORTERS[batch["importer"]], batch_id],
        )
        row = cursor.fetchone()
    return row[0] if row else new_row(batch, anyway=False)


def compare_one(found: dict[str, Any], run: jobs.Run) -> dict[str, Any]:
    """Read the export of a waiting comparison and write its differences; a fault of the file ends it as failed."""
    try:
        rows, foreign = rows_of(found["register_batch"], run)
        return write_comparison(comparison_id=found["id"], rows=rows, foreign=foreign)
    except Exception as error:
        if is_interrupted(error):
            raise
        fail_comparison(comparison_id=found["id"], error=str(getattr(error, "detail", type(error).__name__)))
        if isinstance(error, BadInput):
            return {"state": FAILED}
        raise


def rows_of(batch_id: UUID, run: jobs.Run) -> tuple[pl.DataFrame, int]:
    """(the people of an export, how many of its rows name another school). A file with faults has no stage and is
    checked once more: what could be read of it is compared."""
    batch = batch_row(batch_id=batch_id)
    if batch["stage_file"] is not None and batch["state"] != "faulty":
        return stages.load(batch["stage_file_sha256"])["people"], 0
    patches = {
        (p["sheet"], p["row_no"], p["column"]): p["value"] for p in batch["options"].get("patches", [])
    }
    with stages.opened(batch["raw_file_sha256"], PurePath(batch["raw_file_name"]).suffix) as path:
        checked = importers.get(batch["importer"]).check(
            CheckInput(
                path=path, name=batch["raw_file_name"], unit_no=batch["unit_no"], source=batch["source"],
                options=batch["options"], patches=patches, today=scopes.current().today, tell=run.tell,
            )
        )  # fmt: skip
    foreign = sum(fault.code == "other_school" for fault in checked.faults)
    return checked.stage["people"], foreign


@action(title="写下比对结果", roles=IMPORTING_ROLES)
def write_comparison(*, comparison_id: UUID, rows: pl.DataFrame, foreign: int = 0) -> dict[str, Any]:
    """Compare the people of an export with the base and keep the differences; those of earlier runs of its kind go.

    rows: the ``people`` of a checked export; foreign: its rows with another school's identifier. Returns
    ``{"state", "lines"}``. Nothing of the register enters the base.
    """
    found = queries.comparison_asked(comparison_id=comparison_id, is_locked=True)
    unit_no, kind = found["unit_no"], found["kind"]
    match = queries.match(unit_no, kind, rows)
    doubted = comparing.doubt(
        listed=rows.height, known=match.known, held=match.held, foreign=foreign, shifts=match.shifts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from comparison_line where unit_no = %s and comparison_id in"
            " (select id from comparison where unit_no = %s and kind = %s)",
            [unit_no, unit_no, kind],
        )
    if doubted is not None and (doubted.is_final or not found["is_anyway"]):
        settle(comparison_id, REFUSED, doubted, {})
        return {"state": REFUSED, "lines": 0}
    lines = match.lines()
    write_lines(unit_no, comparison_id, lines)
    settle(comparison_id, DONE, doubted, match.counts(lines))
    audit.counted(lines.height)
    return {"state": DONE, "lines": lines.height}


def settle(comparison_id: UUID, state: str, doubted: Doubt | None, counts: dict[str, Any]) -> None:
    """Write the end of a comparison."""
    told = {} if doubted is None else {
        "code": doubted.code, "count": doubted.count, "of": doubted.of, "shift": doubted.shift
    }  # fmt: skip
    given: list[Any] = [state, Jsonb(told), Jsonb(counts), comparison_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "update comparison set state = %s, doubt = %s, counts = %s, done_at = now(), changed_at = now() where id = %s",
            given,
        )


def write_lines(unit_no: int, comparison_id: UUID, lines: pl.DataFrame) -> None:
    """COPY the lines in."""
    with connection.cursor() as cursor:
        cursor.execute("create temporary table line_in (like comparison_line) on commit drop")
        cursor.execute("alter table line_in drop column batch_id, drop column changed_at")
        with cursor.copy(f"copy line_in ({', '.join(COLUMNS)}) from stdin") as copy:
            for ordinal, line in enumerate(lines.iter_rows(named=True)):
                copy.write_row(
                    [new_id(), unit_no, comparison_id, line["kind"], line["act"], line["field"] or "",
                     (line["here"] or "")[:200], (line["there"] or "")[:200], line["note"] or "",
                     (line["name"] or "")[:50], (line["sex"] or "")[:2], line["class_id"], line["affiliation_id"],
                     line["person_id"], (line["place"] or "")[:100], ordinal]
                )  # fmt: skip
        cursor.execute(
            f"insert into comparison_line ({', '.join(COLUMNS)}) select {', '.join(COLUMNS)} from line_in"
        )
        cursor.execute("drop table line_in")


@action(title="记下比对失败", roles=IMPORTING_ROLES)
def fail_comparison(*, comparison_id: UUID, error: str) -> None:
    """The export could not be read; the words say why."""
    given: list[Any] = [Jsonb({"code": "failed", "words": error[:300]}), comparison_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "update comparison set state = 'failed', doubt = %s, done_at = now() where id = %s and state = 'waiting'",
            given,
        )


def register_jobs() -> None:
    """Name both jobs; called on the room's plate."""
    jobs.register(JOB, compare_landed, queue="bulk")
    jobs.register(ALL_JOB, compare_all, queue="bulk")
