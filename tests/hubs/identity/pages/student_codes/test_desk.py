"""The desk of cards: each in the own reach; issue, print, report lost, issue anew."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.hubs.identity import scanning


@pytest.fixture
def school(base):
    return scanning.make(base)


def states(school):
    with scanning.looking(school.base) as owner:
        return owner.execute(
            "select person_id, why, ended_at is null, printed_at is not null from student_card where unit_no = %s"
            " order by issued_at, id",
            [school.unit_no],
        ).fetchall()


def test_a_card_from_blank_to_lost_and_new(school):
    assert school.do("print", 0)["Location"].endswith("student-cards")
    assert school.do("issue", 0, 1).status_code == 302
    assert school.do("issue", 0, 1).status_code == 302
    assert len(states(school)) == 2
    answer = school.do("print", 0)
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert "no-store" in answer.get("Cache-Control", "no-store")
    school.do("lost", 0)
    assert (school.pupil_id(0), "lost", False, True) in states(school)
    assert "已挂失" in school.clerk.get(f"student-cards?class={school.school.classes[0]}").content.decode()
    school.do("reissue", 0, 1)
    assert [why for _person, why, _open, _printed in states(school)].count("reissued") == 1
    assert sum(is_open for _person, _why, is_open, _printed in states(school)) == 2


def test_the_page_shows_the_day_on_the_card_and_counts(school):
    from datetime import timedelta

    school.do("issue", 0)
    with scanning.looking(school.base) as owner:
        ((until,),) = owner.execute(
            "select valid_to from student_card where unit_no = %s", [school.unit_no]
        ).fetchall()
    page = school.clerk.get("student-cards").content.decode()
    assert (until - timedelta(days=1)).isoformat() in page and until.isoformat() not in page
    assert "3 人，1 人有卡" in page and "给没有卡的 2 人制卡" in page


def test_a_refusal_is_one_whole_sentence(school):
    school.do("lost")
    page = school.clerk.get("student-cards").content.decode()
    assert "请选 1 到 500 人。<" in page


def test_a_homeroom_teacher_looks_after_the_own_class(school):
    assert school.do("issue", 0, by=school.teacher).status_code == 302
    assert school.do("issue", 3, by=school.teacher).status_code == 404
    assert school.do("lost", 0, 3, by=school.teacher).status_code == 404
    assert school.teacher.get(f"student-cards?class={school.school.classes[1]}").status_code == 404
    assert len(states(school)) == 1


def test_another_school_is_not_there(base, school):
    twin = scanning.make(base)
    twin.do("issue", 0)
    for what in ("issue", "print", "lost", "reissue"):
        answer = school.clerk.post("student-cards/do", {"do": what, "pick": [str(twin.pupil_id(0))]})
        assert answer.status_code == 404
    photo = SimpleUploadedFile("a.jpg", scanning.JPEG, "image/jpeg")
    told = {"person": str(twin.pupil_id(0)), "photo": photo}
    assert school.clerk.post("student-cards/photo", told).status_code == 404
    assert school.clerk.get(f"student-cards?class={twin.school.classes[0]}").status_code == 404
    assert [is_open for _p, _w, is_open, _printed in states(twin)] == [True]
