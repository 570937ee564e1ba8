"""Matters read: one with everything about it, lists of them, what a matter began, what moving it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizuo.engines.matter import days, rules, seeing, who, writing
from jizuo.engines.matter.actions.matters import verbs_told
from jizuo.engines.matter.lines import (
    ChildLine,
    Clock,
    EventLine,
    MatterLine,
    MatterView,
    StepLine,
    TaskLine,
)
from jizuo.engines.matter.queries import answers
from jizuo.engines.matter.seeing import Sight
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.engines.matter.verbs import word_of
from jizuo.engines.matter.writing import COLUMNS, Case
from jizuo.ground import audit, paging
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.packs import reach, versions
from jizuo.ground.shapes import Page
from jizuo.hubs.data import naming
from jizuo.hubs.organisation import placing
from jizuo.plain import workdays

STATES = ("open", "waiting", "done", "refused", "withdrawn", "ended")
ONE = f"select {COLUMNS}, m.rating, m.rating_note from matter m where m.unit_no = any(%s) and m.id = %s"
#: Every task, with the state it is in; the round of now stands in the matter's data.
ALL_TASKS = """
select id, step, "do", holder, state, verb, person_id, place, asked_by, due_on from matter_task
where unit_no = %s and matter_id = %s order by opened_at, place, id
"""
EVENTS = """
select at, step, verb, name, role, note from matter_event where unit_no = %s and matter_id = %s order by id
"""
CHILDREN = """
select count(*) filter (where state = any(%s)), count(*) from matter where unit_no = any(%s) and parent_id = %s
"""
LINES = """
select m.id, m.scene, m.version_id, m.flow, m.no, m.title, m.state, m.at, m.begun_at, m.ended_at, m.due_on, m.subject_id,
       m.rating, m.unit_no
from matter m where m.unit_no = any(%(units)s) and (%(scene)s = '' or m.scene = %(scene)s)
  and (%(flow)s = '' or m.flow = %(flow)s) and (%(state)s = '' or m.state = %(state)s)
  and (%(text)s = '' or m.no = %(text)s or m.title ilike '%%' || %(like)s || '%%')
  and (%(after)s::uuid is null or m.id < %(after)s::uuid) and ({mine})
order by m.id desc limit %(most)s
"""
#: What a person asked for herself; a family: what is about the child of the role.
MINE_STAFF = "m.applicant_id = %(me)s or m.applicant_grant = %(grant)s"
MINE_FAMILY = "m.subject_id = any(%(people)s) or (m.subject_id is null and m.applicant_id = %(me)s)"
#: What one answered.
TOUCHED = """
exists (select 1 from matter_task t where t.unit_no = m.unit_no and t.matter_id = m.id
        and (t.person_id = %(me)s or (t.state = 'open' and t.holder = any(%(holders)s))))
"""


def read(matter_id: UUID) -> tuple[Case, int | None, str]:
    """A matter with all its tasks, its rating and its note. Inside a door; two reads. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, [list(scopes.current().units), matter_id])
        row = cursor.fetchone()
        if row is None:
            raise seeing.missing()
        case = writing.case_of(row[:-2])
        cursor.execute(ALL_TASKS, [case.unit_no, case.id])
        case.tasks = [writing.Task(*told) for told in cursor.fetchall()]
    return case, row[-2], row[-1]


