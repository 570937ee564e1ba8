"""A school with families, and notices in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from tests.hubs.organisation import given
from tests.hubs.organisation.given import School, within

YES_NO = ("同意", "不同意")


def school(base: Any, **more: Any) -> School:
    """A filled school of its own."""
    from jizuo.project import rooms

    rooms.plates()
    return given.fill(base, base.unit(), **more)


def clerk(base: Any, school: School, **more: Any) -> Any:
    """The scope of a clerk with a grant, as jobs need one."""
    account = base.account("陆晓岚")
    grant_no = base.grant(account, school.unit_no, "clerk", person_id=school.staff[1][0])
    return base.scope(
        school.unit_no,
        "clerk",
        grant_no=grant_no,
        account_id=account.pk,
        person_id=school.staff[1][0],
        **more,
    )


def homeroom(base: Any, school: School) -> Any:
    """The scope of the homeroom teacher of the first class."""
    account = base.account("沈知远")
    told = {"person_id": school.staff[0][0], "org_ids": (school.classes[0],)}
    grant_no = base.grant(
        account, school.unit_no, "homeroom_teacher", **{**told, "org_ids": school.classes[:1]}
    )
    return base.scope(school.unit_no, "homeroom_teacher", grant_no=grant_no, account_id=account.pk, **told)


def guardian(base: Any, school: School, place: int, *, child: int | None = None) -> Any:
    """The scope of the `place`-th guardian in the role of a child, by default the own one."""
    child_id = school.pupils[place if child is None else child][0]
    return base.scope(school.unit_no, "guardian", person_id=school.guardians[place][0], child_ids=(child_id,))


def draft(school: School, **more: Any) -> Any:
    """A notice to the families of every class that asks for a choice."""
    from jizuo.hubs.message.shapes import Draft

    told: dict[str, Any] = {
        "title": "秋游活动告家长书", "text": "{孩子}的秋游定在周五。", "needs": "choice", "options": YES_NO,
        "class_ids": tuple(school.classes),
    }  # fmt: skip
    return Draft(**(told | more))


def written(scope: Any, draft: Any) -> UUID:
    """A notice kept as a draft."""
    from jizuo.hubs.message.actions.notices import save_notice

    with scopes.use(scope):
        return save_notice(draft=draft, writer_name="陆晓岚")


def sent(scope: Any, draft: Any) -> UUID:
    """A notice that was sent and whose job has run."""
    from jizuo.ground import jobs
    from jizuo.hubs.message.actions.notices import send_notice

    notice_id = written(scope, draft)
    with scopes.use(scope):
        job = send_notice(notice_id=notice_id)
    jobs.run_job(job_id=str(job.job_id), unit_no=scope.unit_no, grant_no=scope.grant_no)
    return notice_id


def rows(base: Any, unit_no: int, sql: str, *values: Any) -> list[tuple]:
    """What stands in the unit's tables."""
    from django.db import connection

    def read() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    return within(base.scope(unit_no), read)
