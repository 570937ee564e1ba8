"""The one transaction that writes a batch, and the one that takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import Conflict
from jizuo.ground.jobs import Run
from jizuo.hubs.data import again, datasets, importers
from jizuo.hubs.data.actions import settling, walk
from jizuo.hubs.data.actions.previewing import batch_sha, plan_input, print_of
from jizuo.hubs.data.actions.staging import stage
from jizuo.hubs.data.actions.undo import undo_rows
from jizuo.hubs.data.rules import walk as rules


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
            prints.append(print_of(step, staged, tally))
            put_count = staged.apply(batch_id, is_new=step.is_new and tally.new == staged.count, tally=tally)
        held = counts.setdefault(step.dataset, {"new": 0, "changed": 0, "same": 0, "gone": 0, "conflicts": 0})
        held["new"] += put_count.new
        held["gone" if step.verdict == "gone" else "changed"] += put_count.changed
        held["same"] += put_count.same
        held["conflicts"] += put_count.conflicts
        if tally.heard:
            held["heard"] = held.get("heard", 0) + tally.heard
        if put_count.conflicts:
            settling.settle_by_rule(staged.dataset, batch_id)
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
        "is_nothing": not any(changed.values()) and not any("heard" in held for held in counts.values()),
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
