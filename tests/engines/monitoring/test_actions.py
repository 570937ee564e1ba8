"""Alerts looked at: a case once, told once, closed when its reason ends or by whoever called."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.monitoring import given


def test_a_case_is_opened_and_told_once(base: Any) -> None:
    town = given.town(base)
    school = town.schools[0]
    teacher = base.account(person_id=school.staff[1][0])
    base.grant(
        teacher, school.unit_no, "homeroom_teacher", person_id=school.staff[1][0], org_ids=school.classes[:1]
    )
    head = base.account(person_id=school.staff[0][0])
    base.grant(head, school.unit_no, "head", person_id=school.staff[0][0])
    assert given.look(base, school.unit_no)
    assert given.cases(base, school.unit_no) == [("long", "told", 1, "")]
    told = [
        ("alert_family", "孩子外出还没有登记回来", 1),
        ("alert_staff", "有学生外出没有回来", 2),
    ]
    assert sorted(given.told(base, school.unit_no)) == told
    assert given.look(base, school.unit_no) == 0, "looking again changes nothing"
    assert sorted(given.told(base, school.unit_no)) == told


def test_what_follows_comes_after_its_minutes(base: Any) -> None:
    town = given.town(base)
    school = town.schools[0]
    clerk = base.account(person_id=school.staff[0][0])
    base.grant(clerk, school.unit_no, "clerk", person_id=school.staff[0][0])
    given.look(base, school.unit_no)
    given.look(base, school.unit_no, given.later(14))
    assert ("alert_staff", "请打电话", 1) not in given.told(base, school.unit_no)
    given.look(base, school.unit_no, given.later(15))
    assert ("alert_staff", "请打电话", 1) in given.told(base, school.unit_no)
    assert given.cases(base, school.unit_no) == [("long", "told", 2, "")]


def test_a_case_ends_with_its_reason_and_opens_anew_with_a_new_one(base: Any) -> None:
    from tests.ground.packs.blocks import pack

    town = given.town(base)
    school = town.schools[0]
    given.look(base, school.unit_no)
    ids = pack.put(base, school, 2)
    given.move(base, school, ids[1], "back")
    given.look(base, school.unit_no, given.later(5))
    assert [one[1] for one in given.cases(base, school.unit_no)] == ["closed"]
    given.move(base, school, ids[1], "out")
    given.look(base, school.unit_no, given.later(10))
    assert [one[1] for one in given.cases(base, school.unit_no)] == ["closed", "told"]


def test_who_called_closes_it_and_it_stays_closed(base: Any) -> None:
    from jizuo.engines.monitoring import actions, queries
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound

    town = given.town(base)
    school, other = town.schools
    given.look(base, school.unit_no)
    with scopes.use(base.scope(school.unit_no, "clerk")):
        (case,) = queries.case_list().rows
        with pytest.raises(BadInput):
            actions.close_case(case_id=case.case_id, note=" ")
    with scopes.use(base.scope(other.unit_no, "clerk")), pytest.raises(NotFound):
        actions.close_case(case_id=case.case_id, note="别的学校")
    with scopes.use(base.scope(school.unit_no, "clerk")):
        actions.close_case(case_id=case.case_id, note="家长说在路上")
        with pytest.raises(NotFound):
            actions.close_case(case_id=case.case_id, note="再记一次")
    given.look(base, school.unit_no, given.later(5))
    assert given.cases(base, school.unit_no) == [("long", "closed", 1, "家长说在路上")]


def test_a_fact_of_written_rows_looks_at_once(base: Any) -> None:
    from jizuo.engines.monitoring import actions
    from jizuo.ground import acting
    from jizuo.ground import scope as scopes
    from jizuo.ground.facts import Told

    town = given.town(base)
    school = town.schools[0]
    with scopes.use(acting.base_job_scope(school.unit_no)), scopes.open_transaction("test"):
        actions.on_written(Told(1, "SceneRowsWritten", school.unit_no, {"dataset": "leave"}))
    assert given.cases(base, school.unit_no) == []
    with scopes.use(acting.base_job_scope(school.unit_no)), scopes.open_transaction("test"):
        actions.on_written(Told(2, "SceneRowsWritten", school.unit_no, {"dataset": "outing"}))
    assert [one[0] for one in given.cases(base, school.unit_no)] == ["long"]
