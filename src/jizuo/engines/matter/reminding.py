"""Reminders before a step is due: so many days ahead as its flow says, to who holds the task, each once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.engines.matter import days, rules, writing
from jizuo.engines.matter.writing import Work
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action

#: So many days ahead a flow may remind.
MOST_DAYS = 14
CHUNK = 500
DUE = """
select t.id, t.matter_id, t.step, t.holder, t.due_on from matter_task t
where t.unit_no = any(%(units)s) and t.state = 'open' and t.late_at is null and t.due_on >= %(today)s
  and t.due_on <= %(today)s + %(most)s and (%(after)s::uuid is null or t.id > %(after)s::uuid)
  and not exists (select 1 from matter_event e where e.unit_no = t.unit_no and e.matter_id = t.matter_id
                  and e.step = t.step and e.verb = 'remind' and e.told ->> 'on' = %(on)s)
order by t.id limit %(chunk)s
"""


@action(title="到期前提醒", roles=[scopes.OPERATOR])
def remind_due(*, after: UUID | None = None) -> tuple[int, UUID | None]:
    """Remind those whose task is due in as many days as its flow names, up to 500 after `after`, once for a step and day;
    returns how many matters, and the last task looked at (None at the end)."""
    scope = scopes.current()
    given: dict[str, Any] = {
        "units": list(scope.units), "today": scope.today, "most": MOST_DAYS, "after": after, "chunk": CHUNK,
        "on": scope.today.isoformat(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(DUE, given)
        found = cursor.fetchall()
    cases = writing.lock(sorted({row[1] for row in found})) if found else {}
    work = Work()
    done: set[tuple[UUID, str]] = set()
    for _task_id, matter_id, key, _holder, due_on in found:
        case = cases.get(matter_id)
        step = rules.step_of(case.plan, key) if case else None
        if case is None or step is None or step.late is None or (matter_id, key) in done:
            continue
        if (due_on - scope.today).days in step.late.before:
            done.add((matter_id, key))
            holders = [row[3] for row in found if row[1] == matter_id and row[2] == key]
            tell = {"to": list(dict.fromkeys(holders)), "as": days.told("due", due_on), "step": key}
            work.log(case, "remind", key, by_itself=True, tell=[tell], on=scope.today.isoformat())
    work.flush()
    return len(done), found[-1][0] if len(found) == CHUNK else None


def remind() -> int:
    """Every reminder that is due in reach of the acting scope, by chunks; returns how many."""
    done, after = 0, None
    while True:
        count, after = remind_due(after=after)
        done += count
        if after is None:
            return done
