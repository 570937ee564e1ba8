"""A bureau with what a OneRoster zip brings it."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.rosters import roster


@pytest.fixture(scope="module")
def plates(base):
    """Every room's plate."""
    from jizuo.project import rooms

    rooms.plates()


@pytest.fixture
def district(base, plates):
    """A bureau of its own."""
    from tests.hubs.organisation.importers.test_oneroster import District

    return District(base)


@pytest.fixture
def filled(district):
    """The same with two schools."""
    district.apply(roster(), options={"open_units": True})
    return district
