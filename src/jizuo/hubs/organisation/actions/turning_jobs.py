"""The jobs of the yearly turn: one school, or every school of a district one after another; forward and back.

The district's own row tells how far it is; what an earlier run that broke off has done is not done again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import DoorError
from jizuo.ground.ids import new_id
from jizuo.ground.jobs import Run
from jizuo.ground.shapes import Year
from jizuo.hubs.organisation.actions.turning import (
    APPLIED,
    BY_JOB,
    FAILED,
    RUN,
    RUNNING,
    SKIPPED,
    UNDO,
    UNDOING,
    UNDONE,
    WAITING,
    mark,
    open_turn,
    set_turn,
)
from jizuo.hubs.organisation.actions.turning_school import (
    make_sessions,
    take_back,
    turn_school,
    undo_school,
    written_by,
)
from jizuo.hubs.organisation.queries.turning import plan_units, turn_state, turns_of
from jizuo.plain.school_year import SchoolYear


def run_turn(run: Run, *, turn_id: str, is_district: bool = False) -> dict[str, Any]:
    """The body of the job: one school, or every school of a district one after another."""
    found = turn_state(turn_id=UUID(turn_id))
    if found.state not in (WAITING, RUNNING):
        return found.receipt
    if is_district:
        return turn_district(turn_id=found.turn_id, tell=run.tell)
    try:
        return turn_school(unit_no=found.unit_no, school_year=found.school_year, turn_id=found.turn_id)
    except Exception as error:
        if isinstance(error, jobs.Superseded) or jobs.is_lost(error):
            raise
        note_turn(unit_no=found.unit_no, school_year=found.school_year, state=FAILED, reason=words_of(error),
                  turn_id=found.turn_id)  # fmt: skip
        raise


def words_of(error: Exception) -> str:
    """Why a turn stopped, in words of a person or the name of the bug."""
    return str(error.detail) if isinstance(error, DoorError) else type(error).__name__


def turn_district(*, turn_id: UUID, tell: Any) -> dict[str, Any]:
    """Turn every school in reach, each in a transaction of its own; returns and writes how many were done, skipped and
    failed. Goes on where an earlier run stopped. `tell(done, total, word)` says how far it is."""
    found = begin_district(turn_id=turn_id)
    receipt: dict[str, Any] = {"schools": 0, "skipped": 0, "failed": 0, "graduates": 0, "waiting": 0}
    for place, (unit_no, skipped) in enumerate(found["units"]):
        tell(place, len(found["units"]), _("所学校"))
        state, reason, done = SKIPPED, skipped, {}
        if not skipped:
            try:
                done = turn_school(unit_no=unit_no, school_year=found["school_year"], district_id=turn_id)
                state = APPLIED
            except DoorError as error:
                state, reason = FAILED, str(error.detail)
            except Exception as error:
                if isinstance(error, jobs.Superseded | jobs.Cancelled) or jobs.is_lost(error):
                    raise
                state, reason = FAILED, type(error).__name__
        if state != APPLIED:
            note_turn(unit_no=unit_no, school_year=found["school_year"], state=state, reason=reason,
                      district_id=turn_id)  # fmt: skip
        receipt["schools" if state == APPLIED else state] += 1
        receipt["graduates"] += done.get("graduates", 0)
        receipt["waiting"] += done.get("waiting", 0)
    end_district(turn_id=turn_id, receipt=receipt)
    return receipt


@action(title="开始全区升级", roles=BY_JOB)
def begin_district(*, turn_id: UUID) -> dict[str, Any]:
    """The school year and the schools with why each is skipped; schools that have turned by themselves are left out."""
    found = turn_state(turn_id=turn_id)
    year = SchoolYear(found.school_year)
    set_turn(turn_id, state=RUNNING)
    with connection.cursor() as cursor:
        # What an earlier run that broke off has turned belongs to this one, so that one undo takes back all.
        cursor.execute(
            "update year_turn set district_id = %s where district_id in (select id from year_turn where unit_no = %s"
            " and school_year = %s and state = 'failed')",
            [turn_id, found.unit_no, year.first],
        )
    plans = plan_units([unit for unit in scopes.current().units if unit != found.unit_no], year)
    done = (APPLIED, WAITING, RUNNING, UNDOING)
    return {
        "school_year": year.first,
        "units": [
            (plan.unit_no, plan.skipped)
            for plan in plans
            if plan.turn is None or plan.turn.state not in done or plan.turn.district_id == turn_id
        ],
    }


@action(title="记下全区升级", roles=BY_JOB)
def end_district(*, turn_id: UUID, receipt: dict[str, Any]) -> None:
    """The district's sessions of the new year, and the end of its turn."""
    found = turn_state(turn_id=turn_id)
    batch_id = new_id()
    scopes.set_batch(batch_id)
    receipt["sessions"] = make_sessions(found.unit_no, SchoolYear(found.school_year), batch_id)
    set_turn(turn_id, state=APPLIED, receipt=receipt, written_batch=batch_id)
    mark("applied_at", turn_id)


