"""Matters in hand: read and locked together, changed in memory, written back by one statement.

A matter's `data` also says which tasks are of the present round (``now``), which of them are added signers (``added``),
what was known of the subject when it began (``subject``) and how many matters its steps began (``started``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from jizuo.engines.matter import rules
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.ground import facts, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import versions
from jizuo.hubs.data import naming
from jizuo.hubs.data.actions.put_rows import put_rows

#: Ids in one fact.
CHUNK = 500
COLUMNS = (
    "id, unit_no, scene, flow, form, version_id, no, title, state, at, data::text, subject_id, org_id, applicant_id,"
    " applicant_role, applicant_grant, parent_id, parent_step, way, turn, begun_at, ended_at, running_since, used_days,"
    " limit_days, due_on, record_id"
)
LOCK = f"select {COLUMNS} from matter m where m.unit_no = any(%(units)s::int[]) and {{test}} order by id for update"
OF_TASKS = (
    "m.id = any(array(select t.matter_id from matter_task t where t.unit_no = any(%(units)s::int[])"
    " and t.id = any(%(ids)s::uuid[])))"
)
OF_IDS = "m.id = any(%(ids)s::uuid[])"
#: What is open, and what was answered in this round. A statement of its own behind the lock: by then whoever held it has
#: written.
TASKS = """
select t.id, t.matter_id, t.step, t.do, t.holder, t.state, t.verb, t.person_id, t.place, t.asked_by, t.due_on
from matter m join matter_task t on t.unit_no = m.unit_no and t.matter_id = m.id
where m.unit_no = any(%(units)s::int[]) and {test}
  and (t.state = 'open' or m.data -> 'now' ? t.id::text)
order by t.place, t.id
"""
INSERT = """
insert into matter (id, unit_no, scene, flow, form, version_id, no, title, state, at, data, subject_id, org_id, applicant_id,
  applicant_role, applicant_grant, parent_id, parent_step, submit_key, way, turn, ended_at, running_since, used_days,
  limit_days, due_on, record_id)
select id, unit_no, scene, flow, form, version_id, no, title, state, at, data, subject_id, org_id, applicant_id,
  applicant_role, applicant_grant, parent_id, parent_step, submit_key, way, turn, case when is_ended then now() end,
  running_since, used_days, limit_days, due_on, record_id
from jsonb_to_recordset(%s::jsonb) as x(id uuid, unit_no int, scene text, flow text, form text, version_id uuid, no text,
  title text, state text, at text, data jsonb, subject_id uuid, org_id uuid, applicant_id uuid, applicant_role text,
  applicant_grant bigint, parent_id uuid, parent_step text, submit_key text, way text, turn int, is_ended boolean,
  running_since date, used_days int, limit_days int, due_on date, record_id uuid)
"""
UPDATE = """
update matter m set state = x.state, at = x.at, data = x.data, title = x.title, version_id = x.version_id, turn = x.turn,
  ended_at = case when x.is_ended then coalesce(m.ended_at, now()) end, running_since = x.running_since,
  used_days = x.used_days, due_on = x.due_on, record_id = x.record_id, changed_at = now()
from jsonb_to_recordset(%s::jsonb) as x(id uuid, unit_no int, state text, at text, data jsonb, title text, version_id uuid,
  turn int, is_ended boolean, running_since date, used_days int, due_on date, record_id uuid)
where m.unit_no = x.unit_no and m.id = x.id
"""
ANSWER = """
update matter_task t set state = x.state, verb = x.verb, note = x.note, data = x.data, grant_no = x.grant_no,
  person_id = x.person_id, done_at = case when x.state = 'done' then now() end, changed_at = now()
from jsonb_to_recordset(%s::jsonb) as x(id uuid, unit_no int, state text, verb text, note text, data jsonb, grant_no bigint,
  person_id uuid)
