"""What the start page says of quality: the gravest rules with their day, the rest in one line."""

from __future__ import annotations

from typing import Any

from jizuo.ground import scope as scopes
from tests.hubs.data.quality_given import build
from tests.hubs.organisation.given import within


def test_a_school_is_told_its_gravest_rules(base: Any) -> None:
    from jizuo.hubs.organisation.quality.waiting import MOST, to_mend

    town = build(base)
    town.check()
    school = town.schools[0]
    todos = within(base.scope(school.unit_no, "clerk", grant_no=1), to_mend)
    assert len(todos) == MOST + 1 and todos[-1].href.endswith("/quality")
    assert all("前改好" in str(one.words) and "quality/failing/" in one.href for one in todos[:MOST])
    assert within(base.scope(town.bureau, "district_steward", grant_no=1), to_mend) == []
    assert scopes.current_or_none() is None