@action(title="记下没有升级", roles=BY_JOB)
def note_turn(
    *,
    unit_no: int,
    school_year: Year,
    state: str,
    reason: str,
    turn_id: UUID | None = None,
    district_id: UUID | None = None,
) -> None:
    """Write that a school did not turn and why; an older note of the same district's turn goes."""
    with connection.cursor() as cursor:
        if district_id is not None:
            cursor.execute(
                "delete from year_turn where unit_no = %s and district_id = %s and state in ('skipped', 'failed')",
                [unit_no, district_id],
            )
    if turn_id is None:
        held = turns_of([unit_no], SchoolYear(school_year)).get(unit_no)
        if held is not None and held.state in (WAITING, RUNNING, APPLIED, UNDOING):
            return
        turn_id = open_turn(unit_no, SchoolYear(school_year), state, district_id=district_id)
    set_turn(turn_id, state=state, reason=reason[:500])


def run_undo(run: Run, *, turn_id: str, is_district: bool = False) -> dict[str, Any]:
    """The body of the undo's job."""
    found = turn_state(turn_id=UUID(turn_id))
    if found.state != UNDOING:
        return found.receipt
    if is_district:
        return undo_district(turn_id=found.turn_id, tell=run.tell)
    try:
        return undo_school(turn_id=found.turn_id)
    except Exception as error:
        if isinstance(error, jobs.Superseded) or jobs.is_lost(error):
            raise
        stay_turned(turn_id=found.turn_id, reason=words_of(error))
        raise


def undo_district(*, turn_id: UUID, tell: Any) -> dict[str, Any]:
    """Undo every school that a district's turn turned, each by itself; returns how many went back and which not. Schools
    whose graduates were handed on stay turned."""
    units = district_members(turn_id=turn_id)
    undone, kept = 0, 0
    for place, one in enumerate(units):
        tell(place, len(units), _("所学校"))
        try:
            undo_school(turn_id=one)
            undone += 1
        except Exception as error:
            if isinstance(error, jobs.Superseded | jobs.Cancelled) or jobs.is_lost(error):
                raise
            stay_turned(turn_id=one, reason=words_of(error))
            kept += 1
    return end_undo_district(turn_id=turn_id, undone=undone, kept=kept)


@action(title="全区升级的学校", roles=BY_JOB)
def district_members(*, turn_id: UUID) -> list[UUID]:
    """The schools' turns of a district's turn that still stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from year_turn where district_id = %s and state in ('applied', 'undoing') order by id",
            [turn_id],
        )
        return [one for (one,) in cursor.fetchall()]


@action(title="记下全区撤销", roles=BY_JOB)
def end_undo_district(*, turn_id: UUID, undone: int, kept: int) -> dict[str, Any]:
    """Take back the district's sessions and write the end; a district some of whose schools stayed turned stays
    applied."""
    found = turn_state(turn_id=turn_id)
    receipt = found.receipt | {"undo": {"schools": undone, "kept": kept}}
    if kept:
        set_turn(turn_id, state=APPLIED, receipt=receipt)
        return receipt["undo"]
    take_back(found.unit_no, written_by(turn_id))
    set_turn(turn_id, state=UNDONE, receipt=receipt)
    mark("undone_at", turn_id)
    return receipt["undo"]


@action(title="没有撤销升级", roles=BY_JOB)
def stay_turned(*, turn_id: UUID, reason: str) -> None:
    """The undo could not be made; nothing went back, and the words say why."""
    set_turn(turn_id, state=APPLIED, reason=reason[:500])


def register() -> None:
    """Name the jobs; called on the room's plate."""
    jobs.register(RUN, run_turn, queue="bulk")
    jobs.register(UNDO, run_undo, queue="bulk")
