from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import act, run, school, state_of, turn, undo
from tests.hubs.organisation.walking import deliver_facts


class Two:
    """A primary school that has turned, and a junior one below the same bureau."""

    def __init__(self, base: Any) -> None:
        self.base = base
        bureau = base.unit("澜江区教育局", kind="bureau")
        self.made, self.sender = school(base, parent=bureau)
        self.there = given.fill(
            base, base.unit("松雪初级中学", parent=bureau), classes=1, pupils=1, scheme="4"
        )
        self.receiver = base.scope(self.there.unit_no)
        self.turn_id = turn(self.sender)
        self.links: list[UUID] = [link for _person, link in self.made.pupils[-8:]]

    def graduates(self) -> list[Any]:
        from jizuo.hubs.organisation.queries.graduating import graduate_list

        return act(self.sender, graduate_list, school_year=2027)

    def number(self, prefix: str = "QM-") -> int:
        from jizuo.hubs.organisation.actions import graduating

        act(self.sender, graduating.set_certificate_rule, stage="primary", prefix=prefix)
        return act(self.sender, graduating.number_certificates, school_year=2027, stage="primary")

    def destine(self, links: list[UUID], **to: Any) -> int:
        from jizuo.hubs.organisation.actions import graduating

        return act(self.sender, graduating.set_destination, school_year=2027, affiliation_ids=links, **to)

    def hand(self) -> UUID:
        from jizuo.hubs.organisation.actions import graduating

        batch_no = act(self.sender, graduating.hand_over, school_year=2027, to_unit_no=self.there.unit_no)
        deliver_facts()
        return batch_no

    def settle(self, scope: Any, batch_no: UUID, to: str) -> None:
        from jizuo.hubs.organisation.actions import graduating

        act(scope, graduating.settle_handover, batch_no=batch_no, to=to)
        deliver_facts()

    def got(self, **more: Any) -> list[Any]:
        from jizuo.hubs.organisation.queries.graduating import handovers

        return act(self.receiver, handovers, way="in", **more)


@pytest.fixture
def two(base: Any) -> Two:
    return Two(base)


def test_a_number_is_given_once(two: Two) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import graduating

    with pytest.raises(Conflict, match="编号规则"):
        act(two.sender, graduating.number_certificates, school_year=2027, stage="primary")
    assert len(two.graduates()) == 8 and {one.class_name for one in two.graduates()} == {
        "五（1）班",
        "五（2）班",
    }
    assert two.number() == 8
    numbers = [one.certificate_no for one in two.graduates()]
    assert numbers == [f"QM-2027{n:04d}" for n in range(1, 9)]
    assert two.number() == 0
    # Taken back and done again: each has the number from before.
    undo(two.sender, two.turn_id)
    assert two.graduates() == []
    turn(two.sender)
    assert two.number() == 0
    assert [one.certificate_no for one in two.graduates()] == numbers
    # Another prefix starts no second series for those who have one.
    assert two.number("QX") == 0


def test_two_clerks_number_at_once(two: Two) -> None:
    import threading

    from django.db import connection

    from jizuo.hubs.organisation.actions import graduating

    act(two.sender, graduating.set_certificate_rule, stage="primary", prefix="A")
    told: list[int] = []
    gate = threading.Barrier(2)

    def clerk() -> None:
        gate.wait()
        try:
            told.append(act(two.sender, graduating.number_certificates, school_year=2027, stage="primary"))
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk) for _ in range(2)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert sorted(told) == [0, 8]
    assert len({one.certificate_no for one in two.graduates()}) == 8


def test_a_batch_reaches_the_next_school_and_only_its_least(two: Two) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.queries.graduating import handover_pupils

    two.number()
    assert two.destine(two.links[:5], to_unit_no=two.there.unit_no) == 5
    assert two.destine(two.links[5:], to_text="江北区第一中学") == 3
    assert {one.to_name for one in two.graduates()} == {"松雪初级中学", "江北区第一中学"}
    batch_no = two.hand()
    with pytest.raises(Conflict, match="没有要移交"):
        two.hand()
    (got,) = two.got()
    assert (got.state, got.pupils, got.other_unit_no) == ("sent", 5, two.made.unit_no)
    pupils = act(two.receiver, handover_pupils, batch_no=batch_no)
    assert [one.certificate_no for one in pupils] == [f"QM-2027{n:04d}" for n in range(1, 6)]
    # The wall stands: of the pupils themselves the receiver sees nothing.
    assert run(
        two.receiver, "select count(*) from person where id = any(%s)", [one.person_id for one in pupils]
    ) == [(0,)]
    assert run(two.receiver, "select count(*) from graduation") == [(0,)]
    two.settle(two.receiver, batch_no, "taken")
    assert two.got(state="taken")
    assert run(two.sender, "select state from handover") == [("taken",)]
    with pytest.raises(Conflict):
        two.settle(two.sender, batch_no, "returned")


def test_a_third_school_sees_no_batch(base: Any, two: Two) -> None:
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.actions import graduating
    from jizuo.hubs.organisation.queries.graduating import handover_pupils, handovers

    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no = two.hand()
    third = base.scope(base.unit())
    assert act(third, handovers) == []
    for door, values in (
        (handover_pupils, {"batch_no": batch_no}),
        (graduating.settle_handover, {"batch_no": batch_no, "to": "taken"}),
        (graduating.hand_over, {"school_year": 2027, "to_unit_no": two.there.unit_no}),
    ):
        with pytest.raises(NotFound):
            act(third, door, **values)
    assert act(two.receiver, handover_pupils, batch_no=batch_no)


def test_a_turn_is_not_taken_back_while_graduates_are_away(two: Two) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning

    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no = two.hand()
    with pytest.raises(Conflict, match="移交"):
        act(two.sender, turning.start_undo, turn_id=two.turn_id)
    two.settle(two.sender, batch_no, "returned")
    assert two.got(state="returned")
    assert {one.handover_id for one in two.graduates()} == {None}
    undo(two.sender, two.turn_id)
    assert state_of(two.sender).state == "undone"


def test_what_is_wrong_is_said(two: Two) -> None:
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.organisation.actions import graduating

    with pytest.raises(BadInput):
        act(two.sender, graduating.set_certificate_rule, stage="nowhere", prefix="<b>", digits=0)
    with pytest.raises(BadInput):
        two.destine([])
    with pytest.raises(BadInput):
        two.destine(two.links, to_unit_no=two.made.unit_no)
    with pytest.raises(NotFound):
        two.destine([two.made.pupils[0][1]], to_text="外校")
