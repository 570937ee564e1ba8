"""A school whose pupils are out, with alerts over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.ground.packs.blocks import pack
from tests.hubs.organisation import given

ALERTS = {
    "alerts__long.yaml": """title: 外出没有回来
of: outing
where: [[state, eq, out]]
each: pupil_id
words: 有学生外出没有回来
words_english: A pupil is out and not back
tell: [homeroom_teacher_of_subject, head]
only_school_days: false
then:
  - {after_minutes: 0, tell: [guardians_of_subject], words: 孩子外出还没有登记回来}
  - {after_minutes: 15, tell: [clerk, post.gate], words: 请打电话, words_english: Please call, phone_list: true}
""",
    "alerts__crowd.yaml": """title: 一个班三人外出
of: outing
where: [[state, eq, out]]
each: class_id
least: 3
within_days: 3
on: from_on
at: "08:30"
tell: [head]
words: 有班级三人同时外出
only_school_days: false
""",
}
AT = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def town(base: Any, *, rows: int = 2) -> given.District:
    """Two schools, the pack with its alerts on at the first; all but the first of `rows` pupils are out."""
    return pack.town(base, rows=rows, **ALERTS)


def look(base: Any, unit_no: int, at: datetime = AT) -> int:
    """Look at the alerts of a unit at a moment, as the worker does."""
    from jizuo.engines.monitoring import actions
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no, scopes.OPERATOR, today=acting.today())):
        return actions.watch_alerts(at=at)


def cases(base: Any, unit_no: int) -> list[tuple[Any, ...]]:
    """(alert, state, stage, note) of every case of a unit, by alert and key."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        return owner.execute(
            "select alert, state, stage, note from alert_case where unit_no = %s order by alert, key, id",
            [unit_no],
        ).fetchall()


def told(base: Any, unit_no: int) -> list[tuple[str, str, int]]:
    """(template, words, copies) of every message of a unit, in order."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        return owner.execute(
            "select m.template, m.values->>'title', count(i.id) from message m left join inbox_item i"
            " on i.unit_no = m.unit_no and i.message_id = m.id where m.unit_no = %s group by m.id, 1, 2 order by m.id",
            [unit_no],
        ).fetchall()


def later(minutes: int) -> datetime:
    """So many minutes after `AT`."""
    return AT + timedelta(minutes=minutes)


def move(base: Any, school: given.School, row_id: Any, state: str) -> None:
    """Put a row into another lane."""
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_scene_rows

    with scopes.use(base.scope(school.unit_no, "clerk", today=acting.today())):
        put_scene_rows(scene="outing", dataset="outing", rows=[{"id": str(row_id), "state": state}])
