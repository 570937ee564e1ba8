from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from jizuo.ground.ids import new_id
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import act, run
from tests.hubs.organisation.walking import deliver_facts

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
        from jizuo.hubs.organisation.actions import moving

        return act(acting.base_job_scope(self.unit_no), moving.settle_by_register, unit_no=self.unit_no)


@pytest.fixture
def place(base: Any) -> Place:
    return Place(base)


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
