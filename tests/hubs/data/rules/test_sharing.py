"""States, terms, periods and choices of rows of sharing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.rules import sharing as rules

DAY = date(2026, 9, 16)
pytestmark = pytest.mark.usefixtures("base")


def test_every_verb_leads_from_states_that_exist():
    assert {state for states in rules.VERBS.values() for state in states} <= set(rules.STATES)
    assert set(rules.VERBS) < set(rules.VERB_WORDS)
    assert not rules.may("approve", rules.GRANTED) and not rules.may("no_such", rules.ASKED)


@pytest.mark.parametrize(("grade", "two"), [(1, False), (3, False), (4, True), (5, True)])
def test_sensitive_data_is_examined_twice(grade, two):
    assert rules.wants_second(grade) == two


@pytest.mark.parametrize(
    ("kind", "grade", "at_once"),
    [("open", 2, True), ("open", 3, False), ("asked", 1, False), ("closed", 1, False)],
)
def test_open_data_without_people_is_granted_at_once(kind, grade, at_once):
    assert rules.is_granted_at_once(kind, grade) == at_once


@pytest.mark.parametrize(
    ("role", "reader_role", "reads"),
    [("clerk", "", True), ("head", "", True), ("teacher", "", False), ("teacher", "teacher", True), ("clerk", "teacher", False)],
)  # fmt: skip
def test_who_reads(role, reader_role, reads):
    assert rules.is_reader(role, reader_role) == reads


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(list(rules.PERIODS)))
def test_a_period_holds_its_day_and_the_next_begins_after_it(day, period):
    start, following = rules.period_start(period, day), rules.next_period(period, day)
    assert start <= day < following
    assert rules.period_start(period, following) == following
    assert rules.period_start(period, following - timedelta(days=1)) == start


def test_a_contract_lives_from_its_first_to_its_last_day():
    told = {"begin_on": DAY, "end_on": DAY + timedelta(days=2)}
    lives = [
        rules.is_live(**told, is_ended=False, today=DAY + timedelta(days=shift)) for shift in (-1, 0, 1, 2)
    ]
    assert lives == [False, True, True, False]
    assert not rules.is_live(**told, is_ended=True, today=DAY)


def test_a_term_ends_after_it_begins_and_within_three_years():
    assert rules.period_problems(DAY, DAY, DAY) and rules.period_problems(DAY, DAY - timedelta(days=3), DAY)
    assert rules.period_problems(DAY, DAY + timedelta(days=1100), DAY)
    assert rules.period_problems(DAY, DAY + timedelta(days=365), DAY) == []


def field(key, **more):
    return Field(**({"key": key, "title": key, "english": key, "grade": 2, "db_type": "varchar(10)"} | more))


FIELDS = {
    "kind": field("kind"),
    "sex": field("sex", grade=3, code_table="sex"),
    "name": field("name", grade=3, kind="name"),
    "birth_on": field("birth_on", grade=4, kind="date", db_type="date"),
    "since": field("since", kind="date", db_type="date"),
    "count": field("count", db_type="integer"),
}


@pytest.mark.parametrize(
    ("one", "is_fine"),
    [
        ({"column": "kind", "op": "eq", "value": "a"}, True),
        ({"column": "sex", "op": "in", "value": ["1", "2"]}, True),
        ({"column": "sex", "op": "in", "value": []}, False),
        ({"column": "sex", "op": "in", "value": "1"}, False),
        ({"column": "kind", "op": "empty", "value": True}, True),
        ({"column": "kind", "op": "empty", "value": "yes"}, False),
        ({"column": "since", "op": "ge", "value": "2026-09-01"}, True),
        ({"column": "since", "op": "ge", "value": "soon"}, False),
        ({"column": "count", "op": "le", "value": 3}, True),
        ({"column": "count", "op": "le", "value": "NaN"}, False),
        ({"column": "kind", "op": "ge", "value": "a"}, False),
        ({"column": "name", "op": "eq", "value": "张三"}, False),
        ({"column": "birth_on", "op": "eq", "value": "2019-01-01"}, False),
        ({"column": "nothing", "op": "eq", "value": "a"}, False),
        ({"column": "kind", "op": "like", "value": "a"}, False),
        ({}, False),
    ],
)
def test_rows_are_never_chosen_by_what_points_at_one_person(one, is_fine):
    assert (rules.filter_problems([one], FIELDS) == []) == is_fine


def test_there_are_few_choices_of_rows():
    many = [{"column": "kind", "op": "eq", "value": "a"}] * 6
    assert rules.filter_problems(many, FIELDS)
