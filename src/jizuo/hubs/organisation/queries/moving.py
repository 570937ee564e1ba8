"""Movements as lists and one by one, and the children whom compulsory schooling may have lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.organisation import class_names, matching, movements, turns
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.movements import OPEN
from jizuo.hubs.organisation.queries import large_classes, turning
from jizuo.hubs.organisation.queries.people import reachable

OFFICE = frozenset({scopes.CLERK, scopes.HEAD})
DISTRICT = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
READERS = OFFICE | DISTRICT | {scopes.HOMEROOM_TEACHER}
#: How far back a child who left is looked for.
LOST_DAYS = 730
MOST = 200


class MovementLine(msgspec.Struct, frozen=True):
    """A movement in a list. other: the other school in words; is_late: past its clock."""

    movement_id: UUID
    unit_no: int
    unit_name: str
    kind: str
    state: str
    name: str
    affiliation_id: UUID | None
    from_class: str
    to_class: str
    effect_on: date
    until_on: date | None
    other: str
    reason: str
    register_no: str
    asked_on: date
    due_on: date | None
    closed_on: date | None
    is_late: bool


class MovementPage(msgspec.Struct, frozen=True):
    """Movements newest first, whether there are more, and how many in all."""

    rows: list[MovementLine]
    has_more: bool
    count: int


class StepView(msgspec.Struct, frozen=True):
    """One step: who (name and role) brought it where, when."""

    was: str
    state: str
    note: str
    who: str
    role: str
    at: datetime


class MovementView(msgspec.Struct, frozen=True):
    """A movement whole. papers: those that are there; is_done: the school's part has taken effect; closed_by: number |
    register | school; namesakes: open pupils of that name, for one who comes in."""

    line: MovementLine
    papers: list[str]
    is_done: bool
    closed_by: str
    steps: list[StepView]
    namesakes: list[tuple[UUID, str, str]]


LINE = """
m.id, m.unit_no, u.short_name, m.kind, m.state, m.name, m.affiliation_id, m.from_class_id, m.to_class_id, m.effect_on,
m.until_on, coalesce(v.name, m.other_text), m.reason, m.register_no, m.asked_on, m.due_on, m.closed_on,
coalesce(m.due_on < %(today)s and m.state = 'sent', false)
"""
FROM = "from movement m join unit u using (unit_no) left join unit v on v.unit_no = m.other_unit_no"


def lines_of(rows: list[tuple[Any, ...]]) -> list[MovementLine]:
    """Rows of `LINE` with their classes named as today."""
    views = class_names.of_ids([one for row in rows for one in row[7:9] if one])
    named = {key: view.name for key, view in views.items()}
    return [MovementLine(*[*row[:7], named.get(row[7], ""), named.get(row[8], ""), *row[9:]]) for row in rows]


@source(title="异动列表", roles=READERS, reach=API)
def movement_list(
    *, is_open: bool = True, kind: str = "", after: UUID | None = None, limit: int = 50
) -> MovementPage:
    """Movements in reach, open ones or ended ones; a homeroom teacher's are those she asked for."""
    scope = scopes.current()
    limit = min(max(limit, 1), MOST)
    given: dict[str, Any] = {
        "states": sorted(OPEN if is_open else movements.ENDED), "kind": kind, "after": after, "limit": limit + 1,
        "today": scope.today, "own": scope.grant_no if scope.role == scopes.HOMEROOM_TEACHER else None,
    }  # fmt: skip
    where = (
        " where m.state = any(%(states)s) and (%(kind)s = '' or m.kind = %(kind)s)"
        " and (%(own)s::bigint is null or m.asked_by = %(own)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {LINE} {FROM} {where} and (%(after)s::uuid is null or m.id < %(after)s) order by m.id desc"
            " limit %(limit)s",
            given,
        )
        rows = cursor.fetchall()
        cursor.execute(f"select count(*) {FROM} {where}", given)
        (count,) = cursor.fetchone()
    audit.counted(len(rows))
    return MovementPage(lines_of(rows[:limit]), len(rows) > limit, count)


