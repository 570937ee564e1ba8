"""Rows beside their dataset: counted before they are written, and let go of where they say nothing new."""

from __future__ import annotations

from contextlib import contextmanager

from tests.hubs.data.actions.given import newcomer


@contextmanager
def staged(typist, dataset, columns, rows, source="school"):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.staging import stage

    with (
        scopes.use(typist.scope),
        scopes.open_transaction("test.stage"),
        stage(dataset=dataset, columns=columns, rows=rows, source=source) as laid,
    ):
        yield laid


def test_rows_that_say_nothing_new_are_let_go_and_still_counted(typist):
    from django.db import connection

    known, _link = newcomer(typist, sex="2")
    other, _link = newcomer(typist, sex="2")
    rows = [(known, "2"), (other, "1")]
    with staged(typist, "person", ("id", "sex"), rows) as laid:
        tally = laid.tally()
        with connection.cursor() as cursor:
            cursor.execute("select id from put_person")
            assert cursor.fetchall() == [(other,)]
    assert (tally.new, tally.changed, tally.same) == (0, 1, 1)


def test_a_key_that_differs_is_looked_at_though_the_words_are_known(typist):
    """`person_id` of a pupil is the base's own key and nobody's word."""
    person, link = newcomer(typist)
    twin, _link = newcomer(typist)
    columns = ("id", "unit_no", "person_id", "entry_way")
    typist.put("pupil", columns, [(link, typist.unit_no, person, "1")])
    with staged(typist, "pupil", columns, [(link, typist.unit_no, twin, "1")]) as laid:
        assert laid.tally().changed == 1
    with staged(typist, "pupil", columns, [(link, typist.unit_no, person, "1")]) as laid:
        assert laid.tally().same == 1


def test_a_batch_that_is_only_staged_leaves_nothing(typist):
    person, _link = newcomer(typist, sex="2")
    with staged(typist, "person", ("id", "sex"), [(person, "1")], "register") as laid:
        assert [change.after for change in laid.changes(5)] == [{"sex": "1"}]
    assert typist.rows("select sex from person where id = %s", person) == [("2",)]
    assert typist.rows("select count(*) from claim where record_id = %s and source = 'register'", person) == [
        (0,)
    ]


def test_a_word_that_changes_nothing_is_heard_and_the_same_again_is_not(typist):
    """A file of a weaker source alone is worth applying: what it says is kept beside what is held."""
    person, _link = newcomer(typist, sex="2")
    typist.put("person", ("id", "sex"), [(person, "1")], "register")
    with staged(typist, "person", ("id", "sex"), [(person, "9")], "family") as laid:
        tally = laid.tally()
    assert (tally.new, tally.changed, tally.same, tally.heard) == (0, 0, 1, 1)
    typist.put("person", ("id", "sex"), [(person, "9")], "family")
    with staged(typist, "person", ("id", "sex"), [(person, "9")], "family") as laid:
        assert laid.tally().heard == 0
