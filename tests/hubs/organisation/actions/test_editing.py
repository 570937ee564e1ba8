"""An office types over what the school speaks for; what others hold is not asked again and not overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground.errors import BadInput, NotAllowed, NotFound
from tests.hubs.organisation import given
from tests.hubs.organisation.given import within
from tests.hubs.organisation.importers.given import rows_of


@pytest.fixture(scope="module")
def school(base: Any) -> Any:
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    made = given.fill(base, base.unit(), classes=1, pupils=5)
    link = made.pupils[0][1]
    within(
        base.scope(made.unit_no),
        lambda: put(dataset="pupil", columns=("id", "unit_no", "household_place"), rows=[(link, made.unit_no, "澜江区")],
                    source="register"),
    )  # fmt: skip
    return made


def save(scope: Any, link: Any, **values: str) -> int:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions.editing import save_person

    with scopes.use(scope):
        return save_person(
            affiliation_id=link, values={key.replace("__", "."): value for key, value in values.items()}
        )


def test_what_the_school_speaks_for_is_written_and_claimed(base, school):
    link = school.pupils[0][1]
    count = save(
        base.scope(school.unit_no),
        link,
        pupil__allergy="鸡蛋",
        pupil__attendance="走读",
        affiliation__seat_no="9",
    )
    assert count == 3
    found = rows_of(
        base, school.unit_no,
        "select q.allergy, q.attendance, a.seat_no from pupil q join affiliation a on a.id = q.id where q.id = %s", link,
    )  # fmt: skip
    assert found == [("鸡蛋", "1", 9)]
    claimed = rows_of(
        base, school.unit_no, "select source, fields ->> 'allergy' from claim where record_id = %s and fields ? 'allergy'"
        " and source = 'family'", link,
    )  # fmt: skip
    assert claimed == [("family", "鸡蛋")]
    assert save(base.scope(school.unit_no), link, pupil__allergy="鸡蛋") == 0


def test_what_the_register_holds_is_refused_by_name_and_its_twin_is_written(base, school):
    scope = base.scope(school.unit_no)
    with pytest.raises(BadInput) as caught:
        save(scope, school.pupils[0][1], pupil__household_place="别处")
    assert caught.value.problems[0].where == "户籍地"
    assert save(scope, school.pupils[1][1], pupil__household_place="别处") == 1


@pytest.mark.parametrize(
    "values",
    [
        {"pupil__attendance": "飞来"}, {"affiliation__seat_no": "三"}, {"pupil__allergy": ""}, {"pupil__allergy": "长" * 201},
        {"pupil__person_id": "x"}, {"person__base_no": "1"}, {"affiliation__role": "staff"}, {"nothing": "x"},
    ],
)  # fmt: skip
def test_what_cannot_stand_is_refused_and_nothing_is_written(base, school, values):
    link = school.pupils[2][1]
    with pytest.raises(BadInput):
        save(base.scope(school.unit_no), link, pupil__commute="步行", **values)
    assert rows_of(base, school.unit_no, "select commute from pupil where id = %s", link) == [("",)]


def test_only_the_office_of_the_school_types_over(base, school):
    for role in ("head", "homeroom_teacher", "teacher", "district_steward"):
        with pytest.raises(NotAllowed):
            save(base.scope(school.unit_no, role), school.pupils[3][1], pupil__allergy="x")
    with pytest.raises(NotFound):
        save(base.scope(base.unit()), school.pupils[3][1], pupil__allergy="x")


def test_a_staff_member_is_written_as_well(base, school):
    assert (
        save(
            base.scope(school.unit_no),
            school.staff[0][1],
            staff__duty="教研组长",
            staff__is_psychologist="是",
        )
        == 2
    )


def test_search_follows_a_new_number(base, school):
    link = school.pupils[4][1]
    save(base.scope(school.unit_no), link, affiliation__local_no="ZX77")
    assert rows_of(base, school.unit_no, "select 1 from search_key where key = 'zx77' and ref_id = %s", link)
