from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.plain import school_year as sy
from jizuo.plain.school_year import Calendar, Outside, SchoolYear, Stage, Term

schemes = st.sampled_from(sorted(sy.SCHEMES))
years = st.integers(1950, 2080).map(SchoolYear)


def test_shows_itself_two_ways():
    assert str(SchoolYear(2026)) == "2026学年"
    assert SchoolYear(2026).span == "2026-2027"
    assert SchoolYear(2026).shift(-1) == SchoolYear(2025) < SchoolYear(2026)


@pytest.mark.parametrize("first", [1899, 2101, 26])
def test_refuses_far_years(first):
    with pytest.raises(ValueError, match="学年"):
        SchoolYear(first)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 8, 31), 2025),
        (date(2026, 9, 1), 2026),
        (date(2027, 1, 1), 2026),
        (date(2027, 8, 31), 2026),
    ],
)
def test_year_of(day, first):
    assert Calendar().year_of(day) == SchoolYear(first)


def test_year_that_begins_on_another_day():
    calendar = Calendar(exceptions={2026: date(2026, 8, 30), 2027: date(2027, 9, 6)})
    assert calendar.year_of(date(2026, 8, 30)) == SchoolYear(2026)
    assert calendar.year_of(date(2027, 9, 5)) == SchoolYear(2026)
    assert calendar.end_on(SchoolYear(2026)) == date(2027, 9, 6)
    assert calendar.year_of(date(2025, 8, 31)) == SchoolYear(2024)


@given(st.dates(date(1950, 1, 1), date(2080, 1, 1)), st.integers(1, 12), st.integers(1, 28))
def test_each_day_lies_in_its_year(day, month, first_day):
    calendar = Calendar(month, first_day)
    year = calendar.year_of(day)
    assert calendar.begin_on(year) <= day < calendar.end_on(year)


AUTUMN = Term(SchoolYear(2026), 1, date(2026, 9, 1), date(2027, 1, 23))
SPRING = Term(SchoolYear(2026), 2, date(2027, 2, 18), date(2027, 7, 1))


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 8, 31), None),
        (date(2026, 9, 1), 1),
        (date(2026, 9, 6), 1),
        (date(2026, 9, 7), 2),
        (date(2027, 1, 22), 21),
        (date(2027, 1, 23), None),
    ],
)
def test_week_of_term(day, week):
    assert AUTUMN.week(day) == week


def test_weeks_may_begin_on_sunday():
    assert AUTUMN.week(date(2026, 9, 6), first_weekday=6) == 2
    assert AUTUMN.weeks() == 21


def test_terms():
    calendar = Calendar(terms=(SPRING, AUTUMN))
    assert calendar.term_of(date(2027, 3, 1)) is SPRING
    assert calendar.term_of(date(2027, 2, 1)) is None
    assert sy.terms_in(calendar, SchoolYear(2026)) == [AUTUMN, SPRING]
    assert sy.terms_in(calendar, SchoolYear(2025)) == []
    assert AUTUMN.title == "2026学年第一学期"
    assert sy.check_terms(calendar.terms) == []


def test_bad_terms_are_told():
    with pytest.raises(ValueError, match="结束日期"):
        Term(SchoolYear(2026), 1, date(2026, 9, 1), date(2026, 9, 1))
    overlapping = Term(SchoolYear(2026), 1, date(2027, 1, 1), date(2027, 6, 1))
    assert sy.check_terms([AUTUMN, overlapping]) == [
        "2026学年第一学期与2026学年第一学期的日期重叠",
        "2026学年第一学期重复",
    ]


@given(st.dates(AUTUMN.begin_on, AUTUMN.end_on - timedelta(days=8)), st.integers(0, 6))
def test_a_week_later_is_the_next_week(day, first_weekday):
    week = AUTUMN.week(day, first_weekday=first_weekday)
    assert AUTUMN.week(day + timedelta(days=7), first_weekday=first_weekday) == week + 1


