"""Scanners: let in once, guessed by nobody, out at once."""

from __future__ import annotations

import pytest

from tests.hubs.identity import scanning
from tests.hubs.identity.scanning import paired


@pytest.fixture(scope="module")
def school(base):
    made = scanning.make(base)
    made.do("issue", 0, 1, 3)
    return made


def test_a_pairing_code_works_once_and_not_for_long(base, school, clock):
    place_id = school.place("北门")
    code = school.pairing_code(place_id)
    assert paired(base, code).status_code == 200
    assert paired(base, code).status_code == 404
    late = school.pairing_code(place_id)
    clock.pass_(minutes=15)
    assert paired(base, late).status_code == 404


def test_guessing_a_pairing_code_shuts_the_address(base, school, address):
    good = school.pairing_code(school.place("南门"))
    for _try in range(10):
        assert paired(base, "AAAAAAAAAA", address).status_code == 404
    assert paired(base, good, address).status_code == 429
    assert paired(base, good, "10.78.0.1").status_code == 200


@pytest.mark.parametrize("how", ["device", "place", "role"])
def test_a_scanner_is_out_at_once(base, school, how):
    place_id = school.place(f"门 {how}")
    keeper = scanning.seat(base, school.unit_no, "clerk")
    shown = keeper.post(f"scan-places/{place_id}/pairing").content.decode()
    told = paired(base, shown.split('class="screen-code">')[1].split("<")[0]).json()
    scanner = scanning.Scanner(base, told["token"], told["device"])
    assert scanner.post("sync").status_code == 200
    if how == "role":
        with scanning.looking(base) as owner:
            owner.execute("update acting_grant set end_on = current_date where no = %s", [keeper.grant_no])
    else:
        field = {"device": ("end", told["device"]), "place": ("close", place_id)}[how]
        assert school.clerk.post("scan-places/do", dict([field])).status_code == 302
    assert scanner.post("sync").status_code == 401


def test_a_device_that_is_given_up_opens_nothing(school):
    scanner = school.scanner(school.place("东门"))
    assert scanner.post("leave").status_code == 200
    assert scanner.post("sync").status_code == 401


@pytest.mark.parametrize(
    ("purpose", "days", "status"), [("trip", 6, 200), ("trip", 8, 401), ("gate", 8, 200)]
)
def test_a_device_of_a_trip_is_out_by_itself(base, school, purpose, days, status):
    """Lost on the way, it would fetch names and portraits all year."""
    from jizuo.hubs.identity import jobs

    place_id = school.place(f"{purpose} {days}")
    scanner = school.scanner(place_id)
    with scanning.looking(base) as owner:
        owner.execute("update scan_place set purpose = %s where id = %s", [purpose, place_id])
        owner.execute(
            "update scanner_device set made_at = now() - make_interval(days => %s) where id = %s",
            [days, scanner.device],
        )
    jobs.forget_scans()
    assert scanner.post("sync").status_code == status


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 401)])
def test_a_device_that_nobody_saw_for_a_fortnight_is_out(base, school, days, status):
    from jizuo.hubs.identity import jobs

    scanner = school.scanner(school.place(f"久 {days}"))
    with scanning.looking(base) as owner:
        owner.execute(
            "update scanner_device set seen_at = now() - make_interval(days => %s) where id = %s",
            [days, scanner.device],
        )
    jobs.forget_scans()
    assert scanner.post("sync").status_code == status


@pytest.mark.parametrize("asks_for", ["revoked", "check"])
def test_a_gate_that_only_asks_is_seen(base, school, asks_for):
    """A gate of another maker neither takes lists nor tells scans all summer; it must still open in September."""
    from jizuo.hubs.identity import jobs

    scanner = school.scanner(school.place(f"闸机 {asks_for}"))
    with scanning.looking(base) as owner:
        owner.execute(
            "update scanner_device set seen_at = now() - interval '13 days' where id = %s", [scanner.device]
        )
    if asks_for == "revoked":
        held = {"HTTP_AUTHORIZATION": f"Bearer {scanner.token}"}
        assert base.client().get("/scanner/revoked", **held).status_code == 200
    else:
        assert scanner.check("JM:" + "A" * 20) == {"result": "unknown"}
    with scanning.looking(base) as owner:
        owner.execute(
            "update scanner_device set seen_at = seen_at - interval '13 days' where id = %s", [scanner.device]
        )
    jobs.forget_scans()
    assert scanner.post("sync").status_code == 200
