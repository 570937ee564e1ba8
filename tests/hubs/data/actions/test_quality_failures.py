"""What blocks cannot be waived; what is not open cannot either."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotAllowed, NotFound
from tests.hubs.data.quality_given import build


def test_what_blocks_stands(base: Any) -> None:
    from jizuo.ground.pages.asks import Ask
    from jizuo.hubs.data.actions import quality_failures
    from jizuo.hubs.data.queries import quality_failures as queries

    town = build(base)
    town.check()
    school = town.schools[0]
    with scopes.use(base.scope(school.unit_no, "clerk")):
        (row,) = queries.failing_rows(code="school_identifier", ask=Ask()).slice.rows
        with pytest.raises(BadInput):
            quality_failures.waive_failures(
                code="school_identifier", failure_ids=[row.failure_id], reason="没有"
            )
        with pytest.raises(NotFound):
            quality_failures.waive_failures(code="staff_certificate", failure_ids=[uuid4()], reason="没有")
        with pytest.raises(NotFound):
            quality_failures.waive_failures(code="no_such_rule", failure_ids=[], reason="没有")
    with scopes.use(base.scope(town.bureau, "district_steward")), pytest.raises(NotAllowed):
        quality_failures.waive_failures(
            code="staff_certificate", failure_ids=[row.failure_id], reason="区里说的"
        )
