"""The yearly turn of one school or of a whole district: asked for, run as a job, undone.

Each school turns in one transaction as a batch of its own, so a fault of one leaves the others alone and each can be
undone alone. A school year is turned once: who asks again is told that it runs or was done.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import audit, facts, grants, jobs
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import Conflict, DoorError, NotFound
from jizuo.ground.ids import new_id
from jizuo.ground.jobs import Run
from jizuo.ground.shapes import JobRef, Year
from jizuo.hubs.data.actions.undo import undo_rows
from jizuo.hubs.organisation import matching, people, turns
from jizuo.hubs.organisation.importers.loading import search_after_undo
from jizuo.hubs.organisation.queries.turning import (
    DISTRICT_TURNERS,
    ON_LEAVE,
    REPEATING,
    TURNERS,
    TurnState,
    UnitTurn,
    plan_units,
    turn_state,
    turns_of,
    year_of,
)
from jizuo.plain.school_year import SchoolYear

RUN, UNDO = "organisation.turn", "organisation.undo_turn"
WAITING, RUNNING, APPLIED, UNDOING, UNDONE = "waiting", "running", "applied", "undoing", "undone"
FAILED, SKIPPED = "failed", "skipped"
BY_JOB = TURNERS | {scopes.OPERATOR}
TABLES = ["affiliation", "enrolment", "org", "academic_session"]

LEAVE = f"""
update affiliation t set end_on = greatest(%(day)s, t.begin_on),
       end_reason = case when t.is_registered then %(graduated)s else %(loan_over)s end,
       batch_id = %(batch)s, changed_at = now()
from (select a.id from affiliation a left join pupil p on p.unit_no = a.unit_no and p.id = a.id
      where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null and a.class_id = any(%(leaves)s)
        and not {ON_LEAVE} and not {REPEATING}) w
where t.unit_no = %(unit)s and t.id = w.id
"""
REPEAT = """
update affiliation t set class_id = m.to_class_id, seat_no = null, batch_id = %(batch)s, changed_at = now()
from movement m
where m.unit_no = %(unit)s and m.affiliation_id = t.id and m.kind = 'repeat' and m.done_at is null
  and m.state in ('agreed', 'sent', 'registered') and t.unit_no = %(unit)s and t.role = 'pupil' and t.end_on is null
  and t.class_id = any(%(ending)s)
"""
WAIT = """
update affiliation set class_id = null, seat_no = null, batch_id = %(batch)s, changed_at = now()
where unit_no = %(unit)s and role = 'pupil' and end_on is null and class_id = any(%(ending)s)
"""
#: Adults all of whose children here have left.
GUARDIANS = """
update affiliation g set end_on = greatest(%(day)s, g.begin_on), batch_id = %(batch)s, changed_at = now()
where g.unit_no = %(unit)s and g.role = 'guardian' and g.end_on is null and g.person_id = any(array(
    select k.guardian_id from affiliation c join guardian_of k on k.child_id = c.person_id
    where c.unit_no = %(unit)s and c.role = 'pupil' and c.batch_id = %(batch)s and c.end_on is not null))
  and not exists (select 1 from guardian_of k join affiliation c on c.person_id = k.child_id
    where k.guardian_id = g.person_id and c.unit_no = %(unit)s and c.role = 'pupil' and c.end_on is null)
"""
LESSONS = """
update enrolment e set end_on = greatest(%(day)s, e.begin_on), batch_id = %(batch)s, changed_at = now()
where e.unit_no = %(unit)s and (e.end_on is null or e.end_on > %(day)s) and (
    e.org_id = any(array(select o.id from org o where o.unit_no = %(unit)s
                         and (o.id = any(%(ending)s) or (o.kind = 'section' and o.parent_id = any(%(ending)s)))))
    or e.affiliation_id = any(array(select a.id from affiliation a where a.unit_no = %(unit)s and a.role = 'pupil'
                                    and a.batch_id = %(batch)s and a.end_on is not null)))
"""
CLOSE = """
update org set closed_on = greatest(%(day)s, opened_on), batch_id = %(batch)s, changed_at = now()
where unit_no = %(unit)s and closed_on is null
  and (id = any(%(ending)s) or (kind = 'section' and parent_id = any(%(ending)s)))
"""
CROSS = """
update org o set stage = w.stage, batch_id = %(batch)s, changed_at = now()
from unnest(%(crossing)s::uuid[], %(stages)s::text[]) as w(id, stage)
where o.unit_no = %(unit)s and o.id = w.id and o.stage <> w.stage and not exists (select 1 from org x
    where x.unit_no = o.unit_no and x.kind = 'class' and x.stage = w.stage and x.entry_year = o.entry_year
      and x.class_no = o.class_no and x.closed_on is null)
