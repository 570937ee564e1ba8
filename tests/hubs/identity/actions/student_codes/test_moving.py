"""The code on a phone: half a minute, one use, at the own school only."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from tests.hubs.identity import scanning
from tests.hubs.identity.scanning import shown_code


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


@pytest.fixture(scope="module")
def gate(school):
    return school.scanner(school.place("正门"))


def test_a_code_passes_once(school, gate):
    pupil = school.pupil()
    code = shown_code(pupil.get("student-code"))
    first = gate.check(code)
    assert first["result"] == "passed" and first["name"]
    assert gate.check(code) == {"result": "used"}
    assert school.scans()[-1] == (school.pupil_id(0), "passed", "moving", False)


def test_a_picture_of_it_fails_after_half_a_minute(school, gate, clock):
    code = shown_code(school.pupil().get("student-code"))
    clock.pass_(seconds=29.5)
    other = shown_code(school.pupil(1).get("student-code"))
    clock.pass_(seconds=0.5)
    assert gate.check(code) == {"result": "expired"}
    clock.pass_(seconds=29)
    assert gate.check(other)["result"] == "passed"


def test_a_new_code_takes_the_place_of_the_last(school, gate):
    pupil = school.pupil()
    old, new = (shown_code(pupil.get("student-code", HTTP_HX_REQUEST="true")) for _time in range(2))
    assert gate.check(old) == {"result": "unknown"}
    assert gate.check(new)["result"] == "passed"


def test_two_scanners_at_once_one_passes(school, gate):
    from django.db import connections

    pupil = school.pupil()
    for _round in range(8):
        code = shown_code(pupil.get("student-code"))
        start, found = threading.Barrier(4), []

        def scan(code=code, start=start, found=found):
            start.wait()
            found.append(gate.check(code)["result"])
            connections.close_all()

        threads = [threading.Thread(target=scan) for _one in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(found) == ["passed", "used", "used", "used"]


def test_a_lost_answer_is_given_again(school, gate):
    code, scan_id = shown_code(school.pupil().get("student-code")), uuid4()
    first = gate.check(code, scan_id)
    before = len(school.scans())
    assert gate.check(code, scan_id) == first and first["result"] == "passed"
    assert len(school.scans()) == before
    assert gate.check(code, uuid4()) == {"result": "used"}


def test_another_school_does_not_know_it(base, school, gate):
    twin = scanning.make(base)
    theirs = twin.scanner(twin.place())
    code = shown_code(school.pupil().get("student-code"))
    assert theirs.check(code) == {"result": "unknown"}
    assert gate.check(code)["result"] == "passed"
    for nothing in ("", "JM:", "JM:" + "A" * 20, "JZ:" + "A" * 122, "x" * 4000, "\0"):
        assert gate.check(nothing) == {"result": "unknown"}


def test_a_trip_is_for_its_classes(base, school):
    trip = school.scanner(school.place("科技馆", "trip", (school.school.classes[1],)))
    code = shown_code(school.pupil().get("student-code"))
    again = uuid4()
    told = trip.check(code, again)
    # The guard of a trip learns nothing of a pupil who is not on it, asked again neither.
    assert told["result"] == "elsewhere" and trip.check(code, again) == told
    assert not any(told.get(name) for name in ("name", "class", "photo"))
    own = school.pupil(4)
    assert trip.check(shown_code(own.get("student-code")))["result"] == "passed"
