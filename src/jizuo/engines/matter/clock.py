"""What the clock does by itself: every five minutes late tasks are told of once and handed on."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from jizuo.engines.matter import days, reminding, rules, who, writing
from jizuo.engines.matter.deciding import about_of
from jizuo.engines.matter.shapes import Late
from jizuo.engines.matter.writing import Case, Task, Work
from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.plain import workdays

TICK = "matter.tick"
CHUNK = 500
LATE = """
select t.id, t.matter_id from matter_task t
where t.unit_no = any(%s) and t.state = 'open' and t.late_at is null and t.due_on < %s
  and (%s::uuid is null or t.id > %s::uuid) order by t.id limit %s
"""


@action(title="看办理时限", roles=[scopes.OPERATOR])
def chase_late(*, after: UUID | None = None) -> tuple[int, UUID | None]:
    """Tell of the late tasks of the units in reach, up to 500 after `after`, each once, and hand on those whose flow says to
    whom; returns how many, and the last one looked at (None at the end)."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(LATE, [list(scope.units), scope.today, after, after, CHUNK])
        found = cursor.fetchall()
    if not found:
        return 0, None
    cases = writing.lock(sorted({matter_id for _task, matter_id in found}))
    work = Work()
    late: list[UUID] = []
    for task_id, matter_id in found:
        case = cases.get(matter_id)
        task = next((one for one in case.tasks if one.id == task_id), None) if case else None
        if case is None or task is None or task.state != "open" or case.state != rules.OPEN:
            continue
        if fall_late(case, task, work):
            late.append(task_id)
    work.flush()
    with connection.cursor() as cursor:
        cursor.execute(
            "update matter_task set late_at = now() where unit_no = any(%s) and id = any(%s)",
            [list(scope.units), late],
        )
    return len(late), found[-1][0] if len(found) == CHUNK else None


def fall_late(case: Case, task: Task, work: Work) -> bool:
    """What becomes of one late task; False while its flow gives it more days."""
    step = rules.step_of(case.plan, task.step)
    rule = (step.late if step else None) or Late()
    if task.due_on is None or workdays.add(task.due_on, rule.after) >= scopes.current().today:
        return False
    heard = [task.holder, *who.holders(rule.tell, about_of(case))]
    tells = [{"to": heard, "as": days.told("late", task.due_on), "step": task.step}]
    if rule.hand_to:
        holders = who.holders(rule.hand_to, about_of(case))
        task.state, task.is_changed = "gone", True
        made = [
            Task(new_id(), task.step, task.do, holder, place=task.place, due_on=None, is_new=True)
            for holder in holders
        ]
        case.tasks += made
        now = [one for one in case.data.get("now", ()) if one != str(task.id)]
        case.data["now"] = [*now, *(str(one.id) for one in made)]
        work.take(case)
        tells.append({"to": holders, "as": "open", "step": task.step})
    work.log(case, "late", task.step, by_itself=True, tell=tells)
    return True


def tick(timestamp: int = 0) -> int:
    """One root of the tree after another; returns how many tasks were found late."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no from unit where parent_no is null and unit_no > 0 order by unit_no"
            )
            roots = [unit_no for (unit_no,) in cursor.fetchall()]
        done = 0
        for unit_no in roots:
            with scopes.use(acting.base_job_scope(unit_no)):
                done += chase() + reminding.remind()
        return done
    finally:
        connection.close()


def chase() -> int:
    """Every late task in reach of the acting scope, by chunks; returns how many."""
    done, after = 0, None
    while True:
        count, after = chase_late(after=after)
        done += count
        if after is None:
            return done


def register() -> None:
    """Register the task with the queue; called once Django is ready."""
    from procrastinate.contrib.django import app

    app.periodic(cron="*/5 * * * *")(
        app.task(name=TICK, queue="facts", queueing_lock=TICK, pass_context=False)(tick)
    )