"""
#: Roles that end in every open session with the affiliations and ties behind them.
CARRIERS = """
select a.id from affiliation a where a.unit_no = %(unit)s and a.batch_id = %(batch)s and a.end_on is not null
union all
select k.id from affiliation c join guardian_of k on k.child_id = c.person_id
where c.unit_no = %(unit)s and c.role = 'pupil' and c.batch_id = %(batch)s and c.end_on is not null
"""


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
    given: list[Any] = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update year_turn set {', '.join(f'{name} = %s' for name in values)}, changed_at = now() where id = %s",
            [*given, turn_id],
        )


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


def mark(column: str, turn_id: UUID) -> None:
    """Write the moment of a turn's step."""
    with connection.cursor() as cursor:
        cursor.execute(f"update year_turn set {column} = now() where id = %s", [turn_id])


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


@action(title="一所学校升级", roles=BY_JOB)
def turn_school(
    *,
    unit_no: int,
    school_year: Year,
    turn_id: UUID | None = None,
    district_id: UUID | None = None,
) -> dict[str, Any]:
    """The one transaction of a school's turn; returns counts: graduates, loans_over, repeats, waiting, guardians,
    lessons, classes, crossed, sessions. Raises Conflict for a school that merged or has turned."""
    year = SchoolYear(school_year)
    if district_id is not None:
        held = turns_of([unit_no], year).get(unit_no)
        if held is not None and held.state == APPLIED and held.district_id == district_id:
            return held.receipt
    if turn_id is None:
        turn_id = open_turn(unit_no, year, RUNNING, district_id=district_id)
    (plan,) = plan_units([unit_no], year)
    if plan.skipped:
        raise Conflict(plan.skipped)
    batch_id = new_id()
    scopes.set_batch(batch_id)
    receipt = write(plan, year, batch_id)
    set_turn(turn_id, state=APPLIED, receipt=receipt, written_batch=batch_id, reason="")
    mark("applied_at", turn_id)
    audit.note(f"turn {turn_id} {school_year}")
    tell_turned(unit_no, batch_id)
    return receipt


def write(plan: UnitTurn, year: SchoolYear, batch_id: UUID) -> dict[str, Any]:
    """Write what a plan says, in statements over whole classes; returns counts."""
    crossing = [one for one in plan.classes if one.verdict == turns.CROSSES]
    given: dict[str, Any] = {
        "unit": plan.unit_no,
        "batch": batch_id,
        "day": turns.last_day(year, scopes.current().today),
        "graduated": turns.GRADUATED,
        "loan_over": turns.LOAN_OVER,
        "leaves": [one.class_id for one in plan.classes if one.verdict == turns.LEAVES],
        "ending": [one.class_id for one in plan.ending],
        "crossing": [one.class_id for one in crossing],
        "stages": [one.to_stage for one in crossing],
    }
    receipt: dict[str, Any] = {}
    with connection.cursor() as cursor:
        if plan.ending:
            for name, statement in (
                ("left", LEAVE), ("repeats", REPEAT), ("waiting", WAIT), ("guardians", GUARDIANS),
                ("lessons", LESSONS), ("closed", CLOSE),
            ):  # fmt: skip
                cursor.execute(statement, given)
                receipt[name] = cursor.rowcount
            cursor.execute(CARRIERS, given)
            grants.end_of_affiliations([link for (link,) in cursor.fetchall()])
        if crossing:
            cursor.execute(CROSS, given)
            receipt["crossed"] = cursor.rowcount
    receipt |= {
        "graduates": plan.total("graduates"), "loans_over": plan.total("home"), "classes": len(plan.ending),
        "up": sum(one.verdict in (turns.UP, turns.CROSSES) for one in plan.classes),
        "sessions": make_sessions(plan.unit_no, year, batch_id),
    }  # fmt: skip
    if receipt.get("left", 0) != receipt["graduates"] + receipt["loans_over"]:
        raise Conflict(_("另一个人正在改同一处"), fix=_("请稍后再试一次"))
    if plan.ending:
        people.refresh_search(batch_id)
    return receipt


