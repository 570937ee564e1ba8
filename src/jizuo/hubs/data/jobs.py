"""Bodies of the walk's jobs: check and preview, apply, undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.files import queries as file_queries
from jizuo.ground.ids import new_id
from jizuo.ground.jobs import Run
from jizuo.hubs.data import again, datasets, importers, rules, stages
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.put import stage
from jizuo.hubs.data.actions.undo import undo_rows
from jizuo.hubs.data.importers import ERROR, Checked, CheckInput, PlanInput, Step

#: Listed in a preview for each dataset and verdict; counts are always of all.
MOST_CHANGES = 2_000
MOST_FAULTS = 5_000


def is_interrupted(error: Exception) -> bool:
    """True where the batch has not ended: another worker has the job, or its ticket comes again once the database
    is back."""
    return isinstance(error, jobs.Superseded) or jobs.is_lost(error)


@source(title="读导入批次", roles=walk.IMPORTING_ROLES)
def batch_row(*, batch_id: UUID) -> dict[str, Any]:
    """The batch with the addresses of its files. Raises NotFound."""
    found = walk.locked(batch_id)
    for name in ("raw_file", "stage_file"):
        if found[name] is not None:
            file = file_queries.get_checked_file(file_id=found[name])
            found[f"{name}_sha256"], found[f"{name}_name"] = file.sha256, file.name
    return found


@source(title="读多个批次的检查结果", roles=walk.IMPORTING_ROLES)
def staged_batches(*, batch_ids: Sequence[UUID]) -> dict[UUID, str]:
    """batch -> the address of its checked tables, of those that have some which may be opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, stage_file from batch where id = any(%s) and stage_file is not null and state <> 'faulty'",
            [list(batch_ids)],
        )
        stage_of = dict(cursor.fetchall())
    files = file_queries.get_checked_files(file_ids=list(stage_of.values()))
    return {batch_id: files[file_id].sha256 for batch_id, file_id in stage_of.items() if file_id in files}


def check_batch(run: Run, *, batch_id: str) -> dict[str, Any]:
    """Check the raw file and, when it has no error, preview its effect."""
    batch = batch_row(batch_id=UUID(batch_id))
    if batch["state"] != rules.CHECKING:
        return {"state": batch["state"]}
    importer = importers.get(batch["importer"])
    patches = {
        (p["sheet"], p["row_no"], p["column"]): p["value"] for p in batch["options"].get("patches", [])
    }
    try:
        with stages.opened(batch["raw_file_sha256"], PurePath(batch["raw_file_name"]).suffix) as path:
            checked = importer.check(
                CheckInput(
                    path=path, name=batch["raw_file_name"], unit_no=batch["unit_no"], source=batch["source"],
                    options=batch["options"], patches=patches, today=scopes.current().today, tell=run.tell,
                )
            )  # fmt: skip
        fault_count = note_check(batch_id=batch["id"], unit_no=batch["unit_no"], checked=checked)
        if fault_count:
            return {"state": rules.FAULTY, "problems": fault_count}
        stage_file = stages.keep(checked.stage, batch["id"], batch["unit_no"])
        run.tell(checked.rows_read, checked.rows_read, _("行"), now=True)
        start_preview(batch_id=batch["id"], stage_file=stage_file)
        return {"state": rules.CHECKING, "rows": checked.rows_read}
    except BadInput as error:
        fail_batch(batch_id=batch["id"], error=f"{error.detail} {error.fix}".strip())
        raise
    except Exception as error:
        if is_interrupted(error):
            raise
        fail_batch(batch_id=batch["id"], error=f"{type(error).__name__}")
        raise


@action(title="开始预览", roles=walk.IMPORTING_ROLES)
def start_preview(*, batch_id: UUID, stage_file: UUID) -> None:
    """Go on to the preview as a job of its own: the check may have opened units, which only a new scope reaches."""
    batch = walk.locked(batch_id)
    title = _("预览 %(title)s") % {"title": batch["title"]}
    ref = jobs.start("data.preview", title, unit_no=batch["unit_no"], batch_id=str(batch_id))
    walk.set_batch(batch_id, stage_file=stage_file, job_id=ref.job_id)


def preview_checked(run: Run, *, batch_id: str) -> dict[str, Any]:
    """Preview a batch whose check found no error."""
    batch = batch_row(batch_id=UUID(batch_id))
    if batch["state"] != rules.CHECKING:
        return {"state": batch["state"]}
    try:
        if (settled := find_settled(batch_id=batch["id"])) is not None:
            return settled
        tables = stages.load(batch["stage_file_sha256"])
        return preview_batch(batch_id=batch["id"], stage_tables=tables, run=run)
    except Exception as error:
        if is_interrupted(error):
            raise
        fail_batch(batch_id=batch["id"], error=str(getattr(error, "detail", type(error).__name__)))
        raise


