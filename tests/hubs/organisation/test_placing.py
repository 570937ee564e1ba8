"""Where a person stands, and about whom a role may begin something."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.given import fill, within


@pytest.fixture(scope="module")
def schools(base):
    from jizuo.project import rooms

    rooms.plates()
    bureau = base.unit("教育局", kind="bureau")
    return tuple(fill(base, base.unit(parent=bureau), classes=2, pupils=2) for _school in range(2))


def reached(base, school, role, ids, **more):
    from jizuo.hubs.organisation import placing

    return within(
        base.scope(school.unit_no, role, **more),
        lambda: set(placing.within_reach(list(placing.people(ids).values()))),
    )


def test_by_role(base, schools):
    first, second = schools
    mine = [person for person, _link in first.pupils]
    theirs = [person for person, _link in second.pupils]
    assert reached(base, first, "clerk", [*mine, *theirs]) == set(mine)
    assert reached(base, second, "clerk", [*mine, *theirs]) == set(theirs)
    assert reached(base, first, "pupil", mine, person_id=mine[0]) == {mine[0]}
    guardian = {"person_id": first.guardians[1][0], "child_ids": (mine[1],)}
    assert reached(base, first, "guardian", mine, **guardian) == {mine[1]}
    assert reached(base, first, "homeroom_teacher", mine, org_ids=(first.classes[1],)) == set(mine[2:])
    assert reached(base, first, "teacher", mine) == set()
