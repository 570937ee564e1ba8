"""Comparing registers' exports with the base: landed and checked, never applied. A run can be made again at any time and
replaces what the last one of its kind left."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from jizuo.hubs.data.jobs.walk import batch_row, is_interrupted, staged_batches
from jizuo.hubs.organisation import comparing
from jizuo.hubs.organisation.comparing import Doubt
from jizuo.hubs.organisation.queries import comparing as queries
from jizuo.hubs.organisation.queries.comparing import DISTRICT, ExportView

log = logging.getLogger(__name__)
JOB, ALL_JOB = "organisation.compare", "organisation.compare_all"
WAITING, DONE, REFUSED, FAILED = "waiting", "done", "refused", "failed"
#: Units whose exports are compared together: about 15,000 pupils.
UNITS_A_CHUNK = 27
PEOPLE = "people"
#: States of a batch whose file can be compared, or checked once more for it.
COMPARABLE = frozenset({"faulty", "ready", "held", "applied", "undone", "discarded"})
COLUMNS = (
    "id", "unit_no", "comparison_id", "kind", "act", "field", "here", "there", "note", "name", "sex", "class_id",
    "affiliation_id", "person_id", "place", "ordinal",
)  # fmt: skip
BEGIN = """
insert into comparison (id, unit_no, kind, register_batch, state, is_anyway, doubt, counts, asked_by)
select t.id, t.unit_no, %s, t.batch, 'waiting', false, '{}', '{}', %s
from unnest(%s::uuid[], %s::int[], %s::uuid[]) as t(id, unit_no, batch) order by t.unit_no on conflict do nothing
"""
BEGUN = """
select c.unit_no, c.id from comparison c join unnest(%s::int[], %s::uuid[]) as t(unit_no, batch)
  on t.unit_no = c.unit_no and t.batch = c.register_batch
where c.kind = %s and c.state = 'waiting' and c.job_id is null for update of c
"""
FORGET = """
delete from comparison_line where unit_no = any(%s) and comparison_id in
  (select id from comparison where kind = %s and unit_no = any(%s))
