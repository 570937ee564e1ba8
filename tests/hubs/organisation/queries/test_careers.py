"""What one staff member has several of: shown to the office of the unit, masked where the duty does not open it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from jizuo.ground.errors import NotAllowed, NotFound
from tests.hubs.organisation import given
from tests.hubs.organisation.given import within


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    made = given.fill(base, base.unit(), classes=1, pupils=2)
    person = made.staff[0][0]

    def write() -> None:
        put(
            dataset="staff_study", columns=("id", "unit_no", "person_id", "level", "school", "graduated_on"),
            rows=[(uuid4(), made.unit_no, person, "21", "华东师范大学", date(2009, 6, 30))], source="register",
        )  # fmt: skip
        put(
            dataset="staff_honour", columns=("id", "unit_no", "person_id", "title", "level"),
            rows=[(uuid4(), made.unit_no, person, "区学科带头人", "4")], source="register",
        )  # fmt: skip

    within(base.scope(made.unit_no), write)
    return made


def see(scope: Any, link: Any) -> Any:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.queries.careers import staff_career

    with scopes.use(scope):
        return staff_career(affiliation_id=link)


def test_studies_and_honours_are_said_in_words(base, school):
    found = see(base.scope(school.unit_no), school.staff[0][1])
    assert [one.title for one in found] == ["教职工学习经历", "教职工荣誉与称号"]
    assert ("毕业院校", "华东师范大学") in found[0].rows[0] and ("毕业年月", "2009-06-30") in found[0].rows[0]
    assert ("级别", "区县级") in found[1].rows[0]
    assert see(base.scope(school.unit_no), school.staff[1][1]) == []


def test_others_see_nothing(base, school):
    link = school.staff[0][1]
    with pytest.raises(NotFound):
        see(base.scope(base.unit()), link)
    for role in ("teacher", "homeroom_teacher"):
        with pytest.raises(NotAllowed):
            see(base.scope(school.unit_no, role), link)
