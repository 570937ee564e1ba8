from __future__ import annotations

from datetime import timedelta

import pytest

from jizuo.hubs.identity.rules import limits

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("roles", "is_own", "idle", "absolute", "factor"),
    [
        ((), False, 30 * MINUTE, 12 * HOUR, 5 * MINUTE),
        (("guardian",), True, None, 30 * DAY, 8 * HOUR),
        (("guardian",), False, 30 * MINUTE, 12 * HOUR, 5 * MINUTE),
        (("pupil",), False, 30 * MINUTE, 12 * HOUR, 5 * MINUTE),
        (("guardian", "teacher"), True, 30 * MINUTE, 12 * HOUR, 8 * HOUR),
        (("clerk",), True, 30 * MINUTE, 12 * HOUR, 8 * HOUR),
        (("operator",), True, 10 * MINUTE, 12 * HOUR, 15 * MINUTE),
        (("operator", "guardian"), False, 10 * MINUTE, 12 * HOUR, 5 * MINUTE),
    ],
)
def test_sessions_by_role_and_device(roles, is_own, idle, absolute, factor):
    assert limits.of_session(roles, is_own_device=is_own) == limits.Limits(idle, absolute, factor)


@pytest.mark.parametrize(
    ("roles", "length"),
    [((), 8), (("pupil",), 8), (("guardian", "pupil"), 8), (("teacher", "guardian"), 12), (("head",), 12),
     (("district_admin", "teacher"), 15), (("security_officer",), 15)],
)  # fmt: skip
def test_the_strictest_role_sets_the_shortest_password(roles, length):
    assert limits.shortest_password(roles) == length


def test_every_purpose_has_a_life_and_paper_outlives_sent_codes():
    assert set(limits.LIFE) == set(limits.Purpose)
    sent = [limits.LIFE[purpose] for purpose in limits.Purpose if purpose not in limits.ON_PAPER]
    assert max(sent) < min(limits.LIFE[purpose] for purpose in limits.ON_PAPER)
