from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jizuo.hubs.identity.rules import anomalies
from jizuo.hubs.identity.rules.anomalies import Arrival, Kind

AT = datetime(2026, 9, 16, 8, tzinfo=UTC)
USUAL = Arrival(
    is_admin=False,
    at=AT,
    network="10.1.2.0/24",
    before=AT - timedelta(days=1),
    knows_device=True,
    has_past=True,
)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, []),
        ({"is_admin": True}, []),
        ({"is_admin": True, "knows_device": False}, [Kind.NEW_DEVICE]),
        # The first sign-in of all is on a new device by nature.
        ({"is_admin": True, "knows_device": False, "has_past": False}, []),
        ({"knows_device": False}, []),
        ({"elsewhere": ("172.16.9.0/24",)}, []),
        ({"knows_device": False, "elsewhere": ("172.16.9.0/24",)}, [Kind.TWO_PLACES]),
        ({"knows_device": False, "elsewhere": ("10.1.77.0/24",)}, []),
        ({"knows_device": False, "elsewhere": ("",)}, []),
        ({"before": AT - timedelta(days=179, hours=23)}, []),
        ({"before": AT - timedelta(days=180)}, [Kind.AWAKE]),
        ({"before": None}, []),
        ({"on_device": 6}, []),
        ({"on_device": 7}, [Kind.CROWD]),
        (
            {"is_admin": True, "knows_device": False, "before": AT - timedelta(days=400), "on_device": 9},
            [Kind.NEW_DEVICE, Kind.AWAKE, Kind.CROWD],
        ),
    ],
)
def test_arrivals(change, kinds):
    assert anomalies.of_arrival(replace(USUAL, **change)) == kinds


@pytest.mark.parametrize(
    ("failed", "arrived", "is_odd"),
    [(19, 0, False), (20, 0, True), (20, 19, True), (20, 20, False), (60, 800, False), (300, 12, True)],
)
def test_a_school_in_the_morning_is_no_spray(failed, arrived, is_odd):
    assert anomalies.is_spray(failed, arrived) is is_odd


@pytest.mark.parametrize(("targets", "is_odd"), [(0, False), (19, False), (20, True)])
def test_bursts_of_codes(targets, is_odd):
    assert anomalies.is_burst(targets) is is_odd


@pytest.mark.parametrize(
    ("before", "told", "is_odd"),
    [(0, 0, False), (0, 1, False), (5, 6, False), (5, 900, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_counters_go_on(before, told, is_odd):
    assert anomalies.is_count_back(before, told) is is_odd


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("::ffff:10.1.2.3", "10.1.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("nowhere", ""),
    ],
)
def test_networks(address, network):
    assert anomalies.network_of(address) == network


@pytest.mark.parametrize(
    ("one", "other", "is_far"),
    [
        ("10.1.2.0/24", "10.1.9.0/24", False),
        ("10.1.2.0/24", "10.2.2.0/24", True),
        ("2001:db8:1::/48", "2001:db8:9::/48", False),
        ("2001:db8:1::/48", "2001:db9:1::/48", True),
        ("10.1.2.0/24", "2001:db8:1::/48", False),
        ("", "10.1.2.0/24", False),
    ],
)
def test_far(one, other, is_far):
    assert anomalies.is_far(one, other) is is_far
    assert anomalies.is_far(other, one) is is_far


def test_every_kind_has_its_quiet():
    assert set(anomalies.QUIET) == set(Kind)
