"""Places: whose they are, and today's list without a trail."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.hubs.identity import scanning
from tests.hubs.identity.scanning import shown_code


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


def test_today_is_counted_and_listed_without_times(base, school):
    place_id = school.place("校车", "trip", (school.school.classes[0],))
    scanner = school.scanner(place_id)
    scanner.check(shown_code(school.pupil(0).get("student-code")))
    for who in (school.clerk, school.teacher, scanning.seat(base, school.unit_no, "head")):
        assert "今天 1 人" in who.get("scan-places").content.decode()
        page = who.get(f"scan-places/{place_id}").content.decode()
        body = page.split('id="content"')[1]
        assert "1 / 3 人" in body and "还没到" in body
        assert not re.search(r"\d\d:\d\d", body), "a list of one place, no times"
    with scanning.looking(base) as owner:
        noted = owner.execute(
            "select count(*) from audit_entry where door = 'identity.present_today' and unit_no = %s",
            [school.unit_no],
        ).fetchone()
    assert noted == (3,)


def test_classes_stand_in_the_order_of_a_school(base):
    school = scanning.make(base, classes=3)
    names = class_order(base, school)
    place_id = school.place("科技馆", "trip", tuple(reversed(school.school.classes)))
    assert "、".join(names) in school.clerk.get("scan-places").content.decode()
    page = school.clerk.get(f"scan-places/{place_id}").content.decode()
    places = [page.index(f"<small>{name}</small>") for name in names]
    assert places == sorted(places)


def class_order(base, school):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation import class_names

    with scopes.use(base.scope(school.unit_no, "clerk")), scopes.open_transaction("test"):
        return [one.name for one in class_names.of_units([school.unit_no])]


def test_yesterday_is_not_listed(base, clock):
    school = scanning.make(base)
    place_id = school.place("图书馆", "library")
    school.scanner(place_id).check(shown_code(school.pupil(1).get("student-code")))
    assert "今天 1 人" in school.clerk.get("scan-places").content.decode()
    clock.pass_(days=1)
    page = school.clerk.again().get(f"scan-places/{place_id}").content.decode()
    assert ">0 / " in page


def test_a_homeroom_teacher_has_trips_of_the_own_class_only(school):
    gate = school.place("大门")
    far = school.place("远足", "trip", (school.school.classes[1],))
    for place_id in (gate, far, uuid4()):
        assert school.teacher.get(f"scan-places/{place_id}").status_code == 404
        assert school.teacher.post(f"scan-places/{place_id}/pairing").status_code == 404
        assert school.teacher.post("scan-places/do", {"close": place_id}).status_code == 404
    own, other = (str(one) for one in school.school.classes)
    tries = [("gate", own, 422), ("trip", "", 422), ("trip", other, 404), ("trip", own, 302)]
    for purpose, class_id, status in tries:
        told = {"name": "秋游", "purpose": purpose} | ({"class": class_id} if class_id else {})
        assert school.teacher.post("scan-places/do", told).status_code == status
