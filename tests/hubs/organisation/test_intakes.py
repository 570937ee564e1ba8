import pytest

from jizuo.hubs.organisation import intakes
from jizuo.plain.school_year import SchoolYear


@pytest.mark.parametrize(
    ("heading", "is_score"),
    [
        ("入学成绩", True),
        ("总分", True),
        ("面试 结果", True),
        ("等第", True),
        ("班级名次", True),
        ("姓名", False),
        ("学校", False),
        ("备注", False),
    ],
)
def test_scores_are_told_by_their_heading(heading, is_score):
    assert intakes.is_score(heading) is is_score


@pytest.mark.parametrize(
    ("schemes", "stage", "expected"),
    [
        (["6"], "primary", ("6", 2026)),
        (["5-4"], "primary", ("5-4", 2026)),
        (["5-4"], "junior", ("5-4", 2021)),
        (["5-4", "4"], "junior", ("4", 2026)),
        (["6"], "junior", None),
        ([], "primary", None),
    ],
)
def test_new_pupils_enter_the_classes_of_their_stage(schemes, stage, expected):
    assert intakes.cohort(schemes, stage, SchoolYear(2026)) == expected


def test_stages_come_in_the_order_of_schooling():
    assert intakes.stages_of(["senior-3", "5-4", "x"]) == ["primary", "junior", "senior"]


def test_classes_needed_and_what_fits():
    assert [intakes.classes_needed(n, 45) for n in (0, 1, 45, 46, 600)] == [1, 1, 1, 2, 14]
    assert intakes.usual_most("primary") == 45 and intakes.usual_most("") == 50 and intakes.MOST == 55


def test_every_state_has_a_title_and_leads_only_to_states():
    assert set(intakes.MOVES) == set(intakes.STATES) == set(intakes.STATE_TITLES)
    assert {to for ways in intakes.MOVES.values() for to in ways} <= set(intakes.STATES)


@pytest.mark.parametrize(
    ("schemes", "finished", "entered"),
    [
        (["4"], "primary", "junior"),
        (["5-4"], "kindergarten", "primary"),
        (["5-4"], "primary", "junior"),
        (["3-3"], "junior", "senior"),
        (["vocational-3"], "junior", "vocational"),
        (["5"], "primary", ""),
        ([], "primary", ""),
        (["4"], "", "junior"),
    ],
)
def test_graduates_enter_the_next_stage_that_the_school_has(schemes, finished, entered):
    assert intakes.next_stage(schemes, finished) == entered
