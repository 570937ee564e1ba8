"""The import walk: land -> check -> preview -> approve -> apply -> receipt -> undo, for every dataset.

A batch applies in one transaction. Preview and apply run the same plan; when the base has moved in between so
that the effect would differ, the apply stops and the preview is made anew. Every step is safe to repeat.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, facts, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, PAGE, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.files import queries as file_queries
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data import importers
from jizuo.hubs.data.rules import walk as rules
from jizuo.hubs.data.shapes import Patch

IMPORTING_ROLES = frozenset(
    {scopes.CLERK, scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD, scopes.OPERATOR}
)


@action(title="收下原表", roles=IMPORTING_ROLES, reach=API)
def land_batch(
    *,
    importer: str,
    file_id: UUID,
    title: str,
    source: str = "school",
    is_full: bool = False,
    unit_no: int | None = None,
    options: dict[str, Any] | None = None,
) -> UUID:
    """Keep a received file as a new batch and start its check; returns the batch id.

    source: who speaks (``school``, ``register``, ``family``). is_full: the file lists everybody of the unit, so
    who is missing has left. unit_no: the acting unit when left out. Raises BadInput for an unknown importer,
    NotFound for a file out of reach, Conflict when the same bytes are being imported right now.
    """
    scope = scopes.current()
    unit_no = scope.unit_no if unit_no is None else unit_no
    if importer not in importers.all_importers():
        raise BadInput(
            _("没有“%(name)s”这种导入") % {"name": importer}, problems=[Problem("importer", importer)]
        )
    if unit_no not in scope.units:
        raise NotFound(_("没有这个单位"))
    opened = file_queries.get_file if scope.grant_no is not None else file_queries.get_checked_file
    file = opened(file_id=file_id)
    batch_id = new_id()
    told: list[Any] = [
        batch_id, unit_no, importer, source, title[:200], is_full, Jsonb(options or {}), file_id, file.sha256,
        scope.grant_no,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        # Two uploads of one file at once: the second waits here and then finds the first.
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"land {unit_no} {file.sha256}"])
        cursor.execute(
            "select 1 from batch where unit_no = %s and raw_sha256 = %s and importer = %s"
            " and state in ('landed', 'checking', 'applying')",
            [unit_no, file.sha256, importer],
        )
        if cursor.fetchone():
            raise Conflict(_("同一个文件正在导入"), fix=_("请到导入列表里看它的进度"))
        cursor.execute(
            "insert into batch (id, unit_no, importer, source, title, is_full, options, raw_file, raw_sha256, state,"
            " rows_read, problems, warnings, counts, hold_reason, print, error, asked_by)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'landed', 0, 0, 0, '{}', '', '', '', %s)",
            told,
        )
    start_check(batch_id, title)
    return batch_id


def start_check(batch_id: UUID, title: str) -> JobRef:
    """Start the check job of a batch in the running action."""
    unit_no = locked(batch_id)["unit_no"]
    ref = jobs.start(
        "data.check", _("检查 %(title)s") % {"title": title}, unit_no=unit_no, batch_id=str(batch_id)
    )
    set_batch(batch_id, job_id=ref.job_id, state=rules.CHECKING, error="")
    return ref


def locked(batch_id: UUID) -> dict[str, Any]:
    """The batch's row, locked for this transaction. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, unit_no, importer, source, title, is_full, options::text, raw_file, stage_file, state, counts::text,"
            " print, asked_by, approved_by, hold_reason, receipt::text from batch where id = %s for update",
            [batch_id],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这次导入"))
        names = [column.name for column in cursor.description]
    found = dict(zip(names, row, strict=True))
    for name in ("options", "counts", "receipt"):
        found[name] = _json(found[name])
    return found


def rows_read(batch_id: UUID) -> int:
    """How many rows the check of a batch has read. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute("select rows_read from batch where id = %s", [batch_id])
        return int(cursor.fetchone()[0])


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def set_batch(batch_id: UUID, **values: Any) -> None:
    """Write columns of a batch's row."""
    write_columns("batch", [batch_id], **values)


def move(found: dict[str, Any], to: str, **values: Any) -> None:
    """Bring a locked batch to state `to`. Raises Conflict when its state does not allow it."""
    if not rules.may_move(found["state"], to):
        raise Conflict(
            _("这次导入现在是“%(state)s”，不能这样做") % {"state": state_title(found["state"])},
            fix=_("请刷新页面看最新状态"),
        )
    set_batch(found["id"], state=to, **values)


def state_title(state: str) -> str:
    """The state in words of the people who use it."""
    return {
        rules.LANDED: _("已收下"),
        rules.CHECKING: _("检查中"),
        rules.FAULTY: _("有要改的行"),
        rules.READY: _("可以应用"),
        rules.HELD: _("等第二人批准"),
        rules.APPLYING: _("应用中"),
        rules.APPLIED: _("已应用"),
        rules.UNDOING: _("撤销中"),
        rules.UNDONE: _("已撤销"),
        rules.DISCARDED: _("已放弃"),
        rules.FAILED: _("没有完成"),
    }.get(state, state)


