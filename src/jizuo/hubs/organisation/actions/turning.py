"""The yearly turn of one school or of a whole district: asked for, and asked to be undone; a job does it.

A school year is turned once: who asks again is told that it runs or was done.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.columns import write_columns
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict, NotFound
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef, Year
from jizuo.hubs.organisation import turns
from jizuo.hubs.organisation.queries.turning import (
    DISTRICT_TURNERS,
    TURNERS,
    TurnState,
    plan_units,
    turn_state,
    turns_of,
    year_of,
)
from jizuo.plain.school_year import SchoolYear

RUN, UNDO = "organisation.turn", "organisation.undo_turn"
WAITING, RUNNING, APPLIED, UNDOING, UNDONE = "waiting", "running", "applied", "undoing", "undone"
FAILED, SKIPPED = "failed", "skipped"
#: The roles a turn may have been asked for in, and the base itself.
BY_JOB = TURNERS | {scopes.OPERATOR}


def settled(held: TurnState | None) -> TurnState | None:
    """A turn as it stands; one whose job has ended without it, because it was stopped or broke off too often, is what
    it was before that job."""
    if held is None or held.job_id is None or held.state not in (WAITING, RUNNING, UNDOING):
        return held
    with connection.cursor() as cursor:
        cursor.execute("select state from job where id = %s", [held.job_id])
        row = cursor.fetchone()
    if row is None or row[0] not in ("failed", "cancelled"):
        return held
    set_turn(held.turn_id, state=APPLIED if held.state == UNDOING else FAILED, reason=_("没有做完"))
    return turn_state(turn_id=held.turn_id)


def refuse_again(held: TurnState | None) -> None:
    """Raise Conflict for a turn that runs or was done."""
    held = settled(held)
    if held is None or held.state not in (WAITING, RUNNING, APPLIED, UNDOING):
        return
    words = {
        APPLIED: _("这个学年已经升级过了"),
        UNDOING: _("正在撤销这个学年的升级"),
    }.get(held.state, _("这个学年的升级正在进行"))
    raise Conflict(words, fix=_("请到升级页看它的结果；要重做请先撤销"))


def refuse_early(year: SchoolYear) -> None:
    """Raise Conflict before June."""
    if not turns.is_due(year, scopes.current().today):
        raise Conflict(
            _("还没到%(year)s升级的时候") % {"year": year},
            fix=_("从 %(year)s 年 6 月 1 日起可以升级，现在可以先看预览") % {"year": year.first},
        )


def open_turn(unit_no: int, year: SchoolYear, state: str, **values: Any) -> UUID:
    """A new row of a turn. Two at once: the second waits for the first here and then finds its row."""
    scope = scopes.current()
    turn_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('year turn'), %s)", [unit_no])
        refuse_again(turns_of([unit_no], year).get(unit_no))
        names = ["id", "unit_no", "school_year", "state", "asked_by", *values]
        given = [turn_id, unit_no, year.first, state, scope.grant_no, *values.values()]
        cursor.execute(
            f"insert into year_turn ({', '.join(names)}, receipt, reason) values ({', '.join(['%s'] * len(names))}, '{{}}', '')",
            given,
        )
    return turn_id


def set_turn(turn_id: UUID, **values: Any) -> None:
    """Write columns of a turn's row."""
    write_columns("year_turn", [turn_id], **values)


def mark(column: str, turn_id: UUID) -> None:
    """Write the moment of a turn's step."""
    with connection.cursor() as cursor:
        cursor.execute(f"update year_turn set {column} = now() where id = %s", [turn_id])


@action(title="升级", roles=TURNERS, reach=API)
def start_turn(*, unit_no: int | None = None, school_year: int | None = None, effect: str = "") -> JobRef:
    """Start the turn of one school into `school_year` as a job. effect: of the preview that was looked at; another one
    is refused. Raises NotFound, and Conflict for a school that merged, too early, started or done already."""
    scope = scopes.current()
    unit_no = scope.unit_no if unit_no is None else unit_no
    if unit_no not in scope.units:
        raise NotFound(_("没有这所学校"))
    year = year_of(school_year)
    refuse_early(year)
    refuse_again(turns_of([unit_no], year).get(unit_no))
    plans = plan_units([unit_no], year)
    if not plans:
        raise NotFound(_("没有这所学校"))
    plan = plans[0]
    if plan.skipped:
        raise Conflict(plan.skipped, fix=_("请在承接的学校办理"))
    if effect and effect != plan.effect:
        raise Conflict(_("预览之后班级或学生有变化"), fix=_("请再看一遍预览后应用"))
    turn_id = open_turn(unit_no, year, WAITING)
    ref = jobs.start(RUN, _("%(year)s 升级") % {"year": year}, unit_no=unit_no, turn_id=str(turn_id))
    set_turn(turn_id, job_id=ref.job_id)
    audit.note(f"turn {turn_id} {year.first}")
    return ref


@action(title="全区升级", roles=DISTRICT_TURNERS, reach=API)
def start_district_turn(*, school_year: int | None = None) -> JobRef:
    """Start the turn of every school in reach as one job. Schools that merged are left out with the reason, those that
    turned by themselves stay as they are. Raises Conflict too early, or when the district's turn runs or was done."""
    scope = scopes.current()
    year = year_of(school_year)
    refuse_early(year)
    turn_id = open_turn(scope.unit_no, year, WAITING)
    ref = jobs.start(RUN, _("%(year)s 全区升级") % {"year": year}, turn_id=str(turn_id), is_district=True)
    set_turn(turn_id, job_id=ref.job_id)
    audit.note(f"district turn {turn_id} {year.first}")
    return ref


@action(title="撤销升级", roles=TURNERS, reach=API)
def start_undo(*, turn_id: UUID) -> JobRef:
    """Start taking a turn back; a bureau's takes back that of every school it turned. Raises NotFound, Conflict when it
    is not one that was applied, or graduates have been handed on."""
    scope = scopes.current()
    found = settled(turn_state(turn_id=turn_id))
    if found is None or found.state != APPLIED:
        raise Conflict(_("这次升级现在不能撤销"), fix=_("请刷新页面看最新状态"))
    is_district = "schools" in found.receipt
    if not is_district:
        refuse_handed(found.unit_no, found.school_year)
    set_turn(turn_id, state=UNDOING)
    ref = jobs.start(
        UNDO, _("撤销 %(year)s 升级") % {"year": SchoolYear(found.school_year)},
        unit_no=found.unit_no, turn_id=str(turn_id), is_district=is_district,
    )  # fmt: skip
    set_turn(turn_id, job_id=ref.job_id)
    audit.note(f"undo turn {turn_id} by {scope.role}")
    return ref


def refuse_handed(unit_no: int, school_year: Year) -> None:
    """Raise Conflict while a batch of graduates is with another school."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from handover where unit_no = %s and way = 'out' and school_year = %s and state <> 'returned'",
            [unit_no, school_year],
        )
        if cursor.fetchone()[0]:
            raise Conflict(_("毕业生已经移交给下一所学校"), fix=_("请先在毕业页撤回移交"))
