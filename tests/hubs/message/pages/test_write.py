from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.message.pages.conftest import form


def test_the_form_comes_back_as_it_was_and_a_draft_is_gone_on_with(place: Any, clerk: Any) -> None:
    page = clerk.get("notices/new").content.decode()
    assert "全部 2 个班" in page and "整个年级" in page
    made = clerk.post("notices/new", form(place.school, all="", grade="一年级", due="2099-09-18T18:00"))
    notice_id = made["Location"].rsplit("/", 1)[1]
    again = clerk.get(f"notices/new?notice={notice_id}").content.decode()
    assert "秋季社会实践告家长书" in again and 'value="2099-09-18T18:00"' in again
    changed = clerk.post("notices/new", form(place.school, title="改了", notice=notice_id))
    assert changed["Location"] == made["Location"]
    assert "改了" in clerk.get(f"notices/{notice_id}").content.decode()


def test_a_teacher_of_one_class_finds_it_chosen(place: Any) -> None:
    school = place.school
    teacher = place.desk("homeroom_teacher", person_id=school.staff[0][0], org_ids=school.classes[:1])
    page = teacher.get("notices/new").content.decode()
    assert f'value="{school.classes[0]}" checked' in page and "全体教职工" not in page


@pytest.mark.parametrize("wrong", [{"due": "昨天"}, {"title": ""}, {"all": ""}])
def test_what_is_wrong_is_said(place: Any, clerk: Any, wrong: dict[str, str]) -> None:
    assert clerk.post("notices/new", form(place.school, **wrong)).status_code == 422