@pytest.mark.parametrize(
    ("scheme", "entry", "stage", "grade", "code", "word", "number"),
    [
        ("6", 2026, Stage.PRIMARY, 1, "11", "一", 1),
        ("6", 2021, Stage.PRIMARY, 6, "16", "六", 6),
        ("5", 2022, Stage.PRIMARY, 5, "15", "五", 5),
        ("3", 2026, Stage.JUNIOR, 1, "21", "初一", 7),
        ("4", 2026, Stage.JUNIOR, 1, "21", "预备", 6),
        ("4", 2023, Stage.JUNIOR, 4, "24", "初三", 9),
        ("4-counted", 2023, Stage.JUNIOR, 4, "24", "初四", 9),
        ("6-3", 2020, Stage.JUNIOR, 1, "21", "初一", 7),
        ("5-4", 2021, Stage.JUNIOR, 1, "21", "预备", 6),
        ("5-4", 2018, Stage.JUNIOR, 4, "24", "初三", 9),
        ("senior-3", 2025, Stage.SENIOR, 2, "32", "高二", 11),
        ("3-3", 2023, Stage.SENIOR, 1, "31", "高一", 10),
        ("4-3", 2020, Stage.SENIOR, 3, "33", "高三", 12),
        ("6-3-3", 2015, Stage.SENIOR, 3, "33", "高三", 12),
        ("5-4-3", 2021, Stage.JUNIOR, 1, "21", "预备", 6),
        ("vocational-3", 2024, Stage.VOCATIONAL, 3, "43", "职三", 0),
        ("kinder-4", 2026, Stage.KINDERGARTEN, 1, "01", "托", 0),
        ("kinder-4", 2023, Stage.KINDERGARTEN, 4, "04", "大", 0),
        ("kinder-3", 2026, Stage.KINDERGARTEN, 1, "02", "小", 0),
    ],
)
def test_stage_and_grade(scheme, entry, stage, grade, code, word, number):
    year = SchoolYear(2026)
    assert sy.stage_and_grade(scheme, entry, year) == (stage, grade, code, word, number)
    assert sy.entry_year_of(scheme, stage, grade, year) == entry


@given(schemes, years)
def test_a_cohort_enters_climbs_and_leaves(code, year):
    length = sy.scheme(code).years
    assert sy.stage_and_grade(code, year.first + 1, year) is Outside.NOT_YET
    assert sy.stage_and_grade(code, year.first - length, year) is Outside.GRADUATED
    inside = sy.cohorts(code, year)
    assert list(inside) == list(range(year.first, year.first - length, -1))
    for entry, placement in inside.items():
        assert sy.stage_and_grade(code, entry, year) == placement
        assert sy.entry_year_of(code, placement.stage, placement.grade, year) == entry
    codes = [placement.code for placement in inside.values()]
    assert codes == sorted(set(codes))
    counted = [placement.number for placement in inside.values() if placement.number]
    assert counted == list(range(counted[0], counted[0] + len(counted))) if counted else True
    assert sy.graduation_year(code, year.first) == year.first + length


def test_years_in_and_out():
    assert sy.both_years("5", 2024) == "2024级（2029届）"
    assert sy.both_years("5-4", 2024) == "2024级（2033届）"


def test_no_such_year():
    assert sy.entry_year_of("5", Stage.PRIMARY, 6, SchoolYear(2026)) is None
    with pytest.raises(KeyError):
        sy.stage_and_grade("7", 2024, SchoolYear(2026))


def test_a_scheme_of_ones_own():
    own = sy.Scheme(
        "3-5", "幼小一体", (sy.Step(Stage.KINDERGARTEN, ("小", "中", "大")), sy.SCHEMES["5"].steps[0])
    )
    assert sy.stage_and_grade(own, 2023, SchoolYear(2026)).word == "一"
