"""What movements do to the rolls, and that nobody ever stands in two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from jizuo.ground.ids import new_id
from tests.hubs.organisation.actions.test_moving import DAY, Place
from tests.hubs.organisation.actions.test_turning import act, run


def test_a_pupil_changes_class_when_the_head_agrees(place: Place) -> None:
    old, new = place.made.classes[:2]
    section = new_id()
    run(
        place.clerk,
        "insert into org (id, unit_no, kind, parent_id, name, code, stage, scheme, class_type, subject_code, session_ids,"
        " grades, location, source_id) values (%s, %s, 'section', %s, '语文', '', '', '', '', '', '{}', '{}', '', '')",
        section, place.unit_no, new,
    )  # fmt: skip
    movement_id = place.ask(place.teacher, kind="class", to_class_id=new)
    assert place.pupil()[0] == old
    assert place.step(place.head, movement_id, "agreed") == "closed"
    assert place.pupil()[0] == new
    assert run(
        place.clerk, "select count(*) from enrolment where org_id = %s and role = 'pupil'", section
    ) == [(1,)]
    from jizuo.hubs.organisation.queries.moving import movement_view

    told = act(place.clerk, movement_view, movement_id=movement_id)
    assert [one.state for one in told.steps] == ["draft", "agreed", "closed"]
    assert told.steps[1].role == "head"


def test_who_transfers_out_stays_on_the_roll_until_the_number(place: Place) -> None:
    movement_id = place.ask(kind="transfer_out", other_text="江北区实验小学")
    place.step(place.head, movement_id, "agreed")
    assert place.pupil()[1:4] == (True, False, None)
    place.papers(movement_id)
    place.step(place.clerk, movement_id, "sent")
    place.step(place.clerk, movement_id, "registered", register_no="ZX1")
    assert place.step(place.clerk, movement_id, "closed") == "closed"
    assert place.pupil()[3:] == (DAY, "27")


def test_a_withdrawn_leave_puts_the_pupil_back(place: Place) -> None:
    from jizuo.ground.errors import BadInput

    movement_id = place.ask(kind="suspend", until_on=DAY + timedelta(days=30))
    place.step(place.head, movement_id, "agreed")
    with pytest.raises(BadInput, match="理由"):
        place.step(place.clerk, movement_id, "withdrawn")
    place.step(place.clerk, movement_id, "withdrawn", note="病好了")
    assert place.pupil()[2] is True


@for_all(st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_nobody_is_ever_in_two_rolls_at_once(base: Any, data: Any) -> None:
    """Turns, undos, transfers and what the registers of two schools say, in any order: a person never has two open
    registered places as a pupil, as long as the registers themselves do not say so."""
    from jizuo.ground.errors import DoorError
    from tests.hubs.organisation.actions.test_turning import JULY, state_of, turn, undo

    one, two = Place(base, scheme="5", classes=10), Place(base, scheme="4", classes=2)
    people = [person for person, _link in one.made.pupils[-3:]]
    scope = replace(one.clerk, today=JULY)
    registered: dict[Any, int] = dict.fromkeys(people, one.unit_no)

    def says(school: Place, person: Any) -> None:
        """The one register moves a roll: it leaves one school before it stands in the other."""
        if registered[person] != school.unit_no:
            for other in (one, two):
                run(other.clerk, "update affiliation set end_on = %s where person_id = %s and role = 'pupil' and end_on is null",
                    JULY, person)  # fmt: skip
            run(
                school.clerk,
                "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on,"
                " name, sort_key, base_no, end_reason, sex, local_no, posts, source_id)"
                " values (%s, %s, %s, 'pupil', true, true, true, %s, '陈', 'chen', '0', '', '', '', '{}', '')",
                new_id(), school.unit_no, person, JULY,
            )  # fmt: skip
            registered[person] = school.unit_no

    for deed in data.draw(
        st.lists(st.sampled_from(["turn", "undo", "out", "in", "settle"]), min_size=3, max_size=8)
    ):
        person = data.draw(st.sampled_from(people))
        try:
            if deed == "turn":
                turn(scope)
            elif deed == "undo":
                undo(scope, state_of(scope).turn_id)
            elif deed in ("out", "in"):
                says(two if deed == "out" else one, person)
            else:
                one.settle()
                two.settle()
        except (DoorError, KeyError):
            pass
        with base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [f"{{{one.unit_no},{two.unit_no}}}"])
            assert (
                owner.execute(
                    "select person_id from affiliation where role = 'pupil' and is_registered and end_on is null"
                    " group by 1 having count(*) > 1"
                ).fetchall()
                == []
            )
