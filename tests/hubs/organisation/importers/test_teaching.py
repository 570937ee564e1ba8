"""The importer of 任课表 over the walk."""

from __future__ import annotations

import pytest

from jizuo.plain.demo.workbooks import staff, teaching
from tests.hubs.organisation.importers.given import district, rows_of, school, sheet, unit_named
from tests.hubs.organisation.walking import clerk, walk

LESSONS = (
    "select o.entry_year, o.class_no, a.name, e.role, e.subject_code from enrolment e join org o on o.id = e.org_id"
    " join affiliation a on a.id = e.affiliation_id where e.end_on is null order by 1, 2, 4, 5, 3"
)


@pytest.fixture
def given(base):
    """(unit, clerk) of a school with four teachers, two of one name."""
    unit_no = school(base)
    scope = clerk(base, unit_no)
    rows = [["姓名", "工号"], ["王芳", "7"], ["王芳", "8"], ["李岚", "9"], ["阿依古丽·买买提", "10"]]
    walk(base, scope, sheet(rows), "教职工.xlsx", "staff").apply()
    return unit_no, scope


@pytest.mark.parametrize("name", ["启明小学", "松雪初级中学", "新泾第三幼儿园"])
def test_a_school_s_own_table_goes_in_and_again_says_nothing(base, name):
    unit_no = school(base, name)
    scope = clerk(base, unit_no)
    unit, demo = unit_named(name), district()
    walk(base, scope, staff(demo, unit), "教职工.xlsx", "staff").apply()
    content = teaching(demo, unit)
    # Teachers on exchange are on the list of their own school.
    walked = walk(base, scope, content, "任课表.xlsx", "teaching", options={"leave_unknown": True})
    assert walked.state == "ready", [(p.code, p.value, p.reason) for p in walked.problems("error")]
    walked.apply()
    own = set(unit.staff)
    classes = [demo.classes[klass] for klass in unit.classes]
    wanted = sum(klass.homeroom in own for klass in classes)
    homerooms = rows_of(
        base, unit_no, "select count(*) from enrolment where role = 'homeroom_teacher' and is_primary"
    )
    assert homerooms == [(wanted,)]
    lessons = {
        (demo.classes[t.klass].entry_year, demo.classes[t.klass].number, demo.staff[t.staff].name)
        for t in demo.teachings
        if t.klass in unit.classes and t.staff in own and unit.kind != "kindergarten"
    }
    found = {row[:3] for row in rows_of(base, unit_no, LESSONS) if row[3] == "teacher"}
    assert lessons <= found
    again = walk(base, scope, content, "再.xlsx", "teaching", options={"leave_unknown": True})
    assert again.batch.receipt["is_nothing"]


def test_names_are_never_guessed(base, given):
    unit_no, scope = given
    rows = [["班级", "班主任", "语文", "数学"],
            ["三（1）班", "李岚", "王芳", "李蓝"],
            ["三（2）班", "李岚", "王芳（8）", "阿依古丽•买买提、李岚"],
            ["三（99）班", "李岚", "", ""]]  # fmt: skip
    walked = walk(base, scope, sheet(rows), "任课表.xlsx", "teaching")
    told = {(p.code, p.row_no, p.column, p.suggestion) for p in walked.problems("error")}
    assert told == {
        ("ambiguous_teacher", 2, "C", "王芳（7）"),
        ("unknown_teacher", 2, "D", "李岚"),
        ("unknown_class", 4, "B", "三（1）班"),
    }
    assert "7、8" in next(p.reason for p in walked.problems("error") if p.code == "ambiguous_teacher")
    walked.mend(("名单", 2, "C", "王芳（7）"), ("名单", 2, "D", "李岚"), ("名单", 4, "*", ""))
    assert walked.state == "ready"
    walked.apply()
    assert rows_of(base, unit_no, LESSONS) == [
        (2024, 1, "李岚", "homeroom_teacher", ""),
        (2024, 1, "王芳", "teacher", "01"),
        (2024, 1, "李岚", "teacher", "02"),
        (2024, 2, "李岚", "homeroom_teacher", ""),
        (2024, 2, "王芳", "teacher", "01"),
        (2024, 2, "李岚", "teacher", "02"),
        (2024, 2, "阿依古丽·买买提", "teacher", "02"),
    ]


def test_a_new_teacher_of_a_subject_takes_the_place_of_the_old_one(base, given):
    unit_no, scope = given
    first = [["班级", "学科", "任课教师"], ["三（1）班", "语文", "李岚"], ["三（2）班", "语文", "李岚"]]
    walk(base, scope, sheet(first), "甲.xlsx", "teaching").apply()
    second = [["班级", "学科", "任课教师"], ["三（1）班", "语文", "王芳（7）"]]
    walked = walk(base, scope, sheet(second), "乙.xlsx", "teaching")
    assert walked.batch.counts["enrolment"] == {"new": 1, "changed": 0, "same": 0, "gone": 1}
    walked.apply()
    assert [row[1:3] for row in rows_of(base, unit_no, LESSONS)] == [(1, "王芳"), (2, "李岚")]
    walked.undo()
    assert [row[1:3] for row in rows_of(base, unit_no, LESSONS)] == [(1, "李岚"), (2, "李岚")]
    full = walk(base, scope, sheet(second), "丙.xlsx", "teaching", is_full=True)
    full.apply()
    assert [row[1:3] for row in rows_of(base, unit_no, LESSONS)] == [(1, "王芳")]


def test_a_sheet_that_is_no_table_is_told(base, given):
    _unit_no, scope = given
    walked = walk(base, scope, sheet([["通知", "正文"], ["明天", "放假"]]), "通知.xlsx", "teaching")
    assert walked.state == "failed"
    assert "没有找到任课表" in walked.batch.error
