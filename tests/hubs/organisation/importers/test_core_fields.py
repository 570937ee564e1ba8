"""The complete core libraries arrive by the headings that offices use; what is not collected stays outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.hubs.data.tables.given import bring
from tests.hubs.organisation.importers.given import rows_of, school, sheet
from tests.hubs.organisation.walking import clerk, walk

STANDARDS = Path("src/jizuo/hubs/organisation/standards")


def test_a_pupil_s_fields_arrive_by_their_headings(base):
    unit_no = school(base)
    rows = [["姓名", "班级", "学号", "籍贯", "出生地", "健康状况", "通信地址", "邮政编码", "学生来源", "入学前学校",
             "是否受过学前教育", "上下学方式", "上下学距离", "户口所在地行政区划码"],
            ["王一", "三（1）班", "7001", "浙江绍兴", "上海市", "健康", "澜江路 8 号", "200000", "正常入学", "北寨幼儿园", "是",
             "步行", "1.5", "330602"],
            ["王二", "三（1）班", "7002", "", "", "残疾", "", "", "外星", "", "否", "", "", "不知道"]]  # fmt: skip
    walked = walk(base, clerk(base, unit_no), sheet(rows), "校.xlsx", "pupils")
    assert walked.state == "ready", [(p.code, p.column, p.value) for p in walked.problems("error")]
    warned = {(one.column, one.code) for one in walked.problems("warn")}
    assert len(warned) == 3
    walked.apply()
    found = rows_of(
        base, unit_no,
        "select p.native_place, p.birth_place, p.health, q.postal_address, q.postcode, q.origin, q.school_before,"
        " q.had_preschool, q.commute, q.commute_km::text, q.household_division from affiliation a"
        " join person p on p.id = a.person_id join pupil q on q.id = a.id where a.local_no like '700%%' order by a.local_no",
    )  # fmt: skip
    assert found == [
        ("浙江绍兴", "上海市", "1", "澜江路 8 号", "200000", "1", "北寨幼儿园", True, "1", "1.5", "330602"),
        ("", "", "", "", "", "", "", False, "", None, ""),
    ]


def test_a_staff_member_s_fields_arrive_by_their_headings(base):
    unit_no = school(base)
    rows = [["姓名", "工号", "性别", "从教年月", "毕业院校", "所学专业", "毕业年月", "普通话等级", "任教学段",
             "教职工类别", "是否师范类"],
            ["周老师", "9001", "女", "2009年9月", "华东师范大学", "汉语言文学", "2009.6", "二甲", "小学",
             "专任教师", "是"]]  # fmt: skip
    walk(base, clerk(base, unit_no), sheet(rows), "师.xlsx", "staff").apply()
    found = rows_of(
        base, unit_no,
        "select teaching_since::text, education_school, major, education_on::text, mandarin, stage, kind, is_normal_graduate"
        " from staff s join affiliation a on a.id = s.id where a.local_no = '9001'",
    )  # fmt: skip
    assert found == [("2009-09-01", "华东师范大学", "汉语言文学", "2009-06-01", "21", "primary", "1", True)]


def test_what_one_person_has_several_of_comes_as_its_own_list(base):
    from jizuo.project import rooms

    rooms.plates()
    unit_no = school(base)
    scope = clerk(base, unit_no)
    people = [["姓名", "工号", "性别"], ["周老师", "9002", "女"]]
    walk(base, scope, sheet(people), "师.xlsx", "staff").apply()
    studies = [["工号", "姓名", "学历", "毕业院校", "专业", "学习形式"],
               ["9002", "周老师", "大学本科毕业", "华东师范大学", "汉语言", "全日制"],
               ["9002", "周老师", "硕士研究生毕业", "上海师范大学", "教育学", "在职"]]  # fmt: skip
    walked = bring(base, unit_no, sheet(studies), "学历.xlsx", dataset="staff_study", scope=scope)
    assert walked.state == "ready", [(p.code, p.column, p.value) for p in walked.problems("error")]
    walked.apply()
    found = rows_of(base, unit_no, "select school, form from staff_study order by school")
    assert found == [("上海师范大学", "2"), ("华东师范大学", "1")]
    stranger = base.unit()
    assert rows_of(base, stranger, "select count(*) from staff_study") == [(0,)]


@pytest.mark.parametrize("path", sorted(STANDARDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_standard_asks_for_what_may_not_be_collected(path):
    if path.stem.startswith("special_"):
        return
    told = path.read_text(encoding="utf-8")
    for word in (
        "宗教",
        "收入",
        "父母职务",
        "父亲",
        "母亲",
        "家长学历",
        "残疾",
        "低保",
        "贫困",
        "孤儿",
        "留守",
        "随迁",
        "资助",
        "指纹",
        "人脸",
    ):
        assert word not in told, word
    for key, entry in yaml.safe_load(told)["fields"].items():
        if "health" in key or key in ("blood", "allergy"):
            assert entry["grade"] == 4
        assert entry["title"] and entry["english"]
        assert re.fullmatch("[A-Z]*", entry.get("initials", "")), key
