"""One field_day in use for the tests that change nothing of it. Fixtures: `field_day`, `pack`, `within`."""

from __future__ import annotations

import pytest

from tests.engines.matter.forms.given import PACK, place_of


@pytest.fixture(scope="package")
def field_day(base):
    """The schools with the scene in use."""
    return place_of(base)


@pytest.fixture(scope="package")
def pack(base):
    """The pack as it was read."""
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    return reading.read(PACK).pack


@pytest.fixture
def within():
    """`within(scope, body)`: what `body()` gives in a transaction of a scope, as a door would."""
    from tests.hubs.organisation.given import within

    return within
