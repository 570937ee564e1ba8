"""The weighed rows of a put: what moves, whose word it is, and what is lost to a source that is believed before."""

from __future__ import annotations

import pytest

from tests.hubs.data.actions.given import newcomer
from tests.hubs.data.actions.test_staging import staged


def weighed(typist, columns, rows, source):
    from django.db import connection

    with staged(typist, "person", columns, rows, source) as laid, connection.cursor() as cursor:
        laid.weigh(cursor)
        cursor.execute("select id, _moved, _now, _taken, _lost, _kept from plan_person order by id")
        return {row[0]: row[1:] for row in cursor.fetchall()}


@pytest.mark.parametrize(
    ("source", "row", "found"),
    [
        ("school", ("陈以宁", "2"), None),
        ("school", ("陈以静", "2"), (["name"], ["陈以静"], [], [], [])),
        ("school", ("", "1"), (["sex"], ["1"], [], [], [])),
        ("register", ("陈以宁", "1"), (["sex"], ["1"], ["sex", "name"], [], [])),
        ("family", ("陈以宁", "1"), ([], [], [], ["sex"], ["2"])),
    ],
)
def test_what_a_row_would_make_of_its_record(typist, source, row, found):
    import json

    person, _link = newcomer(typist, sex="2")
    rows = weighed(typist, ("id", "name", "sex"), [(person, *row)], source)
    if found is None:
        assert rows == {}
        return
    moved, now, taken, lost, kept = rows[person]
    as_words = [[json.loads(one) if one[:1] == '"' else one for one in listed] for listed in (now, kept)]
    assert (moved, as_words[0], taken, lost, as_words[1]) == found


def test_a_record_that_nobody_sees_is_not_weighed(typist):
    from uuid import uuid4

    assert weighed(typist, ("id", "sex"), [(uuid4(), "1")], "school") == {}
