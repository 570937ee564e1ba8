"""The code on a phone: half a minute, one use, at the own school only; and what the family sees of it afterwards."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.hubs.identity import scanning
from tests.hubs.identity.scanning import shown_code


@pytest.fixture(scope="module")
def school(base):
    return scanning.make(base)


@pytest.fixture(scope="module")
def gate(school):
    return school.scanner(school.place("正门"))


def test_nothing_in_the_code_says_who(school):
    pupil = school.pupil(1)
    answer = pupil.get("student-code")
    code = shown_code(answer)
    assert len(code) == 23 and shown_code(pupil.get("student-code")) != code
    assert answer["Cache-Control"].startswith("max-age=0")


def test_a_guardian_shows_the_own_child_and_no_other(school, gate):
    guardian = school.guardian()
    answer = guardian.get(f"student-code?child={school.pupil_id(0)}")
    assert gate.check(shown_code(answer))["result"] == "passed"
    for other in (school.pupil_id(1), uuid4(), "x"):
        for path in ("student-code", "student-code/scans"):
            assert guardian.get(f"{path}?child={other}").status_code == 404
        assert guardian.post("student-code/lost", {"child": other}).status_code == 404
    assert school.pupil(1).get(f"student-code?child={school.pupil_id(0)}").status_code == 404


def test_pupil_and_guardian_see_the_scans_and_nobody_else_has_such_a_page(base, school, gate):
    gate.check(shown_code(school.pupil(2).get("student-code")))
    for who in (school.pupil(2), school.guardian(2)):
        page = who.get("student-code/scans").content.decode()
        assert "正门" in page and "通过" in page and "30" in page
    assert "正门" not in school.pupil(5).get("student-code/scans").content.decode()
    for staff in (school.clerk, school.teacher, scanning.seat(base, school.unit_no, "head")):
        assert staff.get("student-code/scans").status_code == 403


def test_a_morning_stands_under_its_own_day(base, school, gate):
    """Half past seven at the gate is still the day before in UTC."""
    gate.check(shown_code(school.pupil(4).get("student-code")))
    day = timezone.localdate() - timedelta(days=1)
    morning = timezone.make_aware(datetime.combine(day, time(7, 30)))
    with scanning.looking(base) as owner:
        owner.execute(
            "update student_scan set at = %s where unit_no = %s and person_id = %s",
            [morning, school.unit_no, school.pupil_id(4)],
        )
    page = school.pupil(4).get("student-code/scans").content.decode()
    assert "07:30" in page and day.isoformat() in page
    assert (day - timedelta(days=1)).isoformat() not in page


def test_the_family_calls_a_lost_card_back(school):
    school.do("issue", 1)
    pupil, scanner = school.pupil(1), school.scanner(school.place("侧门"))
    assert "在用的卡" in pupil.get("student-code").content.decode()
    number = next(one for one, facts in scanner.list()["cards"].items())
    assert pupil.post("student-code/lost").status_code == 302
    told = scanner.list()
    assert number in told["revoked"] and not told["cards"]
    assert pupil.post("student-code/lost").status_code == 302


def test_night_forgets_what_is_past_its_days(base, school, gate, clock):
    from jizuo.hubs.identity import jobs

    pupil = school.pupil(2)
    gate.check(shown_code(pupil.get("student-code")))
    clock.pass_(days=20)
    gate.check(shown_code(school.pupil(2).get("student-code")))
    count = len(school.scans())
    pupil = school.pupil(2)
    school.clerk.again().post("scan-places/setting", {"keep_days": 10, "list_hours": 24, "card_days": 400})
    assert pupil.get("student-code/scans").content.decode().count("scan-row") == 1
    jobs.forget(0)
    assert len(school.scans()) < count and len(school.scans()) == 1
    with scanning.looking(base) as owner:
        assert owner.execute(
            "select count(*) from moving_code where unit_no = %s", [school.unit_no]
        ).fetchone() == (1,)
    clock.pass_(days=11)
    jobs.forget(0)
    assert school.scans() == []
