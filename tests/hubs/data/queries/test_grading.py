"""The list of elements: found by name, initials, grade and kind."""

from __future__ import annotations

import pytest

from tests.hubs.data.sharing_given import as_


@pytest.fixture(scope="module")
def steward(base):
    from jizuo.project import rooms

    rooms.plates()
    return base.scope(base.unit(kind="bureau"), "district_steward")


def found(steward, **more):
    from jizuo.hubs.data.queries import grading

    return {(one.dataset, one.field): one for one in as_(steward, grading.element_grades, limit=300, **more)}


def test_elements_are_found_by_any_of_their_names(steward):
    for text in ("现住址", "XZZ", "xzz", "home address"):
        assert ("pupil", "address") in found(steward, text=text)
    assert found(steward, text="没有这种") == {}


def test_elements_are_narrowed_by_grade_and_kind(steward):
    health = found(steward, nature="health")
    assert ("pupil", "allergy") in health and all(one.nature == "health" for one in health.values())
    assert all(one.grade == 4 for one in found(steward, dataset="pupil", grade=4).values())


def test_every_element_has_a_category(steward):
    from jizuo.hubs.data.rules.grading import CATEGORIES

    for name, one in found(steward, dataset="pupil").items():
        assert one.category == "people", name
    assert {one.category for one in found(steward, dataset="school").values()} == {"management"}
    assert set(CATEGORIES) >= {"people", "management"}


def test_the_table_names_everything(steward):
    from jizuo.hubs.data.queries import grading

    table = as_(steward, grading.grade_table)
    assert [one.key for one in table["grades"]] == ["1", "2", "3", "4", "5"] and len(table["natures"]) == 6