@action(title="记下检查结果", roles=walk.IMPORTING_ROLES)
def note_check(*, batch_id: UUID, unit_no: int, checked: Checked) -> int:
    """Write the faults and warnings of a check; returns the number of errors."""
    batch = walk.locked(batch_id)
    errors = sum(fault.severity == ERROR for fault in checked.faults)
    fault_count = max(errors, checked.fault_count or 0)
    with connection.cursor() as cursor:
        cursor.execute("delete from batch_problem where batch_ref_id = %s", [batch_id])
        cursor.execute("delete from batch_change where batch_ref_id = %s", [batch_id])
        with _problem_copy(cursor) as copy:
            for ordinal, fault in enumerate(checked.faults[:MOST_FAULTS]):
                copy.write_row(
                    [new_id(), unit_no, batch_id, fault.severity, fault.code, fault.file, fault.sheet, fault.row_no,
                     fault.column, fault.field, fault.value[:500], fault.reason, fault.fix, fault.suggestion,
                     fault.label[:120], ordinal]
                )  # fmt: skip
        cursor.execute(
            f"insert into batch_problem ({PROBLEM_COLUMNS}) select {PROBLEM_COLUMNS} from problem_in"
        )
    warnings = len(checked.faults) - errors
    values: dict[str, Any] = {"problems": fault_count, "warnings": warnings, "rows_read": checked.rows_read}
    if checked.is_full is not None:
        values["is_full"] = checked.is_full
    if checked.notes:
        values["options"] = {**batch["options"], "notes": checked.notes}
    walk.set_batch(batch_id, **values)
    if fault_count:
        walk.move(batch, rules.FAULTY)
    return fault_count


PROBLEM_COLUMNS = (
    'id, unit_no, batch_ref_id, severity, code, file, sheet, row_no, "column", field, value, reason, fix, suggestion,'
    " label, ordinal"
)
CHANGE_COLUMNS = (
    "id, unit_no, batch_ref_id, dataset, verdict, record_id, label, place, before, after, note, ordinal"
)


def _problem_copy(cursor: Any) -> Any:
    cursor.execute("create temporary table problem_in (like batch_problem) on commit drop")
    for column in ("batch_id", "changed_at"):
        cursor.execute(f"alter table problem_in drop column {column}")
    return cursor.copy(f"copy problem_in ({PROBLEM_COLUMNS}) from stdin")


@action(title="预览导入", roles=walk.IMPORTING_ROLES)
def preview_batch(*, batch_id: UUID, stage_tables: Mapping[str, pl.DataFrame], run: Run) -> dict[str, Any]:
    """Work out who is new, changed and gone, and hold the batch when too many would leave."""
    batch = walk.locked(batch_id)
    plan = importers.get(batch["importer"]).plan(stage_tables, plan_input(batch, run))
    counts: dict[str, dict[str, int]] = {}
    prints: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("delete from batch_change where batch_ref_id = %s", [batch_id])
    ordinal = 0
    for step in plan.steps:
        with stage(
            dataset=step.dataset, columns=step.columns, rows=step.rows, source=batch["source"]
        ) as staged:
            tally = staged.tally()
            verdict = "gone" if step.verdict == "gone" else "changed"
            held = counts.setdefault(step.dataset, {"new": 0, "changed": 0, "same": 0, "gone": 0})
            held["new"] += tally.new
            held[verdict] += tally.changed
            held["same"] += tally.same
            prints.append(
                f"{step.dataset} {step.verdict} {tally.new} {staged.effect() if tally.changed else ''}"
            )
            listed = staged.changes(MOST_CHANGES) if step.is_shown and tally.changed else []
        ordinal = list_changes(batch, step, verdict, listed, ordinal)
        run.tell(0)
    held_back = rules.held_units(plan.gone)
    print_ = walk.effect_print(prints)
    is_approved = batch["approved_by"] is not None and batch["print"] == print_
    hold = "" if is_approved or not held_back else hold_reason(plan.gone, held_back)
    if not any(held[key] for held in counts.values() for key in ("new", "changed", "gone")):
        return end_as_nothing(batch, counts, print_)
    walk.move(
        batch,
        rules.HELD if hold else rules.READY,
        counts=counts,
        print=print_,
        hold_reason=hold,
    )
    return {"state": rules.HELD if hold else rules.READY, "counts": counts}


@action(title="比对已导入的同一文件", roles=walk.IMPORTING_ROLES)
def find_settled(*, batch_id: UUID) -> dict[str, Any] | None:
    """End a batch that repeats an applied one where nothing has moved since; None when it must be compared."""
    batch = walk.locked(batch_id)
    counts = again.settled(batch)
    return None if counts is None else end_as_nothing(batch, counts, "")


