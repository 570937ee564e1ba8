from __future__ import annotations

import io
from typing import Any

import pytest

from tests.hubs.message.pages.conftest import form


def test_a_notice_is_written_previewed_sent_and_watched(place: Any, clerk: Any) -> None:
    assert "还没有通知" in place.desk("clerk", place.base.unit()).get("notices").content.decode()
    answer = clerk.post("notices/new", form(place.school))
    path = answer["Location"].removeprefix(clerk.at)
    draft = clerk.get(path).content.decode()
    assert "王小明所在的三（2）班周五去植物园" in draft and ">11<" in draft.replace(" ", "")
    clerk.post(f"{path}/send")
    assert "正在发送" in clerk.get(path).content.decode()
    assert "正在发送" in clerk.get(f"{path}/progress").content.decode()
    place.run_jobs()
    assert "已发送" in clerk.get(f"{path}/progress").content.decode()
    page = clerk.get(path).content.decode()
    assert "提醒没回的 11 家" in page and "一（1）班" in page
    assert "秋季社会实践" in clerk.get("notices").content.decode()


def test_those_missing_are_reminded_listed_called_and_exported(place: Any, clerk: Any, sent: str) -> None:
    import openpyxl

    notice_id = sent.rsplit("/", 1)[1]
    place.family(4).post(f"messages/notices/{notice_id}", {"answer": "同意"})
    assert "已提醒 10 个孩子" in clerk.post(f"{sent}/remind", follow=True).content.decode()
    assert "刚催过" in clerk.post(f"{sent}/remind", follow=True).content.decode()
    missing = clerk.get(f"{sent}/receipts?missing=1").content.decode()
    assert missing.count("没回</span>") == 10
    one_class = clerk.get(f"{sent}/receipts?class={place.school.classes[0]}").content.decode()
    assert "同意" in one_class and "手机" in one_class
    phones = clerk.get(f"{sent}/phones").content.decode()
    assert "13900000014" in phones and "13900000016" not in phones
    answer = clerk.get(f"{sent}/receipts.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert sum("同意" in row for row in told) == 1 and sum("没回" in row for row in told) == 10
    clerk.post(f"{sent}/end")
    assert "已结束" in clerk.get(sent).content.decode()


def test_a_head_sees_phones_masked(place: Any, sent: str) -> None:
    text = place.desk("head").get(f"{sent}/phones").content.decode()
    assert "13900000014" not in text and "139****0014" in text


def test_a_homeroom_teacher_sees_her_class_only(place: Any, sent: str) -> None:
    school = place.school
    teacher = place.desk("homeroom_teacher", person_id=school.staff[0][0], org_ids=school.classes[:1])
    page = teacher.get(sent).content.decode()
    assert "提醒没回的 5 家" in page and "一（2）班" not in page
    assert "一（2）班" not in teacher.get(f"{sent}/receipts").content.decode()
    others = teacher.get(f"{sent}/receipts?class={school.classes[1]}").content.decode()
    assert "都回了" in others and "一（2）班" not in others
    other = place.desk("homeroom_teacher", person_id=school.staff[0][0], org_ids=[])
    assert other.get(sent).status_code == 404


@pytest.mark.parametrize("tail", ["", "/receipts", "/phones", "/receipts.xlsx", "/slips.pdf", "/progress"])
def test_another_school_sees_nothing(place: Any, sent: str, tail: str) -> None:
    stranger = place.desk("clerk", place.base.unit())
    assert stranger.get(f"{sent}{tail}").status_code == 404


def test_a_bad_draft_comes_back_with_its_faults_and_a_draft_is_dropped(place: Any, clerk: Any) -> None:
    answer = clerk.post("notices/new", form(place.school, text="本次{成绩}"))
    assert answer.status_code == 422 and "成绩" in answer.content.decode()
    made = clerk.post("notices/new", form(place.school, needs="read", due="2099-09-18T18:00"))
    path = made["Location"].removeprefix(clerk.at)
    assert "删除草稿" in clerk.get(path).content.decode()
    assert "草稿已删除" in clerk.post(f"{path}/drop", follow=True).content.decode()
    assert clerk.get(path).status_code == 404