def make_sessions(unit_no: int, year: SchoolYear, batch_id: UUID) -> int:
    """The school year and terms of a unit that keeps its own, after the pattern of the year before; returns how many
    were made, 0 where they stand or none are kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select title, kind, begin_on, end_on, school_year from academic_session where unit_no = %s"
            " and begin_on >= make_date(%s, 7, 1) and begin_on < make_date(%s, 7, 1) order by begin_on",
            [unit_no, year.first - 1, year.first + 1],
        )
        found = [
            dict(zip(("title", "kind", "begin_on", "end_on", "school_year"), row, strict=True))
            for row in cursor
        ]
        border = f"{year.first}-07-01"
        if any(one["kind"] == "schoolYear" and str(one["begin_on"]) >= border for one in found):
            return 0
        held = [one for one in found if str(one["begin_on"]) < border]
        if not held:
            return 0
        ids = []
        for one in turns.next_sessions(held, year):
            ids.append(new_id())
            cursor.execute(
                "insert into academic_session (id, unit_no, title, kind, begin_on, end_on, parent_id, school_year,"
                " source_id, batch_id) values (%s, %s, %s, %s, %s, %s, %s, %s, '', %s)",
                [
                    ids[-1], unit_no, one["title"], one["kind"], one["begin_on"], one["end_on"],
                    None if one["parent"] is None else ids[one["parent"]], held[0]["school_year"] + 1, batch_id,
                ],
            )  # fmt: skip
    return len(ids)


def tell_turned(unit_no: int, batch_id: UUID) -> None:
    """The news that counts, searches and roles wait for."""
    facts.tell(
        "DatasetRefreshed", unit_no=unit_no, batch_id=str(batch_id), importer="turn",
        datasets=["affiliation", "enrolment", "org"],
    )  # fmt: skip


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


def written_by(turn_id: UUID) -> UUID | None:
    """The batch of a turn."""
    with connection.cursor() as cursor:
        cursor.execute("select written_batch from year_turn where id = %s", [turn_id])
        return cursor.fetchone()[0]


@action(title="一所学校撤销升级", roles=BY_JOB)
def undo_school(*, turn_id: UUID) -> dict[str, Any]:
    """The one transaction of a school's undo; returns restored, removed, kept_count and kept: rows that somebody changed
    since, and pupils who are registered elsewhere by now, stay as they are."""
    found = turn_state(turn_id=turn_id)
    refuse_handed(found.unit_no, found.school_year)
    batch_id = written_by(turn_id)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('year turn'), %s)", [found.unit_no])
    undo = take_back(found.unit_no, batch_id)
    if batch_id is not None:
        search_after_undo(batch_id, found.unit_no)
        tell_turned(found.unit_no, batch_id)
    set_turn(turn_id, state=UNDONE, receipt=found.receipt | {"undo": undo}, reason="")
    mark("undone_at", turn_id)
    audit.note(f"undo turn {turn_id}")
    return undo


def take_back(unit_no: int, batch_id: UUID | None) -> dict[str, Any]:
    """Undo the rows of a turn; nobody comes back into a second 学籍."""
    if batch_id is None:
        return {}
    keep_apart(unit_no, batch_id)
    undone = undo_rows(batch_id, TABLES, of_unit=unit_no)
    return {
        "restored": undone.restored, "removed": undone.removed, "kept_count": undone.kept_count,
        "kept": [list(item) for item in undone.kept],
    }  # fmt: skip


def keep_apart(unit_no: int, batch_id: UUID) -> None:
    """Leave out of the undo whoever has another open place as a pupil: registered in another school, or here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id, a.person_id, a.is_registered, exists (select 1 from affiliation x where x.unit_no = a.unit_no"
            " and x.role = a.role and x.person_id = a.person_id and x.end_on is null) from affiliation a"
            " where a.unit_no = %s and a.batch_id = %s and a.role in ('pupil', 'guardian') and a.end_on is not null",
            [unit_no, batch_id],
        )
        ended = cursor.fetchall()
        elsewhere = matching.pupils_elsewhere([row[1] for row in ended if row[2]], [unit_no])
        stay = [
            link
            for link, person_id, is_registered, is_back in ended
            if is_back or (is_registered and elsewhere.get(person_id, (False, False))[0])
        ]
        if stay:
            cursor.execute(
                "update affiliation set batch_id = null, changed_at = now() where unit_no = %s and id = any(%s)",
                [unit_no, stay],
            )


@action(title="没有撤销升级", roles=BY_JOB)
def stay_turned(*, turn_id: UUID, reason: str) -> None:
    """The undo could not be made; nothing went back, and the words say why."""
    set_turn(turn_id, state=APPLIED, reason=reason[:500])


def register() -> None:
    """Name the jobs; called on the room's plate."""
    jobs.register(RUN, run_turn, queue="bulk")
    jobs.register(UNDO, run_undo, queue="bulk")
