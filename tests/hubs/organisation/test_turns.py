from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation import turns
from jizuo.plain.school_year import SCHEMES, SchoolYear, Stage

Y2027 = SchoolYear(2027)


@pytest.mark.parametrize(
    ("scheme", "entry", "offered", "verdict"),
    [
        ("6", 2021, [], turns.LEAVES),
        ("6", 2022, [], turns.UP),
        ("5", 2022, [], turns.LEAVES),
        ("5", 2022, ["junior"], turns.NEXT),
        ("6", 2021, ["primary", "junior"], turns.NEXT),
        ("5-4", 2022, ["primary", "junior"], turns.CROSSES),
        ("5-4", 2018, ["primary", "junior"], turns.LEAVES),
        ("4", 2023, ["junior", "senior"], turns.LEAVES),
        ("3-3", 2024, ["junior", "senior"], turns.CROSSES),
        ("senior-3", 2024, ["senior"], turns.LEAVES),
        ("kinder-3", 2024, ["kindergarten", "primary"], turns.LEAVES),
        ("kinder-3", 2026, [], turns.UP),
        ("5", 2027, [], turns.NEW),
        ("5", 2028, [], turns.NEW),
        ("", 2022, [], turns.UNKNOWN),
        ("5", None, [], turns.UNKNOWN),
        ("5", 2015, [], turns.LEAVES),
    ],
)
def test_what_becomes_of_a_class(scheme, entry, offered, verdict):
    assert turns.fate(scheme, entry, Y2027, offered).verdict == verdict


def test_a_fate_says_where_the_class_stood_and_stands():
    found = turns.fate("5-4", 2022, Y2027, [])
    assert (found.before.word, found.after.word) == ("五", "预备")
    assert turns.fate("5", 2022, Y2027, []).before.word == "五"


@given(st.sampled_from(sorted(SCHEMES)), st.integers(2000, 2040), st.integers(2010, 2045))
def test_a_class_leaves_exactly_once(scheme, entry, first):
    """Year after year a class is new, goes up, and ends in the year its scheme ends; never before."""
    found = turns.fate(scheme, entry, SchoolYear(first), [])
    assert (found.verdict in turns.ENDING) == (first >= entry + SCHEMES[scheme].years)


@pytest.mark.parametrize(
    ("verdict", "registered", "leave", "repeats", "lot"),
    [
        (turns.LEAVES, True, False, False, turns.GRADUATES),
        (turns.LEAVES, False, False, False, turns.HOME),
        (turns.LEAVES, True, True, False, turns.STAYS),
        (turns.LEAVES, True, False, True, turns.REPEATS),
        (turns.NEXT, True, False, False, turns.GOES),
        (turns.NEXT, False, False, False, turns.GOES),
        (turns.NEXT, True, True, False, turns.STAYS),
    ],
)
def test_what_becomes_of_a_pupil(verdict, registered, leave, repeats, lot):
    assert turns.lot(verdict, is_registered=registered, is_on_leave=leave, repeats=repeats) == lot


@pytest.mark.parametrize(
    ("day", "year", "due"),
    [
        (date(2027, 5, 31), 2026, False),
        (date(2027, 6, 1), 2027, True),
        (date(2027, 9, 1), 2027, True),
        (date(2028, 1, 3), 2027, True),
    ],
)
def test_a_turn_is_due_from_june(day, year, due):
    assert turns.default_year(day) == SchoolYear(year)
    assert turns.is_due(Y2027, day) is due


def test_who_leaves_is_gone_today_or_when_the_new_year_began():
    assert turns.last_day(Y2027, date(2027, 7, 5)) == date(2027, 7, 5)
    assert turns.last_day(Y2027, date(2027, 9, 20)) == date(2027, 9, 1)


def test_the_sessions_follow_last_year_s():
    held = [
        {"title": "2026学年", "kind": "schoolYear", "begin_on": date(2026, 9, 1), "end_on": date(2027, 9, 1)},
        {"title": "二", "kind": "semester", "begin_on": date(2027, 2, 15), "end_on": date(2027, 7, 1)},
        {"title": "一", "kind": "semester", "begin_on": date(2026, 9, 1), "end_on": date(2027, 1, 20)},
    ]
    found = turns.next_sessions(held, Y2027)
    assert [(one["title"], one["begin_on"]) for one in found] == [
        ("2027学年", date(2027, 9, 1)),
        ("2027学年第一学期", date(2027, 9, 1)),
        ("2027学年第二学期", date(2028, 2, 15)),
    ]
    assert turns.next_sessions([], Y2027)[0]["end_on"] == date(2028, 9, 1)
    assert turns.a_year_later(date(2028, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("stage", "size", "level"),
    [
        ("primary", 45, 0), ("primary", 46, 1), ("primary", 56, 2), ("primary", 66, 3), ("junior", 50, 0),
        ("junior", 55, 1), ("junior", 65, 2), ("senior", 60, 1), ("vocational", 80, 0), ("", 99, 0),
        ("kindergarten", 36, 1),
    ],
)  # fmt: skip
def test_a_large_class_is_named(stage, size, level):
    found = turns.size_word(stage, size)
    assert (found.level if found else 0) == level


def test_a_certificate_s_number_is_prefix_year_and_serial():
    assert turns.certificate_no("QM", 2027, 17, 4) == "QM20270017"


def test_the_age_of_compulsory_schooling():
    day = date(2027, 9, 1)
    assert turns.compulsory_age(date(2011, 9, 2), day)
    assert not turns.compulsory_age(date(2011, 9, 1), day)
    assert not turns.compulsory_age(date(2021, 9, 2), day)
    assert turns.compulsory_age(None, day)
    assert {Stage.PRIMARY, Stage.JUNIOR} == turns.COMPULSORY
