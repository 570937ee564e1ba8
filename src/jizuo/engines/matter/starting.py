"""Matters begun: one that a person hands in, or many that a step makes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import deciding, once, rules, shapes, writing
from jizuo.engines.matter.deciding import Mover, Stopped
from jizuo.engines.matter.shapes import Flow, Step
from jizuo.engines.matter.writing import Case, RowsRefused, Work
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.organisation import placing
from jizuo.plain import expression

#: Matters that one step may make.
MOST = 2_000
NO_START = shapes.Start(flow="")
NUMBERS = """
insert into matter_counter (id, unit_no, scene, flow, year, last) values (%s, %s, %s, %s, %s, %s)
on conflict (unit_no, scene, flow, year) do update set last = matter_counter.last + excluded.last returning last
"""


@dataclass(slots=True)
class Start:
    """A matter to begin. data: answers, checked; name: what the subject is called; depth: of sub-flows."""

    unit_no: int
    version_id: UUID
    flow: str
    data: dict[str, Any]
    submit_key: str
    subject_id: UUID | None = None
    org_id: UUID | None = None
    name: str = ""
    applicant_id: UUID | None = None
    applicant_role: str = ""
    applicant_grant: int | None = None
    way: str = "phone"
    parent_id: UUID | None = None
    parent_step: str = ""
    depth: int = 0
    id: UUID = field(default_factory=new_id)


def flow_of(pack: Pack, form: str) -> str:
    """The flow that a form begins. Raises KeyError."""
    told = pack.part("forms")[form]
    if told.flow:
        return told.flow
    return next(name for name, flow in sorted(pack.part("flows").items()) if flow.form == form)


def numbers(starts: Sequence[Start]) -> dict[UUID, str]:
    """The numbers of matters whose flow gives one; one statement for each unit and flow."""
    year = scopes.current().today.year
    groups: dict[tuple[int, str, str], list[Start]] = defaultdict(list)
    for one in starts:
        pack = versions.pack_of(one.version_id)
        if pack.part("flows")[one.flow].number:
            groups[one.unit_no, pack.head.id, one.flow].append(one)
    found = {}
    for (unit_no, scene, flow), some in sorted(groups.items()):
        pattern = versions.pack_of(some[0].version_id).part("flows")[flow].number
        with connection.cursor() as cursor:
            cursor.execute(NUMBERS, [new_id(), unit_no, scene, flow, year, len(some)])
            (last,) = cursor.fetchone()
        for place, one in enumerate(some, last - len(some) + 1):
            found[one.id] = number_of(pattern, year, place)
    return found


def number_of(pattern: str, year: int, place: int) -> str:
    """A number for people: ``QJ{year}{n:05}`` -> QJ202600012. Raises ValueError for another pattern."""
    try:
        return pattern.format(year=year, n=place)[:40]
    except (KeyError, IndexError, AttributeError) as error:
        raise ValueError(pattern) from error


def begin(starts: Sequence[Start], *, name: str | None = None) -> list[UUID]:
    """Begin matters, all or none; returns their ids in order. name: of who acts, looked up when not given. Inside a door.
    Raises BadInput when one cannot begin."""
    if not starts:
        return []
    work = Work(name)
    given = numbers(starts)
    for one in starts:
        _begin(one, work, given.get(one.id, ""))
    try:
        work.flush()
    except RowsRefused as refused:
        raise refused.error from None
    return [one.id for one in starts]


def _begin(one: Start, work: Work, number: str) -> None:
    pack = versions.pack_of(one.version_id)
    flow: Flow = pack.part("flows")[one.flow]
    klass = str(one.org_id) if one.org_id else None
    data: dict[str, Any] = {
        "form": one.data, "steps": {}, "now": [], "subject": {"name": one.name, "class_id": klass},
    }  # fmt: skip
    if one.depth:
        data["depth"] = one.depth
    case = work.take(
        Case(
            one.id, one.unit_no, pack.head.id, one.flow, flow.form, one.version_id, number, "", rules.OPEN, "", data,
            one.subject_id, one.org_id, one.applicant_id, one.applicant_role, one.applicant_grant, one.parent_id,
            one.parent_step, one.way, 0, None, None, None, 0, flow.limit, None, None, one.submit_key, True,
        )
    )  # fmt: skip
    mover = Mover(case, work)
    case.title = title_of(flow, one.name, mover.told)
    event = work.log(case, "start")
    try:
        once.refuse_second(case)
    except Stopped as stopped:
        raise BadInput(
            _("已经办过了"), problems=[Problem(flow.once[-1], stopped.what, stopped.fix)]
        ) from None
    try:
        writing.tell_by(event, mover.begin())
    except Stopped as stopped:
        raise BadInput(_("还不能办理"), problems=[Problem("form", stopped.what, stopped.fix)]) from None


def title_of(flow: Flow, name: str, told: Mapping[str, Any]) -> str:
    """What a matter is called: whom it is about and what it is."""
    about = rules.words(flow.about, told) if flow.about else flow.title
    return f"{name} {about or flow.title}".strip()[:160]


def children_of(case: Case, step: Step, told: Mapping[str, Any]) -> list[Start]:
    """The matters that a step makes. Inside a door; at most one read. Raises Stopped."""
    start = step.start
    if start is None:
        raise Stopped(_("没有写发起哪个流程"))
    flow: Flow = versions.pack_of(case.version_id).part("flows")[start.flow]
    each: list[Any] = [None]
    if start.each:
        value = case.data.get("form", {}).get(start.each)
        each = list(value) if isinstance(value, list | tuple) else [value] if value else []
    if len(each) > MOST:
        raise Stopped(_("一次最多发起 %(n)s 件") % {"n": MOST}, _("分几次办"))
    units = {int(one) for one in each if _is_number(one)}
    if units - set(scopes.current().units):
        raise Stopped(_("有的单位不归您管"), _("只选本单位下属的单位"))
    people = placing.people(UUID(str(one)) for one in each if one is not None and not _is_number(one))
    depth = int(case.data.get("depth", 0)) + 1
    return [_child(case, step, flow, one, told, people, depth) for one in each]


def _child(
    case: Case,
    step: Step,
    flow: Flow,
    one: Any,
    told: Mapping[str, Any],
    people: Mapping[UUID, Any],
    depth: int,
) -> Start:
    start = step.start or NO_START
    names = rules.NAMES | {"each"}
    heard = {**told, "each": one}
    data = {key: expression.compile(text, names).value(heard) for key, text in start.with_.items()}
    unit_no = int(one) if _is_number(one) else case.unit_no
    key = hashlib.sha256(f"{case.id}:{step.key}:{one}".encode()).hexdigest()
    made = Start(
        unit_no, case.version_id, start.flow, data, key, case.subject_id, case.org_id,
        case.data.get("subject", {}).get("name", ""), case.applicant_id, case.applicant_role, case.applicant_grant,
        "auto", case.id, step.key, depth,
    )  # fmt: skip
    if one is None:
        return made
    if _is_number(one):
        made.subject_id = made.org_id = None
        made.name = ""
        # What is sent to a unit is its office's to fill and to mend.
        made.applicant_id, made.applicant_role, made.applicant_grant = None, scopes.CLERK, None
        return made
    placed = people.get(UUID(str(one)))
    made.subject_id, made.org_id = (placed.person_id, placed.class_id) if placed else (None, UUID(str(one)))
    made.name = placed.name if placed else ""
    return made


def _is_number(one: Any) -> bool:
    return isinstance(one, int) or (isinstance(one, str) and one.isdigit())


def ended_child(parent_id: UUID) -> None:
    """A child of a matter has ended: if it was the last, the parent that waits for them goes on. Inside a door."""
    case = writing.lock([parent_id]).get(parent_id)
    step = case.step() if case else None
    if case is None or step is None or step.auto != "wait" or case.state != rules.OPEN:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from matter where unit_no = any(%s) and parent_id = %s and state = any(%s) limit 1",
            [list(scopes.current().units), parent_id, list(rules.LIVE)],
        )
        if cursor.fetchone() is not None:
            return
    work = Work()
    mover = deciding.Mover(work.take(case), work)
    event = work.log(case, "go", step.key, by_itself=True)
    try:
        writing.tell_by(event, mover.go(rules.place_of(case.plan, step.key) + 1))
    except Stopped as stopped:
        event["note"] = f"{stopped.what} {stopped.fix}".strip()
        work.cases.clear()
        work.rows.clear()
    work.flush()
