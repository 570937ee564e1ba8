"""Whom a school tells: rights decide, at the moment of asking."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.given import within


@pytest.fixture
def school(base: Any) -> Any:
    return given.fill(base, base.unit(), classes=1, pupils=4)


def change(base: Any, school: Any, sql: str, *values: Any) -> None:
    from django.db import connection

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    within(base.scope(school.unit_no), run)


@pytest.mark.parametrize(
    "right",
    ["is_no_contact = true", "gets_notice = false", "end_on = '2026-09-16'", "begin_on = '2026-09-17'"],
)
def test_who_may_not_be_told_is_in_no_answer(base: Any, school: Any, right: str) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.queries import contacts

    child, adult = school.pupils[2][0], school.guardians[2][0]
    mother = base.scope(school.unit_no, "guardian", person_id=adult, child_ids=(child,))

    def told() -> tuple:
        with scopes.use(base.scope(school.unit_no)):
            families = {
                one.child_id: one.guardian_ids for one in contacts.families_of(class_ids=school.classes)
            }
            adults = [one.guardian_id for one in contacts.adults_of(child_ids=[child])]
            ties = contacts.told_of(child_ids=[child])
        return families[child], adults, ties, within(mother, contacts.own_children)

    assert told() == ((adult,), [adult], {child: (adult,)}, {child: True})
    change(base, school, f"update guardian_of set {right} where guardian_id = %s", adult)
    assert told() == ((), [], {}, {})


def test_a_child_taught_elsewhere_is_not_asked_and_people_are_found_by_role(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.queries import contacts

    with scopes.use(base.scope(school.unit_no)):
        assert len(contacts.families_of(class_ids=school.classes)) == 3
        assert len(contacts.people_of(role="staff")) == 3
        assert len(contacts.people_of(role="pupil", class_ids=school.classes)) == 3
    with scopes.use(base.scope(base.unit())):
        assert contacts.families_of(class_ids=school.classes) == []
        assert contacts.told_of(child_ids=[school.pupils[2][0]]) == {}


def test_phones_are_the_workers_only(base: Any, school: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.message.jobs import unit_scope
    from jizuo.hubs.organisation.queries import contacts

    wanted = [school.guardians[0][0], school.guardians[2][0]]
    with scopes.use(unit_scope(school.unit_no)):
        assert list(contacts.phones_of(person_ids=wanted)) == [school.guardians[2][0]]
    with scopes.use(base.scope(school.unit_no)), pytest.raises(NotAllowed):
        contacts.phones_of(person_ids=wanted)
    pupil = base.scope(school.unit_no, "pupil", person_id=school.pupils[0][0])
    assert within(pupil, contacts.own_children) == {school.pupils[0][0]: False}


@pytest.mark.parametrize(
    ("right", "may_sign"),
    [
        ("gets_notice = false", True), ("may_sign = false", False), ("may_view = false", False),
        ("is_no_contact = true", False), ("end_on = '2026-09-16'", False), ("begin_on = '2026-09-17'", False),
    ],
)  # fmt: skip
def test_for_whom_an_adult_may_sign(base: Any, school: Any, right: str, may_sign: bool) -> None:
    from jizuo.hubs.organisation.queries import contacts

    child, adult = school.pupils[2][0], school.guardians[2][0]
    asked = {"guardian_id": adult, "child_ids": [child, school.pupils[0][0]]}

    def told() -> list:
        return within(base.scope(school.unit_no, "self"), lambda: contacts.signed_by(**asked))

    assert told() == [child]
    change(base, school, f"update guardian_of set {right} where guardian_id = %s", adult)
    assert told() == ([child] if may_sign else [])
    elsewhere = within(base.scope(base.unit(), "self"), lambda: contacts.signed_by(**asked))
    assert elsewhere == [], "out of another school's sight"
