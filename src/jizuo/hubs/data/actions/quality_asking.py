"""Asking for a check: at arrival, by night, by a person; always as a job over a whole tree of units.

A school alone would not see a guardian whom only another school holds, so a check runs from the root of the tree that
the school stands in, and says the same whoever asked.
"""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.facts import Told
from jizuo.ground.shapes import JobRef
from jizuo.hubs.data.queries.quality_rules import STEWARDS, WATCHERS

JOB = "data.quality"
DUE = "QualityCheckDue"

ROOTS = """
with recursive line (unit_no, parent_no) as (
  select unit_no, parent_no from unit where unit_no = %(unit)s or (%(unit)s = 0 and parent_no is null and unit_no > 0)
  union select u.unit_no, u.parent_no from unit u join line l on u.unit_no = l.parent_no)
select unit_no from line where parent_no is null order by 1
"""


def roots_of(unit_no: int) -> list[int]:
    """The unit at the top of the tree that `unit_no` stands in; every top unit for the base itself."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, {"unit": unit_no})
        return [root for (root,) in cursor.fetchall()]


@action(title="检查数据质量", roles=STEWARDS, reach=API)
def start_check(*, is_full: bool = False) -> JobRef:
    """Start checking every unit in reach: what changed since the last check, or every record."""
    return jobs.start(JOB, _("检查数据质量"), is_full=is_full)


@action(title="请求检查数据质量", roles=WATCHERS | {scopes.HOMEROOM_TEACHER}, reach=API)
def ask_check() -> None:
    """Ask for what changed to be checked now, at the own unit and its neighbours."""
    for root in roots_of(scopes.current().unit_no):
        facts.tell(DUE, unit_no=root)
    audit.note("quality")


@action(title="到点检查数据质量", roles=[scopes.OPERATOR])
def start_due_check(*, is_full: bool) -> None:
    """Start the check of the acting unit's tree unless one waits already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from job where kind = %s and unit_no = %s and state = 'waiting'",
            [JOB, scopes.current().unit_no],
        )
        if cursor.fetchone() is None:
            jobs.start(JOB, _("检查数据质量"), is_full=is_full)


def on_refreshed(fact: Told) -> None:
    """A batch was applied or undone: what it touched is to be checked."""
    for root in roots_of(fact.unit_no):
        facts.tell(DUE, unit_no=root)


def on_due(fact: Told) -> None:
    """The tree of the fact's unit is to be checked."""
    start_due_check(is_full=False)


def register() -> None:
    """Name the handlers; called on the room's plate."""
    facts.on("DatasetRefreshed", "data.quality", on_refreshed)
    facts.on(DUE, "data.quality_due", on_due)
