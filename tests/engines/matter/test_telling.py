"""Messages: once for each line of a timeline, whatever dies between; never an answer of a form."""

from __future__ import annotations

import pytest


def test_who_hears_what(town):
    matter_id = town.start(note="头疼", on_day="2026-09-25")
    town.settle()
    assert town.told(matter_id) == [("matter_open", "陆晓岚")]
    town.take("homeroom_teacher", "approve", matter_id)
    town.settle()
    assert town.told(matter_id)[1:] == [("matter_words", "陈建国")]
    texts = str(town.rows("select values from message where link = %s", [f"matters/{matter_id}"]))
    assert "外出已批准" in texts and "头疼" not in texts


def test_the_fact_outlives_a_death_and_acts_once(town):
    """The step is committed, the process dies: the fact is there. Delivered twice, it acts once."""
    from jizuo.ground import facts

    matter_id = town.start(on_day="2026-09-26")
    assert town.told(matter_id) == []
    rows = town.rows(
        "select id, name, unit_no, payload from fact where name = 'MatterMoved' order by id desc limit 1"
    )
    fact = facts.Told(*rows[0])
    for _again in range(2):
        facts.deliver(fact)
    town.rows("delete from fact_done where fact_id = %s returning fact_id", [fact.id])
    facts.deliver(fact)
    town.settle()
    assert town.told(matter_id) == [("matter_open", "陆晓岚")]


def test_many_at_once_are_one_message(town):
    from jizuo.engines.matter.actions import matters

    ids = [town.start(far=True, on_day=f"2027-01-{day:02}") for day in range(1, 7)]
    town.settle()
    tasks = [one.task_id for one in town.todo("homeroom_teacher") if one.matter_id in ids]
    with town.as_("homeroom_teacher"):
        assert matters.take_step(task_ids=tasks, verb="approve").done == 6
    town.settle()
    many = town.rows("select values->>'count' from message where template = 'matter_many'")
    assert many == [("6",), ("6",)]


def test_words_stand_without_fields_of_a_child(base):
    from jizuo.hubs.message import wording
    from jizuo.project import rooms

    rooms.plates()
    mine = [one for key, one in wording.templates().items() if key.startswith("matter_")]
    assert len(mine) >= 10 and all(one.fields <= {"school", "title", "due", "count"} for one in mine)


@pytest.mark.parametrize(
    "holder", ["head@99999", "homeroom_teacher@1/-", "person@-", "guardian@1/-", "post.trip.gate@99999"]
)
def test_a_holder_that_nobody_is(town, holder):
    from jizuo.engines.matter import who
    from jizuo.ground import scope as scopes

    with town.as_("clerk"), scopes.open_transaction("test"):
        assert who.people_of([holder]) == {holder: []}
