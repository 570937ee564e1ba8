"""Places that run out."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.scenes import given, world


@pytest.fixture(scope="module")
def town(base):
    from jizuo.project import rooms

    rooms.plates()
    district = world.make(base)
    given.installed(base, district.bureau.unit_no, given.files_of("club"), is_for_below=True)
    return district


def as_(town, role, at="first"):
    from jizuo.ground import scope as scopes

    return scopes.use(town.scope(town.actor(role, at)))


def start(town, role, scene, form, at="first", **data):
    from jizuo.engines.matter.actions import matters

    with as_(town, role, at):
        return matters.start_matter(scene=scene, form=form, data=data, submit_key=uuid4().hex)


def club(town, name, places, at="first"):
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import todos

    told = {
        "name": name,
        "at_time": "周三",
        "place": "棋室",
        "places": places,
        "close_on": "2026-09-30",
        "leader": "杜师傅",
        "is_open": True,
    }
    matter_id = start(town, "teacher", "club", "club", at, **told)
    with as_(town, "head", at):
        (line,) = [one for one in todos.todo(scene="club").rows if one.matter_id == matter_id]
        matters.take_step(task_ids=[line.task_id], verb="approve")


def join(town, child, name, at="first"):
    return start(town, "homeroom_teacher", "club", "join", at, pupil_id=str(town.people[child]), club=name)


def members(town, name, at="first"):
    from jizuo.hubs.data.queries import scene_rows

    with as_(town, "head", at):
        page = scene_rows.scene_rows(scene="club", dataset="club_member")
    return [row["pupil_id_word"] for row in page.rows if row["club"] == name]


def test_the_first_in_line_moves_up_when_a_place_comes_free(town):
    from jizuo.engines.matter.actions import undoing

    club(town, "围棋社", 1)
    first = join(town, "陈以宁", "围棋社")
    second = join(town, "马小川", "围棋社")
    join(town, "阿卜杜拉·买买提", "围棋社")
    assert members(town, "围棋社") == ["陈以宁"]
    with as_(town, "clerk"):
        undoing.undo_matter(matter_id=first, note="转学")
    assert members(town, "围棋社") == ["陈以宁", "马小川"]
    with as_(town, "clerk"):
        undoing.undo_matter(matter_id=second, note="转学")
    assert members(town, "围棋社") == ["陈以宁", "马小川", "阿卜杜拉·买买提"]


def test_a_place_is_held_by_name_and_by_school(town):
    club(town, "篮球社", 1)
    club(town, "足球社", 1)
    club(town, "篮球社", 1, at="second")
    join(town, "陈以宁", "篮球社")
    join(town, "陈以宁", "足球社")
    join(town, "林小满", "篮球社", at="second")
    assert members(town, "篮球社") == members(town, "足球社") == ["陈以宁"]
    assert members(town, "篮球社", at="second") == ["林小满"]


def test_who_waits_may_leave_the_line(town):
    from jizuo.engines.matter.actions import matters, undoing

    club(town, "合唱团", 1)
    first = join(town, "陈以宁", "合唱团")
    second = join(town, "马小川", "合唱团")
    with as_(town, "clerk"):
        matters.end_matter(matter_id=second, note="不去了")
        undoing.undo_matter(matter_id=first, note="转学")
    assert members(town, "合唱团") == ["陈以宁"]
