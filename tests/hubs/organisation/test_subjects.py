"""Who stands behind a correction, what an asker may still see, what a correction may write."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground.errors import BadInput
from tests.hubs.organisation import given
from tests.hubs.organisation.given import within
from tests.hubs.organisation.importers.given import rows_of


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    from jizuo.project import rooms

    rooms.plates()
    return given.fill(base, base.unit(), classes=2, pupils=3)


def test_a_person_in_reach_is_named_with_class_and_page(base, school):
    from jizuo.hubs.organisation import subjects

    person, link = school.pupils[0]
    found = within(base.scope(school.unit_no), lambda: subjects.subjects([person]))[person]
    assert (found.role, found.path, found.unit_no) == (
        "pupil",
        f"people/{link}",
        school.unit_no,
    ) and found.place
    teacher = base.scope(school.unit_no, "homeroom_teacher", org_ids=(school.classes[1],))
    assert within(teacher, lambda: subjects.subjects([person])) == {}
    own = base.scope(school.unit_no, "homeroom_teacher", org_ids=(school.classes[0],))
    assert within(own, lambda: set(subjects.subjects([person]))) == {person}
    assert within(base.scope(base.unit()), lambda: subjects.subjects([person])) == {}


def test_a_guardian_keeps_what_she_is_told_of_her_own_child(base, school):
    from jizuo.hubs.organisation import subjects

    (child, _link), (other, _other) = school.pupils[:2]
    mother = base.scope(school.unit_no, "guardian", person_id=school.guardians[0][0], child_ids=(child,))
    asked = [(child, "pupil", "allergy"), (other, "pupil", "allergy"), (child, "pupil", "person_id")]
    assert within(mother, lambda: subjects.keeps(asked)) == {(child, "pupil", "allergy")}
    stranger = base.scope(school.unit_no, "guardian", person_id=school.guardians[1][0], child_ids=(child,))
    assert within(stranger, lambda: subjects.keeps(asked)) == set()


def test_lists_and_search_follow_a_name(base, school):
    from jizuo.hubs.organisation import subjects

    person, link = school.pupils[1]
    within(
        base.scope(school.unit_no),
        lambda: subjects.write("person", person, school.unit_no, {"name": "欧阳明"}, "school"),
    )
    assert rows_of(base, school.unit_no, "select name from affiliation where id = %s", link) == [("欧阳明",)]
    assert rows_of(base, school.unit_no, "select 1 from search_key where ref_id = %s and key = 'oym'", link)


def test_a_correction_writes_one_value_and_never_what_flows_move(base, school):
    from jizuo.hubs.organisation import subjects

    link = school.pupils[2][1]
    scope = base.scope(school.unit_no)
    within(scope, lambda: subjects.mend("pupil", link, school.unit_no, "is_bus_rider", "true", "school"))
    assert rows_of(base, school.unit_no, "select is_bus_rider from pupil where id = %s", link) == [(True,)]
    for dataset, key in (
        ("affiliation", "role"),
        ("affiliation", "is_registered"),
        ("person", "base_no"),
        ("org", "name"),
    ):
        with pytest.raises(BadInput):
            within(
                scope,
                lambda dataset=dataset, key=key: subjects.mend(
                    dataset, link, school.unit_no, key, "x", "school"
                ),
            )
