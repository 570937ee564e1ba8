"""Pages by key: none is lost, none comes twice, and the last one says so."""

from __future__ import annotations

from typing import Any

import pytest

from jizuo.ground import scope as scopes


@pytest.mark.parametrize(
    ("rows", "limit", "shown", "leads_on"),
    [
        ([], 2, [], ""),
        ([(1, "a")], 2, ["a"], ""),
        ([(1, "a"), (2, "b")], 2, ["a", "b"], ""),
        ([(1, "a"), (2, "b"), (3, "c")], 2, ["a", "b"], "2"),
    ],
)
def test_a_page_leads_on_while_there_is_more(
    base: Any, rows: list[Any], limit: int, shown: list[str], leads_on: str
) -> None:
    from jizuo.ground.paging import page_of

    page = page_of(rows, limit, lambda row: row[1], count=9)
    assert (page.rows, page.next, page.count) == (shown, leads_on, 9)


def test_another_column_may_lead_on(base: Any) -> None:
    from jizuo.ground.paging import page_of

    assert page_of([("a", 7), ("b", 8)], 1, lambda row: row[0], key=-1).next == "7"


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_size(base: Any, limit: int) -> None:
    from jizuo.ground.errors import BadInput
    from jizuo.ground.paging import page_size

    assert page_size(500) == 500
    with pytest.raises(BadInput):
        page_size(limit)


def test_a_place_that_is_none_is_refused(base: Any) -> None:
    from jizuo.ground.errors import BadInput
    from jizuo.ground.ids import new_id
    from jizuo.ground.paging import key_of

    place = new_id()
    assert (key_of(""), key_of(str(place))) == (None, place)
    with pytest.raises(BadInput):
        key_of("second")


def test_the_newest_come_first_page_by_page(base: Any) -> None:
    """Over the jobs of a unit of its own; another unit's do not count."""
    from uuid import UUID

    from jizuo.ground import jobs
    from jizuo.ground.paging import newest

    jobs.register("test.paging", lambda run: None)
    unit_no, other = base.unit(), base.unit()
    made = []
    for number in (unit_no, unit_no, other, unit_no):
        with scopes.use(base.scope(number)), scopes.open_transaction("given"):
            made.append(jobs.start("test.paging", "空", unit_no=number).job_id)
    own = [made[3], made[1], made[0]]
    seen, after = [], None
    with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
        for _page in range(3):
            page = newest("job", "id, state", lambda row: row[0], state="waiting", after=after, limit=2)
            assert page.count == 3
            seen += page.rows
            if not page.next:
                break
            after = UUID(page.next)
        assert newest("job", "id", lambda row: row[0], state="done", after=None, limit=2).rows == []
    assert seen == own
