from __future__ import annotations

from typing import Any

import pytest

from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def school(base: Any) -> given.School:
    return given.fill(base, base.unit("启明小学"), guardians=True)


def acting(base: Any, school: given.School, role: str, **more: Any) -> Any:
    account = base.account("陆晓岚", person_id=None)
    client = base.client(account)
    client.grant = base.grant(account, school.unit_no, role, **more)
    return client


def page(client: Any, path: str = "") -> str:
    answer = client.get(f"/as/{client.grant}/{path}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_a_homeroom_teacher_sees_what_is_missing_in_her_class(base: Any, school: given.School) -> None:
    teacher = acting(
        base, school, "homeroom_teacher", person_id=school.staff[0][0], org_ids=[school.classes[0]]
    )
    text = page(teacher)
    assert "一（1）班" in text and "一（2）班" not in text
    # the first guardian of the school has no phone
    assert "一（1）班：1 人监护人没有电话" in text and "没有监护人" not in text


def test_a_class_of_another_is_not_shown(base: Any, school: given.School) -> None:
    teacher = acting(base, school, "homeroom_teacher", person_id=school.staff[1][0], org_ids=[])
    assert "您的名下还没有班级" in page(teacher)


def test_a_teacher_sees_what_she_teaches(base: Any, school: given.School) -> None:
    assert "一（1）班" in page(acting(base, school, "teacher", person_id=school.staff[0][0]))
    assert "还没有您的任课" in page(acting(base, school, "teacher", person_id=school.staff[1][0]))


def test_a_clerk_starts_with_what_waits(base: Any, school: given.School) -> None:
    text = page(acting(base, school, "clerk"))
    assert "1 名学生的监护人没有电话" in text and "people/pupils?f.missing=phone" in text
    assert "导入名册" in text and "小学一年级" in text


def test_an_empty_school_says_no_data_and_what_to_do(base: Any) -> None:
    empty = given.School(base.unit("北寨小学（筹）"))
    text = page(acting(base, empty, "clerk"))
    assert "无数据" in text and "还没有名册" in text and ">0<" not in text


def test_counting_again_takes_in_what_changed(base: Any, school: given.School) -> None:
    from django.db import connection

    def leave() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "update affiliation set end_on = %s where id = %s", ["2026-09-10", school.pupils[-1][1]]
            )

    clerk = acting(base, school, "clerk")
    before = page(clerk)
    given.within(base.scope(school.unit_no), leave)
    assert page(clerk).count(">11<") == before.count(">11<")
    clerk.post(f"/as/{clerk.grant}/recount")
    assert ">10<" in page(clerk)
