"""A matter that may be begun once only: refused while another with the same answers runs or stands."""

from __future__ import annotations

import threading

import pytest

from jizuo.ground.errors import BadInput
from tests.engines.matter.given import FILES, FLOW, Town

ONCE = FILES | {
    "flows/trip.yaml": FLOW.replace("limit: 5", "limit: 5\nonce: [pupil_id, on_day]"),
    "scene.yaml": FILES["scene.yaml"].replace('"1.0"', '"1.7"'),
}


@pytest.fixture(scope="module")
def town(base):
    from jizuo.project import rooms

    rooms.plates()
    return Town(base, ONCE)


def refused(town, role="guardian", **answers):
    """What is told of a second one."""
    with pytest.raises(BadInput) as caught:
        town.start(role, **answers)
    (problem,) = caught.value.problems
    assert problem.where == "on_day"
    return problem


def test_a_second_one_is_refused_while_the_first_runs_or_stands(town):
    day = "2026-10-10"
    first = town.start(on_day=day, way="bus")
    running = refused(town, on_day=day, way="foot")
    assert town.view("guardian", first).no in running.what and "办理中" in running.what
    assert "撤回申请" in running.fix
    town.take("homeroom_teacher", "approve", first)
    done = refused(town, on_day=day)
    assert "办结" in done.what and "教务员" in done.fix


def test_it_passes_with_any_other_answer_and_at_another_school(town):
    day = "2026-10-11"
    town.start(on_day=day)
    town.start(on_day="2026-10-12")
    town.start("homeroom_teacher", on_day=day, pupil_id=str(town.person("马小川")))
    town.start(on_day=day, at="second")


def test_it_passes_once_the_first_is_gone(town):
    from jizuo.engines.matter.actions import matters

    day = "2026-10-13"
    first = town.start(on_day=day)
    with town.as_("guardian"):
        matters.withdraw(matter_id=first)
    second = town.start(on_day=day)
    town.take("homeroom_teacher", "refuse", second, "那天春游")
    third = town.start(on_day=day)
    with town.as_("clerk"):
        matters.end_matter(matter_id=third, note="不办了")
    town.start(on_day=day)


def test_who_did_not_hand_it_in_is_told_whom_to_ask(town):
    day = "2026-10-14"
    town.start("homeroom_teacher", on_day=day)
    assert "请提交的人先撤回" in refused(town, on_day=day).fix


def test_a_returned_one_is_mended_instead(town):
    from jizuo.engines.matter.actions import matters

    day = "2026-10-15"
    first, other = town.start(on_day=day), town.start(on_day="2026-10-16")
    town.take("homeroom_teacher", "return", first, "写明方式")
    assert "补正" in refused(town, on_day=day).fix
    with town.as_("guardian"):
        told = {"pupil_id": str(town.person("陈以宁")), "on_day": "2026-10-16"}
        with pytest.raises(BadInput) as caught:
            matters.resubmit(matter_id=first, data=told, submit_key="mend-a-second")
        assert town.view("guardian", other).no in caught.value.problems[0].what
        matters.resubmit(matter_id=first, data=told | {"on_day": day}, submit_key="mend-the-first")


def test_the_same_submission_again_is_no_second_one(town):
    first = town.start(key="once-and-again", on_day="2026-10-17")
    assert town.start(key="once-and-again", on_day="2026-10-17") == first


def test_of_two_at_the_same_moment_one_passes(town):
    from django.db import connection

    gate, ends = threading.Barrier(6), []

    def press():
        try:
            gate.wait()
            town.start(on_day="2026-10-18")
            ends.append("begun")
        except BadInput as error:
            ends.append(error.problems[0].where)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ends) == ["begun", *["on_day"] * 5]


def test_without_the_word_every_one_passes(base, town):
    """The twin of the first and of the last."""
    free = Town(base)
    assert free.start(on_day="2026-10-10") != free.start(on_day="2026-10-10")
