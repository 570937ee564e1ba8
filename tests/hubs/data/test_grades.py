"""Grades that the base set are laid over what ships, in the direction that keeps more."""

from __future__ import annotations

from jizuo.hubs.data import grades
from jizuo.hubs.data.datasets import Field

FIELD = Field("k", "项", "Item", 3, "text", kind="text", nature="health")


def test_what_was_not_set_stays():
    assert grades.laid(FIELD, ("", None, None, "", False)) == FIELD


def test_the_higher_grade_counts_unless_two_people_lowered_it():
    assert grades.laid(FIELD, ("", 4, None, "", False)).grade == 4
    assert grades.laid(FIELD, ("", 2, None, "", False)).grade == 3, "an old raise under a stricter standard"
    assert grades.laid(FIELD, ("", 2, None, "", True)).grade == 2


def test_kind_nature_and_category_are_laid_over():
    laid = grades.laid(FIELD, ("people", None, "score", "phone", False))
    assert (laid.category, laid.nature, laid.kind) == ("people", "score", "phone")
    assert grades.laid(FIELD, ("", None, "", "", False)).nature == ""


def test_a_change_is_met_at_the_next_door_and_gone_with_it(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import datasets
    from jizuo.project import rooms

    rooms.plates()

    def seen():
        with scopes.use(base.scope(base.unit())), scopes.open_transaction("test"):
            return datasets.get("pupil").fields["entry_year"].grade

    assert seen() == 2
    with base.owner() as owner:
        owner.execute(
            "insert into element_grade (dataset, field, category, grade, kind, is_lowered, reason)"
            " values ('pupil', 'entry_year', '', 3, '', false, '试')"
        )
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
    assert seen() == 3
    assert datasets.as_shipped()["pupil"].fields["entry_year"].grade == 2
    with base.owner() as owner:
        owner.execute("delete from element_grade")
        owner.execute("update base_state set version = version + 1 where key = 'catalogue'")
    assert seen() == 2