"""
SETTLE = """
update comparison c set state = t.state, doubt = t.doubt, counts = t.counts, done_at = now(), changed_at = now()
from unnest(%s::uuid[], %s::text[], %s::jsonb[], %s::jsonb[]) as t(id, state, doubt, counts) where c.id = t.id
"""


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


@dataclass(frozen=True, slots=True)
class Landed:
    """A landed export as it is compared. rows: the ``people`` of the checked file; foreign: how many of its rows name
    another school."""

    unit_no: int
    batch_id: UUID
    rows: pl.DataFrame
    foreign: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """An export that cannot be compared, and why."""

    unit_no: int
    batch_id: UUID
    why: str


def compare_landed(run: jobs.Run, *, comparison_id: str) -> dict[str, Any]:
    """The job of one comparison. A fault of the file ends it as failed."""
    found = queries.comparison_asked(comparison_id=UUID(comparison_id))
    if found["state"] != WAITING:
        return {"state": found["state"]}
    try:
        return write_comparison(comparison_id=found["id"], export=read_export(found["register_batch"], run))
    except Exception as error:
        if is_interrupted(error):
            raise
        fail_comparison(comparison_id=found["id"], error=words_of(error))
        if isinstance(error, BadInput):
            return {"state": FAILED}
        raise


def compare_all(run: jobs.Run, *, register: str) -> dict[str, Any]:
    """The job over every unit in reach for the ``pupil`` or ``staff`` register, some units to a transaction; returns how
    many ended in which state. The chunk is the number of the last unit that is done."""
    newest = queries.newest_exports(kind=register)
    waiting = [one for one in newest if one.unit_no > run.chunk]
    done = len(newest) - len(waiting)
    while waiting:
        some, waiting = waiting[:UNITS_A_CHUNK], waiting[UNITS_A_CHUNK:]
        compare_some(run, register, some)
        done += len(some)
        with run.step(some[-1].unit_no, done):
            run.tell(done, len(newest), _("所"), now=True)
    states = queries.states_of_exports(batch_ids=[one.batch_id for one in newest])
    return {"states": states, "units": len(newest)}


def compare_some(run: jobs.Run, kind: str, some: Sequence[ExportView]) -> None:
    """Compare the exports of some units. One that cannot be read ends as failed; where the units cannot be compared
    together, each is compared by itself and the one at fault ends as failed."""
    exports, unread = read_exports(run, some)
    try:
        compare_exports(kind=kind, exports=exports, unread=unread)
    except Exception as error:
        if is_interrupted(error):
            raise
        log.exception("comparing units %s together", [one.unit_no for one in some])
        for one in exports:
            try:
                compare_exports(kind=kind, exports=[one], unread=[])
            except Exception as own:
                if is_interrupted(own):
                    raise
                log.exception("comparing unit %s", one.unit_no)
                unread.append(Unread(one.unit_no, one.batch_id, words_of(own)))
        compare_exports(kind=kind, exports=[], unread=unread)


def words_of(error: Exception) -> str:
    """Why an export could not be compared."""
    return str(getattr(error, "detail", type(error).__name__))


def read_exports(run: jobs.Run, some: Sequence[ExportView]) -> tuple[list[Landed], list[Unread]]:
    """(the exports, those that cannot be read)."""
    staged = staged_batches(batch_ids=[one.batch_id for one in some])
    exports: list[Landed] = []
    unread: list[Unread] = []
    for one in some:
        try:
            sha256 = staged.get(one.batch_id)
            exports.append(
                read_export(one.batch_id, run)
                if sha256 is None
                else Landed(one.unit_no, one.batch_id, stages.table(sha256, PEOPLE))
            )
        except Exception as error:
            if is_interrupted(error):
                raise
            log.exception("reading the export of unit %s", one.unit_no)
            unread.append(Unread(one.unit_no, one.batch_id, words_of(error)))
    return exports, unread


def read_export(batch_id: UUID, run: jobs.Run) -> Landed:
    """The people of an export. A file with faults has no stage and is checked once more: what could be read of it is
    compared."""
    batch = batch_row(batch_id=batch_id)
    if batch["stage_file"] is not None and batch["state"] != "faulty":
        return Landed(batch["unit_no"], batch_id, stages.table(batch["stage_file_sha256"], PEOPLE))
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
    return Landed(batch["unit_no"], batch_id, checked.stage[PEOPLE], foreign)


@action(title="写下比对结果", roles=IMPORTING_ROLES)
def write_comparison(*, comparison_id: UUID, export: Landed) -> dict[str, Any]:
    """Compare an export with the base and keep the differences; those of earlier runs of its kind go. Returns
    ``{"state", "lines"}``. Nothing of the register enters the base."""
    found = queries.comparison_asked(comparison_id=comparison_id, is_locked=True)
    ends = write(found["kind"], {export.unit_no: comparison_id}, [export], is_anyway=found["is_anyway"])
    end = ends[found["unit_no"]]
    return {"state": end.state, "lines": end.lines}


@action(title="比对多个单位的导出", roles=DISTRICT)
def compare_exports(*, kind: str, exports: Sequence[Landed], unread: Sequence[Unread]) -> dict[int, str]:
    """`write_comparison` of several units in one transaction, each with a comparison of its own; returns unit -> state.
    unread: exports whose comparison ends as failed. A unit that compares by itself just now is left alone."""
    listed: list[Landed | Unread] = [*exports, *unread]
    begun = begin(kind, {one.unit_no: one.batch_id for one in listed})
    ends = write(kind, begun, [one for one in exports if one.unit_no in begun], is_anyway=False)
    failed = {
        one.unit_no: End(FAILED, {"code": "failed", "words": one.why[:300]})
        for one in unread
        if one.unit_no in begun
    }
    settle({begun[unit_no]: end for unit_no, end in failed.items()})
    audit.note(f"units {' '.join(map(str, sorted(begun)))}")
    return {unit_no: end.state for unit_no, end in (ends | failed).items()}


def begin(kind: str, batches: Mapping[int, UUID]) -> dict[int, UUID]:
    """unit -> its waiting comparison, new, or left by a district's run that was cut off; a unit in which a comparison of
    this kind waits is left out."""
    units = sorted(batches)
    given: list[Any] = [
        kind, scopes.current().grant_no, [new_id() for _unit in units], units, [batches[unit] for unit in units],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, given)
        cursor.execute(BEGUN, [units, [batches[unit] for unit in units], kind])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class End:
    """How a comparison ended."""

    state: str
    doubt: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    lines: int = 0


def write(
    kind: str, comparisons: Mapping[int, UUID], exports: Sequence[Landed], *, is_anyway: bool
) -> dict[int, End]:
    """Compare the exports with the base, keep the differences in place of those of earlier runs, and settle; unit -> how
    it ended. comparisons: unit -> its waiting comparison."""
    if not exports:
        return {}
    match = queries.match(kind, {one.unit_no: one.rows for one in exports})
    ends: dict[int, End] = {}
    believed: dict[int, dict[str, Any]] = {}
    for one in exports:
        doubted = comparing.doubt(
            listed=one.rows.height, known=match.known[one.unit_no], held=match.held[one.unit_no],
            foreign=one.foreign, shifts=match.shifts[one.unit_no],
        )  # fmt: skip
        told = {} if doubted is None else as_told(doubted)
        if doubted is None or (is_anyway and not doubted.is_final):
            believed[one.unit_no] = told
        else:
            ends[one.unit_no] = End(REFUSED, told)
    units = [one.unit_no for one in exports]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [units, kind, units])
    if believed:
        match = match.of(believed)
        lines = match.lines()
        counts = match.counts(lines)
        height = dict(lines.group_by("unit_no").len().iter_rows())
        ends |= {
            unit_no: End(DONE, told, counts[unit_no], height.get(unit_no, 0))
            for unit_no, told in believed.items()
        }
        write_lines(comparisons, lines)
        audit.counted(lines.height)
    settle({comparisons[unit_no]: end for unit_no, end in ends.items()})
    return ends


def as_told(doubted: Doubt) -> dict[str, Any]:
    """A doubt as the comparison's row keeps it."""
    return {"code": doubted.code, "count": doubted.count, "of": doubted.of, "shift": doubted.shift}


def settle(ends: Mapping[UUID, End]) -> None:
    """Write the ends of comparisons."""
    told = [(str(key), end.state, Jsonb(end.doubt), Jsonb(end.counts)) for key, end in ends.items()]
    if not told:
        return
    given: list[Any] = [list(column) for column in zip(*told, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, given)


def write_lines(comparisons: Mapping[int, UUID], lines: pl.DataFrame) -> None:
    """COPY the lines in, numbered from 0 in each unit. lines: in the order of units."""
    with connection.cursor() as cursor:
        cursor.execute("create temporary table line_in (like comparison_line) on commit drop")
        cursor.execute("alter table line_in drop column batch_id, drop column changed_at")
        with cursor.copy(f"copy line_in ({', '.join(COLUMNS)}) from stdin") as copy:
            last, ordinal = None, 0
            for line in lines.iter_rows(named=True):
                unit_no = line["unit_no"]
                last, ordinal = unit_no, ordinal + 1 if unit_no == last else 0
                copy.write_row(
                    [new_id(), unit_no, comparisons[unit_no], line["kind"], line["act"], line["field"] or "",
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
