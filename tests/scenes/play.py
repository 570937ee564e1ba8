"""Examples of scenes played through the real doors, pages and messages, and what they must end with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError
from jizuo.ground.packs.parts import Pack
from jizuo.ground.packs.shapes import Deed, Example
from tests.scenes.world import CLASS, Actor, World

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE, ORGS, UNITS = {"person", "people"}, {"org", "orgs"}, {"unit", "units"}
EARLY, LATER = time(7, 30), time(10, 0)
#: Who is asked for a number, the first that may read it.
READERS = (
    "clerk", "head", "homeroom_teacher", "teacher", "district_steward", "district_leader", "district_admin", "guardian", "pupil",
)  # fmt: skip


@dataclass
class Play:
    """One example on its way. matters: name -> id; wrong: what came out otherwise than expected, in words; at: the time of
    day, early in the morning until the example says one, and ten o'clock for clocks and alerts that it runs at no time."""

    world: World
    pack: Pack
    example: Example
    matters: dict[str, UUID] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    at: time = EARLY

    @property
    def scene(self) -> str:
        return self.pack.head.id

    def now(self) -> datetime:
        """The moment of the example."""
        return datetime.combine(self.world.today, self.at, ZONE)

    def actor(self, role: str, at: str = "") -> Actor:
        return self.world.actor(role, at, sorted(self.pack.roles.posts))

    def as_(self, role: str, at: str = "") -> Any:
        """Act in a role within the block."""
        return scopes.use(self.world.scope(self.actor(role, at)))


def play(world: World, pack: Pack, example: Example, monkeypatch: Any) -> Play:
    """Play an example in a world in which the scene is in use; `wrong` says what differs."""
    found = Play(world, pack, example)
    world.today = date.fromisoformat(example.today)
    monkeypatch.setattr("django.utils.timezone.now", found.now)
    give_posts(found)
    for number, deed in enumerate(example.play, 1):
        step(found, number, deed)
    settle()
    for check in (states, rows, numbers, todos, told, cases, pages):
        check(found)
    return found


def door(name: str) -> Any:
    """A door of a room by its name, as the interface calls it."""
    from jizuo.ground import doors

    return doors.all_doors()[name].call


def settle() -> None:
    """Deliver every fact that was told and do every job that is due."""
    from jizuo.ground import facts, jobs

    for _round in range(20):
        if not facts.deliver_due():
            break
    # A browser of this process keeps the event loop of this thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(jobs.work_off).result()
    while facts.deliver_due():
        pass


def give_posts(found: Play) -> None:
    """Each post of the scene to a person of its own, at both schools and the bureau."""
    from jizuo.ground.packs import actions

    for place in found.world.places:
        for holder, (key, post) in zip(place.posts, sorted(found.pack.roles.posts.items()), strict=False):
            role = next((one for one in post.given_by if one in place.actors), "")
            if role:
                with scopes.use(found.world.scope(place.actors[role])):
                    actions.give_post(scene=found.scene, post=key, person_id=holder.person_id)


def step(found: Play, number: int, deed: Deed) -> None:
    """One line of the play."""
    if deed.day:
        found.world.today, found.at = date.fromisoformat(deed.day), EARLY
    if deed.time:
        found.at = time.fromisoformat(deed.time)
    said = ""
    try:
        if deed.as_:
            act(found, deed)
    except DoorError as error:
        said = "\n".join(
            [
                str(error.detail),
                str(error.fix),
                *(f"{one.where}: {one.what} {one.fix}" for one in error.problems),
            ]
        )
    if deed.refused and deed.refused not in said:
        found.wrong.append(f"play[{number}]: not refused by {deed.refused!r}: {said!r}")
    if said and not deed.refused:
        found.wrong.append(f"play[{number}]: refused: {said}")
    settle()
    if deed.run:
        if found.at == EARLY:
            found.at = LATER
        run(found, deed.run)
        settle()


def act(found: Play, deed: Deed) -> None:
    """What somebody does. Raises DoorError when it is refused."""
    with found.as_(deed.as_, deed.at):
        if deed.start:
            matter_id = door("matter.start_matter")(
                scene=found.scene,
                form=deed.start,
                data=answers(found, deed.start, deed.with_),
                submit_key=uuid4().hex,
            )
            if deed.called:
                found.matters[deed.called] = matter_id
        if deed.take:
            take(found, deed)
        if deed.resubmit:
            form = _form_of(found, deed.resubmit)
            door("matter.resubmit")(
                matter_id=found.matters[deed.resubmit],
                data=answers(found, form, deed.with_),
                submit_key=uuid4().hex,
            )
        if deed.withdraw:
            door("matter.withdraw")(matter_id=found.matters[deed.withdraw], note=deed.note)
        if deed.undo:
            door("matter.undo_matter")(matter_id=found.matters[deed.undo], note=deed.note)
        for dataset, told_rows in deed.put.items():
            door("data.put_scene_rows")(
                scene=found.scene, dataset=dataset, rows=[row_of(found, dataset, row) for row in told_rows]
            )


