"""What is held already, by whom and since when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.given import within


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    made = given.fill(base, base.unit(), classes=1, pupils=4)
    person, link = made.pupils[0]
    within(
        base.scope(made.unit_no),
        lambda: put(
            dataset="pupil", columns=("id", "unit_no", "household_place", "allergy"),
            rows=[(link, made.unit_no, "澜江区", "")], source="register",
        ),
    )  # fmt: skip
    assert person
    return made


def held(scope: Any, **told: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries.held import already_held

    with scopes.use(scope):
        return already_held(**told)


def test_a_field_its_owner_spoke_of_is_held_and_no_other(base, school):
    found = held(base.scope(school.unit_no), dataset="pupil", record_id=school.pupils[0][1])
    assert set(found) == {"household_place"}
    one = found["household_place"]
    assert (
        (one.source, one.records, one.title) == ("register", 1, "户籍地") and one.source_title and one.since
    )
    assert held(base.scope(school.unit_no), dataset="pupil", record_id=school.pupils[1][1]) == {}


def test_of_a_unit_it_says_of_how_many_records(base, school):
    found = held(base.scope(school.unit_no), dataset="staff", fields=["establishment", "duty"])
    assert set(found) == {"establishment"} and found["establishment"].records == len(school.staff)


def test_another_unit_learns_nothing(base, school):
    stranger = base.scope(base.unit())
    assert held(stranger, dataset="pupil", record_id=school.pupils[0][1]) == {}
    assert held(stranger, dataset="pupil", unit_no=school.unit_no) == {}
    assert held(base.scope(school.unit_no), dataset="pupil", unit_no=school.unit_no)
