"""Movements that go on by themselves: on their day, and with the register's import."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jizuo.ground.ids import new_id
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_moving import DAY, Place
from tests.hubs.organisation.actions.test_turning import act, run
from tests.hubs.organisation.walking import deliver_facts


def test_a_move_agreed_for_later_waits_for_its_day(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.ground import acting
    from jizuo.hubs.organisation import jobs

    new = place.made.classes[1]
    movement_id = place.ask(kind="class", to_class_id=new, effect_on=DAY + timedelta(days=5))
    assert place.step(place.head, movement_id, "agreed") == "agreed"
    monkeypatch.setattr(acting, "today", lambda: DAY + timedelta(days=4))
    jobs.take_effect(0)
    assert place.pupil()[0] != new
    monkeypatch.setattr(acting, "today", lambda: DAY + timedelta(days=5))
    jobs.take_effect(0)
    assert place.pupil()[0] == new and place.state(movement_id) == "closed"


def test_the_fact_of_a_register_import_settles(place: Place) -> None:
    from jizuo.ground import facts

    movement_id = place.ask(kind="suspend", until_on=DAY + timedelta(days=30))
    place.step(place.head, movement_id, "agreed")
    run(place.clerk, "update pupil set status = '02' where id = %s", place.made.pupils[2][1])
    given.within(
        place.clerk,
        lambda: facts.tell(
            "DatasetRefreshed", unit_no=place.unit_no, batch_id=str(new_id()), importer="pupils", datasets=[]
        ),
    )
    deliver_facts()
    assert place.state(movement_id) == "agreed"
    given.within(
        place.clerk,
        lambda: facts.tell(
            "DatasetRefreshed",
            unit_no=place.unit_no,
            batch_id=str(new_id()),
            importer="pupil_register",
            datasets=[],
        ),
    )
    deliver_facts()
    assert place.state(movement_id) == "closed"


def test_who_comes_in_closes_when_registered_here_and_nowhere_else(base: Any, place: Place) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import moving

    there = Place(base)
    movement_id = place.ask(
        kind="transfer_in", affiliation_id=None, name="王小明", other_unit_no=there.unit_no
    )
    place.step(place.head, movement_id, "agreed")
    place.papers(movement_id)
    place.step(place.clerk, movement_id, "sent")
    place.step(place.clerk, movement_id, "registered", register_no="ZR1")
    with pytest.raises(Conflict, match="名册"):
        place.step(place.clerk, movement_id, "closed")
    person, link = there.made.pupils[3]
    here = new_id()
    run(
        place.clerk,
        "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on, name,"
        " sort_key, base_no, end_reason, sex, local_no, posts, source_id)"
        " values (%s, %s, %s, 'pupil', true, true, true, %s, '王小明', 'wang', '0', '', '', '', '{}', '')",
        here, place.unit_no, person, DAY,
    )  # fmt: skip
    act(place.clerk, moving.link_pupil, movement_id=movement_id, affiliation_id=here)
    with pytest.raises(Conflict, match="还没有转出"):
        place.step(place.clerk, movement_id, "closed")
    assert place.settle() == 0
    run(there.clerk, "update affiliation set end_on = %s where id = %s", DAY, link)
    assert place.settle() == 1
