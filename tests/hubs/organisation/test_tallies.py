from __future__ import annotations

from decimal import Decimal

import pytest

from jizuo.hubs.organisation.tallies import (
    Cell,
    ClassFact,
    PupilGroup,
    StaffGroup,
    per_teacher,
    place_of,
    summary,
    tally,
)
from jizuo.plain.school_year import SchoolYear

YEAR = SchoolYear(2026)


@pytest.mark.parametrize(
    ("scheme", "entry_year", "place"),
    [
        ("6", 2026, ("primary", "11")),
        ("5", 2022, ("primary", "15")),
        ("5-4", 2021, ("junior", "21")),
        ("5", 2021, None),
        ("6", 2027, None),
        ("unheard of", 2026, ("kept", "")),
        ("6", None, ("kept", "")),
    ],
)
def test_the_place_of_a_class(scheme: str, entry_year: int | None, place: tuple[str, str] | None) -> None:
    assert place_of(ClassFact("c", "kept", scheme, entry_year), YEAR) == place


def test_a_pupil_counts_where_the_roll_stands_and_where_she_attends() -> None:
    classes = [ClassFact("c", "primary", "6", 2026), ClassFact("left", "primary", "6", 2019)]
    pupils = [
        PupilGroup("c", "1", True, True, 20),
        PupilGroup("c", "2", False, True, 3),
        PupilGroup("c", "2", True, False, 2),
        PupilGroup(None, "1", True, True, 1),
    ]
    cells = tally(classes, pupils, [], YEAR)
    found = summary(cells, has_classes=True, has_pupils=True, has_staff=False)
    assert found == {
        "registered": 23, "present": 24, "lent_in": 3, "lent_out": 2, "classes": 1,
        "staff": None, "established": None, "full_time": None,
    }  # fmt: skip
    assert cells[Cell("registered", sex="1")] == 1
    assert found["present"] == found["registered"] + found["lent_in"] - found["lent_out"]


def test_staff_on_loan_count_where_their_post_stands() -> None:
    staff = [StaffGroup("1", True, True, 5), StaffGroup("3", True, False, 2), StaffGroup("1", False, True, 4)]
    found = summary(tally([], [], staff, YEAR), has_classes=False, has_pupils=False, has_staff=True)
    assert (found["staff"], found["established"], found["full_time"], found["present"]) == (7, 5, 5, None)


@pytest.mark.parametrize(
    ("present", "teachers", "ratio"),
    [(None, 5, None), (10, None, None), (10, 0, None), (0, 5, Decimal("0.00")), (64, 6, Decimal("10.67"))],
)
def test_pupils_per_teacher(present: int | None, teachers: int | None, ratio: Decimal | None) -> None:
    assert per_teacher(present, teachers) == ratio
