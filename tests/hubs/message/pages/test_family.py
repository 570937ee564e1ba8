from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message.given import rows
from tests.hubs.message.pages.conftest import form


@pytest.fixture
def path(sent: str) -> str:
    return f"messages/notices/{sent.rsplit('/', 1)[1]}"


def test_a_parent_finds_the_notice_at_the_start_reads_and_answers(place: Any, path: str) -> None:
    parent = place.family(2)
    start = parent.get().content.decode()
    assert "份通知等您回复" in start
    assert (
        "等您回复" in parent.get("messages").content.decode()
        and "未读" in parent.get("messages").content.decode()
    )
    page = parent.get(path).content.decode()
    assert "所在的一（1）班周五去植物园" in page and "不同意" in page
    answered = parent.post(path, {"answer": "同意"}, follow=True).content.decode()
    assert "已收到您的回执" in answered and "用手机回复" in answered
    corrected = parent.post(path, {"answer": "不同意", "correct": "1"}, follow=True).content.decode()
    assert "<strong>不同意</strong>" in corrected


def test_the_first_answer_of_two_adults_stands(place: Any, path: str) -> None:
    place.family(3).post(path, {"answer": "同意"})
    second = place.family(3).post(path, {"answer": "不同意"}, follow=True).content.decode()
    assert "以先回复的为准" in second and "<strong>同意</strong>" in second


def test_a_forwarded_link_shows_each_parent_the_own_child_and_a_stranger_nothing(
    place: Any, clerk: Any, sent: str
) -> None:
    link = f"/n/{sent.rsplit('/', 1)[1]}/"
    names = {}
    for parent_no in (5, 6):
        parent = place.family(parent_no)
        text = parent.client.get(link, follow=True).content.decode()
        names[parent_no] = rows(
            place.base,
            place.school.unit_no,
            "select name from affiliation where id = %s",
            place.school.pupils[parent_no][1],
        )[0][0]
        assert f"{names[parent_no]}所在的" in text
    assert names[5] not in text
    assert place.base.client().get(link)["Location"].startswith("/sign-in/")
    assert place.base.client(place.base.account()).get(link).status_code == 404
    other = place.base.account()
    place.base.grant(other, place.base.unit(), "guardian", person_id=place.school.guardians[5][0])
    assert place.base.client(other).get(link).status_code == 404
    assert clerk.client.get(link)["Location"].endswith(sent)


def test_a_message_that_is_no_notice_opens_and_counts_as_read(place: Any) -> None:
    from jizuo.hubs.message.actions import spread
    from tests.hubs.message.given import within

    school = place.school
    staff = place.desk("teacher", person_id=school.staff[2][0])

    def tell() -> None:
        message = spread.put_message(
            school.unit_no, "plain:1", "plain_notice", {"title": "开会"}, link="messages"
        )
        spread.spread(message, school.unit_no, [(school.staff[2][0], None)])

    within(place.base.scope(school.unit_no), tell)
    assert "开会" in staff.get("messages").content.decode()
    ((item,),) = rows(
        place.base, school.unit_no, "select id from inbox_item where recipient_id = %s", school.staff[2][0]
    )
    assert "开会" in staff.get(f"messages/{item}").content.decode()
    assert "未读" not in staff.get("messages").content.decode()
    assert place.family(7).get(f"messages/{item}").status_code == 404


def test_an_attachment_opens_for_whom_it_was_sent_to_only(place: Any, clerk: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("须知.txt", "带水壶".encode(), "text/plain")
    class_id = str(place.school.classes[0])
    made = clerk.post("notices/new", form(place.school, all="", files=upload, **{"class": class_id}))
    assert made.status_code == 302, made.content.decode()
    path = made["Location"].removeprefix(clerk.at)
    clerk.post(f"{path}/send")
    place.run_jobs()
    page = place.family(2).get(f"messages/{path}").content.decode()
    assert "须知.txt" in page
    href = page.split("须知.txt")[0].rsplit('href="', 1)[1].split('"')[0]
    tail = href.split("/", 3)[3]
    assert b"".join(place.family(2).get(tail).streaming_content).decode() == "带水壶"
    assert place.family(9).get(tail).status_code == 404