@source(title="办事详情", roles=scopes.ROLES, reach=API)
def matter_view(*, matter_id: UUID) -> MatterView:
    """One matter with its answers, timeline, clock, who is asked and why it does not move. What the reader's reach does not
    open is masked; what is given away is disclosed. Raises NotFound for one that is not there or out of reach."""
    case, rating, rating_note = read(matter_id)
    sight = seeing.of(case, [task.person_id for task in case.tasks])
    pack = versions.pack_of(case.version_id)
    flow = case.plan
    verbs = verbs_told(case)
    open_tasks = case.open_tasks()
    holders = list(dict.fromkeys(task.holder for task in case.tasks))
    titles = who.titles_of(holders) if not _is_family() else who.titles_of(t.holder for t in open_tasks)
    held = who.people_of(task.holder for task in open_tasks)
    alone = [held[t.holder][0][0] for t in open_tasks if t.holder.startswith("person@") and held[t.holder]]
    present = set(placing.people(alone)) if alone else set()
    may = seeing.verbs_for(case, sight)
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, [case.unit_no, case.id])
        events = [event_line(flow, *row) for row in cursor.fetchall()]
        counts = (0, 0)
        if case.data.get("started"):
            cursor.execute(CHILDREN, [list(rules.LIVE), list(scopes.current().units), case.id])
            counts = cursor.fetchone()
    stuck = seeing.stuck_of(case, held, present, titles)
    may_matter = seeing.may_of(case, sight, verbs, rating)
    applicant = (
        naming.names_of("person", [case.applicant_id]).get(case.applicant_id, "") if case.applicant_id else ""
    )
    return MatterView(
        case.id, case.unit_no, case.scene, pack.head.title, case.flow, title_of(flow), case.form, case.version_id,
        pack.head.version, case.no, case.title, case.state, case.way, case.subject_id, applicant, case.applicant_role,
        case.begun_at, case.ended_at, all_answers(case, sight), step_lines(case, stuck), events,
        [task_line(case, task, titles, may) for task in case.tasks if task.state != "gone"], clock_of(case), stuck, may,
        may_matter, counts[0], counts[1] - counts[0], case.parent_id, case.record_id, rating, rating_note,
        "rate" in may_matter, *seeing.undo_words(case, sight, may_matter),
        seeing.undo_until(case, sight, may_matter),
    )  # fmt: skip


def _is_family() -> bool:
    return scopes.current().role in scopes.FAMILY_ROLES


def all_answers(case: Case, sight: Sight) -> list[answers.Answer]:
    """The answers of the form, then those filled at steps."""
    found = answers.shown(case, case.form, case.data.get("form", {}), sight)
    for step in case.plan.steps:
        filled = case.data.get("steps", {}).get(step.key)
        if step.form and filled:
            # A form that is mended holds what its step filled; then that is told once.
            fresh = {key: one for key, one in filled.items() if key not in case.data.get("form", {})}
            found += answers.shown(case, step.form, fresh, sight)
    return found


def said(title: str, english: str) -> str:
    """A title in the reader's language."""
    return title if (get_language() or "zh").startswith("zh") else english or title


def title_of(told: Step | Flow) -> str:
    """The title of a step or flow in the reader's language."""
    return said(told.title, told.english) or (told.key if isinstance(told, Step) else "")


def event_line(flow: Flow, at: Any, step: str, verb: str, name: str, role: str, note: str) -> EventLine:
    """One line of the timeline."""
    known = rules.named(flow, step) if step else None
    return EventLine(at, title_of(known) if known else "", verb, word_of(verb), name, role, note)


def task_line(
    case: Case, task: writing.Task, titles: Mapping[str, str], may: Mapping[str, tuple[str, ...]]
) -> TaskLine:
    """Somebody who is or was asked."""
    step = rules.step_of(case.plan, task.step)
    today = scopes.current().today
    is_late = task.state == "open" and task.due_on is not None and task.due_on < today
    return TaskLine(
        task.id, task.step, title_of(step) if step else "", task.do, titles.get(task.holder, ""), task.state, task.verb,
        task.due_on, is_late, may.get(str(task.id), ()), step.form if step else "",
    )  # fmt: skip


def clock_of(case: Case) -> Clock:
    """The clock as it stands today."""
    today = scopes.current().today
    used = days.used(case.used_days, case.running_since, today)
    is_live = case.state in rules.LIVE
    left = None
    if case.limit_days:
        left = workdays.between(today, case.due_on) if is_live and case.due_on else case.limit_days - used
    return Clock(
        used, case.limit_days, left, case.due_on, case.running_since is not None,
        not is_live or days.is_known(case.due_on, *(task.due_on for task in case.open_tasks())),
    )  # fmt: skip


