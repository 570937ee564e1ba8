from __future__ import annotations

from uuid import uuid4

import polars as pl
import pytest

from jizuo.hubs.data.importers import Located
from jizuo.hubs.organisation.importers import locating
from tests.hubs.organisation import given


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("学生!5", Located("", "学生", 5)),
        ("甲!乙!12", Located("", "甲!乙", 12)),
        (None, None),
        ("学生", None),
        ("学生!x", None),
    ],
)
def test_a_place_as_a_stage_writes_it(place, expected):
    assert locating.at(place) == expected


def test_a_row_is_named_only_when_it_can_be_nobody_else_s(base):
    school = given.fill(base, base.unit("定位小学"), classes=1, pupils=3, staff=1)
    person, link = school.pupils[0]
    scope = base.scope(school.unit_no)

    def where(rows, dataset="pupil", record=link):
        stage = {"people": pl.DataFrame(rows)}
        return given.within(scope, lambda: locating.locate(stage, dataset, record, school.unit_no))

    name = given.within(scope, lambda: locating.Told(person, school.unit_no).names[0])
    own = {"place": "表!3", "name": name, "class_id": str(school.classes[0])}
    assert where([own, own | {"place": "表!4", "class_id": "other"}]) == Located("", "表", 3)
    assert where([own, own | {"place": "表!4"}]) is None
    assert where([own], "person", person) == Located("", "表", 3)
    assert where([own], "org", school.classes[0]) is None
    assert where([own], record=uuid4()) is None
