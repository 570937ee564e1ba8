"""Lists of differences: masked as the role may see, paged by key, another school's as if there were none."""

from __future__ import annotations

import pytest

from tests.hubs.data.actions.given import newcomer
from tests.hubs.data.actions.test_settling import call
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


@pytest.fixture
def three(typist):  # noqa: F811
    """Three pupils whose birthday the school and the register tell otherwise."""
    people = []
    for _n in range(3):
        person, _link = newcomer(typist, birth_on="2016-05-04")
        typist.put("person", ("id", "birth_on"), [(person, "2016-04-05")], "register")
        people.append(person)
    return people


def listed(scope, **more):
    from jizuo.hubs.data.queries.conflicts import conflict_list

    return call(scope, conflict_list, dataset="person", field="birth_on", said_by="school", **more)


def test_values_show_as_the_role_may_see_them(typist, three):  # noqa: F811
    clerk = listed(typist.scope, limit=200)
    mine = [one for one in clerk.rows if one.record_id in three]
    assert {(one.held, one.claimed, one.cause) for one in mine} == {("2016-04-05", "2016-05-04", "date")}
    assert all(one.label.startswith("陈以宁") for one in mine)
    admin = listed(typist.base.scope(typist.unit_no, "district_admin"), limit=200)
    assert {(one.held, one.claimed) for one in admin.rows if one.record_id in three} == {
        ("2016-＊＊＊", "2016-＊＊＊")
    }


def test_pages_lead_on_and_meet_every_row_once(typist, three):  # noqa: F811
    seen, after = [], None
    while True:
        page = listed(typist.scope, after=after, limit=1)
        seen += [one.conflict_id for one in page.rows]
        if not page.next:
            break
        after = page.next
    assert len(seen) == len(set(seen)) >= 3


def test_another_school_sees_none_of_it(typist, three):  # noqa: F811
    """The twin of the lists above: the same doors from another unit."""
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.data.queries.conflicts import conflict_groups, conflict_list

    stranger = typist.base.scope(typist.base.unit(), "clerk")
    assert listed(stranger).rows == [] and call(stranger, conflict_groups) == []
    with pytest.raises(NotFound):
        call(stranger, conflict_list, dataset="nothing", field="x")