where t.unit_no = x.unit_no and t.id = x.id and t.id = any(%s::uuid[])
"""
ASK = """
insert into matter_task (id, unit_no, matter_id, scene, step, "do", holder, title, place, due_on, asked_by, state, verb, note)
select id, unit_no, matter_id, scene, step, "do", holder, title, place, due_on, asked_by, 'open', '', ''
from jsonb_to_recordset(%s::jsonb) as x(id uuid, unit_no int, matter_id uuid, scene text, step text, "do" text, holder text,
  title text, place int, due_on date, asked_by uuid)
"""
LOG = """
insert into matter_event (unit_no, matter_id, step, verb, role, grant_no, person_id, name, note, told)
select unit_no, matter_id, step, verb, role, grant_no, person_id, coalesce(x.name, {name}, ''), note, told
from jsonb_to_recordset(%s::jsonb) as x(unit_no int, matter_id uuid, step text, verb text, role text,
  grant_no bigint, person_id uuid, name text, note text, told jsonb, n int) order by n
returning id
"""


@dataclass(slots=True)
class Task:
    """A task in hand. is_new: asked just now."""

    id: UUID
    step: str
    do: str
    holder: str
    state: str = "open"
    verb: str = ""
    person_id: UUID | None = None
    place: int = 0
    asked_by: UUID | None = None
    due_on: date | None = None
    note: str = ""
    data: Any = None
    grant_no: int | None = None
    is_new: bool = False
    is_changed: bool = False


@dataclass(slots=True)
class Case:
    """A matter in hand."""

    id: UUID
    unit_no: int
    scene: str
    flow: str
    form: str
    version_id: UUID
    no: str
    title: str
    state: str
    at: str
    data: dict[str, Any]
    subject_id: UUID | None
    org_id: UUID | None
    applicant_id: UUID | None
    applicant_role: str
    applicant_grant: int | None
    parent_id: UUID | None
    parent_step: str
    way: str
    turn: int
    begun_at: datetime | None
    ended_at: datetime | None
    running_since: date | None
    used_days: int
    limit_days: int
    due_on: date | None
    record_id: UUID | None
    submit_key: str = ""
    is_new: bool = False
    tasks: list[Task] = field(default_factory=list)
    _plan: tuple[UUID, Flow] | None = None

    @property
    def plan(self) -> Flow:
        """The flow of the version it runs on."""
        if self._plan is None or self._plan[0] != self.version_id:
            self._plan = self.version_id, versions.pack_of(self.version_id).part("flows")[self.flow]
        return self._plan[1]

    def step(self) -> Step | None:
        """The step it stands at."""
        return rules.step_of(self.plan, self.at) if self.at else None

    def round(self) -> list[Task]:
        """Those who are asked in this round, answered or not."""
        now = set(self.data.get("now", ()))
        return [task for task in self.tasks if str(task.id) in now]

    def open_tasks(self) -> list[Task]:
        """What still waits for somebody."""
        return [task for task in self.tasks if task.state == "open"]


@dataclass(slots=True)
class Work:
    """What changes in one call. name: of who acts, as people know them; None to be looked up as the timeline is written."""

    name: str | None = None
    cases: dict[UUID, Case] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[tuple[str, int, tuple[str, ...]], list[tuple[Case, dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    later: list[tuple[UUID, Callable[[], object]]] = field(default_factory=list)

    def take(self, case: Case) -> Case:
        """Let a case be written back at the end."""
        self.cases[case.id] = case
        return case

    def log(
        self, case: Case, verb: str, step: str = "", note: str = "", *, tell: Sequence[Mapping[str, Any]] = (),
        by_itself: bool = False, **told: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """One line of the timeline, to which `tell_by` may add. tell: whom to send what (`telling`); by_itself: nobody did
        it."""
        scope = scopes.current()
        event: dict[str, Any] = {
            "unit_no": case.unit_no, "matter_id": case.id, "step": step, "verb": verb,
            "role": "" if by_itself else scope.role, "grant_no": None if by_itself else scope.grant_no,
            "person_id": None if by_itself else scope.person_id, "name": "" if by_itself else self.name,
            "note": note, "told": dict(told) | ({"tell": list(tell)} if tell else {}),
        }  # fmt: skip
        self.events.append(event)
        return event

    def flush(self) -> None:
        """Write everything, in an order that the keys allow. Raises `RowsRefused` before anything is written when a dataset
        refuses a matter's row."""
        self._put_rows()
        new = [row_of(case) for case in self.cases.values() if case.is_new]
        old = [row_of(case) for case in self.cases.values() if not case.is_new]
        changed = [
            answer_of(case, task)
            for case in self.cases.values()
            for task in case.tasks
            if task.is_changed and not task.is_new
        ]
        asked = [asked_of(case, task) for case in self.cases.values() for task in case.tasks if task.is_new]
        told: dict[int, list[int]] = defaultdict(list)
        done = [
            (statement, rows)
            for statement, rows in ((INSERT, new), (UPDATE, old), (ANSWER, changed), (ASK, asked))
            if rows
        ]
        if self.events:
            numbered = [{**one, "n": n} for n, one in enumerate(self.events)]
            values: list[Any] = []
            for statement, rows in done:
                values.append(encoded(rows))
                if statement is ANSWER:
                    values.append(prepared.array(one["id"] for one in rows))
            values.append(encoded(numbered))
            event_ids = prepared.rows(written_by(tuple(statement for statement, _rows in done)), values)
            for event, (event_id,) in zip(self.events, event_ids, strict=True):
                for unit_no in units_told(event):
                    told[unit_no].append(event_id)
        elif done:
            raise ValueError("a matter changes with a line in its timeline")
        for unit_no, ids in told.items():
            for begin in range(0, len(ids), CHUNK):
                facts.tell("MatterMoved", unit_no=unit_no, event_ids=ids[begin : begin + CHUNK])
        later, self.later = self.later, []
        self.events, self.rows = [], defaultdict(list)
        for case in self.cases.values():
            case.is_new = False
            for task in case.tasks:
                task.is_new = task.is_changed = False
        for _matter_id, one in later:
            one()

    def _put_rows(self) -> None:
        for (dataset, unit_no, free_by), told in self.rows.items():
            try:
                ids = put_rows(
                    dataset=dataset, rows=[row for _case, row in told], unit_no=unit_no, free_by=free_by
                )
            except BadInput as error:
                raise RowsRefused(error, [case for case, _row in told]) from error
            for (case, _row), row_id in zip(told, ids, strict=True):
                case.record_id = row_id


