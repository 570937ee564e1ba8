"""The merge hears words from behind other walls only of people whom the caller sees."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from tests.hubs.data.actions.given import newcomer
from tests.hubs.data.typists import typist  # noqa: F401  a fixture


@pytest.mark.parametrize("is_here", [True, False])
def test_words_come_out_for_a_visible_person_and_for_nobody_else(typist, is_here):  # noqa: F811
    """The twin: the same person without an affiliation here says nothing at all."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    other = typist.base.unit()
    there = typist.base.scope(other, "clerk")
    person, _link = newcomer(typist, unit_no=other, at=there, political="13")
    if is_here:
        typist.put(
            "affiliation",
            ("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
            [
                (
                    uuid4(),
                    typist.unit_no,
                    person,
                    "pupil",
                    date(2026, 9, 1),
                    "陈以宁",
                    "k",
                    str(person.int)[:10],
                )
            ],
        )
    with scopes.use(typist.scope), scopes.open_transaction("test.look"), connection.cursor() as cursor:
        cursor.execute(
            "select source, fields ->> 'political' from claims_elsewhere('person', %s, %s)",
            [[person], [typist.unit_no]],
        )
        assert cursor.fetchall() == ([("school", "13")] if is_here else [])
        cursor.execute("select count(*) from claim where record_id = %s", [person])
        assert cursor.fetchone() == (0,)
