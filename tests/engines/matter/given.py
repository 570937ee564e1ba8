"""A scene of four ways through a flow, in use in a small district."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from jizuo.ground import scope as scopes
from tests.scenes import given, play, world

FLOW = """
title: 外出
form: trip
subject: pupil_id
about: '"外出 " + form.on_day'
number: WC{year}{n:04}
limit: 5
rate: true
steps:
  - {key: homeroom, title: 班主任审批, who: [homeroom_teacher_of_subject], do: approve, within: 1,
     late: {tell: [head], hand_to: [clerk]}}
  - {key: both, title: 会签, who: [head, clerk], do: sign, passes: all, when: 'form.far == true'}
  - {key: guard, title: 门卫登记, who: [post.gate], do: handle, when: 'form.far == true'}
  - {key: keep, auto: write, into: trip,
     set: {pupil_id: form.pupil_id, class_id: subject.class_id, on_day: form.on_day, way: form.way}}
  - {key: say, title: 告知, auto: tell, to: [applicant], words: 外出已批准}
"""
ASKED = """
title: 收表
form: ask
about: '"收表 " + form.what'
steps:
  - {key: out, auto: start, start: {flow: part, each: schools, with: {what: form.what}}}
  - {key: all, auto: wait}
  - {key: read, title: 看结果, who: [district_steward], do: read}
"""
PART = """
title: 交表
form: part
steps:
  - {key: fill, title: 填表, who: [clerk], do: fill, form: filled, within: 3}
"""
FILES = {
    "scene.yaml": 'id: trip\ntitle: 外出\nenglish: Trips\nowner: school\nversion: "1.0"\nneeds: [matter]\n',
    "README.md": "# 外出\n",
    "roles.yaml": """
roles:
  guardian: {start: [trip], read: {trip: child}}
  homeroom_teacher: {start: [trip], read: {trip: class}}
  head: {read: {trip: unit}}
  clerk: {start: [trip], read: {trip: unit}, manage: true}
  district_steward: {start: [ask], manage: true}
posts:
  gate: {title: 门卫, english: Gate, given_by: [clerk], use: {}}
""",
    "codes/trip_way.csv": "# 出行方式\ncode,name,english\nbus,客车,Bus\nfoot,步行,On foot\n",
    "standards/trip.yaml": """
dataset: trip
title: 外出
english: Trip
version: "1.0"
key: [pupil_id, on_day]
subject: pupil_id
class: class_id
fields:
  pupil_id: {title: 学生, english: Pupil, type: person, required: true, grade: 3}
  class_id: {title: 班级, english: Class, type: org, grade: 2}
  on_day: {title: 哪天, english: Day, type: date, required: true, grade: 2}
  way: {title: 方式, english: Way, type: code, code: trip_way, grade: 2}
  note: {title: 病情说明, english: Note, type: text, length: 100, grade: 4}
""",
    "forms/trip.yaml": """
title: 外出
english: Trip
over: trip
flow: trip
pages:
  - fields:
      - {key: pupil_id, of: pupil}
      - on_day
      - {key: way, required: false}
      - {key: note, required: false}
      - {key: far, kind: yes_no, title: 出市, english: Far, required: false}
""",
    "forms/ask.yaml": """
title: 收表
english: Ask
flow: ask
pages: [{fields: [{key: what, kind: text, title: 收什么}, {key: schools, kind: units, title: 学校, of: school}]}]
""",
    "forms/part.yaml": "title: 交表\nenglish: Part\nflow: part\npages: [{fields: [{key: what, kind: text, title: 收什么}]}]\n",
    "forms/filled.yaml": "title: 填表\nenglish: Fill\npages: [{fields: [{key: count, kind: number, title: 人数}]}]\n",
    "flows/trip.yaml": FLOW,
    "flows/ask.yaml": ASKED,
    "flows/part.yaml": PART,
}


class Town:
    """A district with the scene in use. Everybody acts by role."""

    def __init__(self, base: Any, files: dict[str, str] | None = None) -> None:
        from jizuo.ground.packs import actions

        self.base = base
        self.world = world.make(base)
        self.version_id = given.installed(base, self.world.bureau.unit_no, files or FILES, is_for_below=True)
        with self.as_("clerk"):
            holder = self.world.first.posts[0]
            actions.give_post(scene="trip", post="gate", person_id=holder.person_id)

    def actor(self, role: str, at: str = "") -> world.Actor:
        return self.world.actor(role, at, ("gate",))

    @contextmanager
    def as_(self, role: str, at: str = "", **more: Any) -> Any:
        with scopes.use(self.world.scope(self.actor(role, at), **more)):
            yield

    def person(self, name: str) -> UUID:
        return self.world.people[name]

    def start(self, role: str = "guardian", *, key: str = "", at: str = "", **answers: Any) -> UUID:
        from jizuo.engines.matter.actions import matters

        data = {
            "pupil_id": str(self.person("陈以宁" if not at else "林小满")),
            "on_day": "2026-09-20",
        } | answers
        with self.as_(role, at):
            return matters.start_matter(scene="trip", form="trip", data=data, submit_key=key or uuid4().hex)

    def todo(self, role: str, at: str = "") -> list[Any]:
        from jizuo.engines.matter.queries import todos

        with self.as_(role, at):
            return todos.todo(limit=200).rows

    def take(self, role: str, verb: str, matter_id: UUID, note: str = "", at: str = "", **data: Any) -> Any:
        from jizuo.engines.matter.actions import matters

        ids = [one.task_id for one in self.todo(role, at) if one.matter_id == matter_id]
        with self.as_(role, at):
            return matters.take_step(task_ids=ids, verb=verb, note=note, data=data)

    def view(self, role: str, matter_id: UUID, at: str = "") -> Any:
        from jizuo.engines.matter.queries import matters

        with self.as_(role, at):
            return matters.matter_view(matter_id=matter_id)

    def rows(self, statement: str, values: Any = ()) -> list[Any]:
        """A look past the doors at the whole district."""
        units = [place.unit_no for place in self.world.places]
        with self.base.owner() as line, line.transaction():
            line.execute("select set_config('app.units', %s, true)", ["{" + ",".join(map(str, units)) + "}"])
            return line.execute(statement, values).fetchall()

    def settle(self) -> None:
        play.settle()

    def told(self, matter_id: UUID) -> list[tuple[str, str]]:
        """(template, name of who got it) of the messages of a matter."""
        names = {one: name for name, one in self.world.people.items()}
        found = self.rows(
            "select m.template, i.recipient_id from message m join inbox_item i on i.message_id = m.id where m.link = %s"
            " order by m.id, i.id",
            [f"matters/{matter_id}"],
        )
        return [(template, names.get(person, "?")) for template, person in found]