@lru_cache
def written_by(statements: tuple[str, ...]) -> str:
    """One statement that does these and writes the timeline."""
    before = ", ".join(f"w{place} as ({statement})" for place, statement in enumerate(statements))
    return (f"with {before} " if before else "") + LOG.format(
        name=naming.name_in_sql("person", "x.person_id")
    )


def units_told(event: Mapping[str, Any]) -> set[int]:
    """The units at which somebody is told of a line of the timeline: the matter's own, and those of posts above it."""
    holders = [holder for tell in event["told"].get("tell", ()) for holder in tell["to"]]
    return {unit_told(holder, event["unit_no"]) for holder in holders}


def unit_told(holder: str, unit_no: int) -> int:
    """The unit at which a holder gets a message of a matter of `unit_no`."""
    post, _at, rest = holder.partition("@")
    unit = rest.partition("/")[0]
    return int(unit) if post != "person" and unit.isdigit() else unit_no


def tell_by(event: dict[str, Any], tells: Sequence[Mapping[str, Any]]) -> None:
    """Let a line of the timeline tell people."""
    if tells:
        event["told"]["tell"] = [*event["told"].get("tell", ()), *tells]


class RowsRefused(Exception):
    """A dataset refused rows. why: matter -> the problem of its row; empty when it is of no one row."""

    def __init__(self, error: BadInput, cases: Sequence[Case]) -> None:
        super().__init__(str(error))
        self.error = error
        self.why: dict[UUID, Problem] = {}
        for problem in error.problems:
            place, _dot, _column = problem.where.partition(".")
            if place.isdigit() and 0 < int(place) <= len(cases):
                self.why.setdefault(cases[int(place) - 1].id, problem)


