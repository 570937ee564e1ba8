"""A zip's tables by name, and its keys: what stands there, and what nobody knows."""

from __future__ import annotations

from types import SimpleNamespace

import polars as pl
import pytest

pytestmark = pytest.mark.usefixtures("base")
ENROLMENTS = pl.DataFrame(
    [
        ("c1", "p1", "student", "active", "3"),
        ("c1", "p2", "student", "tobedeleted", ""),
        ("c1", "t1", "teacher", "active", ""),
        ("s1", "p1", "student", "active", "9"),
    ],
    schema=["classSourcedId", "userSourcedId", "role", "status", "metadata.jizuo.seatNo"],
    orient="row",
)


@pytest.fixture
def zipped():
    from jizuo.hubs.organisation.importers.roster import Roster

    made = Roster({"enrollments": ENROLMENTS}, SimpleNamespace(unit_no=1))
    made.homerooms, made.class_unit, made.class_id = (
        {"c1"},
        {"c1": 7, "s1": 7},
        {"c1": "id-c1", "s1": "id-s1"},
    )
    return made


def test_columns_that_are_not_there_are_empty_and_so_is_a_table(zipped):
    assert list(zipped.columns("enrollments", "userSourcedId", ".seatNo", "beginDate"))[:2] == [
        ("p1", "3", ""), ("p2", "", ""),
    ]  # fmt: skip
    assert list(zipped.columns("users", "sourcedId")) == []


def test_a_pupil_has_the_class_of_the_homeroom_and_not_of_the_lesson(zipped):
    assert zipped.own_classes() == {(7, "p1"): ("id-c1", "3")}
    assert list(zipped.left_classes()) == [(7, "p2", "id-c1")]


def test_a_key_that_nobody_knows_is_named(zipped):
    from jizuo.ground.errors import BadInput

    assert zipped.place(zipped.class_unit, "c1", "enrollments", "classSourcedId") == 7
    with pytest.raises(BadInput) as told:
        zipped.place(zipped.class_unit, "c9", "enrollments", "classSourcedId")
    assert "c9" in str(told.value.detail)


def test_guardians_do_not_count_among_those_who_leave(zipped):
    zipped.there = {7: 4}
    for role in ("pupil", "staff", "guardian"):
        zipped.leaves(7, role)
    assert zipped.gone == {7: (2, 4)}
