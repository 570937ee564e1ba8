"""The turn of one school, and its undo: each one transaction of its own.

A school turns as a batch, so a fault of one leaves the others alone and each can be undone alone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, facts, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import Conflict
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import Year
from jizuo.hubs.data.actions.undo import undo_rows
from jizuo.hubs.organisation import matching, people, turns
from jizuo.hubs.organisation.actions.turning import (
    APPLIED,
    BY_JOB,
    RUNNING,
    UNDONE,
    mark,
    open_turn,
    refuse_handed,
    set_turn,
)
from jizuo.hubs.organisation.importers.loading import search_after_undo
from jizuo.hubs.organisation.queries.turning import (
    ON_LEAVE,
    REPEATING,
    UnitTurn,
    plan_units,
    turn_state,
    turns_of,
)
from jizuo.plain.school_year import SchoolYear

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


def written_by(turn_id: UUID) -> UUID | None:
    """The batch of a turn."""
    with connection.cursor() as cursor:
        cursor.execute("select written_batch from year_turn where id = %s", [turn_id])
        return cursor.fetchone()[0]


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
