"""Matters from their start to their end through the real doors, and what is refused on the way."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound


def test_a_matter_goes_its_way_and_its_row_is_written(town):
    from jizuo.hubs.data.queries.scene_rows import scene_rows

    matter_id = town.start(way="bus", note="头疼")
    assert [one.title for one in town.todo("homeroom_teacher") if one.matter_id == matter_id] == [
        "陈以宁 外出 2026-09-20"
    ]
    assert town.take("homeroom_teacher", "approve", matter_id).done == 1
    found = town.view("guardian", matter_id)
    assert found.state == "done" and found.no.startswith("WC2026") and found.record_id
    assert [one.verb for one in found.events] == ["start", "approve", "skip", "skip", "write", "tell"]
    with town.as_("clerk"):
        rows = [one for one in scene_rows(scene="trip", dataset="trip").rows if one["id"] == found.record_id]
    assert [(one["pupil_id"], one["way"]) for one in rows] == [(town.person("陈以宁"), "bus")]


def test_the_same_submission_again_is_the_same_matter(town):
    key = uuid4().hex
    first = town.start(key=key, on_day="2026-09-21")
    assert town.start(key=key, on_day="2026-09-21") == first
    with pytest.raises(Conflict):
        town.start("clerk", key=key, on_day="2026-09-21")
    with pytest.raises(BadInput):
        town.start(key="kurz")


def test_both_must_sign_and_a_post_hands_on(town):
    matter_id = town.start(far=True, on_day="2026-09-22")
    town.take("homeroom_teacher", "approve", matter_id)
    assert town.take("head", "sign", matter_id).done == 1
    assert town.view("clerk", matter_id).state == "open"
    assert town.view("clerk", matter_id).steps[1].state == "now"
    town.take("clerk", "sign", matter_id)
    assert [one.step_title for one in town.todo("post.gate") if one.matter_id == matter_id] == ["门卫登记"]
    town.take("post.gate", "done", matter_id)
    assert town.view("clerk", matter_id).state == "done"


def test_returned_it_waits_for_the_family_and_comes_back_to_who_returned_it(town):
    from jizuo.engines.matter.actions import matters

    matter_id = town.start(on_day="2026-09-23")
    with pytest.raises(BadInput):
        town.take("homeroom_teacher", "return", matter_id)
    town.take("homeroom_teacher", "return", matter_id, "请写明怎么去")
    found = town.view("guardian", matter_id)
    assert found.state == "waiting" and not found.clock.is_running and "resubmit" in found.may_matter
    assert [one.do for one in town.todo("guardian") if one.matter_id == matter_id] == ["mend"]
    answers = {"pupil_id": str(town.person("陈以宁")), "on_day": "2026-09-24", "way": "foot"}
    with town.as_("guardian"), pytest.raises(BadInput):
        matters.resubmit(
            matter_id=matter_id, data=answers | {"pupil_id": str(town.person("马小川"))}, submit_key="x" * 32
        )
    with town.as_("homeroom_teacher"), pytest.raises(NotAllowed):
        matters.resubmit(matter_id=matter_id, data=answers, submit_key="x" * 32)
    for _again in range(2):
        with town.as_("guardian"):
            matters.resubmit(matter_id=matter_id, data=answers, submit_key="x" * 32)
    assert town.view("guardian", matter_id).title == "陈以宁 外出 2026-09-24"
    assert town.take("homeroom_teacher", "approve", matter_id).done == 1
    assert town.view("guardian", matter_id).state == "done"


def test_withdrawn_pressed_ended_and_rated(town):
    from jizuo.engines.matter.actions import matters

    first = town.start(on_day="2026-10-10")
    with town.as_("guardian"):
        matters.press_matter(matter_id=first)
        with pytest.raises(Conflict):
            matters.press_matter(matter_id=first)
        matters.withdraw(matter_id=first, note="不去了")
    assert town.view("guardian", first).state == "withdrawn"
    assert not [one for one in town.todo("homeroom_teacher") if one.matter_id == first]
    second = town.start(on_day="2026-10-11")
    with town.as_("homeroom_teacher"), pytest.raises(NotAllowed):
        matters.end_matter(matter_id=second, note="不办")
    with town.as_("clerk"):
        with pytest.raises(BadInput):
            matters.end_matter(matter_id=second, note=" ")
        matters.end_matter(matter_id=second, note="学校停课")
    assert town.view("guardian", second).state == "ended"
    third = town.start(on_day="2026-10-12")
    town.take("homeroom_teacher", "approve", third)
    with town.as_("guardian"):
        matters.rate_matter(matter_id=third, stars=5, note="快")
        with pytest.raises(Conflict):
            matters.rate_matter(matter_id=third, stars=1)
        with pytest.raises(BadInput):
            matters.rate_matter(matter_id=third, stars=6)
        with pytest.raises(Conflict):
            matters.withdraw(matter_id=third)
    assert town.view("clerk", third).rating == 5


def test_taken_back_while_untouched(town):
    from jizuo.engines.matter.actions import matters

    matter_id = town.start(far=True, on_day="2026-10-13")
    town.take("homeroom_teacher", "approve", matter_id)
    with town.as_("head"), pytest.raises(Conflict):
        matters.take_back(matter_id=matter_id)
    with town.as_("homeroom_teacher"):
        matters.take_back(matter_id=matter_id)
    assert not [one for one in town.todo("head") if one.matter_id == matter_id]
    town.take("homeroom_teacher", "approve", matter_id)
    town.take("head", "sign", matter_id)
    with town.as_("homeroom_teacher"), pytest.raises(Conflict):
        matters.take_back(matter_id=matter_id)


def test_bulk_and_what_is_skipped(town):
    from jizuo.engines.matter.actions import matters

    ids = [town.start(on_day=f"2026-11-{day:02}") for day in range(2, 8)]
    tasks = [one.task_id for one in town.todo("homeroom_teacher") if one.matter_id in ids]
    with town.as_("homeroom_teacher"):
        assert matters.take_step(task_ids=tasks[:1], verb="approve").done == 1
        result = matters.take_step(task_ids=tasks, verb="approve")
        assert result.done == 5 and [one.task_id for one in result.skipped] == tasks[:1]
        assert result.skipped[0].why == "陆晓岚已经办了：同意"
        with pytest.raises(BadInput):
            matters.take_step(task_ids=[uuid4() for _n in range(501)], verb="approve")
        with pytest.raises(BadInput):
            matters.take_step(task_ids=[], verb="approve")
        with pytest.raises(NotFound):
            matters.take_step(task_ids=[uuid4()], verb="approve")


def test_what_is_not_ones_own_looks_as_if_it_did_not_exist(town):
    """Twins: the same calls work for who is asked and at the own school."""
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import matters as queries

    matter_id = town.start(on_day="2026-10-14")
    task = next(one.task_id for one in town.todo("homeroom_teacher") if one.matter_id == matter_id)
    for role, at in (("head", ""), ("teacher", ""), ("homeroom_teacher", "second"), ("guardian", "second")):
        with town.as_(role, at), pytest.raises(NotFound):
            matters.take_step(task_ids=[task], verb="approve")
    for role, at in (("teacher", ""), ("head", "second"), ("guardian", "second"), ("clerk", "second")):
        with town.as_(role, at), pytest.raises(NotFound):
            queries.matter_view(matter_id=matter_id)
        with town.as_(role, at), pytest.raises(NotFound):
            matters.withdraw(matter_id=matter_id)
    assert town.view("head", matter_id).title
    assert town.take("homeroom_teacher", "approve", matter_id).done == 1
    other = town.start(at="second", on_day="2026-10-14")
    with town.as_("homeroom_teacher"), pytest.raises(NotFound):
        queries.matter_view(matter_id=other)
    assert town.view("homeroom_teacher", other, "second").state == "open"


def test_a_family_starts_for_its_own_child_only(town):
    with pytest.raises((NotFound, BadInput)):
        town.start(pupil_id=str(town.person("马小川")))
    with pytest.raises((NotFound, BadInput)):
        town.start(pupil_id=str(town.person("林小满")))
    with pytest.raises(NotFound):
        town.start("head")


def test_two_approvers_at_once(town):
    from django.db import connection

    from jizuo.engines.matter.actions import matters

    matter_id = town.start(on_day="2026-10-15")
    task = next(one.task_id for one in town.todo("homeroom_teacher") if one.matter_id == matter_id)
    done, why, gate = [], [], threading.Barrier(2)

    def press():
        try:
            with town.as_("homeroom_teacher"):
                gate.wait()
                result = matters.take_step(task_ids=[task], verb="approve")
                done.append(result.done)
                why.extend(one.why for one in result.skipped)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _n in range(2)]
    [one.start() for one in threads]
    [one.join(30) for one in threads]
    assert sorted(done) == [0, 1] and why == ["陆晓岚已经办了：同意"]
    events = [one.verb for one in town.view("guardian", matter_id).events]
    assert events.count("approve") == 1 and events.count("write") == 1


def test_a_row_that_the_dataset_refuses_leaves_its_matter_where_it_was(town):
    """A code that was withdrawn since: the matter stays, the others go on."""
    good, bad = town.start(on_day="2026-10-16"), town.start(on_day="2026-10-17", way="bus")
    town.rows(
        "update matter set data = jsonb_set(data, '{form,way}', '\"balloon\"') where id = %s returning id",
        [bad],
    )
    from jizuo.engines.matter.actions import matters

    tasks = [one.task_id for one in town.todo("homeroom_teacher") if one.matter_id in (good, bad)]
    with town.as_("homeroom_teacher"):
        result = matters.take_step(task_ids=tasks, verb="approve")
    assert result.done == 1 and "代码" in result.skipped[0].why
    assert town.view("clerk", good).state == "done" and town.view("clerk", bad).state == "open"
    assert [one.verb for one in town.view("clerk", bad).events] == ["start"]


def test_a_flow_below_is_waited_for(town):
    from jizuo.engines.matter.actions import matters
    from jizuo.engines.matter.queries import matters as queries

    units = [town.world.first.unit_no, town.world.second.unit_no]
    with town.as_("district_steward"):
        parent = matters.start_matter(
            scene="trip", form="ask", data={"what": "本周外出", "schools": units}, submit_key=uuid4().hex
        )
        children = queries.children_of(matter_id=parent)
        assert {one.unit_no for one in children} == set(units) and {one.state for one in children} == {"open"}
    for at, child in (("first", children[0]), ("second", children[1])):
        place = (
            at
            if town.world.place(at).unit_no == child.unit_no
            else {"first": "second", "second": "first"}[at]
        )
        assert town.take("clerk", "done", child.matter_id, at=place, count=3).done == 1
        town.settle()
    view = town.view("district_steward", parent)
    assert view.children_ended == 2 and [one.step_title for one in view.tasks] == ["看结果"]
    town.take("district_steward", "done", parent)
    assert town.view("district_steward", parent).state == "done"
