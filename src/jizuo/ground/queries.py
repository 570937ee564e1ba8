"""Reads on the ground's own tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.shapes import Page


class JobView(msgspec.Struct, frozen=True):
    """A job as a page shows it. percent is None before the total is known; left_seconds likewise."""

    job_id: UUID
    title: str
    kind: str
    state: str
    done: int
    total: int
    unit_word: str
    percent: int | None
    left_seconds: int | None
    error: str
    fix: str
    result: Any
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


JOB = (
    "id, title, kind, state, done, total, unit_word,"
    " case when total > 0 then least(100, done * 100 / total)::int end,"
    " case when state = 'running' and done > 0 and total > done"
    "      then (extract(epoch from clock_timestamp() - started_at) * (total - done) / done)::int end,"
    " error, fix, result, asked_at, started_at, ended_at"
)


@source(title="任务", roles=scopes.STAFF_ROLES, reach=API)
def job(*, job_id: UUID) -> JobView:
    """One job with its progress in per cent and seconds left. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {JOB} from job where id = %s", [job_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个任务"))
    return _job(row)


def page_size(limit: int) -> int:
    """`limit` as asked; raises BadInput outside 1 to 500."""
    if not 1 <= limit <= 500:
        raise BadInput(_("每页行数不对"), problems=[Problem("limit", _("应在 1 到 500 之间"))])
    return limit


def _job(row: tuple[Any, ...]) -> JobView:
    told = list(row)
    if isinstance(told[11], str):
        told[11] = msgspec.json.decode(told[11])
    return JobView(*told)


@source(title="任务列表", roles=scopes.STAFF_ROLES, reach=API)
def job_list(*, state: str = "", after: str = "", limit: int = 50) -> Page[JobView]:
    """Jobs of the units in reach, newest first. state: '' for all. after: the `next` of the page before."""
    limit = page_size(limit)
    try:
        before = UUID(after) if after else None
    except ValueError:
        raise BadInput(_("翻页位置不对"), problems=[Problem("after", _("请从第一页重新开始"))]) from None
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {JOB} from job where (%s = '' or state = %s) and (%s::uuid is null or id < %s::uuid)"
            " order by id desc limit %s",
            [state, state, before, before, limit + 1],
        )
        found = [_job(row) for row in cursor.fetchall()]
        cursor.execute("select count(*) from job where (%s = '' or state = %s)", [state, state])
        (count,) = cursor.fetchone()
    rows = found[:limit]
    return Page(rows=rows, next=str(rows[-1].job_id) if len(found) > limit else "", count=count)


class FactView(msgspec.Struct, frozen=True):
    """A fact in the outbox or among the dead letters."""

    fact_id: int
    name: str
    unit_no: int
    at: datetime
    state: str
    tries: int
    next_at: datetime
    last_error: str


@source(title="死信与待投", roles=[scopes.OPERATOR], reach=API)
def fact_list(*, state: str = "dead", limit: int = 100) -> list[FactView]:
    """Facts that wait (``waiting``) or were given up (``dead``), oldest first, at most 500."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name, unit_no, at, state, tries, next_at, last_error from fact where state = %s order by id limit %s",
            [state, page_size(limit)],
        )
        return [FactView(*row) for row in cursor.fetchall()]


class PlanView(msgspec.Struct, frozen=True):
    """A wish for a made table and what became of it. why: what is wrong and how to mend it, one fault a line."""

    plan_id: UUID
    table: str
    state: str
    why: str
    asked_at: datetime
    ended_at: datetime | None


@source(title="建表申请", roles=[scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD], reach=API)
def plan_list(*, state: str = "", limit: int = 50) -> list[PlanView]:
    """Schema plans, newest first. state: waiting, done or refused; '' for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, \"table\", state, why, asked_at, ended_at from schema_plan where (%s = '' or state = %s)"
            " order by id desc limit %s",
            [state, state, page_size(limit)],
        )
        return [PlanView(*row) for row in cursor.fetchall()]


class AuditView(msgspec.Struct, frozen=True):
    """One audit entry as a person reads it. who: display name of the account, '' when it is gone."""

    entry_id: int
    at: datetime
    unit_no: int
    door: str
    result: str
    role: str
    who: str
    columns: list[str]
    row_count: int
    note: str


AUDIT = "e.id, e.at, e.unit_no, e.door, e.result, e.role, coalesce(a.display_name, ''), e.columns, e.row_count, e.note"


@source(title="审计记录", roles=[scopes.OPERATOR, scopes.SECURITY_OFFICER, scopes.DISTRICT_ADMIN], reach=API)
def audit_list(
    *, door: str = "", result: str = "", before: int | None = None, limit: int = 50
) -> Page[AuditView]:
    """Entries of the units in reach, newest first. before: id of the last entry of the page before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {AUDIT} from audit_entry e left join account a on a.id = e.account_id"
            " where (%s = '' or e.door = %s) and (%s = '' or e.result = %s) and (%s::bigint is null or e.id < %s)"
            " order by e.id desc limit %s",
            [door, door, result, result, before, before, page_size(limit) + 1],
        )
        found = [AuditView(*row) for row in cursor.fetchall()]
    rows = found[:limit]
    return Page(rows=rows, next=str(rows[-1].entry_id) if len(found) > len(rows) else "")


@source(title="谁看过", reach="inner")
def who_looked(*, person_id: UUID, limit: int = 100) -> list[AuditView]:
    """Entries that gave away data of a person, newest first; the caller answers for who may ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {AUDIT} from audit_subject s join audit_entry e on e.id = s.entry_id and e.at = s.at"
            " left join account a on a.id = e.account_id where s.subject_id = %s order by s.at desc limit %s",
            [person_id, page_size(limit)],
        )
        return [AuditView(*row) for row in cursor.fetchall()]
