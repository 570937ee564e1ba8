"""The class that a cell means."""

from __future__ import annotations

import pytest

from jizuo.plain.class_name import ClassKey
from jizuo.plain.school_year import SchoolYear
from jizuo.plain.workbook.cells import EMPTY, make_cell

pytestmark = pytest.mark.usefixtures("base")
HELD = {ClassKey("5", 2024, 1): "a", ClassKey("5", 2024, 2): "b", ClassKey("5", 2026, 2): "c"}


def classes(*, may_make=False, schemes=("5",), held=HELD, values=None):
    from jizuo.hubs.organisation.importers.classes import Classes
    from jizuo.hubs.organisation.importers.surroundings import Surroundings

    around = Surroundings(
        unit_no=7, unit_kind="school", identifier="", year=SchoolYear(2026), schemes=schemes, classes=dict(held),
        named={"小太阳班": "s"}, columns={}, values=values or {}, units={}, is_demo=False,
    )  # fmt: skip
    return Classes(around, may_make=may_make)


@pytest.mark.parametrize(
    ("written", "grade", "org_id"),
    [("三（2）班", "", "b"), ("3.2", "", "b"), (3.2, "", "b"), ("三年级2班", "", "b"), ("2024级2班", "", "b"), ("302", "", "b"),
     ("2班", "三年级", "b"), ("2班", "一年级", "c"), ("小太阳班", "", "s")],
)  # fmt: skip
def test_every_way_of_writing_means_one_class(written, grade, org_id):
    cell = make_cell(grade) if grade else EMPTY
    assert classes().find(make_cell(written), cell) == (org_id, None)


def test_the_title_over_a_table_tells_the_class():
    assert classes().find(EMPTY, EMPTY, "三（2）班") == ("b", None)
    assert classes().find(EMPTY)[1].code == "no_class"


@pytest.mark.parametrize(
    ("written", "code", "suggestion"),
    [
        ("三（9）班", "unknown_class", "三（1）班"),
        ("天才", "unknown_class", ""),
        ("三年级97班", "unknown_class", "三（1）班"),
    ],
)
def test_an_unknown_class_has_a_nearest_one(written, code, suggestion):
    trouble = classes().find(make_cell(written))[1]
    assert trouble.code == code
    assert not suggestion or trouble.suggestion == suggestion


def test_a_file_makes_classes_only_when_a_person_lets_it_and_never_absurd_ones():
    made = classes(may_make=True)
    org_id, trouble = made.find(make_cell("二（3）班"))
    assert trouble is None
    assert made.find(make_cell("2.3"))[0] == org_id
    assert made.new_rows() == [(org_id, "primary", "5", 2025, 3)]
    assert made.find(make_cell("二（97）班"))[1].code == "unknown_class"


def test_without_a_scheme_nothing_is_guessed():
    assert classes(schemes=(), held={}).find(make_cell("三（1）班"))[1].code == "no_scheme"


def test_two_schemes_may_leave_a_choice_to_a_person():
    held = {ClassKey("senior-3", 2024, 1): "a", ClassKey("3", 2024, 1): "b"}
    trouble = classes(schemes=("3", "senior-3"), held=held).find(make_cell("2024级1班"))[1]
    assert trouble.code == "ambiguous_class"
    assert trouble.suggestion in ("初中2024级1班", "高中2024级1班")
