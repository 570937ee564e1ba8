"""Places: whose they are, counts and today's list without a trail, settings and keys."""

from __future__ import annotations

import pytest

from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


@pytest.mark.parametrize("told", [{"name": ""}, {"name": "门" * 41}, {"name": "门", "purpose": "x"}, {}])
def test_a_place_needs_name_and_purpose(school, told):
    assert school.clerk.post("scan-places/do", {"purpose": "gate"} | told).status_code == 422


def test_another_school_is_not_there(base, school):
    twin = scanning.make(base)
    place_id = twin.place("他校门")
    scanner = twin.scanner(place_id)
    assert "他校门" not in school.clerk.get("scan-places").content.decode()
    assert school.clerk.get(f"scan-places/{place_id}").status_code == 404
    assert school.clerk.post(f"scan-places/{place_id}/pairing").status_code == 404
    assert school.clerk.post("scan-places/do", {"close": place_id}).status_code == 404
    assert school.clerk.post("scan-places/do", {"end": scanner.device}).status_code == 404
    told = {"name": "门", "purpose": "trip", "class": str(twin.school.classes[0])}
    assert school.clerk.post("scan-places/do", told).status_code == 404
    assert scanner.post("sync").status_code == 200
