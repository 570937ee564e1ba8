"""A small pack with a block of every kind that needs rows: 外出 of pupils, with lanes, days and numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.hubs.organisation import given
from tests.scenes.given import installed

FILES = {
    "scene.yaml": """id: outing
title: 外出
english: Outing
owner: test
version: "1.0"
category: 学生
icon: 出
about: 学生外出登记
settings: {most: {title: 最多几人, kind: number, value: 3}}
""",
    "README.md": "# 外出\n\n登记谁外出。\n",
    "roles.yaml": """roles:
  guardian: {read: {outing: child}, pages: [mine]}
  homeroom_teacher: {read: {outing: class}, write: {outing: class}, pages: [today, all]}
  head: {read: {outing: unit}, pages: [today, all]}
  clerk: {read: {outing: unit}, write: {outing: unit}, pages: [today, all]}
  district_steward: {read: {outing: unit}, pages: [today]}
posts:
  gate: {title: 门卫, english: Gate, given_by: [clerk, head], use: {read: {outing: unit}, pages: [gate]}}
""",
    "codes/outing_state.csv": "# 外出状态\ncode,name,english\nout,在外,Out\nback,已回,Back\n",
    "standards/outing.yaml": """dataset: outing
title: 学生外出
english: Outing
version: "1.0"
key: [pupil_id, from_on]
subject: pupil_id
class: class_id
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  state: {title: 状态, english: State, type: code, code: outing_state, required: true, grade: 2}
  from_on: {title: 从, english: From, type: date, required: true, grade: 2}
  to_on: {title: 到, english: To, type: date, grade: 2}
  hours: {title: 小时, english: Hours, type: decimal, precision: 6, scale: 1, grade: 2}
  note: {title: 症状, english: Symptom, type: text, length: 200, grade: 4}
""",
    "pages/today.yaml": """title: 今日外出
english: Out today
blocks:
  - {kind: text, text: "## 说明\\n**今天**的外出 <b>不是标签</b>"}
  - kind: table
    data: outing
    columns: [pupil_id, class_id, state, from_on, hours]
    where: [[from_on, le, $today]]
    order: from_on
    to: all
    empty: 今天没有人外出
  - {kind: list, data: outing, columns: [pupil_id, class_id], slow: true}
""",
    "pages/all.yaml": """title: 全部外出
blocks:
  - {kind: board, data: outing, columns: [pupil_id, class_id], lane: state}
  - {kind: calendar, data: outing, columns: [pupil_id], day: from_on, end: to_on}
  - {kind: record, data: outing, columns: [pupil_id, state, from_on, note]}
""",
    "pages/mine.yaml": "title: 我的外出\nblocks: [{kind: list, data: outing, columns: [pupil_id, state, from_on]}]\n",
    "pages/gate.yaml": "title: 门卫\nblocks: [{kind: list, data: outing, columns: [pupil_id, class_id]}]\n",
    "pages/wall.yaml": "title: 今天谁在外\nplace: screen\nblocks: [{kind: list, data: outing, columns: [pupil_id, state]}]\n",
}


#: What was installed so far, in the order of its versions: other content wants another number.
_versions: list[dict[str, str]] = []


def numbered(files: dict[str, str]) -> dict[str, str]:
    """The files under a version that nobody else's content has."""
    if files not in _versions:
        _versions.append(files)
    head = files["scene.yaml"].replace('version: "1.0"', f'version: "1.{_versions.index(files)}"')
    return files | {"scene.yaml": head}


def town(base: Any, *, rows: int = 2, is_for_below: bool = False, **more: str) -> given.District:
    """Two schools with the pack on at the first (is_for_below: at the bureau, for both); some pupils of its first class are
    out today, the first one back. more: files over the pack's own, with ``/`` as ``__``."""
    from jizuo.project import rooms

    rooms.plates()
    found = given.district(base, schools=2, classes=2, pupils=3, staff=2)
    files = numbered(FILES | {name.replace("__", "/"): text for name, text in more.items()})
    installed(
        base, found.unit_no if is_for_below else found.schools[0].unit_no, files, is_for_below=is_for_below
    )
    put(base, found.schools[0], rows)
    return found


def put(base: Any, school: given.School, rows: int, *, role: str = "clerk", days: int = 0) -> list[Any]:
    """Write the first pupils of a school as out since `days` before today; returns the rows' ids."""
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put_rows import put_scene_rows

    day = acting.today() - timedelta(days=days)
    with scopes.use(base.scope(school.unit_no, role, today=acting.today())):
        return put_scene_rows(
            scene="outing",
            dataset="outing",
            rows=[row(school, place, day) for place in range(rows)],
        )


def row(school: given.School, place: int, day: date) -> dict[str, Any]:
    """One pupil out on a day."""
    return {
        "pupil_id": str(school.pupils[place][0]),
        "class_id": str(school.classes[place // 3]),
        "state": "out" if place else "back",
        "from_on": day.isoformat(),
        "to_on": day.isoformat(),
        "hours": str(place + 1),
        "note": "发热",
    }


def acting(base: Any, unit_no: int, role: str, **more: Any) -> tuple[Any, int]:
    """A client in a new role, and the grant's number."""
    account = base.account()
    return base.client(account), base.grant(account, unit_no, role, **more)


def state_of(base: Any, school: given.School, row_id: Any) -> str:
    """The lane in which a row stands."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        return owner.execute("select state from made_outing_v1 where id = %s", [row_id]).fetchone()[0]
