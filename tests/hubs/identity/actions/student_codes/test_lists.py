"""A scanner's list: who stands on it, and that it is sealed."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag

from tests.hubs.identity import scanning


@pytest.fixture(scope="module")
def school(base):
    made = scanning.make(base)
    made.do("issue", 0, 1, 3)
    return made


@pytest.fixture(scope="module")
def gate(school):
    return school.scanner(school.place("正门"))


def test_the_list_holds_those_who_may_pass_here(school, gate):
    told = gate.list()
    assert told["place"] == "正门" and told["purpose"] == "gate" and told["offset"] == 480
    assert len(told["cards"]) == 3
    assert all(name and told["classes"][class_id] for name, class_id, _photo in told["cards"].values())
    trip = school.scanner(school.place("博物馆", "trip", (school.school.classes[1],))).list()
    assert len(trip["cards"]) == 1 and set(trip["classes"]) == {str(school.school.classes[1])}


def test_a_class_without_any_card_is_named_too(base):
    school = scanning.make(base)
    told = school.scanner(school.place("北门")).list()
    assert told["cards"] == {} and set(told["classes"]) == {str(one) for one in school.school.classes}


def test_the_list_is_sealed_for_one_device_and_one_time(school, gate):
    one, two = gate.post("sync").json(), gate.post("sync").json()
    assert one["key"] != two["key"] and one["list"] != two["list"]
    assert one["expires_at"] - one["made_at"] == 24 * 3600
    name = next(iter(scanning.opened(one)["cards"].values()))[0]
    assert name.encode() not in base64.b64decode(one["sealed"])
    with pytest.raises(InvalidTag):
        scanning.opened(one | {"stamp": two["stamp"]})


def test_portraits_go_with_the_list(school, gate):
    from django.core.files.uploadedfile import SimpleUploadedFile

    picture = SimpleUploadedFile("a.jpg", scanning.JPEG, "image/jpeg")
    told = {"person": str(school.pupil_id(0)), "photo": picture}
    assert school.clerk.post("student-cards/photo", told).status_code == 302
    photos = [photo for _name, _class, photo in gate.list()["cards"].values() if photo]
    assert len(photos) == 1 and base64.b64decode(photos[0])[:2] == b"\xff\xd8"
