"""Failing rows: turned page by page, each led to where it is mended."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.asks import Ask
from tests.hubs.data.quality_given import build


def test_failing_rows_turn_pages_and_say_where_they_are_mended(base: Any) -> None:
    from jizuo.hubs.data.queries import quality_failures as queries

    town = build(base)
    school = town.schools[0]
    town.write("update affiliation set seat_no = 200 + seat_no, changed_at = now() where id = any(%s)",
               [link for _person, link in school.pupils])  # fmt: skip
    town.check()
    seen = []
    ask = Ask(size=5)
    with scopes.use(base.scope(school.unit_no, "clerk")):
        while True:
            found = queries.failing_rows(code="seat_range", ask=ask)
            assert found.count == 12 and found.rule.code == "seat_range"
            seen += found.slice.rows
            if not found.slice.has_next:
                break
            last = found.slice.rows[-1]
            ask = Ask(size=5, after=(last.due_on, str(last.failure_id)))
        with pytest.raises(NotFound):
            queries.failing_rows(code="no_such_rule", ask=Ask())
    assert len({one.failure_id for one in seen}) == 12
    assert {one.record_id for one in seen} == {link for _person, link in school.pupils}
    assert all(one.href == f"people/{one.record_id}" and one.name and one.where for one in seen)