def end_as_nothing(batch: dict[str, Any], counts: dict[str, dict[str, int]], print_: str) -> dict[str, Any]:
    """The batch has nothing to write: it is applied, with a receipt that says so."""
    receipt = {"counts": counts, "tables": [], "is_nothing": True, "raw_sha256": batch_sha(batch["id"])}
    walk.move(batch, rules.APPLIED, counts=counts, print=print_, receipt=receipt)
    return {"state": rules.APPLIED, "counts": counts}


def plan_input(batch: dict[str, Any], run: Run) -> PlanInput:
    """What the importer's plan gets."""
    return PlanInput(
        batch_id=batch["id"], unit_no=batch["unit_no"], source=batch["source"], is_full=batch["is_full"],
        options=batch["options"], today=scopes.current().today, tell=run.tell,
    )  # fmt: skip


def hold_reason(gone: Mapping[int, tuple[int, int]], units: list[int]) -> str:
    """Who would leave, unit by unit, for the second person."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_no, short_name from unit where unit_no = any(%s)", [units])
        names = dict(cursor.fetchall())
    return "；".join(
        _("%(unit)s 将有 %(gone)d 人离开（现有 %(there)d 人）")
        % {"unit": names.get(unit, unit), "gone": gone[unit][0], "there": gone[unit][1]}
        for unit in units[:10]
    )


def list_changes(batch: dict[str, Any], step: Step, verdict: str, listed: list[Any], ordinal: int) -> int:
    """Write the preview's list of one step; returns the next ordinal."""
    dataset = datasets.get(step.dataset)
    rows: list[list[Any]] = []
    for change in listed:
        ordinal += 1
        rows.append(
            [new_id(), batch["unit_no"], batch["id"], step.dataset, verdict, change.record_id, change.label[:160], "",
             Jsonb(masked(dataset, change.before)), Jsonb(masked(dataset, change.after)), "", ordinal]
        )  # fmt: skip
    if step.is_shown:
        for label in step.new_labels[:MOST_CHANGES]:
            ordinal += 1
            rows.append(
                [new_id(), batch["unit_no"], batch["id"], step.dataset, "new", None, label.label[:160],
                 label.place[:160], None, None, label.note, ordinal]
            )  # fmt: skip
    if rows:
        with connection.cursor() as cursor:
            cursor.execute("create temporary table change_in (like batch_change) on commit drop")
            cursor.execute("alter table change_in drop column batch_id, drop column changed_at")
            with cursor.copy(f"copy change_in ({CHANGE_COLUMNS}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(
                f"insert into batch_change ({CHANGE_COLUMNS}) select {CHANGE_COLUMNS} from change_in"
            )
            cursor.execute("drop table change_in")
    return ordinal


def masked(dataset: datasets.Dataset, values: dict[str, str | None]) -> dict[str, str | None]:
    """Old or new values for a preview: sealed values never stand there; an id is named when it is shown."""
    return {
        key: ("＊" if value and dataset.fields[key].kind == "sealed" else value)
        for key, value in values.items()
    }


@action(title="记下导入失败", roles=walk.IMPORTING_ROLES)
def fail_batch(*, batch_id: UUID, error: str) -> None:
    """The check could not be made; the words say why."""
    batch = walk.locked(batch_id)
    if rules.may_move(batch["state"], rules.FAILED):
        walk.set_batch(batch_id, state=rules.FAILED, error=error)


def apply_batch(run: Run, *, batch_id: str) -> dict[str, Any]:
    """Apply a batch in one transaction. An effect that is no longer the previewed one goes back to preview."""
    batch = batch_row(batch_id=UUID(batch_id))
    if batch["state"] != rules.APPLYING:
        return {"state": batch["state"], "receipt": batch["receipt"]}
    try:
        tables = stages.load(batch["stage_file_sha256"])
        receipt = apply_stage(batch_id=batch["id"], stage_tables=tables, run=run)
    except Conflict:
        back_to_check(batch_id=batch["id"])
        raise
    except Exception as error:
        if is_interrupted(error):
            raise
        fail_batch(batch_id=batch["id"], error=str(getattr(error, "detail", type(error).__name__)))
        raise
    return {"state": rules.APPLIED, "receipt": receipt}


