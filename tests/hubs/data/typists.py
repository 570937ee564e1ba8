"""The fixture `typist`: a school's clerk who writes past the pages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.hubs.organisation.importers.given import rows_of


@pytest.fixture(scope="module")
def typist(base):
    """A school's clerk: `put(...)` in a transaction of its own, `rows(sql)` past the doors."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put
    from jizuo.project import rooms

    rooms.plates()
    unit_no = base.unit()
    scope = base.scope(unit_no, "clerk", grant_no=77)

    def write(dataset, columns, rows, source="school", batch_id=None, at=None, as_of=None):
        with scopes.use(at or scope), scopes.open_transaction("test.put"):
            scopes.set_batch(batch_id)
            return put(
                dataset=dataset, columns=columns, rows=rows, source=source, batch_id=batch_id, as_of=as_of
            )

    def rows(sql, *values, unit=unit_no):
        return rows_of(base, unit, sql, *values)

    return SimpleNamespace(base=base, unit_no=unit_no, scope=scope, put=write, rows=rows)
