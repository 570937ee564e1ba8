"""What a checked file would do, written down for a person: faults, changes, who would leave. Nothing of it touches a
dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.ground.jobs import Run
from jizuo.hubs.data import again, datasets, importers
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.beside import Beside, beside
from jizuo.hubs.data.actions.staging import PutCount, Staged, stage
from jizuo.hubs.data.actions.touching import PEOPLE, Touched
from jizuo.hubs.data.importers import ERROR, Checked, PlanInput, Step
from jizuo.hubs.data.rules import walk as rules

#: Listed in a preview for each dataset and verdict; counts are always of all.
MOST_CHANGES = 2_000
#: Records that keep another word, listed with both; the rest is found among the differences after the apply.
MOST_BESIDE = 200
MOST_FAULTS = 5_000
PROBLEM_COLUMNS = (
    'id, unit_no, batch_ref_id, severity, code, file, sheet, row_no, "column", field, value, reason, fix, suggestion,'
    " label, ordinal"
)
CHANGE_COLUMNS = (
    "id, unit_no, batch_ref_id, dataset, verdict, record_id, label, place, before, after, note, ordinal"
)


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
    if checked.notes or checked.cleaned:
        values["options"] = {**batch["options"], "notes": checked.notes, "cleaned": checked.cleaned}
    walk.set_batch(batch_id, **values)
    if fault_count:
        walk.move(batch, rules.FAULTY)
    return fault_count


def _problem_copy(cursor: Any) -> Any:
    cursor.execute("create temporary table problem_in (like batch_problem) on commit drop")
    for column in ("batch_id", "changed_at"):
        cursor.execute(f"alter table problem_in drop column {column}")
    return cursor.copy(f"copy problem_in ({PROBLEM_COLUMNS}) from stdin")


def print_of(step: Step, staged: Staged, tally: PutCount) -> str:
    """What a step would do, in one line: equal in the preview and in the apply unless the base has moved."""
    return f"{step.dataset} {step.verdict} {tally.new} {staged.effect() if tally.changed else ''}"


@action(title="比对已导入的同一文件", roles=walk.IMPORTING_ROLES)
def find_settled(*, batch_id: UUID) -> dict[str, Any] | None:
    """End a batch that repeats an applied one where nothing has moved since; None when it must be compared."""
    batch = walk.locked(batch_id)
    counts = again.settled(batch)
    return None if counts is None else end_as_nothing(batch, counts, "")


@action(title="预览导入", roles=walk.IMPORTING_ROLES)
def preview_batch(*, batch_id: UUID, stage_tables: Mapping[str, pl.DataFrame], run: Run) -> dict[str, Any]:
    """Work out who is new, changed and gone, and hold the batch when too many would leave."""
    batch = walk.locked(batch_id)
    plan = importers.get(batch["importer"]).plan(stage_tables, plan_input(batch, run))
    counts: dict[str, dict[str, int]] = {}
    prints: list[str] = []
    touched = Touched()
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
            if tally.heard:
                held["heard"] = held.get("heard", 0) + tally.heard
            prints.append(print_of(step, staged, tally))
            touched.add(verdict, staged, tally)
            listed = staged.changes(MOST_CHANGES) if step.is_shown and tally.changed else []
            is_news = tally.heard or tally.changed
            apart = beside(staged, MOST_BESIDE) if step.is_shown and verdict == "changed" and is_news else []
            if apart:
                held["beside"] = held.get("beside", 0) + len({one.record_id for one in apart})
        ordinal = list_changes(batch, step, verdict, listed, ordinal)
        ordinal = list_beside(batch, step, apart, ordinal)
        run.tell(0)
    held_back = rules.held_units(plan.gone)
    print_ = walk.effect_print(prints)
    is_approved = batch["approved_by"] is not None and batch["print"] == print_
    hold = "" if is_approved or not held_back else hold_reason(plan.gone, held_back)
    if not any(held.get(key) for held in counts.values() for key in ("new", "changed", "gone", "heard")):
        return end_as_nothing(batch, counts, print_)
    walk.move(
        batch,
        rules.HELD if hold else rules.READY,
        counts=counts,
        print=print_,
        hold_reason=hold,
        options={**batch["options"], PEOPLE: touched.people()},
    )
    return {"state": rules.HELD if hold else rules.READY, "counts": counts}


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
    write_changes(rows)
    return ordinal


def list_beside(batch: dict[str, Any], step: Step, apart: list[Beside], ordinal: int) -> int:
    """Write down which records keep another word than the file's: held as before, said as after, the holder as note;
    returns the next ordinal."""
    dataset = datasets.get(step.dataset)
    rows: list[list[Any]] = []
    for one in apart:
        ordinal += 1
        rows.append(
            [new_id(), batch["unit_no"], batch["id"], step.dataset, "heard", one.record_id, one.label[:160], "",
             Jsonb(masked(dataset, one.held)), Jsonb(masked(dataset, one.said)), one.holder, ordinal]
        )  # fmt: skip
    write_changes(rows)
    return ordinal


def write_changes(rows: list[list[Any]]) -> None:
    """COPY lines of a preview's list. Inside a door."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("create temporary table change_in (like batch_change) on commit drop")
        cursor.execute("alter table change_in drop column batch_id, drop column changed_at")
        with cursor.copy(f"copy change_in ({CHANGE_COLUMNS}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"insert into batch_change ({CHANGE_COLUMNS}) select {CHANGE_COLUMNS} from change_in")
        cursor.execute("drop table change_in")


def masked(dataset: datasets.Dataset, values: dict[str, str | None]) -> dict[str, str | None]:
    """Old or new values for a preview: sealed values never stand there; an id is named when it is shown."""
    return {
        key: ("＊" if value and dataset.fields[key].kind == "sealed" else value)
        for key, value in values.items()
    }


def batch_sha(batch_id: UUID) -> str:
    """SHA-256 of the raw file, for the receipt."""
    with connection.cursor() as cursor:
        cursor.execute("select raw_sha256 from batch where id = %s", [batch_id])
        return cursor.fetchone()[0]
