"""Kinds of value that no group sees, derived grades, and what lowers a grade."""

from __future__ import annotations

import pytest

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.rules import grading
from jizuo.hubs.data.rules.grading import Standing

pytestmark = pytest.mark.usefixtures("base")


def field(title, nature=""):
    return Field(title, title, title, 4, "text", nature=nature)


def test_what_no_group_sees_is_refused_by_name():
    fields = [field("语文成绩", "score"), field("座号"), field("血型", "health"), field("名次", "rank")]
    refused = grading.may_show_to_group(fields)
    assert refused == ("语文成绩", "血型", "名次")
    assert "语文成绩、血型、名次" in grading.refusal(refused)
    assert grading.may_show_to_group([field("座号")]) == ()


def test_every_kind_of_school_practice_is_marked():
    assert [str(word) for word in grading.NATURES.values()] == [
        "成绩",
        "名次",
        "评语",
        "健康",
        "资助",
        "处分",
    ]
    assert all(grading.may_show_to_group([field("项", nature)]) for nature in grading.NATURES)


@pytest.mark.parametrize(
    ("grades", "told", "grade"),
    [
        ((2, 3, 4), {}, 4),
        ((), {}, 1),
        ((1, 1), {"people": 200_000}, 1),
        ((3, 4), {"smallest_cell": 5}, 2),
        ((3, 4), {"smallest_cell": 4}, 4),
        ((3, 4), {"smallest_cell": 9, "is_published": True}, 4),
        ((3, 4), {"smallest_cell": 10, "is_published": True}, 2),
        ((2, 2), {"smallest_cell": 50}, 2),
        ((1, 1), {"smallest_cell": 50}, 1),
        ((2, 4), {"smallest_cell": 50, "people": 100_000}, 5),
        ((5, 2), {"smallest_cell": 50}, 5),
    ],
)
def test_derived_data_takes_the_highest_grade_unless_its_groups_are_large(grades, told, grade):
    assert grading.derived_grade(grades, **told) == grade


def test_lower_is_a_lower_grade_or_a_kind_taken_away():
    was = Standing("people", 4, "health")
    assert grading.is_lower(was, Standing("people", 3, "health"))
    assert grading.is_lower(was, Standing("people", 5, ""))
    assert grading.is_lower(was, Standing("people", 4, "score"))
    assert not grading.is_lower(was, Standing("people", 5, "health"))
    assert not grading.is_lower(Standing("people", 4), Standing("people", 4, "aid"))
