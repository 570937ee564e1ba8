"""Keys: taken back with their cards, turned by night, published ahead."""

from __future__ import annotations

import time

import pytest

from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


def test_a_key_taken_back_takes_its_cards_with_it(base):
    school = scanning.make(base, classes=1)
    school.do("issue", 0)
    gate = school.scanner(school.place())
    (old,) = gate.list()["keys"]
    due = school.clerk.post("scan-places/setting", {"key": old["kid"]})
    assert due["Location"].startswith("/me/step-up/"), "a second factor is due"
    session = school.clerk.client.session
    session["second_factor_at"] = time.time()
    session.save()
    assert school.clerk.post("scan-places/setting", {"key": "zz"}).status_code == 404
    assert school.clerk.post("scan-places/setting", {"key": old["kid"]}).status_code == 302
    (new,) = gate.list()["keys"]
    assert new["kid"] != old["kid"]
    school.do("reissue", 0)
    assert len(gate.list()["cards"]) == 1


def test_a_key_is_turned_by_night_and_published_ahead(base, clock):
    from jizuo.hubs.identity import jobs

    school = scanning.make(base, classes=1)
    school.do("issue", 0)
    clock.pass_(days=356)
    jobs.forget(0)
    address = f"/student-code/{school.unit_no}/keys.json"
    assert len(base.client().get(address).json()["keys"]) == 1
    clock.pass_(days=2)
    jobs.forget(0)
    old, new = base.client().get(address).json()["keys"]
    assert new["nbf"] - old["nbf"] > 365 * 86400
    with scanning.looking(base) as owner:
        sealed = owner.execute(
            "select sealed from student_code_key where unit_no = %s", [school.unit_no]
        ).fetchall()
    assert len({bytes(one) for (one,) in sealed}) == 2