def take(found: Play, deed: Deed) -> None:
    """Answer the task that waits for the actor in a matter or in one that it began."""
    from jizuo.ground.errors import BadInput, NotFound

    family = descendants(found, found.matters[deed.on])
    lines = [one for one in door("matter.todo")(scene=found.scene, limit=200).rows if one.matter_id in family]
    steps = task_steps(found, [one.task_id for one in lines])
    lines = [one for one in lines if not deed.step or steps[one.task_id][0] == deed.step]
    if not lines:
        raise NotFound("没有等这个人办的")
    line = lines[0]
    key = steps[line.task_id][0]
    flow = found.pack.part("flows")[steps[line.task_id][1]]
    form = next((one.form for one in flow.steps if one.key == key), "")
    data = answers(found, form, deed.with_) if form else dict(deed.with_)
    result = door("matter.take_step")(task_ids=[line.task_id], verb=deed.take, note=deed.note, data=data)
    if not result.done:
        raise BadInput("; ".join(f"{one.why}" for one in result.skipped))


def run(found: Play, what: str) -> None:
    """Clocks or alerts of the district, as the worker runs them."""
    from jizuo.engines.matter import clock, reminding
    from jizuo.engines.monitoring import actions
    from jizuo.ground import acting

    with scopes.use(acting.base_job_scope(found.world.bureau.unit_no)):
        if what == "tick":
            clock.chase()
            reminding.remind()
        else:
            actions.watch_alerts()


def _form_of(found: Play, called: str) -> str:
    with owner(found) as cursor:
        cursor.execute("select form from matter where id = %s", [found.matters[called]])
        return str(cursor.fetchone()[0])


@contextmanager
def owner(found: Play) -> Any:
    """A look past the doors at everything of the world."""
    units = [place.unit_no for place in found.world.places]
    with found.world.base.owner() as line, line.transaction(), line.cursor() as cursor:
        cursor.execute("select set_config('app.units', %s, true)", ["{" + ",".join(map(str, units)) + "}"])
        yield cursor


def descendants(found: Play, matter_id: UUID) -> set[UUID]:
    """A matter and all that its steps began."""
    with owner(found) as cursor:
        cursor.execute(
            "with recursive f as (select id from matter where id = %s"
            " union select m.id from matter m join f on m.parent_id = f.id) select id from f",
            [matter_id],
        )
        return {one for (one,) in cursor.fetchall()}


