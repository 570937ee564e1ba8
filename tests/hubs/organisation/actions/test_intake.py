"""New pupils at the desk: coming in once, staying away, twins, and people who are known already."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.hubs.organisation import intakes
from tests.hubs.organisation.actions.test_graduating import Two
from tests.hubs.organisation.actions.test_turning import act
from tests.hubs.organisation.importers.given import rows_of, school
from tests.hubs.organisation.importers.test_intake import bring, child
from tests.hubs.organisation.walking import clerk, deliver_facts

OF: dict[str, Any] = {"school_year": 2026, "stage": "primary"}


def awaited(base: Any, *rows: list[str], role: str = "clerk") -> Any:
    """A school with children on its list; returns the clerk's scope."""
    from jizuo.project import rooms

    rooms.plates()
    unit_no = school(base, classes=False)
    scope = clerk(base, unit_no, role)
    listed = rows or (child(1, "陈以宁"), child(2, "林若安"), child(3, "黄子远"))
    walked = bring(base, scope, list(listed))
    assert walked.state == "ready", walked.problems("error")
    walked.apply()
    deliver_facts()
    return scope


def listed(scope: Any, **told: Any) -> list[Any]:
    from jizuo.hubs.organisation.queries import intake as queries

    with scopes.use(scope):
        return queries.intake_list(**(OF | {"most": 1000} | told))[0]


def numbers(scope: Any) -> Any:
    from jizuo.hubs.organisation.queries import intake as queries

    with scopes.use(scope):
        return queries.intake_sets()[0]


