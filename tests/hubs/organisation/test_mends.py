"""Whom the records that a file changes are about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import HEADINGS, pupil
from tests.hubs.organisation.walking import clerk, walk

PHONE = "13812345678"


@pytest.fixture(scope="module")
def place(base: Any) -> Any:
    """A school with one pupil, the mother of whom teaches there."""
    unit_no = school(base)
    scope = clerk(base, unit_no)
    staff = sheet([["姓名", "工号", "手机"], ["李母", "1", PHONE]])
    walk(base, scope, staff, "师.xlsx", "staff").apply()
    rows = [
        HEADINGS,
        pupil("李一", "三（1）班", "1", "", "李母", "母亲", PHONE),
        pupil("王一", "三（1）班", "2", "", "王父", "父亲", "13912345678"),
    ]
    walk(base, scope, sheet(rows), "生.xlsx", "pupils").apply()
    return SimpleNamespace(base=base, unit_no=unit_no, scope=scope)


def ids(place: Any, statement: str) -> list[Any]:
    return [one for (one,) in rows_of(place.base, place.unit_no, statement)]


def behind(place: Any, scope: Any = None, **changed: list[Any]) -> dict[str, int]:
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.mends import people_behind

    with scopes.use(scope or place.scope), scopes.open_transaction("told"):
        return dict(people_behind(changed))


def test_one_person_counts_once_whatever_of_her_changes(place):
    child = "select {} from affiliation where name = '王一'"
    told = {
        "person": ids(place, child.format("person_id")), "affiliation": ids(place, child.format("id")),
        "pupil": ids(place, child.format("id")),
    }  # fmt: skip
    assert behind(place, **told) == {"pupil": 1}


def test_a_teacher_who_is_a_parent_counts_as_a_teacher(place):
    assert behind(place, person=ids(place, "select distinct person_id from affiliation")) == {
        "pupil": 2, "staff": 1, "guardian": 1,
    }  # fmt: skip


def test_a_tie_is_about_the_guardian(place):
    ties = (
        "select g.id from guardian_of g join affiliation a on a.person_id = g.child_id where a.name = '王一'"
    )
    assert behind(place, guardian_of=ids(place, ties)) == {"guardian": 1}


def test_nothing_changed_is_about_nobody_and_so_is_what_lies_at_another_unit(place):
    people = ids(place, "select distinct person_id from affiliation")
    assert behind(place, org=people) == {}
    other = clerk(place.base, place.base.unit("另一所小学"))
    assert behind(place, other, person=people) == {}