@source(title="一项异动", roles=READERS, reach=API)
def movement_view(*, movement_id: UUID) -> MovementView:
    """A movement with its papers and steps. Raises NotFound."""
    scope = scopes.current()
    own = scope.grant_no if scope.role == scopes.HOMEROOM_TEACHER else None
    with connection.cursor() as cursor:
        # One row for each step, in one read.
        cursor.execute(
            f"select {LINE}, m.papers, m.done_at is not null, m.closed_by, s.was, s.state, s.note,"
            f" coalesce(c.display_name, ''), coalesce(g.role, ''), s.at {FROM}"
            " left join movement_step s on s.unit_no = m.unit_no and s.movement_id = m.id"
            " left join acting_grant g on g.no = s.grant_no left join account c on c.id = g.account_id"
            " where m.id = %(id)s and (%(own)s::bigint is null or m.asked_by = %(own)s) order by s.id",
            {"id": movement_id, "today": scope.today, "own": own},
        )
        rows = cursor.fetchall()
        if not rows:
            raise NotFound(_("没有这项异动"), fix=_("可能不在您的范围内"))
        row = rows[0]
        steps = [StepView(*one[21:]) for one in rows if one[22] is not None]
        namesakes: list[tuple[UUID, str, str]] = []
        if row[3] in movements.COMING and row[4] in OPEN and row[6] is None:
            cursor.execute(
                "select id, name, base_no from affiliation where unit_no = %s and role = 'pupil' and end_on is null"
                " and name = %s order by id limit 20",
                [row[1], row[5]],
            )
            namesakes = cursor.fetchall()
    (line,) = lines_of([row[:18]])
    if line.affiliation_id:
        audit.disclose(["movement.reason"], [line.affiliation_id], 1)
    return MovementView(line, row[18], row[19], row[20], steps, namesakes)


class Mover(msgspec.Struct, frozen=True):
    """A pupil for whom a movement is asked. kinds: what may be asked for in her stage by the acting role."""

    affiliation_id: UUID
    name: str
    base_no: str
    unit_no: int
    class_id: UUID | None
    class_name: str
    stage: str
    is_registered: bool
    is_present: bool


