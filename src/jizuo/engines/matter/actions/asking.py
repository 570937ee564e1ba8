"""Who is asked, changed by hand: passed on, joined, handed over, lent for a time; a matter moved to a step or a version."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.engines.matter import rules, seeing, stepping, who, writing
from jizuo.engines.matter.actions.matters import in_hand, refuse_strangers, stopped, write
from jizuo.engines.matter.deciding import Mover, Stopped, about_of
from jizuo.engines.matter.writing import Case, Task, Work
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.packs import versions

#: A delegation lasts no longer.
MOST_DAYS = 366
#: Who asked for a task and for those in whose place it stands, the newest first.
ASKED = """
select asked_by from matter_task where unit_no = %s and matter_id = %s and step = %s and place = %s and id <= %s
order by id desc
"""
LENT = """
select person_id, to_person_id from matter_delegation
where unit_no = %s and begin_on < %s and end_on > %s and (%s = '' or scene in ('', %s))
"""


def task_in_hand(task_id: UUID) -> tuple[Case, Task, who.Keys]:
    """An open task of a running step, its matter locked. Raises NotFound for one the asker neither holds nor runs,
    Conflict for one that is answered already."""
    for case in writing.lock_of_tasks([task_id]).values():
        task = next((one for one in case.tasks if one.id == task_id), None)
        keys = who.keys()
        if task is not None and keys.holds(task.holder, case.scene):
            if task.state != "open" or case.state != rules.OPEN or task.do == rules.MEND:
                raise Conflict(_("已经由别人办理或撤回了"), fix=_("请刷新待办"))
            return case, task, keys
    raise seeing.missing()


@action(title="转交同事办", roles=scopes.STAFF_ROLES, reach=API)
def delegate_task(*, task_id: UUID, person_id: UUID, note: str = "") -> None:
    """Let a colleague of the unit answer what waits for oneself. Raises NotFound, NotAllowed for oneself and for somebody who
    has passed it on already, Conflict."""
    case, task, _keys = task_in_hand(task_id)
    name = refuse_strangers(person_id, case.unit_no)
    if person_id in passed_by(case, task):
        step = case.step()
        may_return = step is not None and "return" in rules.verbs_of(step)
        raise NotAllowed(
            _("%(name)s已经转交过这件，不能再转回去") % {"name": name},
            fix=_("请自己办；办不了的，写明原因退回补正，或转给没有经手的同事")
            if may_return
            else _("请自己办，或转给没有经手的同事"),
        )
    pass_on(case, task, [who.person(person_id)], "delegate", stepping.checked_note(note), name)


def passed_by(case: Case, task: Task) -> set[UUID]:
    """Who passed a task on or added its signer, since the flow itself asked for it. One read."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [case.unit_no, case.id, task.step, task.place, task.id])
        for (person_id,) in cursor.fetchall():
            if person_id is None:
                break
            found.add(person_id)
    return found


@action(title="加签", roles=scopes.STAFF_ROLES, reach=API)
def add_signer(*, task_id: UUID, person_id: UUID, note: str = "") -> None:
    """Let a colleague of the unit sign too at a step that waits for oneself: both must agree. Raises NotFound, NotAllowed for
    oneself, Conflict for somebody who is asked already."""
    case, task, _keys = task_in_hand(task_id)
    name = refuse_strangers(person_id, case.unit_no)
    holder = who.person(person_id)
    if any(one.holder == holder and one.state == "open" for one in case.tasks):
        raise Conflict(_("这位同事已经在办这一步"))
    work = Work()
    work.take(case)
    made = Task(
        new_id(), task.step, task.do, holder, place=len(case.round()), asked_by=scopes.current().person_id,
        due_on=task.due_on, is_new=True,
    )  # fmt: skip
    case.tasks.append(made)
    case.data["now"] = [*case.data.get("now", ()), str(made.id)]
    case.data["added"] = [*case.data.get("added", ()), str(made.id)]
    work.log(
        case, "add_signer", task.step, stepping.checked_note(note), whom=name,
        tell=[{"to": [holder], "as": "open", "step": task.step}],
    )  # fmt: skip
    write(work)


@action(title="转给别人办", roles=scopes.STAFF_ROLES, reach=API)
def hand_over(*, task_id: UUID, note: str, holder_word: str = "", person_id: UUID | None = None) -> None:
    """Give somebody's open task to another post (a who-word) or person of the unit, with the reason; for who runs the scene.
    Raises NotFound, NotAllowed, Conflict, BadInput."""
    kept = stepping.checked_note(note, must=True)
    case = next(iter(writing.lock_of_tasks([task_id]).values()), None)
    task = next((one for one in case.tasks if one.id == task_id), None) if case else None
    if case is None or task is None:
        raise seeing.missing()
    seeing.must_manage(seeing.of(case))
    if task.state != "open" or case.state != rules.OPEN:
        raise Conflict(_("已经由别人办理或撤回了"), fix=_("请刷新看看"))
    if person_id is not None:
        name = refuse_strangers(person_id, case.unit_no)
        holders = [who.person(person_id)]
    else:
        pack = versions.pack_of(case.version_id)
        if wrong := who.fault_of(holder_word, pack, case.data.get("form", {})):
            raise BadInput(_("请选转给谁"), problems=[Problem("holder_word", wrong)])
        holders = who.holders([holder_word], about_of(case))
        name = who.titles_of(holders)[holders[0]]
    pass_on(case, task, holders, "hand_over", kept, name)