@action(title="改好后重新检查", roles=IMPORTING_ROLES, reach=API)
def mend_batch(*, batch_id: UUID, patches: list[Patch], options: dict[str, Any] | None = None) -> JobRef:
    """Type values over cells of the raw file (which itself stays as it came) and check again.

    options: settings of the check that a person chose, e.g. the mapping of columns. Returns the check job.
    """
    found = locked(batch_id)
    move(found, rules.CHECKING)
    merged = {**found["options"], **(options or {})}
    kept = {(p["sheet"], p["row_no"], p["column"]): p for p in merged.get("patches", [])}
    for patch in patches:
        kept[(patch.sheet, patch.row_no, patch.column)] = {
            "sheet": patch.sheet, "row_no": patch.row_no, "column": patch.column, "value": patch.value,
        }  # fmt: skip
    merged["patches"] = list(kept.values())
    set_batch(batch_id, options=merged)
    return start_check(batch_id, found["title"])


@action(title="重新检查", roles=IMPORTING_ROLES, reach=API)
def recheck_batch(*, batch_id: UUID) -> JobRef:
    """Check the same file again, against the base as it is now."""
    found = locked(batch_id)
    move(found, rules.CHECKING)
    return start_check(batch_id, found["title"])


@action(title="放弃导入", roles=IMPORTING_ROLES, reach=API)
def discard_batch(*, batch_id: UUID) -> None:
    """Give a batch up; nothing of it was written. The raw file stays for the record."""
    move(locked(batch_id), rules.DISCARDED)


@action(title="批准导入", roles=IMPORTING_ROLES, reach=API)
def approve_batch(*, batch_id: UUID) -> None:
    """A second person lets a held batch through. Raises NotAllowed for the one who brought it."""
    found = locked(batch_id)
    scope = scopes.current()
    if is_same_person(found["asked_by"], scope):
        raise NotAllowed(_("需要另一个人批准"), fix=_("请同校的另一位教务员、校长或区数据管理员来批准"))
    move(found, rules.READY, approved_by=scope.grant_no, hold_reason="")
    audit.note(f"batch {batch_id}")
    with connection.cursor() as cursor:
        cursor.execute("update batch set approved_at = now() where id = %s", [batch_id])


def is_same_person(grant_no: int | None, scope: scopes.Scope) -> bool:
    """True when the grant belongs to the acting account: another role of the same person is no second person."""
    if grant_no is None or scope.account_id is None:
        return grant_no == scope.grant_no
    with connection.cursor() as cursor:
        cursor.execute("select account_id from acting_grant where no = %s", [grant_no])
        row = cursor.fetchone()
    return row is not None and row[0] == scope.account_id


@action(title="应用导入", roles=IMPORTING_ROLES, reach=API)
def apply_batch(*, batch_id: UUID) -> JobRef:
    """Start applying a batch that is ready. Its effect is written in one transaction or not at all."""
    found = locked(batch_id)
    move(found, rules.APPLYING)
    title = _("应用 %(title)s") % {"title": found["title"]}
    ref = jobs.start("data.apply", title, unit_no=found["unit_no"], batch_id=str(batch_id))
    set_batch(batch_id, job_id=ref.job_id)
    audit.note(f"batch {batch_id}")
    return ref


@action(title="撤销导入", roles=IMPORTING_ROLES, reach=API)
def undo_batch(*, batch_id: UUID) -> JobRef:
    """Start undoing an applied batch: what nobody changed since goes back, the rest is listed in the receipt."""
    found = locked(batch_id)
    move(found, rules.UNDOING)
    title = _("撤销 %(title)s") % {"title": found["title"]}
    ref = jobs.start("data.undo", title, unit_no=found["unit_no"], batch_id=str(batch_id))
    set_batch(batch_id, job_id=ref.job_id)
    audit.note(f"batch {batch_id}")
    return ref


def effect_print(parts: list[str]) -> str:
    """The hash of a previewed effect."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@action(title="记住对应关系", roles=IMPORTING_ROLES, reach=PAGE)
def remember(*, kind: str, importer: str, key: str, value: Any, unit_no: int | None = None) -> None:
    """Remember what columns of this shape (``columns``) or a text (``value``) mean for this unit."""
    unit_no = scopes.current().unit_no if unit_no is None else unit_no
    told: list[Any] = [new_id(), unit_no, kind, importer, key[:200], Jsonb(value)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (unit_no, kind, importer, key) do update set value = excluded.value, used_at = now(),"
            " changed_at = now()",
            told,
        )


def tell_applied(batch_id: UUID, unit_no: int, importer: str, datasets: list[str]) -> None:
    """The news that others may wait for: these datasets of this unit are fresh."""
    facts.tell(
        "DatasetRefreshed", unit_no=unit_no, batch_id=str(batch_id), importer=importer, datasets=datasets
    )
