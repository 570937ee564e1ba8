"""What a matter wrote is taken back as its flow says: by its applicant or who runs the scene, only while it may be."""

from __future__ import annotations

from uuid import uuid4

import pytest

from jizuo.ground.errors import Conflict, NotAllowed, NotFound
from tests.scenes import given, world


@pytest.fixture(scope="module")
def town(base):
    from jizuo.project import rooms

    rooms.plates()
    district = world.make(base)
    given.installed(base, district.bureau.unit_no, given.files_of("booking"), is_for_below=True)
    start(district, "clerk", "place", name="录播室", kind="computer", is_open=True)
    return district


def as_(town, role, at="first"):
    from jizuo.ground import scope as scopes

    return scopes.use(town.scope(town.actor(role, at)))


def start(town, role, form, **data):
    from jizuo.engines.matter.actions import matters

    with as_(town, role):
        return matters.start_matter(scene="booking", form=form, data=data, submit_key=uuid4().hex)


def book(town, role, period):
    return start(town, role, "booking", place="录播室", on_day="2026-09-17", period=period, purpose="公开课")


def undo(town, role, matter_id, at="first"):
    from jizuo.engines.matter.actions import undoing

    with as_(town, role, at):
        undoing.undo_matter(matter_id=matter_id, note="改期")


def rows(town):
    from jizuo.hubs.data.queries import scene_rows

    with as_(town, "clerk"):
        return {one["period"]: one for one in scene_rows.scene_rows(scene="booking", dataset="booking").rows}


def view(town, role, matter_id):
    from jizuo.engines.matter.queries import matters

    with as_(town, role):
        return matters.matter_view(matter_id=matter_id)


def test_the_booker_takes_it_back_and_the_place_is_free(town):
    first = book(town, "teacher", "1")
    seen = view(town, "teacher", first)
    assert seen.state == "done" and "undo" in seen.may_matter and seen.undo_title == "取消预约"
    undo(town, "teacher", first)
    assert rows(town)["1"]["state"] == "cancelled"
    after = view(town, "teacher", first)
    assert after.state == "withdrawn" and after.may_matter == () and after.events[-1].verb == "undo"
    again = book(town, "homeroom_teacher", "1")
    assert view(town, "clerk", again).state == "done" and rows(town)["1"]["state"] == "booked"
    with pytest.raises(Conflict):
        undo(town, "teacher", first)
    assert rows(town)["1"]["state"] == "booked", "what was given to another stays"


def test_nobody_else_takes_it_back_but_who_runs_the_scene(town):
    """The twin of the first."""
    first = book(town, "teacher", "2")
    with pytest.raises(NotAllowed):
        undo(town, "homeroom_teacher", first)
    for role, at in (("clerk", "second"), ("teacher", "second")):
        with pytest.raises(NotFound):
            undo(town, role, first, at)
    assert "undo" not in view(town, "homeroom_teacher", first).may_matter
    undo(town, "clerk", first)
    assert rows(town)["2"]["state"] == "cancelled"


def test_not_after_the_day(town):
    from datetime import date

    first = book(town, "teacher", "3")
    today, town.today = town.today, date(2026, 9, 18)
    try:
        with pytest.raises(Conflict):
            undo(town, "teacher", first)
        assert view(town, "teacher", first).undo_say == "用过的预约不能取消"
    finally:
        town.today = today
    undo(town, "teacher", first)


def test_not_what_was_written_over_since(town):
    first = book(town, "teacher", "4")
    start(town, "clerk", "cancel", place="录播室", on_day="2026-09-17", period="4", why="设备坏了")
    book(town, "homeroom_teacher", "4")
    with pytest.raises(Conflict) as caught:
        undo(town, "teacher", first)
    assert "后来又改过" in str(caught.value.detail) and rows(town)["4"]["state"] == "booked"


def test_after_its_last_day_only_who_runs_the_scene_takes_it_back(base, monkeypatch):
    """A club's sign-up: the family leaves until it closes, and reads until when; the office does it for her later."""
    from datetime import date

    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos

    town = world.make(base)
    given.installed(base, town.bureau.unit_no, given.files_of("club"), is_for_below=True)

    def hand_in(role, form, **data):
        with as_(town, role):
            return matters.start_matter(scene="club", form=form, data=data, submit_key=uuid4().hex)

    hand_in(
        "teacher",
        "club",
        name="围棋社",
        at_time="周三",
        place="棋室",
        places=9,
        close_on="2026-09-20",
        is_open=True,
    )
    with as_(town, "head"):
        matters.take_step(task_ids=[one.task_id for one in todos.todo(scene="club").rows], verb="approve")
    first = hand_in("guardian", "join", pupil_id=str(town.people["陈以宁"]), club="围棋社")
    monkeypatch.setattr("jizuo.ground.acting.today", lambda: town.today)
    actor = town.actor("guardian")
    client, here = base.client(actor.account), f"/as/{actor.grant_no}/matters/{first}"
    seen = view(town, "guardian", first)
    assert "undo" in seen.may_matter and seen.undo_until == date(2026, 9, 20)
    assert "到 2026-09-20 为止，可以自己在这里退出社团" in client.get(here).content.decode()
    assert view(town, "clerk", first).undo_until is None
    town.today = date(2026, 9, 21)
    late = view(town, "guardian", first)
    assert "undo" not in late.may_matter and late.undo_until is None and "找教务员" in late.undo_say
    with pytest.raises(Conflict) as caught:
        undo(town, "guardian", first)
    assert "报名已经截止" in str(caught.value.fix)
    assert "undo" in view(town, "clerk", first).may_matter
    undo(town, "clerk", first)
    assert view(town, "guardian", first).state == "withdrawn"