def task_steps(found: Play, task_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """task -> (step, flow)."""
    with owner(found) as cursor:
        cursor.execute(
            "select t.id, t.step, m.flow from matter_task t join matter m on m.id = t.matter_id where t.id = any(%s)",
            [list(task_ids)],
        )
        return {task: (key, flow) for task, key, flow in cursor.fetchall()}


def answers(found: Play, form: str, told_answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with people, classes and units by name turned into what a browser would send."""
    from jizuo.engines.matter.forms import asked

    if form not in found.pack.part("forms"):
        return dict(told_answers)
    shape = found.pack.part("forms")[form]
    fields = {
        one.key: one
        for page in asked.asked_of(shape, asked.elements_of(found.pack, shape))
        for one in page.fields
    }

    def of(kind: str, columns: Sequence[Any], value: Any) -> Any:
        if kind == "table" and isinstance(value, list):
            kinds = {one.key: one for one in columns}
            return [
                {key: of(kinds[key].kind if key in kinds else "", (), one) for key, one in row.items()}
                for row in value
            ]
        return named(found.world, kind, value)

    return {
        key: of(fields[key].kind, fields[key].columns, value) if key in fields else value
        for key, value in told_answers.items()
    }


def named(world: World, kind: str, value: Any) -> Any:
    """The id behind a name, by the kind of field it stands in."""
    if isinstance(value, list):
        return [named(world, kind, one) for one in value]
    if kind in PEOPLE and value in world.people:
        return str(world.people[value])
    if kind in ORGS:
        for place in (world.first, world.second):
            if value in (CLASS, f"{place.name}{CLASS}"):
                return str(place.class_id)
    if kind in UNITS:
        for word, place in (("first", world.first), ("second", world.second), ("bureau", world.bureau)):
            if value in (word, place.name):
                return place.unit_no
    return value


def row_of(found: Play, dataset: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with names turned into ids by the dataset's own types."""
    kinds = {one.key: one.type for one in found.pack.part("standards")[dataset].body.elements}
    return {key: named(found.world, kinds.get(key, ""), value) for key, value in row.items()}


def states(found: Play) -> None:
    for called, state in found.example.expect.state.items():
        with owner(found) as cursor:
            cursor.execute("select state from matter where id = %s", [found.matters.get(called)])
            row = cursor.fetchone()
        if row is None or row[0] != state:
            found.wrong.append(f"state.{called}: {row and row[0]}, expected {state}")


def held_rows(found: Play, dataset: str) -> list[dict[str, Any]]:
    """Every row of a dataset of the world, as text."""
    standard = found.pack.part("standards")[dataset]
    with owner(found) as cursor:
        cursor.execute(f'select to_jsonb(t) from "made_{dataset}_v{standard.major}" t order by id')
        return [row for (row,) in cursor.fetchall()]


def rows(found: Play) -> None:
    for dataset, wanted in found.example.expect.rows.items():
        held = held_rows(found, dataset)
        for row in wanted:
            told_row = row_of(found, dataset, row)
            if not any(all(same(one.get(key), value) for key, value in told_row.items()) for one in held):
                found.wrong.append(f"rows.{dataset}: {row} is not among {held}")
    for dataset in found.example.expect.no_rows:
        if held := held_rows(found, dataset):
            found.wrong.append(f"no_rows.{dataset}: {held}")


def same(held: Any, wanted: Any) -> bool:
    """Whether a value of a row is what was expected: numbers as numbers, the rest as text."""
    if held is None or wanted is None or isinstance(held, bool) or isinstance(wanted, bool):
        return held == wanted
    try:
        return Decimal(str(held)) == Decimal(str(wanted))
    except InvalidOperation:
        return str(held) == str(wanted)


def numbers(found: Play) -> None:
    from jizuo.ground.errors import NotAllowed, NotFound

    for key, wanted in found.example.expect.numbers.items():
        for role in (*READERS, *(f"post.{post}" for post in sorted(found.pack.roles.posts))):
            try:
                with found.as_(role):
                    view = door("evaluation.number")(scene=found.scene, number=key)
                break
            except (NotFound, NotAllowed):
                continue
        else:
            found.wrong.append(f"numbers.{key}: nobody may read it")
            continue
        if not same(view.value, wanted):
            found.wrong.append(f"numbers.{key}: {view.value}, expected {wanted} ({role})")


def todos(found: Play) -> None:
    for role, wanted in found.example.expect.todo.items():
        with found.as_(role):
            count = len(door("matter.todo")(scene=found.scene, limit=200).rows)
        if count != wanted:
            found.wrong.append(f"todo.{role}: {count}, expected {wanted}")


def told(found: Play) -> None:
    for role in found.example.expect.told:
        actor = found.actor(role)
        with owner(found) as cursor:
            cursor.execute("select count(*) from inbox_item where recipient_id = %s", [actor.person_id])
            (count,) = cursor.fetchone()
        if not count:
            found.wrong.append(f"told.{role}: nothing came")


def cases(found: Play) -> None:
    for alert, wanted in found.example.expect.cases.items():
        with owner(found) as cursor:
            cursor.execute("select count(*) from alert_case where alert = %s and state <> 'closed'", [alert])
            (count,) = cursor.fetchone()
        if count != wanted:
            found.wrong.append(f"cases.{alert}: {count}, expected {wanted}")


def pages(found: Play) -> None:
    for page, by_role in found.example.expect.pages.items():
        for role, texts in by_role.items():
            code, text = seen(found, role, page)
            missing = [one for one in texts if one not in text]
            if code != 200 or missing:
                found.wrong.append(f"pages.{page}.{role}: {code}, misses {missing} in {text[:1500]}")
    for page, by_role in found.example.expect.hidden.items():
        for role, texts in by_role.items():
            code, text = seen(found, role, page)
            if not texts and code == 200:
                found.wrong.append(f"hidden.{page}.{role}: the page is there")
            for one in texts:
                if one in text:
                    found.wrong.append(f"hidden.{page}.{role}: {one} is there")


def seen(found: Play, role: str, page: str) -> tuple[int, str]:
    """(status, words) of a page of the scene as a role's browser shows it, with what loads by itself."""
    actor = found.actor(role)
    client = found.world.base.client(actor.account)
    answer = client.get(f"/as/{actor.grant_no}/s/{found.scene}/{page}")
    body = answer.content.decode()
    for address in re.findall(r'hx-get="([^"]+)"[^>]*hx-trigger="(?:load|revealed)', body):
        body += client.get(address.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    main = re.search(r"<main.*?</main>(.*)", body, re.DOTALL)
    shown = (main.group(0) if main else body) if answer.status_code == 200 else body
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