def step_lines(case: Case, stuck: Sequence[str]) -> list[StepLine]:
    """The human steps of the way: which are done, where it stands, what is ahead."""
    found = []
    done = case.data.get("steps", {})
    stands = next((place for place, step in enumerate(case.plan.steps) if step.key == case.at), None)
    for place, step in enumerate(case.plan.steps):
        if step.auto and step.auto != "wait":
            continue
        if step.key == case.at:
            state = "stuck" if stuck and case.state == rules.OPEN else "now"
        elif done.get(step.key, {}).get("verb") or (step.auto and stands is not None and place < stands):
            state = "done"
        elif stands is None or place < stands:
            continue
        else:
            state = "ahead"
        found.append(StepLine(step.key, title_of(step), state))
    return found


@source(title="办事列表", roles=scopes.ROLES, reach=API)
def matter_list(
    *,
    scene: str = "",
    flow: str = "",
    state: str = "",
    mine: bool = False,
    text: str = "",
    after: str = "",
    limit: int = 50,
) -> Page[MatterLine]:
    """One page of matters, the newest first. mine: those one asked for (a family: of its child); else those of `scene` that
    the role reads by its reach, or, without a scene, those it answered or is asked in. text: a number, or part of a title.
    Raises BadInput for a state that is none."""
    if state and state not in STATES:
        raise BadInput(_("没有这种状态"), problems=[Problem("state", "、".join(STATES))])
    scope = scopes.current()
    size = paging.page_size(limit)
    told: dict[str, Any] = {
        "units": list(scope.units), "scene": scene, "flow": flow, "state": state, "text": text.strip()[:60],
        "like": text.strip()[:60].replace("\\", "").replace("%", "\\%").replace("_", "\\_"),
        "after": paging.key_of(after), "most": size + 1, "me": scope.person_id, "grant": scope.grant_no,
        "people": family_of(), "orgs": list(scope.org_ids), "holders": [],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(mine=test_of(scene, mine, told)), told)
        rows = cursor.fetchall()
    audit.counted(min(len(rows), size))
    return paging.page_of(rows, size, matter_line)


def family_of() -> list[UUID]:
    """The children of the acting guardian, or the acting pupil."""
    scope = scopes.current()
    if scope.role == scopes.PUPIL:
        return [scope.person_id] if scope.person_id else []
    return list(reach.children())


def test_of(scene: str, mine: bool, told: dict[str, Any]) -> str:
    """Which matters the acting role may list."""
    scope = scopes.current()
    own = MINE_FAMILY if scope.role in scopes.FAMILY_ROLES else MINE_STAFF
    if mine or scope.role in scopes.FAMILY_ROLES:
        return own
    if scene:
        use = seeing.use_of(scene, scope.unit_no)
        hows = {use.read[name] for name in use.read}
        if use.manage or "unit" in hows:
            return "true"
        if "class" in hows:
            return f"m.org_id = any(%(orgs)s) or {own}"
    told["holders"] = sorted(who.keys().own)
    return f"{own} or {TOUCHED}"


def matter_line(row: Sequence[Any]) -> MatterLine:
    """One row of LINES."""
    (
        matter_id, scene, version_id, flow_name, no, title, state, at, begun_at, ended_at, due_on, subject_id, rating,
        unit_no,
    ) = row  # fmt: skip
    pack = versions.pack_of(version_id)
    flow = pack.part("flows").get(flow_name)
    step = rules.step_of(flow, at) if flow and at else None
    today = scopes.current().today
    return MatterLine(
        matter_id, scene, said(pack.head.title, pack.head.english), flow_name, no, title, state,
        title_of(step) if step else "", begun_at, ended_at, due_on,
        due_on is not None and state in rules.LIVE and due_on < today, subject_id, rating, unit_no,
    )  # fmt: skip


