"""Whose movement it is: who reaches it for a deed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.hubs.organisation.actions.test_moving import DAY, Place
from tests.hubs.organisation.actions.test_turning import act


def test_a_homeroom_teacher_sees_and_moves_her_own_only(base: Any, place: Place) -> None:
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.organisation.queries.moving import movement_list, movement_view

    of_clerk = place.ask(kind="class", to_class_id=place.made.classes[1])
    with pytest.raises(NotFound):
        act(place.teacher, movement_view, movement_id=of_clerk)
    with pytest.raises(NotFound):
        place.ask(place.teacher, pupil=5, kind="class", to_class_id=place.made.classes[0])
    with pytest.raises(BadInput):
        place.ask(place.teacher, pupil=3, kind="suspend", until_on=DAY + timedelta(days=3))
    own = place.ask(place.teacher, pupil=3, kind="class", to_class_id=place.made.classes[1])
    assert [one.movement_id for one in act(place.teacher, movement_list).rows] == [own]
    assert place.step(place.teacher, own, "withdrawn") == "withdrawn"
    # Another school's does not exist, and a deed on it leaves no trace.
    there = Place(base)
    with pytest.raises(NotFound):
        act(there.head, movement_view, movement_id=of_clerk)
    with pytest.raises(NotFound):
        there.step(there.head, of_clerk, "agreed")
    assert place.state(of_clerk) == "draft"