def test_a_child_comes_in_once_by_desk_or_code_and_goes_out_again(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake

    scope = awaited(base)
    first, second, third = listed(scope)
    with scopes.use(scope):
        assert not intake.report_in(intake_id=first.intake_id).was_in
        told = intake.report_in(code=f" {second.code[:4].lower()} {second.code[4:]}")
        assert told.name == second.name and not told.was_in
        again = intake.report_in(code=second.code)
        assert again.was_in and again.at is not None
        with pytest.raises(NotFound):
            intake.report_in(code="AAAAAAAA")
        with pytest.raises(BadInput):
            intake.report_in()
    found = numbers(scope)
    assert (found.reported, found.admitted, found.boys + found.girls, found.unplaced) == (2, 1, 2, 2)
    assert {one.reported_way for one in listed(scope, state="reported")} == {"desk", "code"}
    with scopes.use(scope):
        intake.move_intake(intake_id=first.intake_id, to=intakes.ADMITTED)
        with pytest.raises(Conflict):
            intake.move_intake(intake_id=first.intake_id, to=intakes.ADMITTED)
        assert intake.close_reporting(**OF) == 2
        intake.move_intake(intake_id=third.intake_id, to=intakes.WITHDRAWN, note="去了民办")
        assert not intake.report_in(intake_id=first.intake_id).was_in
    assert [(one.name, one.state) for one in listed(scope)] == [
        (first.name, "reported"), (second.name, "reported"), (third.name, "withdrawn"),
    ]  # fmt: skip


def test_the_list_is_found_by_name_pinyin_code_number_and_phone(base: Any) -> None:
    scope = awaited(base)
    (one,) = listed(scope, text="林若安")
    for text in ("lra", "linruoan", one.code[:5], "A002", "13900000002", "0002"):
        assert [hit.name for hit in listed(scope, text=text)] == ["林若安"], text
    assert one.adults[0].phone == "13900000002"
    head = base.scope(scope.unit_no, "head", grant_no=scope.grant_no, account_id=scope.account_id)
    assert "*" in listed(head, text="林若安")[0].adults[0].phone


def test_another_school_sees_and_moves_nobody(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake
    from jizuo.hubs.organisation.queries import intake as queries

    scope, other = awaited(base), awaited(base, child(9, "周嘉明"))
    (own, *_rest) = listed(scope)
    with scopes.use(other):
        for attempt in (
            lambda: intake.report_in(intake_id=own.intake_id),
            lambda: intake.report_in(code=own.code),
            lambda: intake.move_intake(intake_id=own.intake_id, to=intakes.WITHDRAWN),
            lambda: queries.intake_one(code=own.code),
            lambda: intake.place_intake(intake_id=own.intake_id, is_spread=True),
        ):
            with pytest.raises(NotFound):
                attempt()
    assert [one.name for one in listed(other)] == ["周嘉明"]
    with scopes.use(scope):
        assert intake.report_in(code=own.code).name == own.name


def test_twins_are_proposed_by_birth_and_phone_and_noted_with_their_wish(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake
    from jizuo.hubs.organisation.queries import intake as queries

    left, right = child(1, "陈以宁"), child(3, "陈以安")
    right[-1] = left[-1]
    scope = awaited(base, left, right, child(5, "黄子远"))
    with scopes.use(scope):
        told = queries.births(**OF)
        noted, pairs = told.noted, told.likely
        assert noted == [] and [{one.name for one in pair} for pair in pairs] == [{"陈以宁", "陈以安"}]
        ids = [one.intake_id for one in pairs[0]]
        with pytest.raises(BadInput):
            intake.set_siblings(intake_ids=ids[:1], wish="together")
        with pytest.raises(BadInput):
            intake.set_siblings(intake_ids=ids, wish="maybe")
        intake.set_siblings(intake_ids=ids, wish="apart")
        told = queries.births(**OF)
        noted, pairs = told.noted, told.likely
        assert [one.wish for one in noted[0]] == ["apart", "apart"] and pairs == []
        intake.clear_siblings(intake_id=ids[1])
        assert queries.births(**OF).noted == []


def test_a_class_before_the_draw_needs_a_reason(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake

    scope = awaited(base)
    (one, *_rest) = listed(scope)
    with scopes.use(scope):
        with pytest.raises(BadInput):
            intake.place_intake(intake_id=one.intake_id, fixed_class=1)
        intake.place_intake(intake_id=one.intake_id, fixed_class=1, reason="教室在一楼")
    assert listed(scope)[0].fixed_reason == "教室在一楼"
    with scopes.use(scope):
        intake.place_intake(intake_id=one.intake_id)
    assert listed(scope)[0].fixed_class is None and listed(scope)[0].fixed_reason == ""


def test_own_pupils_who_wait_for_a_class_join_the_list_as_the_people_they_are(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake
    from tests.hubs.organisation import given

    unit_no = base.unit("澜江实验学校")
    made = given.fill(base, unit_no, classes=1, pupils=4)
    scope = clerk(base, unit_no)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        owner.execute(
            "update affiliation set class_id = null where unit_no = %s and role = 'pupil'", [unit_no]
        )
    with scopes.use(scope):
        count = intake.bring_own(**OF)
        assert count == 3 and intake.bring_own(**OF) == 0
    people = rows_of(base, unit_no, "select person_id, state from intake where unit_no = %s", unit_no)
    assert {row[0] for row in people} <= {person for person, _link in made.pupils}
    assert {row[1] for row in people} == {"reported"}


def test_handed_graduates_join_the_list_once_and_stay_who_they_are(base: Any) -> None:
    from jizuo.hubs.organisation.actions import graduating, intake

    two = Two(base)
    two.number()
    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no = two.hand()
    told: dict[str, Any] = {"batch_no": batch_no, "school_year": 2027, "stage": "junior"}
    for stranger in (two.sender, base.scope(base.unit())):
        with pytest.raises(NotFound):
            act(stranger, intake.bring_handover, **told)
    assert act(two.receiver, intake.bring_handover, **told) == 8
    assert act(two.receiver, intake.bring_handover, **told) == 0
    assert [one.state for one in two.got(state=graduating.TAKEN)] == [graduating.TAKEN]
    people = {person for person, _link in two.made.pupils[-8:]}
    there = (
        "select person_id, state from intake where unit_no = %s and school_year = 2027 and stage = 'junior'"
    )
    found = rows_of(base, two.there.unit_no, there, two.there.unit_no)
    assert {person for person, _state in found} == people and {state for _person, state in found} == {
        intakes.ADMITTED
    }


def test_a_batch_that_was_returned_is_not_brought(base: Any) -> None:
    from jizuo.hubs.organisation.actions import intake

    two = Two(base)
    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no = two.hand()
    two.settle(two.sender, batch_no, "returned")
    with pytest.raises(Conflict):
        act(two.receiver, intake.bring_handover, batch_no=batch_no, school_year=2027, stage="junior")
    sets = "select count(*) from intake where unit_no = %s"
    assert rows_of(base, two.there.unit_no, sets, two.there.unit_no) == [(0,)]
