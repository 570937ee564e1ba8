"""States, clocks, papers and stored values of corrections."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.rules import corrections as rules

#: The code table in force is the base's.
pytestmark = pytest.mark.usefixtures("base")

DAY = Field("birth_on", "出生日期", "Date of birth", 4, "date", kind="date")
SEX = Field("sex", "性别", "Sex", 3, "varchar(2)", code_table="sex")
BUS = Field("is_bus_rider", "校车", "Bus", 3, "boolean")
SEAT = Field("seat_no", "座号", "Seat", 2, "integer")
LESSONS = Field("weekly_lessons", "周课时", "Lessons", 2, "numeric(4, 1)", kind="number")
NAME = Field("name", "姓名", "Name", 3, "varchar(50)")


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (DAY, "2017年3月24日", "2017-03-24"), (SEX, "女", "2"), (BUS, "是", "true"), (BUS, "否", "false"),
        (SEAT, "12", "12"), (LESSONS, "12.0", "12"), (LESSONS, "12.5", "12.5"), (NAME, " 陈以宁 ", "陈以宁"), (NAME, "", ""),
    ],
)  # fmt: skip
def test_a_value_is_kept_as_the_table_holds_it(field, text, kept):
    assert rules.stored(field, text) == kept


@pytest.mark.parametrize(
    ("field", "text"),
    [(DAY, "昨天"), (SEX, "未来"), (BUS, "也许"), (SEAT, "三"), (SEAT, "1.5"), (LESSONS, "多")],
)
def test_what_the_field_cannot_hold_is_refused_with_words(field, text):
    with pytest.raises(ValueError, match=r"."):
        rules.stored(field, text)


@pytest.mark.parametrize(
    ("field", "held", "wanted", "is_same"),
    [
        (LESSONS, 12.0, "12", True), (LESSONS, 12, "12.5", False), (BUS, True, "true", True), (BUS, False, "true", False),
        (NAME, "陈以宁", "陈以宁", True), (NAME, None, "陈以宁", False), (NAME, None, "", True), (SEAT, 3, "不是数", False),
    ],
)  # fmt: skip
def test_what_stands_is_held_against_what_was_asked(field, held, wanted, is_same):
    assert rules.same(field, held, wanted) is is_same


def test_every_state_leads_on_or_is_an_end():
    assert set(rules.ROADS) == set(rules.STATE_TITLES) == set(rules.STATE_TONES) == {*rules.LIVE, *rules.DONE}
    for state in rules.LIVE:
        assert rules.ROADS[state] >= {rules.MENDED, rules.WITHDRAWN}
    assert not any(rules.may_move(state, to) for state in (rules.MENDED, rules.WITHDRAWN, rules.DECIDED)
                   for to in rules.ROADS)  # fmt: skip


def test_the_district_answers_what_went_up_and_the_school_what_is_not_disputed():
    assert rules.may_answer("clerk", "register", rules.SCHOOL, rules.OPEN)
    assert rules.may_answer("clerk", "register", rules.DISTRICT, rules.OPEN)
    assert not rules.may_answer("clerk", "register", rules.DISTRICT, rules.DISPUTED)
    assert not rules.may_answer("clerk", "district", rules.DISTRICT, rules.OPEN)
    assert not rules.may_answer("district_steward", "school", rules.SCHOOL, rules.OPEN)
    assert rules.may_answer("district_steward", "school", rules.DISTRICT, rules.OPEN)
    assert not rules.may_answer("teacher", "school", rules.SCHOOL, rules.OPEN)


def test_papers_are_named_for_what_the_household_book_says():
    for field in ("name", "sex", "birth_on"):
        assert any("户口簿" in paper for paper in rules.papers_for(field))
    assert rules.papers_for("status") == [str(rules.PAPERS["asked"])]
    assert all(set(keys) <= set(rules.PAPERS) for keys in rules.PAPERS_OF.values())


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 30))
def test_as_many_working_days_are_left_as_were_given(day, days):
    last = rules.due(day, rules.ANSWER, {rules.ANSWER: days})
    assert rules.days_left(last, day) == days
    assert rules.days_left(day, last) == -days or rules.days_left(day, last) <= 0


def test_truths_are_said_in_words():
    assert [rules.yes_no(one) for one in ("true", "false", "")] == ["是", "否", ""]
