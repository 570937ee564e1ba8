"""The school's settings have bounds."""

from __future__ import annotations

import pytest

from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


@pytest.mark.parametrize(
    "wrong", [{"keep_days": 0}, {"keep_days": 181}, {"list_hours": "x"}, {"card_days": 5000}]
)
def test_settings_have_bounds(school, wrong):
    told = {"keep_days": 30, "list_hours": 24, "card_days": 400}
    assert school.clerk.post("scan-places/setting", told | wrong).status_code == 422
    assert school.clerk.post("scan-places/setting", told).status_code == 302
    assert school.teacher.post("scan-places/setting", told).status_code == 403