def encoded(rows: Any) -> str:
    """Rows as one JSON text for `jsonb_to_recordset`."""
    return msgspec.json.encode(rows, enc_hook=str).decode().replace("\\u0000", "")


def row_of(case: Case) -> dict[str, Any]:
    """A matter as INSERT and UPDATE take it."""
    return {
        "id": case.id, "unit_no": case.unit_no, "scene": case.scene, "flow": case.flow, "form": case.form,
        "version_id": case.version_id, "no": case.no, "title": case.title[:160], "state": case.state, "at": case.at,
        "data": case.data, "subject_id": case.subject_id, "org_id": case.org_id, "applicant_id": case.applicant_id,
        "applicant_role": case.applicant_role, "applicant_grant": case.applicant_grant, "parent_id": case.parent_id,
        "parent_step": case.parent_step, "submit_key": case.submit_key, "way": case.way, "turn": case.turn,
        "is_ended": case.state not in rules.LIVE, "running_since": case.running_since, "used_days": case.used_days,
        "limit_days": case.limit_days, "due_on": case.due_on, "record_id": case.record_id,
    }  # fmt: skip


def answer_of(case: Case, task: Task) -> dict[str, Any]:
    """A task as ANSWER takes it."""
    return {
        "id": task.id, "unit_no": case.unit_no, "state": task.state, "verb": task.verb, "note": task.note,
        "data": task.data, "grant_no": task.grant_no, "person_id": task.person_id,
    }  # fmt: skip


def asked_of(case: Case, task: Task) -> dict[str, Any]:
    """A task as ASK takes it."""
    return {
        "id": task.id, "unit_no": case.unit_no, "matter_id": case.id, "scene": case.scene, "step": task.step,
        "do": task.do, "holder": task.holder[:120], "title": case.title[:160], "place": task.place,
        "due_on": task.due_on, "asked_by": task.asked_by,
    }  # fmt: skip


def ask(case: Case, step: str, do: str, holders: Iterable[str], due_on: date | None) -> list[Task]:
    """Open a round: one task for each holder. What the matter's round was before counts no more."""
    made = [
        Task(new_id(), step, do, holder, place=place, due_on=due_on, is_new=True)
        for place, holder in enumerate(holders)
    ]
    case.tasks += made
    case.data["now"] = [str(task.id) for task in made]
    case.data.pop("added", None)
    return made


def close_open(case: Case) -> None:
    """What still waits is gone: another did it, or the matter went elsewhere."""
    for task in case.open_tasks():
        task.state, task.is_changed = "gone", True


def lock_of_tasks(task_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """The matters of these tasks within reach, locked, with their tasks. Inside a door."""
    return _lock(OF_TASKS, task_ids)


def lock(matter_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """These matters within reach, locked, with their tasks. Inside a door."""
    return _lock(OF_IDS, matter_ids)


def lock_one(matter_id: UUID) -> Case:
    """One matter within reach, locked. Raises NotFound."""
    found = lock([matter_id]).get(matter_id)
    if found is None:
        raise NotFound()
    return found


def _lock(test: str, ids: Sequence[UUID]) -> dict[UUID, Case]:
    wanted = {"units": prepared.array(scopes.current().units), "ids": prepared.array(ids)}
    locked, asked = prepared.several(((LOCK.format(test=test), wanted), (TASKS.format(test=test), wanted)))
    cases = {row[0]: case_of(row) for row in locked}
    for task_id, matter_id, *rest in asked:
        # One that was begun between the two statements is not locked.
        if matter_id in cases:
            cases[matter_id].tasks.append(Task(task_id, *rest))
    return cases


def case_of(row: Sequence[Any]) -> Case:
    """A matter from a row of COLUMNS."""
    values = list(row)
    values[10] = msgspec.json.decode(values[10])
    return Case(*values)
