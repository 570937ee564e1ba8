"""The rows that answer an alert: counted by case, by unit, within so many days."""

from __future__ import annotations

from typing import Any

from tests.engines.monitoring import given
from tests.ground.packs.blocks import pack


def test_so_many_of_a_class_within_days_make_a_case(base: Any) -> None:
    town = given.town(base, rows=0)
    school = town.schools[0]
    ids = pack.put(base, school, 3)
    given.look(base, school.unit_no)
    assert [one[0] for one in given.cases(base, school.unit_no)] == ["long", "long"], "two are out, not three"
    given.move(base, school, ids[0], "out")
    given.look(base, school.unit_no, given.AT.replace(hour=8, minute=0))
    assert "crowd" not in [one[0] for one in given.cases(base, school.unit_no)], "before its time"
    given.look(base, school.unit_no)
    assert [one[0] for one in given.cases(base, school.unit_no)].count("crowd") == 1


def test_units_that_use_a_scene_alike_are_looked_at_together(base: Any) -> None:
    from jizuo.engines.monitoring import watching
    from jizuo.ground import scope as scopes

    town = given.town(base, rows=0)
    school, other = town.schools
    with scopes.use(base.scope(town.unit_no, scopes.OPERATOR)), scopes.open_transaction("test"):
        found = watching.watches(given.AT, units=[school.unit_no, other.unit_no])
    assert sorted((one.name, one.units) for one in found) == [
        ("crowd", (school.unit_no,)),
        ("long", (school.unit_no,)),
    ]
    with scopes.use(base.scope(town.unit_no, scopes.OPERATOR)), scopes.open_transaction("test"):
        assert watching.watches(given.AT, units=[school.unit_no], dataset="leave") == []
