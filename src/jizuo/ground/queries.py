"""Reads on the ground's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.paging import key_of, newest, page_of, page_size
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


def _job(row: Sequence[Any]) -> JobView:
    told = list(row)
    if isinstance(told[11], str):
        told[11] = msgspec.json.decode(told[11])
    return JobView(*told)


@source(title="任务列表", roles=scopes.STAFF_ROLES, reach=API)
def job_list(*, state: str = "", after: str = "", limit: int = 50) -> Page[JobView]:
    """Jobs of the units in reach, newest first. state: '' for all. after: the `next` of the page before."""
    return newest("job", JOB, _job, state=state, after=key_of(after), limit=page_size(limit))


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
        rows = cursor.fetchall()
    return page_of(rows, limit, lambda row: AuditView(*row))


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
