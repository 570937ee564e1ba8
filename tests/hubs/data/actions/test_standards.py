"""Standards drafted, published, built and used as datasets."""

from __future__ import annotations

import pytest

from tests.hubs.data.standing import bureau, draft, fresh_name, published, visits


@pytest.fixture
def desk(base):
    return bureau(base)


def rows_in(desk, scope, name, rows, source="school"):
    """Put rows into a made dataset; returns the count."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    with scopes.use(scope), scopes.open_transaction("test"):
        return put(
            dataset=name,
            columns=("id", "unit_no", "visitor", "sex", "came_on", "people"),
            rows=[(new_id(), scope.unit_no, *row) for row in rows],
            source=source,
        )


def test_a_standard_is_drafted_published_built_and_used(desk):
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.queries import standards as queries

    name = fresh_name()
    version_id = published(desk, visits(name))
    view = desk.door(desk.steward, queries.standard_version, version_id=version_id)
    assert (view.state, view.table_state, view.number) == ("published", "done", "1.0")
    known = datasets.get(name)
    assert known.table == f"made_{name}_v1" and known.wall == "unit" and known.key == ("visitor", "came_on")
    assert datasets.all_datasets()[name].fields["sex"].code_table == "sex"
    count = rows_in(
        desk, desk.clerks[0], name, [("钱敏", "2", "2026-09-01", 2), ("孙立", "1", "2026-09-02", 1)]
    )
    assert (count.new, count.changed) == (2, 0)
    assert desk.door(desk.steward, queries.standard_view, name=name).table == known.table


def test_a_name_belongs_to_one_standard(desk):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import standards

    name = fresh_name()
    draft(desk, visits(name))
    for taken in (name, "pupil"):
        with pytest.raises(BadInput) as refused:
            desk.door(desk.second, standards.start_standard, name=taken, title="另一个")
        assert "已有标准" in refused.value.problems[0].what
    for bad in ("Visit", "1visit", "a" * 31, "来访"):
        with pytest.raises(BadInput):
            desk.door(desk.steward, standards.start_standard, name=bad, title="来访")
