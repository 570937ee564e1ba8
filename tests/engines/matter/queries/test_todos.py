"""What waits: pages by key, counts, one's own only."""

from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput


def test_pages_of_what_waits(town):
    from jizuo.engines.matter.queries import todos

    ids = {town.start(on_day=f"2027-04-{day:02}") for day in range(1, 6)}
    with town.as_("homeroom_teacher"):
        first = todos.todo(limit=3)
        rest = todos.todo(limit=200, after=first.next)
        assert first.next and ids <= {one.matter_id for one in (*first.rows, *rest.rows)}
        assert todos.todo_count() == len(first.rows) + len(rest.rows)
        assert todos.todo(scene="other").rows == []
        with pytest.raises(BadInput):
            todos.todo(limit=501)
        with pytest.raises(BadInput):
            todos.todo(after="x")
    with town.as_("homeroom_teacher", "second"):
        assert not [one for one in todos.todo().rows if one.matter_id in ids]