@source(title="下级办理情况", roles=scopes.STAFF_ROLES, reach=API)
def children_of(*, matter_id: UUID) -> list[ChildLine]:
    """The matters that one began, by unit; those out of the role's units are left out. Raises NotFound."""
    case, _rating, _note = read(matter_id)
    seeing.of(case, [task.person_id for task in case.tasks])
    today = scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.unit_no, u.short_name, m.title, m.state, coalesce(m.due_on, (select min(t.due_on) from matter_task t"
            " where t.unit_no = m.unit_no and t.matter_id = m.id and t.state = 'open')), m.id from matter m"
            " join unit u using (unit_no) where m.unit_no = any(%s) and m.parent_id = %s order by u.sort_key, m.unit_no, m.id",
            [list(scopes.current().units), matter_id],
        )
        return [
            ChildLine(
                unit_no,
                name,
                title,
                state,
                due_on,
                state in rules.LIVE and due_on is not None and due_on < today,
                child,
            )
            for unit_no, name, title, state, due_on, child in cursor.fetchall()
        ]


class MovePreview(msgspec.Struct, frozen=True):
    """What another version changes for a running matter. steps: (key, title) it may go to; added, dropped, changed: titles
    of steps; fields_added, fields_dropped: keys of the form."""

    version_id: UUID
    number: str
    steps: list[tuple[str, str]]
    added: list[str]
    dropped: list[str]
    changed: list[str]
    fields_added: list[str]
    fields_dropped: list[str]


@source(title="调整前看看", roles=scopes.STAFF_ROLES, reach=API)
def move_preview(*, matter_id: UUID, version_id: UUID | None = None) -> MovePreview:
    """The steps a matter may be put to, and what another published version (the one in use when left out) changes. Raises
    NotFound, NotAllowed for who does not run the scene."""
    case, _rating, _note = read(matter_id)
    seeing.must_manage(seeing.of(case, [task.person_id for task in case.tasks]))
    wanted = version_id or versions.in_use(case.scene, case.unit_no).version_id
    pack, now = versions.pack_of(wanted), versions.pack_of(case.version_id)
    if pack.head.id != case.scene or case.flow not in pack.part("flows"):
        raise NotFound(_("没有这个版本"))
    flow: Flow = pack.part("flows")[case.flow]
    old, new = ({step.key: step for step in one.steps} for one in (case.plan, flow))
    before, then = (
        {field.key for page in one.part("forms")[case.form].pages for field in page.fields}
        for one in (now, pack)
    )
    return MovePreview(
        wanted, pack.head.version, [(step.key, title_of(step)) for step in flow.steps if not step.auto],
        [title_of(step) for key, step in new.items() if key not in old],
        [title_of(step) for key, step in old.items() if key not in new],
        [title_of(step) for key, step in new.items() if key in old and old[key] != step],
        sorted(then - before), sorted(before - then),
    )  # fmt: skip


class DelegationLine(msgspec.Struct, frozen=True):
    """One's own delegation that is in force or to come, or one that somebody gave. [begin_on, end_on)."""

    delegation_id: UUID
    person_name: str
    to_name: str
    scene: str
    begin_on: Any
    end_on: Any
    reason: str
    is_mine: bool


@source(title="我的委托", roles=scopes.STAFF_ROLES, reach=API)
def my_delegations() -> list[DelegationLine]:
    """What the acting person lends, and what is lent to her, at the acting unit, not yet over."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, person_id, to_person_id, scene, begin_on, end_on, reason from matter_delegation"
            " where unit_no = %s and (person_id = %s or to_person_id = %s) and end_on > %s order by begin_on, id",
            [scope.unit_no, scope.person_id, scope.person_id, scope.today],
        )
        rows = cursor.fetchall()
    names = naming.names_of("person", [one for row in rows for one in row[1:3]])
    return [
        DelegationLine(
            made,
            names.get(one, ""),
            names.get(other, ""),
            scene,
            begin_on,
            end_on,
            reason,
            one == scope.person_id,
        )
        for made, one, other, scene, begin_on, end_on, reason in rows
    ]
