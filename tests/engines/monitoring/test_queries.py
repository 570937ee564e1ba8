"""Cases as roles see them: the own class, the own school, nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.monitoring import given


@pytest.fixture(scope="module")
def town(base: Any) -> Any:
    found = given.town(base, rows=5)
    given.look(base, found.schools[0].unit_no)
    given.look(base, found.schools[0].unit_no, given.later(20))
    return found


def listed(base: Any, unit_no: int, role: str, *, to_call: bool = False, **more: Any) -> list[Any]:
    from jizuo.engines.monitoring import queries
    from jizuo.ground import scope as scopes

    with scopes.use(base.scope(unit_no, role, **more)):
        return queries.case_list(to_call=to_call).rows


def test_a_school_sees_its_own_cases_and_another_none(base: Any, town: Any) -> None:
    school, other = town.schools
    assert len(listed(base, school.unit_no, "head")) == 4
    assert listed(base, other.unit_no, "head") == []


def test_a_class_role_sees_its_classes(base: Any, town: Any) -> None:
    school = town.schools[0]
    found = listed(base, school.unit_no, "homeroom_teacher", org_ids=tuple(school.classes[:1]))
    assert {one.class_name for one in found} == {"一（1）班"} and len(found) == 2
    assert listed(base, school.unit_no, "teacher") == [], "the scene gives this role no rows"


def test_who_calls_has_the_phones_and_it_is_written_down(base: Any, town: Any) -> None:
    school = town.schools[0]
    found = listed(base, school.unit_no, "clerk", to_call=True)
    assert len(found) == 4
    assert all(name and relation for one in found for name, relation, _phone in one.adults)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{school.unit_no}}}"])
        row = owner.execute(
            "select columns from audit_entry where unit_no = %s and door = 'monitoring.case_list' order by at desc",
            [school.unit_no],
        ).fetchone()
    assert "guardian.phone" in row[0]


def test_a_page_of_cases_goes_on_where_it_ended(base: Any, town: Any) -> None:
    from jizuo.engines.monitoring import queries
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput

    with scopes.use(base.scope(town.schools[0].unit_no, "head")):
        first = queries.case_list(limit=3)
        rest = queries.case_list(limit=3, after=first.next)
        with pytest.raises(BadInput):
            queries.case_list(state="gone")
    assert len({one.case_id for one in (*first.rows, *rest.rows)}) == 4 and not rest.next
