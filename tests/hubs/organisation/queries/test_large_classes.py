"""Who is counted in a class that is too large, and from where it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_turning import act


@pytest.mark.parametrize(("present", "level"), [(45, 0), (46, 1), (56, 2), (66, 3)])
def test_large_classes_count_who_is_present(base: Any, present: int, level: int) -> None:
    from jizuo.hubs.organisation.queries.large_classes import large_classes

    # The second pupil of the first class is lent out and does not sit there.
    made = given.fill(base, base.unit(), classes=1, pupils=present + 1)
    found = act(base.scope(made.unit_no, "head"), large_classes)
    assert [one.level for one in found] == ([level] if level else [])
    assert [one.pupils for one in found] == ([present] if level else [])
    if level:
        assert act(base.scope(made.unit_no, "head"), large_classes, least=level + 1) == []
