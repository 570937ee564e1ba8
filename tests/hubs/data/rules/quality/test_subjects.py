"""Subjects: what may stand beside a record, and what is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.hubs.data.rules.quality.faults import BadRule
from jizuo.hubs.data.rules.quality.subjects import plain, subject
from tests.hubs.data.rules.quality.given import CODES, TABLES, dataset_of

CLASS = {"dataset": "class", "by": {"id": "class_id"}}
ADULTS = {
    "dataset": "adult", "many": True, "by": {"person_id": "person_id"},
    "tells": {"phones": {"where": {"field": "phone", "filled": True}, "title": "电话数"}, "last": {"max": "until"}},
}  # fmt: skip


def made(**told: Any) -> Any:
    return subject({"dataset": "pupil", **told}, dataset_of, CODES)


def test_names_are_the_record_s_own_and_those_beside_it(base: Any) -> None:
    found = made(
        relations={"class": CLASS, "adults": ADULTS}, where={"field": "class.closed", "filled": False}
    )
    assert {"seat_no", "class.year", "adults.phones", "adults.last", "changed_at"} <= set(found.names)
    assert [one.name for one in found.needed(["adults.phones", "seat_no"])] == ["adults"]
    assert found.own_names() == {"class.closed"}
    assert found.names["adults.phones"].title == "电话数"


def test_a_relation_that_hangs_on_another_brings_it(base: Any) -> None:
    found = made(
        relations={"class": CLASS, "same": {"dataset": "class", "many": True, "by": {"year": "class.year"}}}
    )
    assert [one.name for one in found.needed(["same.count"])] == ["class", "same"]


def test_what_changes_with_the_day_is_known(base: Any) -> None:
    told = {**ADULTS, "where": {"field": "until", "more": {"today": 0}}}
    found = made(relations={"adults": told, "class": CLASS})
    assert found.is_daily(["adults.phones"]) and not found.is_daily(["class.year"])


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"nothing": 1}, "subject.nothing"), ({"relations": {"c": {"dataset": "nothing"}}}, "subject pupil.relations.c.dataset"),
        ({"relations": {"c": {**CLASS, "by": {"nothing": "class_id"}}}}, "subject pupil.relations.c.by.nothing"),
        ({"relations": {"c": {**CLASS, "by": {"id": "nothing"}}}}, "subject pupil.relations.c.by.id"),
        ({"relations": {"c": {**CLASS, "by": {"id": "seat_no"}}}}, "subject pupil.relations.c.by.id"),
        ({"relations": {"a": {"dataset": "adult", "many": True}}}, "subject pupil.relations.a.by"),
        ({"relations": {"c": {**CLASS, "relations": {"x": ADULTS}}}}, "subject pupil.relations.c.relations"),
        ({"relations": {"a": {**ADULTS, "tells": {"x": {"sum": "phone"}}}}}, "subject pupil.relations.a.tells.x.sum"),
        ({"relations": {"a": {**ADULTS, "tells": {"x": {"sum": "a", "max": "b"}}}}}, "subject pupil.relations.a.tells.x"),
        ({"org": "nothing"}, "subject pupil.org"), ({"where": {"field": "nothing", "filled": True}}, "subject pupil.where.field"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(base: Any, told: dict[str, Any], where: str) -> None:
    with pytest.raises(BadRule) as refused:
        made(**told)
    assert [one.where for one in refused.value.problems] == [where]


def test_people_of_the_base_need_a_unit_s_record(base: Any) -> None:
    with pytest.raises(BadRule):
        subject({"dataset": "adult"}, dataset_of, CODES)


def test_a_dataset_without_a_subject_is_read_by_its_own_fields(base: Any) -> None:
    assert plain(TABLES["class"]).names["year"].db_type == "integer"
