"""Guardians of a list."""

from __future__ import annotations

import pytest

from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.importers.test_pupils import HEADINGS, pupil
from tests.hubs.organisation.walking import clerk, walk


@pytest.mark.parametrize(
    ("relation", "sex"), [("51", "1"), ("63", "1"), ("52", "2"), ("62", "2"), ("97", ""), ("", "")]
)
def test_the_sex_that_a_relation_tells(base, relation, sex):
    from jizuo.hubs.organisation.importers.guardians import sex_of

    assert sex_of(relation) == sex


def test_a_teacher_who_is_a_parent_is_one_person(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walk(
        base, scope, sheet([["姓名", "工号", "手机"], ["李母", "1", "13812345678"]]), "师.xlsx", "staff"
    ).apply()
    rows = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13812345678")]
    walk(base, scope, sheet(rows), "生.xlsx", "pupils").apply()
    assert rows_of(
        base, unit_no, "select count(distinct person_id), count(*) from affiliation where name = '李母'"
    ) == [(1, 2)]


def test_a_new_phone_changes_the_guardian_and_makes_no_second_one(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    first = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13812345678")]
    walk(base, scope, sheet(first), "甲.xlsx", "pupils").apply()
    second = [HEADINGS, pupil("李一", "三（1）班", "1", "", "李母", "母亲", "13912345678")]
    walked = walk(base, scope, sheet(second), "乙.xlsx", "pupils")
    (change,) = walked.changes()
    assert change.verdict == "changed"
    walked.apply()
    assert rows_of(base, unit_no, "select phone from person where name = '李母'") == [("13912345678",)]


def test_a_grandparent_signs_nothing_unless_the_list_says_guardian(base):
    unit_no = school(base)
    rows = [["姓名", "班级", "成员1姓名", "成员1关系", "成员1是否监护人"],
            ["李一", "三（1）班", "李祖", "祖父", "否"], ["李二", "三（1）班", "李公", "外祖父", "是"]]  # fmt: skip
    walk(base, clerk(base, unit_no), sheet(rows), "甲.xlsx", "pupils").apply()
    found = rows_of(
        base, unit_no, "select relation, is_legal, may_sign, may_view from guardian_of order by relation"
    )
    assert found == [("61", False, False, True), ("63", True, True, True)]
