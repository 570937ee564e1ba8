"""Names of people and classes in reach, and of nobody else's."""

from __future__ import annotations

from jizuo.ground.ids import new_id
from tests.hubs.organisation.given import fill
from tests.scenes.given import within


def test_names_of_the_own_school_only(base):
    from jizuo.hubs.organisation import naming

    here, there = (fill(base, base.unit(), classes=1, pupils=2) for _school in range(2))
    mine, foreign = here.pupils[0][0], there.pupils[0][0]
    found = within(base, here.unit_no, lambda: dict(naming.people([mine, foreign, new_id()])))
    assert set(found) == {mine} and found[mine]
    found = within(base, here.unit_no, lambda: dict(naming.orgs([*here.classes, *there.classes])))
    assert set(found) == set(here.classes) and "班" in found[here.classes[0]]


def test_both_are_offered(base):
    from jizuo.hubs.data import naming
    from jizuo.project import rooms

    rooms.plates()
    school = fill(base, base.unit(), classes=1, pupils=1)
    ids = [school.pupils[0][0]]
    assert within(base, school.unit_no, lambda: len(naming.names_of("person", ids))) == 1
    assert within(base, school.unit_no, lambda: len(naming.names_of("org", school.classes))) == 1
