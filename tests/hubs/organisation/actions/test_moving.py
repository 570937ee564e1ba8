"""Asking for a movement and bringing it step by step to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import act, run

DAY = date(2026, 9, 16)


class Place:
    """A school with a clerk, a head and a homeroom teacher of its first class."""

    def __init__(self, base: Any, *, scheme: str = "6", classes: int = 4, parent: int | None = None) -> None:
        from jizuo.hubs.organisation import room  # noqa: F401

        self.base = base
        self.made = given.fill(base, base.unit(parent=parent), classes=classes, pupils=4, scheme=scheme)
        self.unit_no = self.made.unit_no
        self.clerk, self.head = (self.desk(role) for role in ("clerk", "head"))
        self.teacher = replace(self.desk("homeroom_teacher"), org_ids=(self.made.classes[0],))

    def desk(self, role: str) -> Any:
        account = self.base.account()
        grant_no = self.base.grant(account, self.unit_no, role)
        return self.base.scope(self.unit_no, role, grant_no=grant_no, account_id=account.pk)

    def ask(self, scope: Any = None, pupil: int = 2, **more: Any) -> Any:
        from jizuo.hubs.organisation.actions import moving

        told = {"affiliation_id": self.made.pupils[pupil][1], "effect_on": DAY, "reason": "因病"} | more
        return act(scope or self.clerk, moving.ask_movement, **told)

    def step(self, scope: Any, movement_id: Any, to: str, **more: Any) -> str:
        from jizuo.hubs.organisation.actions import moving

        return act(scope, moving.step_movement, movement_id=movement_id, to=to, **more)

    def pupil(self, place: int = 2) -> tuple[Any, ...]:
        return run(
            self.clerk, "select class_id, is_registered, is_present, end_on, end_reason from affiliation where id = %s",
            self.made.pupils[place][1],
        )[0]  # fmt: skip

    def state(self, movement_id: Any) -> str:
        return run(self.clerk, "select state from movement where id = %s", movement_id)[0][0]

    def papers(self, movement_id: Any) -> None:
        from jizuo.hubs.organisation import movements
        from jizuo.hubs.organisation.actions import moving

        kind = run(self.clerk, "select kind from movement where id = %s", movement_id)[0][0]
        act(self.clerk, moving.note_papers, movement_id=movement_id, papers=movements.KINDS[kind].papers)

    def settle(self) -> int:
        from jizuo.ground import acting
        from jizuo.hubs.organisation.actions import moving_register

        return act(
            acting.base_job_scope(self.unit_no), moving_register.settle_by_register, unit_no=self.unit_no
        )


def test_a_leave_goes_its_road_and_closes_by_the_register(place: Place) -> None:
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed

    movement_id = place.ask(kind="suspend", until_on=DAY + timedelta(days=365))
    with pytest.raises(NotAllowed):
        place.step(place.clerk, movement_id, "agreed")
    with pytest.raises(Conflict):
        place.step(place.clerk, movement_id, "sent")
    place.step(place.head, movement_id, "agreed")
    # The school's own word holds at once; the roll is not touched.
    assert place.pupil()[1:3] == (True, False)
    with pytest.raises(BadInput, match="材料"):
        place.step(place.clerk, movement_id, "sent")
    place.papers(movement_id)
    place.step(place.clerk, movement_id, "sent")
    assert run(place.clerk, "select due_on from movement where id = %s", movement_id) == [
        (date(2026, 9, 30),)
    ]
    with pytest.raises(BadInput, match="业务号"):
        place.step(place.clerk, movement_id, "registered", register_no=" ")
    assert place.settle() == 0
    place.step(place.clerk, movement_id, "registered", register_no="XJ2026-0916-3")
    run(place.clerk, "update pupil set status = '02' where id = %s", place.made.pupils[2][1])
    assert place.settle() == 1
    assert place.state(movement_id) == "closed"
    assert run(place.clerk, "select closed_by from movement where id = %s", movement_id) == [("register",)]
    assert place.settle() == 0


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"kind": "quit"}, "学段"),
        ({"kind": "expel"}, "学段"),
        ({"kind": "suspend"}, "哪一天"),
        ({"kind": "transfer_out"}, "对方学校"),
        ({"kind": "class"}, "没有选班级"),
        ({"kind": "resume"}, "正在校"),
        ({"kind": "suspend", "until_on": date(2027, 1, 1), "reason": " "}, "原因"),
        ({"kind": "transfer_in", "affiliation_id": None, "other_text": "外校"}, "姓名"),
        ({"kind": "nonsense"}, "这一种"),
    ],
)
def test_what_cannot_be_asked_is_said(place: Place, more: dict[str, Any], word: str) -> None:
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput) as told:
        place.ask(**more)
    assert word in str(told.value.detail) + "".join(str(one.what) for one in told.value.problems)


def test_a_class_of_another_grade_is_refused(place: Place) -> None:
    from jizuo.ground.errors import BadInput

    other_grade = place.made.classes[2]
    with pytest.raises(BadInput):
        place.ask(kind="class", to_class_id=other_grade)
    with pytest.raises(BadInput):
        place.ask(kind="repeat", to_class_id=other_grade)
    assert place.ask(kind="skip", to_class_id=other_grade)


def test_two_clerks_ask_once(place: Place) -> None:
    import threading

    from django.db import connection

    from jizuo.ground.errors import Conflict

    told: list[str] = []
    gate = threading.Barrier(2)

    def clerk() -> None:
        gate.wait()
        try:
            place.ask(kind="suspend", until_on=DAY + timedelta(days=30))
            told.append("asked")
        except Conflict:
            told.append("refused")
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk) for _ in range(2)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert sorted(told) == ["asked", "refused"]
