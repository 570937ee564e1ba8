"""What waits for the acting role, across scenes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.engines.matter import rules, who
from jizuo.engines.matter.lines import TodoLine
from jizuo.ground import audit, paging
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.packs import versions
from jizuo.ground.shapes import Page
from jizuo.hubs.data import naming

#: More are not counted for a badge.
MOST_COUNTED = 999
#: The first few of each holder by its index, then the first of them all: bounded, however many wait.
WAITING = """
select t.id from unnest(%(units)s::int[]) as u(no)
cross join unnest(%(holders)s::text[], %(scenes)s::text[]) as k(holder, scene)
cross join lateral (
  select x.id from matter_task x where x.unit_no = u.no and x.holder = k.holder and x.state = 'open'
    and (k.scene = '' or x.scene = k.scene) and (%(scene)s = '' or x.scene = %(scene)s)
    and (%(after)s::uuid is null or x.id > %(after)s::uuid)
  order by x.id limit %(most)s
) t
"""
LIST = f"""
select t.id, t.matter_id, m.scene, m.version_id, m.flow, t.step, t.do, m.title, coalesce(m.data->'subject'->>'name', ''),
       m.applicant_id, t.opened_at, t.due_on, m.unit_no, u.short_name
from (select distinct id from ({WAITING}) w order by id limit %(most)s) f
join matter_task t on t.id = f.id and t.unit_no = any(%(units)s)
join matter m on m.unit_no = t.unit_no and m.id = t.matter_id
join unit u on u.unit_no = m.unit_no
order by t.id
"""
COUNT = f"select count(distinct id) from ({WAITING}) w"


def told(scene: str, after: UUID | None, most: int) -> dict[str, Any]:
    """The parameters of both. One read."""
    holders, scenes = who.keys().pairs()
    return {
        "units": list(scopes.current().units), "holders": holders, "scenes": scenes, "scene": scene, "after": after,
        "most": most,
    }  # fmt: skip


@source(title="我的待办", roles=scopes.ROLES, reach=API)
def todo(*, scene: str = "", after: str = "", limit: int = 50) -> Page[TodoLine]:
    """One page of what waits for the acting role, the oldest first; scene: '' for all. Three reads."""
    size = paging.page_size(limit)
    with connection.cursor() as cursor:
        cursor.execute(LIST, told(scene, paging.key_of(after), size + 1))
        rows = cursor.fetchall()
    names = naming.names_of("person", [row[9] for row in rows if row[9]])
    today = scopes.current().today
    audit.counted(min(len(rows), size))
    return paging.page_of(rows, size, lambda row: line(row, names, today))


def line(row: Any, names: Any, today: Any) -> TodoLine:
    """One row of LIST as people read it."""
    (
        task_id, matter_id, scene, version_id, flow_name, step_key, do, title, subject, applicant_id, opened_at, due_on,
        unit_no, unit_name,
    ) = row  # fmt: skip
    pack = versions.pack_of(version_id)
    flow = pack.part("flows").get(flow_name)
    step = rules.step_of(flow, step_key) if flow else None
    verbs = rules.verbs_of(step) if step and not step.auto and do != rules.MEND else ()
    return TodoLine(
        task_id, matter_id, scene, pack.head.title, step.title if step else "", do, title, subject,
        names.get(applicant_id, "") if applicant_id else "", opened_at, due_on,
        due_on is not None and due_on < today, verbs if not (step and step.form) else (),
        unit_name if unit_no != scopes.current().unit_no else "", flow_name,
    )  # fmt: skip


@source(title="我的待办数", roles=scopes.ROLES, reach=API)
def todo_count() -> int:
    """How many tasks wait for the acting role, at most 999. Two reads."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, told("", None, MOST_COUNTED))
        return min(cursor.fetchone()[0], MOST_COUNTED)
