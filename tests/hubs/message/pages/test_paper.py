from __future__ import annotations

from typing import Any

from tests.hubs.message import given
from tests.hubs.message.given import rows


def code_of(place: Any, sent: str, pupil: int) -> str:
    from jizuo.hubs.message import rules

    ((notice_no, no),) = rows(
        place.base, place.school.unit_no,
        "select n.no, r.no from notice n join receipt r on r.notice_id = n.id where n.id = %s and r.child_id = %s",
        sent.rsplit("/", 1)[1], place.school.pupils[pupil][0],
    )  # fmt: skip
    return rules.slip_code(notice_no, no)


def test_slips_are_printed_one_a_child(clerk: Any, sent: str) -> None:
    answer = clerk.get(f"{sent}/slips.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")


def test_a_slip_goes_in_once_and_says_so_the_second_time(place: Any, clerk: Any, sent: str) -> None:
    code = code_of(place, sent, 7)
    first = clerk.post(
        "notices/paper", {"code": f"https://x.example/r/1/{code}/", "answer": "同意"}
    ).content.decode()
    assert "已录入" in first
    again = clerk.post("notices/paper", {"code": code.replace("-", ""), "answer": "不同意"}).content.decode()
    assert "已经在里面了" in again and "没有改动" in again
    page = place.family(7).get(f"messages/notices/{sent.rsplit('/', 1)[1]}").content.decode()
    assert "<strong>同意</strong>" in page and "纸条" in page


def test_a_wrong_code_no_choice_and_another_schools_slip_are_refused(
    place: Any, clerk: Any, sent: str
) -> None:
    code = code_of(place, sent, 8)
    wrong = f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
    assert clerk.post("notices/paper", {"code": wrong, "answer": "同意"}).status_code == 422
    assert clerk.post("notices/paper", {"code": code}).status_code == 422
    stranger = place.desk("clerk", given.school(place.base).unit_no)
    assert stranger.post("notices/paper", {"code": code, "answer": "同意"}).status_code == 422
    school = place.school
    teacher = place.desk("homeroom_teacher", person_id=school.staff[0][0], org_ids=school.classes[:1])
    assert "没有这张纸条" in teacher.post("notices/paper", {"code": code, "answer": "同意"}).content.decode()


def test_the_qr_leads_a_clerk_to_put_it_in_and_a_parent_to_the_notice(
    place: Any, clerk: Any, sent: str
) -> None:
    address = f"/r/{place.school.unit_no}/{code_of(place, sent, 9)}/"
    assert "notices/paper?code=" in clerk.client.get(address)["Location"]
    assert "messages/notices/" in place.family(9).client.get(address)["Location"]
    assert place.family(10).client.get(address).status_code == 404
    assert place.base.client().get(address)["Location"].startswith("/sign-in/")