@source(title="为谁登记异动", roles=OFFICE | {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def mover(*, affiliation_id: UUID) -> Mover:
    """The pupil in reach with the place in school. Raises NotFound."""
    reachable(affiliation_id)
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name, base_no, unit_no, class_id, is_registered, is_present from affiliation"
            " where id = %s and role = 'pupil' and end_on is null",
            [affiliation_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有找到这名学生"), fix=_("可能已经离开"))
    view = class_names.of_ids([row[4]]).get(row[4]) if row[4] else None
    stage = ""
    if view is not None:
        stage = turns.stage_now(view.scheme, view.entry_year, view.stage, class_names.this_year(scope.today))
    return Mover(*[*row[:5], view.name if view else "", stage, *row[5:]])


@source(title="可以去的班", roles=OFFICE | {scopes.HOMEROOM_TEACHER}, reach=PAGE)
def classes_to_choose() -> list[tuple[ClassView, int]]:
    """The open classes of the acting unit in school order with their pupils' number."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select class_id, count(*) from affiliation where unit_no = %s and role = 'pupil' and end_on is null"
            " and class_id is not null group by 1",
            [scope.unit_no],
        )
        sizes: dict[UUID, int] = dict(cursor.fetchall())
    return [
        (view, sizes.get(view.org_id, 0)) for view in class_names.of_units([scope.unit_no]) if view.is_open
    ]


class Missing(msgspec.Struct, frozen=True):
    """A child of compulsory age whom schooling may have lost. why: left (no next school), leave (back from leave is
    overdue), absent (registered, and present nowhere); since: the day."""

    affiliation_id: UUID
    unit_no: int
    unit_name: str
    name: str
    base_no: str
    class_name: str
    why: str
    since: date
    detail: str = ""


LEFT = """
select a.id, a.person_id, a.unit_no, u.short_name, a.name, a.base_no, a.class_id, a.end_on, a.end_reason, p.birth_on,
       coalesce((select coalesce(v.name, m.other_text) from movement m left join unit v on v.unit_no = m.other_unit_no
        where m.unit_no = a.unit_no and m.affiliation_id = a.id and m.kind = 'transfer_out' and m.state = 'closed'
        and m.register_no <> '' limit 1), '')
from affiliation a join unit u using (unit_no) join person p on p.id = a.person_id
where a.unit_no = any(%(units)s) and a.role = 'pupil' and a.end_on >= %(since)s and a.end_on <= %(today)s
  and a.end_reason not in ('21', '22', '26', '29', 'merged') and p.merged_into is null
  and not exists (select 1 from affiliation b where b.person_id = a.person_id and b.role = 'pupil' and b.end_on is null)
  and not exists (select 1 from affiliation b where b.person_id = a.person_id and b.role = 'pupil'
                  and b.end_reason in ('21', '26') and b.end_on >= a.end_on)
order by a.end_on desc, a.id
"""
#: Registered and not present; leave: the day the leave ends, null without one.
ABSENT = """
select a.id, a.person_id, a.unit_no, u.short_name, a.name, a.base_no, a.class_id, a.changed_at, p.birth_on,
       (select max(m.until_on) from movement m where m.unit_no = a.unit_no and m.affiliation_id = a.id
        and m.kind = 'suspend' and m.state in ('agreed', 'sent', 'registered', 'closed')),
       coalesce(nullif(q.attends_at, ''), (select coalesce(v.name, m.other_text) from movement m
        left join unit v on v.unit_no = m.other_unit_no
        where m.unit_no = a.unit_no and m.affiliation_id = a.id and m.kind = 'lend' and m.state = 'closed' limit 1), '')
from affiliation a join unit u using (unit_no) join person p on p.id = a.person_id
left join pupil q on q.unit_no = a.unit_no and q.id = a.id
where a.unit_no = any(%(units)s) and a.role = 'pupil' and a.end_on is null and a.is_registered and not a.is_present
order by a.changed_at, a.id
"""


@source(title="控辍保学", roles=OFFICE | DISTRICT, reach=API)
def missing_children() -> list[Missing]:
    """Children of compulsory age and stage in reach who left without a next school in the base or one named with the
    register's number, who are due back from leave, or who are registered and present nowhere, not
    even at a school outside; the latest first. Said of
    other units is only that a child is there."""
    scope = scopes.current()
    given: dict[str, Any] = {
        "units": list(scope.units),
        "today": scope.today,
        "since": scope.today - timedelta(days=LOST_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(LEFT, given)
        left = cursor.fetchall()
        cursor.execute(ABSENT, given)
        absent = cursor.fetchall()
    people = list({row[1] for row in (*left, *absent)})
    elsewhere = matching.pupils_elsewhere(people, list(scope.units))
    here = present_in(people)
    views = class_names.of_ids([row[6] for row in (*left, *absent) if row[6]])
    found = []
    for link, person, unit, unit_name, name, base_no, class_id, end_on, _reason, birth_on, other in left:
        if person in elsewhere or other or not is_compulsory(views.get(class_id), birth_on, end_on):
            continue
        found.append(Missing(link, unit, unit_name, name, base_no, named(views, class_id), "left", end_on))
    for link, person, unit, unit_name, name, base_no, class_id, since, birth_on, until_on, other in absent:
        is_there = person in here or elsewhere.get(person, (False, False))[1]
        if is_there or other or not is_compulsory(views.get(class_id), birth_on, scope.today):
            continue
        if until_on is None:
            why, day = "absent", timezone.localdate(since)
        elif until_on <= scope.today:
            why, day = "leave", until_on
        else:
            continue
        found.append(Missing(link, unit, unit_name, name, base_no, named(views, class_id), why, day))
    audit.counted(len(found))
    return sorted(found, key=lambda one: one.since, reverse=True)


def present_in(people: list[UUID]) -> set[UUID]:
    """Those of `people` who are present as pupils somewhere in reach."""
    if not people:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id from affiliation where person_id = any(%s) and role = 'pupil' and end_on is null and is_present",
            [people],
        )
        return {person_id for (person_id,) in cursor.fetchall()}


def named(views: Any, class_id: UUID | None) -> str:
    """The shown name of a class; '' without one."""
    view = views.get(class_id)
    return view.name if view else ""


def is_compulsory(view: Any, birth_on: date | None, day: date) -> bool:
    """True for a child of compulsory age whose class was of a compulsory stage on `day`; without a class the age
    decides, and a child of unknown age without a class does not count."""
    if not turns.compulsory_age(birth_on, day):
        return False
    if view is None:
        return birth_on is not None
    stage = turns.stage_now(view.scheme, view.entry_year, view.stage, class_names.this_year(day))
    return stage in {one.value for one in turns.COMPULSORY}


WAITING = """
select count(*) filter (where state = 'draft'), count(*) filter (where state = 'agreed'),
       count(*) filter (where state = 'sent' and due_on < %(today)s)
from movement where unit_no = %(unit)s and state in ('draft', 'agreed', 'sent')
"""
#: One row at least: what waits, beside each class past the lowest standard.
START = f"select w.*, s.* from ({WAITING}) w (to_decide, to_send, late) left join ({large_classes.SIZES}) s on true"


@source(title="升级与异动的待办", roles=OFFICE | turning.WATCHERS, reach=PAGE)
def moving_start() -> tuple[tuple[int, int, int], list[large_classes.LargeClass]]:
    """(to be decided, to be sent, past their clock) in the acting unit, and the large classes in reach, in one read."""
    scope = scopes.current()
    given: dict[str, Any] = {
        "today": scope.today,
        "unit": scope.unit_no,
        "units": list(scope.units),
        "most": large_classes.LARGE_FROM,
    }
    with connection.cursor() as cursor:
        cursor.execute(START, given)
        rows = cursor.fetchall()
    return rows[0][:3], large_classes.large_in([row[3:] for row in rows if row[3] is not None], 2)
