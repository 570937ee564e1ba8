"""Cards and portraits: what a code says, what is kept, and what goes with the pupil."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jizuo.plain import student_code
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


def test_the_code_of_a_card_says_nothing_of_the_pupil(school):
    school.do("issue", 0)
    card, _signed, _signature = student_code.split(school.card_code(0))
    assert len(card.number) == 8 and card.number not in school.pupil_id(0).bytes
    assert (card.valid_to - card.valid_from).days == 400


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff", scanning.JPEG[:-2] + b"\0" * 40_000])
def test_what_is_no_small_jpeg_is_not_kept(school, content):
    told = {"person": str(school.pupil_id(0)), "photo": SimpleUploadedFile("a.jpg", content, "image/jpeg")}
    assert school.clerk.post("student-cards/photo", told).status_code == 302
    with scanning.looking(school.base) as owner:
        assert owner.execute(
            "select count(*) from student_photo where unit_no = %s", [school.unit_no]
        ).fetchone() == (0,)


def test_a_portrait_is_sealed_printed_and_taken_away(school):
    told = {"person": str(school.pupil_id(0))}
    photo = SimpleUploadedFile("a.jpg", scanning.JPEG, "image/jpeg")
    school.clerk.post("student-cards/photo", told | {"photo": photo})
    with scanning.looking(school.base) as owner:
        ((sealed,),) = owner.execute(
            "select sealed from student_photo where unit_no = %s", [school.unit_no]
        ).fetchall()
    assert scanning.JPEG[:20] not in bytes(sealed)
    school.do("issue", 0)
    assert school.do("print", 0).content.startswith(b"%PDF")
    school.clerk.post("student-cards/photo", told | {"remove": "1"})
    assert "换照片" not in school.clerk.get("student-cards").content.decode()


def test_who_left_has_no_card(base, school):
    from jizuo.hubs.identity import jobs

    school.do("issue", 0, 1)
    with scanning.looking(base) as owner:
        owner.execute(
            "update affiliation set end_on = '2026-09-10' where person_id = %s", [school.pupil_id(0)]
        )
    jobs.forget(0)
    assert (school.pupil_id(0), "left", False, False) in states(school)
    assert (school.pupil_id(1), "", True, False) in states(school)
