"""Writes on the ground's own tables."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict, NotFound


@action(title="取消任务", roles=scopes.STAFF_ROLES, reach=API)
def cancel_job(*, job_id: UUID) -> None:
    """Ask a running job to stop at its next chunk, or end one that waits. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update job set state = case state when 'waiting' then 'cancelled' else 'cancelling' end,"
            " ended_at = case state when 'waiting' then now() end"
            " where id = %s and state in ('waiting', 'running') and (grant_no = %s or %s) returning 1",
            [job_id, scopes.current().grant_no, is_overseer()],
        )
        if cursor.fetchone() is None:
            raise NotFound(_("没有正在进行的这个任务"), fix=_("它可能已经结束，请刷新页面"))


@action(title="重试任务", roles=scopes.STAFF_ROLES, reach=API)
def retry_job(*, job_id: UUID) -> None:
    """Run a failed or cancelled job again from its last finished chunk. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update job set state = 'waiting', tries = 0, moved_at_try = 0, error = '', fix = '', ended_at = null"
            " where id = %s and state in ('failed', 'cancelled') and (grant_no = %s or %s)"
            " returning unit_no, grant_no, queue",
            [job_id, scopes.current().grant_no, is_overseer()],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有可以重试的这个任务"), fix=_("只有失败或已取消的任务可以重试"))
    jobs.enqueue(job_id, *row)


@action(title="重投消息", roles=[scopes.OPERATOR], reach=API)
def retry_fact(*, fact_id: int) -> None:
    """Put a dead fact back into the outbox. Raises Conflict when it is not dead any more."""
    if not facts.retry_dead(fact_id):
        raise Conflict(_("这条消息已不在死信里"), fix=_("请刷新页面"))


def is_overseer() -> bool:
    """True for roles that look after every job of their units."""
    return scopes.current().role in (scopes.OPERATOR, scopes.DISTRICT_ADMIN)