@action(title="写入导入", roles=walk.IMPORTING_ROLES)
def apply_stage(*, batch_id: UUID, stage_tables: Mapping[str, pl.DataFrame], run: Run) -> dict[str, Any]:
    """The one transaction of an apply; returns the receipt."""
    batch = walk.locked(batch_id)
    if batch["state"] != rules.APPLYING:
        raise Conflict(_("这次导入已经不在应用中"))
    scopes.set_batch(batch_id)
    audit.note(f"batch {batch_id}")
    plan = importers.get(batch["importer"]).plan(stage_tables, plan_input(batch, run))
    counts: dict[str, dict[str, int]] = {}
    prints: list[str] = []
    tables: list[str] = []
    done = 0
    for step in plan.steps:
        with stage(
            dataset=step.dataset, columns=step.columns, rows=step.rows, source=batch["source"]
        ) as staged:
            tally = staged.tally()
            prints.append(
                f"{step.dataset} {step.verdict} {tally.new} {staged.effect() if tally.changed else ''}"
            )
            put_count = staged.apply(batch_id, is_new=step.is_new and tally.new == staged.count, tally=tally)
        held = counts.setdefault(step.dataset, {"new": 0, "changed": 0, "same": 0, "gone": 0, "conflicts": 0})
        held["new"] += put_count.new
        held["gone" if step.verdict == "gone" else "changed"] += put_count.changed
        held["same"] += put_count.same
        held["conflicts"] += put_count.conflicts
        table = datasets.get(step.dataset).table
        if table not in tables:
            tables.append(table)
        done += staged.count
        run.tell(done, None, _("行"))
    if walk.effect_print(prints) != batch["print"]:
        raise Conflict(_("预览之后数据又有变化，这次没有写入"), fix=_("已重新预览，请再看一遍后应用"))
    if plan.after is not None:
        plan.after(batch_id)
    changed = {name: sum(c[key] for key in ("new", "changed", "gone")) for name, c in counts.items()}
    receipt = {
        "counts": counts,
        "tables": tables,
        "is_nothing": not any(changed.values()),
        "rows": done,
        "raw_sha256": batch_sha(batch_id),
        "marks": again.marks(tables),
    }
    walk.move(batch, rules.APPLIED, receipt=receipt, counts=counts)
    with connection.cursor() as cursor:
        cursor.execute("update batch set applied_at = now() where id = %s", [batch_id])
    walk.tell_applied(
        batch_id, batch["unit_no"], batch["importer"], [name for name, n in changed.items() if n]
    )
    return receipt


def batch_sha(batch_id: UUID) -> str:
    """SHA-256 of the raw file, for the receipt."""
    with connection.cursor() as cursor:
        cursor.execute("select raw_sha256 from batch where id = %s", [batch_id])
        return cursor.fetchone()[0]


@action(title="退回预览", roles=walk.IMPORTING_ROLES)
def back_to_check(*, batch_id: UUID) -> None:
    """The base moved: preview again."""
    batch = walk.locked(batch_id)
    walk.move(batch, rules.CHECKING)
    walk.start_check(batch_id, batch["title"])


def undo_applied(run: Run, *, batch_id: str) -> dict[str, Any]:
    """Undo an applied batch in one transaction."""
    batch = batch_row(batch_id=UUID(batch_id))
    if batch["state"] != rules.UNDOING:
        return {"state": batch["state"]}
    try:
        return undo_stage(batch_id=batch["id"], run=run)
    except Exception as error:
        if is_interrupted(error):
            raise
        stay_applied(batch_id=batch["id"], error=str(getattr(error, "detail", type(error).__name__)))
        raise


@action(title="没有撤销", roles=walk.IMPORTING_ROLES)
def stay_applied(*, batch_id: UUID, error: str) -> None:
    """The undo could not be made; nothing went back, and the words say why."""
    batch = walk.locked(batch_id)
    if batch["state"] == rules.UNDOING:
        walk.move(batch, rules.APPLIED, error=error)


@action(title="写回导入前", roles=walk.IMPORTING_ROLES)
def undo_stage(*, batch_id: UUID, run: Run) -> dict[str, Any]:
    """The one transaction of an undo; returns what went back and what stayed."""
    batch = walk.locked(batch_id)
    receipt = batch["receipt"] or {}
    undone = undo_rows(batch_id, receipt.get("tables", []))
    importer = importers.get(batch["importer"])
    after = getattr(importer, "after_undo", None)
    if after is not None:
        after(batch_id, plan_input(batch, run))
    receipt["undo"] = {
        "removed": undone.removed,
        "restored": undone.restored,
        "brought_back": undone.brought_back,
        "kept_count": undone.kept_count,
        "kept": [list(item) for item in undone.kept],
    }
    walk.move(batch, rules.UNDONE, receipt=receipt)
    with connection.cursor() as cursor:
        cursor.execute("update batch set undone_at = now() where id = %s", [batch_id])
    walk.tell_applied(batch_id, batch["unit_no"], batch["importer"], list(receipt.get("counts", {})))
    return receipt["undo"]
