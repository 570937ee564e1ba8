"""Bodies of the walk's jobs: check and preview, apply, undo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.files import queries as file_queries
from jizuo.ground.jobs import Run
from jizuo.hubs.data import codes, importers, stages
from jizuo.hubs.data.actions import walk
from jizuo.hubs.data.actions.applying import apply_stage, undo_stage
from jizuo.hubs.data.actions.previewing import find_settled, note_check, preview_batch
from jizuo.hubs.data.importers import CheckInput
from jizuo.hubs.data.queries import codes as code_queries
from jizuo.hubs.data.rules import walk as rules


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
        local = code_queries.local_codes(unit_no=batch["unit_no"])
        suffix = PurePath(batch["raw_file_name"]).suffix
        with codes.using(local), stages.opened(batch["raw_file_sha256"], suffix) as path:
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
