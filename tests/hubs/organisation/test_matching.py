"""The narrow services answer their one question and open nothing else."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest

NUMBER, OTHER = b"\x01" * 16, b"\x02" * 16


@pytest.fixture(scope="module")
def two(base):
    """A person with a number at a school, and a school that has never heard of them."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    here, there = base.unit(), base.unit()
    person, blind = uuid4(), uuid4().bytes
    with scopes.use(base.scope(here, "clerk")), scopes.open_transaction("test"):
        put(
            dataset="person",
            columns=("id", "base_no", "name"),
            rows=[(person, str(person.int)[:10], "陈以宁")],
            source="school",
        )
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
            rows=[(uuid4(), here, person, "pupil", date(2026, 9, 1), "陈以宁", "k", str(person.int)[:10])],
            source="school",
        )
        put(
            dataset="person_identifier",
            columns=("id", "person_id", "kind", "blind", "sealed", "tail"),
            rows=[(uuid4(), person, "id:1", blind, b"sealed", "0028")],
            source="school",
        )
    return SimpleNamespace(here=here, there=there, person=person, blind=blind, base=base)


def within(two, unit_no, body):
    from jizuo.ground import scope as scopes

    with scopes.use(two.base.scope(unit_no, "clerk")), scopes.open_transaction("test"):
        return body()


def test_the_holder_of_a_number_is_found_from_anywhere_by_the_exact_number(two):
    from jizuo.hubs.organisation import matching

    asked = [("id:1", two.blind), ("id:1", OTHER), ("roll", two.blind)]
    for unit_no in (two.here, two.there):
        assert within(two, unit_no, lambda: matching.holders(asked)) == {("id:1", two.blind): two.person}
    assert within(two, two.there, lambda: matching.holders([])) == {}


def test_a_base_number_is_given_for_a_person_that_was_named(two):
    from jizuo.hubs.organisation import matching

    told = within(two, two.there, lambda: matching.base_numbers([str(two.person), str(uuid4())]))
    assert told == {str(two.person): str(two.person.int)[:10]}


def rows(two, unit_no, sql, *values):
    from django.db import connection

    def read():
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return cursor.fetchall()

    return within(two, unit_no, read)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from person_identifier where person_id = %s",
        "select 1 from person where id = %s",
        "select 1 from affiliation where person_id = %s",
        "select 1 from person_identifier_history where person_ref = %s",
    ],
)
def test_the_app_reads_nothing_of_a_person_of_another_unit(two, sql):
    if "history" not in sql:
        assert rows(two, two.here, sql, two.person) == [(1,)]
    assert rows(two, two.there, sql, two.person) == []


def test_elsewhere_says_yes_or_no_and_no_more(two):
    asked = "select person_is_elsewhere(%s, %s)"
    assert rows(two, two.there, asked, two.person, [two.there]) == [(True,)]
    assert rows(two, two.there, asked, two.person, [two.here, two.there]) == [(False,)]
    assert rows(two, two.there, asked, uuid4(), [two.there]) == [(False,)]


def test_a_question_is_known_by_its_pair_and_nothing_of_it_comes_out(two):
    from jizuo.hubs.organisation import matching

    left, right = sorted((str(two.person), str(uuid4())))
    told = [uuid4(), two.here, left, right]
    rows(
        two, two.here, "insert into same_person (id, unit_no, left_id, right_id, reason, evidence, state)"
        " values (%s, %s, %s, %s, 'same_name', '{}', 'apart') returning 1", *told,
    )  # fmt: skip
    asked = {(left, right), (right, left), (left, str(uuid4()))}
    for unit_no in (two.here, two.there):
        assert within(two, unit_no, lambda: matching.in_question(asked)) == {(left, right)}
    assert rows(two, two.here, "select 1 from same_person where left_id = %s", left) == [(1,)]
    assert rows(two, two.there, "select 1 from same_person where left_id = %s", left) == []
    assert within(two, two.there, lambda: matching.in_question([])) == set()


def test_the_functions_belong_to_a_role_that_cannot_sign_in_and_reads_named_columns_only(two):
    from jizuo.ground import logins

    matcher = logins.role_name("matcher")
    with two.base.owner() as owner:
        (can_login, bypasses) = owner.execute(
            "select rolcanlogin, rolbypassrls from pg_roles where rolname = %s", [matcher]
        ).fetchone()
        assert (can_login, bypasses) == (False, False)
        for table, column, may in (
            ("person_identifier", "blind", True), ("person_identifier", "sealed", False),
            ("person_identifier", "tail", False), ("person", "base_no", True), ("person", "name", False),
            ("person", "phone", False), ("affiliation", "unit_no", True), ("affiliation", "name", False),
            ("same_person", "left_id", True), ("same_person", "reason", False), ("same_person", "undo", False),
        ):  # fmt: skip
            found = owner.execute(
                "select has_column_privilege(%s, %s, %s, 'select')", [matcher, table, column]
            ).fetchone()
            assert found == (may,), (table, column)


def test_outside_a_door_there_is_no_answer_to_wrong_logins(two):
    """Only `app` may ask; another login of the base cannot use the functions as a way round the wall."""
    with (
        psycopg.connect(two.base.logins.backup, autocommit=True) as other,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        other.execute("select * from match_identifiers(array['id:1'], array[%s::bytea])", [two.blind])
