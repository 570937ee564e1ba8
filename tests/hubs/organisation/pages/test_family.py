from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import jizuo
from tests.hubs.organisation import given


def given_columns() -> set[str]:
    """Every column that some door says it gave away: the texts in calls of `audit.disclose`, and the lists' columns."""
    from jizuo.hubs.organisation.actions.exports import DISCLOSED

    found = {"class_name", "state", "unit_name", "guardian", *DISCLOSED}
    for path in Path(jizuo.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "disclose"
            ):
                # A column put together from a dataset and a field is read by its parts; see the test.
                joined = {
                    id(part)
                    for one in ast.walk(node.args[0])
                    if isinstance(one, ast.JoinedStr)
                    for part in ast.walk(one)
                }
                told = [
                    one.value
                    for one in ast.walk(node.args[0])
                    if isinstance(one, ast.Constant) and id(one) not in joined
                ]
                found |= {one for one in told if isinstance(one, str)}
    return found


def test_a_family_reads_words_for_whatever_was_given(base: Any) -> None:
    from jizuo.hubs.organisation.pages.family import given_word

    columns = given_columns()
    assert {"name", "phone", "answer"} <= columns
    assert [column for column in sorted(columns) if given_word(column) in (column, "其他内容")] == []
    assert given_word("raw_key") == "其他内容"
    assert (given_word("pupil.address"), given_word("staff.post_kind")) == ("现住址", "岗位类别")
    assert given_word("nothing.address") == "其他内容"


@pytest.fixture(scope="module")
def school(base: Any) -> given.School:
    return given.fill(base, base.unit("启明小学"))


def family_client(base: Any, school: given.School, role: str, person: Any, **more: Any) -> Any:
    account = base.account("陈家")
    client = base.client(account)
    client.grant = base.grant(account, school.unit_no, role, person_id=person, **more)
    return client


def get(client: Any, path: str = "") -> Any:
    return client.get(f"/as/{client.grant}/{path}")


def change(base: Any, school: given.School, sql: str, *values: Any) -> None:
    from django.db import connection

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    given.within(base.scope(school.unit_no), run)


@pytest.fixture
def guardian(base: Any, school: given.School) -> Any:
    return family_client(base, school, "guardian", school.guardians[2][0], child_ids=[school.pupils[2][0]])


def test_a_pupil_sees_class_and_teachers(base: Any, school: given.School) -> None:
    pupil = family_client(base, school, "pupil", school.pupils[2][0])
    text = get(pupil).content.decode()
    assert "我在一（1）班" in text and "班主任" in text
    assert "1390000" not in text


def test_what_the_base_knows_has_owner_source_and_grade(guardian: Any) -> None:
    text = get(guardian, "known").content.decode()
    assert "学籍在本校" in text and "学号" in text and "人事关系" not in text and "工号" not in text
    assert "现住址" in text and "澜江路 8 号" in text
    assert "家长本人" in text and "学校说的" in text and "敏感" in text
    assert "sort_key" not in text and "排序键" not in text


def test_ones_own_looks_are_not_listed_but_the_schools_are(
    base: Any, school: given.School, guardian: Any
) -> None:
    from jizuo.ground import audit

    get(guardian, "known")
    assert "没有别人看过" in get(guardian, "looked").content.decode()

    def look() -> None:
        call = audit.Call("organisation.test", False, b"x", {"address"}, {school.pupils[2][0]}, 1)
        audit.write(call, audit.DONE)

    given.within(base.scope(school.unit_no, "homeroom_teacher"), look)
    assert "班主任" in get(guardian, "looked").content.decode()
    assert "现住址" in get(guardian, "looked").content.decode()


@pytest.mark.parametrize("path", ["", "known", "looked"])
def test_a_child_of_others_does_not_exist(school: given.School, guardian: Any, path: str) -> None:
    assert get(guardian, f"{path}?child={school.pupils[3][0]}").status_code == 404
    assert get(guardian, f"{path}?child=nobody").status_code == 404


RIGHTS = {
    "no contact": "update guardian_of set is_no_contact = true where guardian_id = %s",
    "may not view": "update guardian_of set may_view = false where guardian_id = %s",
    "ended": "update guardian_of set end_on = date '2026-01-01' where guardian_id = %s",
}


@pytest.mark.parametrize("place, name", list(enumerate(RIGHTS, 4)))
def test_who_may_not_look_sees_nothing_whatever_the_grant_says(
    base: Any, school: given.School, place: int, name: str
) -> None:
    guardian = family_client(
        base, school, "guardian", school.guardians[place][0], child_ids=[school.pupils[place][0]]
    )
    assert get(guardian).status_code == 200
    change(base, school, RIGHTS[name], school.guardians[place][0])
    assert [get(guardian, path).status_code for path in ("", "known", "looked")] == [404, 404, 404]


def test_separated_parents_see_neither_phone_nor_home_of_the_other(base: Any, school: given.School) -> None:
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    child = school.pupils[8][0]
    given.within(
        base.scope(school.unit_no),
        lambda: put(
            dataset="guardian_of",
            columns=("id", "child_id", "guardian_id", "relation", "lives_with"),
            rows=[(new_id(), child, school.guardians[9][0], "51", False)],
            source="school",
        ),
    )
    apart = family_client(base, school, "guardian", school.guardians[9][0], child_ids=[child])
    text = get(apart).content.decode() + get(apart, "known").content.decode()
    assert "＊＊＊0021" in text and "0020" not in text
    assert "澜江路" not in text and "现住址" not in text and "与孩子同住的家长" in text
    with_child = family_client(base, school, "guardian", school.guardians[8][0], child_ids=[child])
    text = get(with_child).content.decode() + get(with_child, "known").content.decode()
    assert "澜江路 8 号" in text and "0021" not in text


def test_another_school_sees_nobody(base: Any, school: given.School) -> None:
    other = given.fill(base, base.unit("松原小学"), classes=1, pupils=1)
    stranger = family_client(base, other, "guardian", school.guardians[2][0], child_ids=[school.pupils[2][0]])
    assert get(stranger).status_code == 404
