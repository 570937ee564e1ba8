"""Frames that repeat themselves: known by their print, and never more than what the claim still says."""

from __future__ import annotations

from uuid import UUID

import polars as pl

from tests.hubs.data.actions.given import claims, newcomer, person_of


def frame(*rows):
    return pl.DataFrame(
        [{"id": str(person), "name": name, "sex": sex} for person, name, sex in rows],
        schema={"id": pl.String, "name": pl.String, "sex": pl.String},
    )


def put(typist, told, source="school", **more):
    found = typist.put("person", tuple(told.columns), told, source, **more)
    return found.new, found.changed, found.same


def prints(typist, person, source="school"):
    return [
        row[0]
        for row in typist.rows("select print from claim where record_id = %s and source = %s", person, source)
    ]


def laid(typist, told, source="school"):
    """The ids that are laid down of a frame."""
    from django.db import connection

    from tests.hubs.data.actions.test_staging import staged

    with staged(typist, "person", tuple(told.columns), told, source), connection.cursor() as cursor:
        cursor.execute("select id from put_person order by id")
        return [row[0] for row in cursor.fetchall()]


def test_a_row_said_word_for_word_is_not_laid_down_again(typist):
    known, _link = newcomer(typist, sex="2")
    other, _link = newcomer(typist, sex="2")
    put(typist, frame((known, "陈一", "1"), (other, "陈二", "2")))
    assert isinstance(prints(typist, known)[0], UUID)
    again = frame((known, "陈一", "1"), (other, "陈二", "1"))
    assert laid(typist, again) == [other]
    assert put(typist, again) == (0, 1, 1)
    assert put(typist, again) == (0, 0, 2)


def test_a_word_that_came_back_is_heard(typist):
    known, _link = newcomer(typist, sex="2")
    first, second = frame((known, "陈一", "1")), frame((known, "陈一", "2"))
    for told in (first, second, first):
        assert put(typist, told) == (0, 1, 0)
    typist.put("person", ("id", "sex"), [(known, "2")])
    assert prints(typist, known) == [None]
    assert put(typist, first) == (0, 1, 0)
    assert claims(typist, known)["school"]["sex"] == "1"


def test_another_source_of_the_same_row_speaks_for_itself(typist):
    known, _link = newcomer(typist, sex="2")
    told = frame((known, "陈一", "1"))
    put(typist, told)
    assert put(typist, told, "register") == (0, 1, 0)
    assert set(claims(typist, known)) == {"school", "register"}


def test_a_late_word_is_not_taken_for_the_last(typist):
    from datetime import UTC, datetime

    known, _link = newcomer(typist, sex="2")
    told = frame((known, "陈晚", "1"))
    put(typist, told, as_of=datetime(2020, 1, 1, tzinfo=UTC))
    assert person_of(typist, known, "sex") == ("2",)
    assert put(typist, told) == (0, 1, 0)
    assert person_of(typist, known, "sex") == ("1",)


def test_a_text_and_its_neighbour_do_not_run_together():
    from jizuo.hubs.data.actions.repeating import PRINT, with_print

    one, two = with_print(frame(("a", "陈", "一1"), ("a", "陈一", "1")))[PRINT]
    assert one != two
    three, four = with_print(frame(("a", "陈", None), ("a", "陈", "")))[PRINT]
    assert three == four