def pass_on(case: Case, task: Task, holders: list[str], verb: str, note: str, name: str) -> None:
    """Let other holders have a task: the old one is gone, the new ones stand in its place."""
    work = Work()
    work.take(case)
    task.state, task.is_changed = "gone", True
    now = [one for one in case.data.get("now", ()) if one != str(task.id)]
    added = list(case.data.get("added", ()))
    for holder in holders:
        made = Task(
            new_id(), task.step, task.do, holder, place=task.place, asked_by=scopes.current().person_id,
            due_on=task.due_on, is_new=True,
        )  # fmt: skip
        case.tasks.append(made)
        now.append(str(made.id))
        if str(task.id) in added:
            added.append(str(made.id))
    case.data["now"] = now
    if added:
        case.data["added"] = [one for one in added if one != str(task.id)]
    work.log(case, verb, task.step, note, whom=name, tell=[{"to": holders, "as": "open", "step": task.step}])
    write(work)


@action(title="委托代办", roles=scopes.STAFF_ROLES, reach=API)
def set_delegation(*, to_person_id: UUID, begin_on: date, end_on: date, reason: str, scene: str = "") -> UUID:
    """Let a colleague of the unit see and answer, over [begin_on, end_on), what waits for oneself; scene: '' for all.
    Raises NotFound, NotAllowed for oneself, BadInput for a period of none or more than a year, and for a circle: one who
    lends what is lent to her."""
    scope = scopes.current()
    if scope.person_id is None:
        raise NotAllowed(_("这个账号没有对应的人"), fix=_("请用本人的身份"))
    if not begin_on < end_on or (end_on - begin_on).days > MOST_DAYS or end_on <= scope.today:
        raise BadInput(_("日期不对"), problems=[Problem("end_on", _("结束要在开始之后，最长一年"))])
    if scene:
        versions.in_use(scene, scope.unit_no)
    kept = stepping.checked_note(reason, must=True)[:120]
    refuse_strangers(to_person_id, scope.unit_no)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('matter_delegation'), %s)", [scope.unit_no])
        cursor.execute(LENT, [scope.unit_no, end_on, begin_on, scene, scene])
        lent: dict[UUID, set[UUID]] = {}
        for person_id, other in cursor.fetchall():
            lent.setdefault(person_id, set()).add(other)
        if leads_to(lent, to_person_id, scope.person_id):
            raise BadInput(
                _("委托绕成了一圈"),
                problems=[
                    Problem(
                        "to_person_id", _("这位同事（或再往下）已经委托给您"), _("换一个人，或先请他停止委托")
                    )
                ],
            )
        made = new_id()
        cursor.execute(
            "insert into matter_delegation (id, unit_no, person_id, to_person_id, scene, begin_on, end_on, reason)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [made, scope.unit_no, scope.person_id, to_person_id, scene, begin_on, end_on, kept],
        )
    return made


def leads_to(lent: dict[UUID, set[UUID]], start: UUID, end: UUID) -> bool:
    """Whether what is lent to `start` comes to `end`, however far."""
    seen: set[UUID] = set()
    due = [start]
    while due:
        at = due.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            due += lent.get(at, ())
    return False


@action(title="停止委托", roles=scopes.STAFF_ROLES, reach=API)
def end_delegation(*, delegation_id: UUID) -> None:
    """Let one's own delegation end today. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "update matter_delegation set end_on = greatest(begin_on, %s), changed_at = now()"
            " where unit_no = %s and id = %s and person_id = %s and end_on > %s",
            [scope.today, scope.unit_no, delegation_id, scope.person_id, scope.today - timedelta(days=1)],
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这条委托"))


@action(title="调整办到哪一步", roles=scopes.STAFF_ROLES, reach=API)
def move_matter(*, matter_id: UUID, step: str, note: str, version_id: UUID | None = None) -> None:
    """Put a running matter to a step by hand, with the reason; version_id: go on by another published version of its scene,
    as `move_preview` showed. For who runs the scene. Raises NotFound, NotAllowed, Conflict, BadInput."""
    kept = stepping.checked_note(note, must=True)
    case, _sight, _told = in_hand(matter_id, "move")
    if version_id is not None and version_id != case.version_id:
        pack = versions.pack_of(version_id)
        if pack.head.id != case.scene or case.flow not in pack.part("flows"):
            raise NotFound(_("没有这个版本"))
        case.version_id = version_id
    to = rules.step_of(case.plan, step)
    if to is None:
        raise BadInput(_("没有这一步"), problems=[Problem("step", _("请从流程里选一步"))])
    work = Work()
    work.take(case)
    writing.close_open(case)
    event = work.log(case, "move", step, kept)
    try:
        writing.tell_by(event, Mover(case, work).go(rules.place_of(case.plan, step)))
    except Stopped as error:
        raise stopped(error) from None
    write(work)
