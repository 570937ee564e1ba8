"""What a screen reads of its class, with the wall's twin: another school's class is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given


def test_a_screen_reads_names_and_seats_of_its_own_class(base: Any) -> None:
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.queries import screen

    school = given.fill(base, base.unit(), classes=2, pupils=6)
    with scopes.use(base.scope(school.unit_no, "screen", org_ids=(school.classes[0],))):
        seats = screen.screen_seats()
    assert seats and set(screen.Seat.__struct_fields__) == {"seat_no", "name"}
    foreign = base.scope(base.unit(), "screen", org_ids=(school.classes[0],))
    with scopes.use(foreign), pytest.raises(NotFound):
        screen.screen_seats()
