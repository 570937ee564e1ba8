"""The walk through consent stands in protocols/openid/test_rules.py; here who counts as a child."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("role", "is_child"), [("pupil", True), ("teacher", False), ("guardian", False), (None, False)]
)
def test_a_pupil_without_a_birthday_counts_as_a_child(base, person, role, is_child):
    from jizuo.hubs.identity.actions import consents

    assert consents.is_child(person(role).pk) is is_child


def test_a_guardian_of_yesterday_speaks_for_nobody(base, person):
    from datetime import date

    from jizuo.hubs.identity.actions import consents

    child = person("pupil")
    now = person("guardian", child.unit_no, child_ids=[child.person_id])
    past = person("guardian", child.unit_no, child_ids=[child.person_id], end_on=date(2021, 1, 1))
    assert consents.children_of(now.pk) == [child.pk] and consents.children_of(past.pk) == []
