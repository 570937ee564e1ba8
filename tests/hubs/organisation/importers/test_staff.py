"""The importer of staff lists over the whole walk."""

from __future__ import annotations

import pytest

from jizuo.plain.demo.workbooks import staff
from tests.hubs.organisation.importers.given import district, rows_of, school, sheet, unit_named
from tests.hubs.organisation.walking import clerk, walk


def bring(base, unit_no, rows, **more):
    return walk(base, clerk(base, unit_no), sheet(rows), "教职工.xlsx", "staff", **more)


@pytest.mark.parametrize("name", ["启明小学", "松原中学", "新泾第三幼儿园"])
def test_a_school_s_own_list_goes_in_and_again_says_nothing(base, name):
    unit_no = school(base, name)
    scope = clerk(base, unit_no)
    unit, demo = unit_named(name), district()
    content = staff(demo, unit)
    walked = walk(base, scope, content, "教职工.xlsx", "staff")
    assert walked.state == "ready", [(p.code, p.row_no, p.column, p.value) for p in walked.problems("error")]
    walked.apply()
    found = rows_of(
        base, unit_no,
        "select p.name, a.local_no, p.birth_on, s.duty, s.is_full_time_teacher, p.phone, s.weekly_lessons::int"
        " from affiliation a join person p on p.id = a.person_id join staff s on s.id = a.id",
    )  # fmt: skip
    members = [demo.staff[i] for i in unit.staff]
    assert set(found) == {
        (m.name, m.number, m.birth_on, m.duty, m.is_full_time, m.phone, m.periods or None) for m in members
    }
    empty = rows_of(
        base, unit_no, "select count(*) filter (where establishment = ''), count(*) filter (where post_kind = ''),"
        " count(*) filter (where education = '') from staff",
    )  # fmt: skip
    assert empty == [(0, 0, 0)]
    assert walk(base, scope, content, "再.xlsx", "staff").batch.receipt["is_nothing"]


def test_duties_bring_roles_and_places_keep_the_two_facts_apart(base):
    unit_no = base.unit("启明小学")
    other = base.unit("松雪初级中学")
    walked = bring(base, unit_no, [
        ["姓名", "工号", "职务", "是否专任教师", "任教校", "人事关系校", "人员状态"],
        ["沈怀瑾", "1", "校长", "否", "", "", "在岗"],
        ["唐明", "2", "副校长", "是", "", "", "在岗"],
        ["何敏", "3", "教务员", "否", "", "", "在岗"],
        ["张岚", "4", "教师", "是", "松雪初级中学（交流轮岗）", "", "在岗"],
        ["李岚", "5", "教师", "是", "松雪初级中学（走教）", "", "产假"],
        ["王岚", "6", "教师", "是", "", "松雪初级中学", "在岗"],
    ])  # fmt: skip
    assert walked.apply().state == "applied", walked.problems()
    found = rows_of(
        base, unit_no,
        "select a.local_no, a.posts, a.is_registered, a.is_present, s.shared_kind, s.home_unit_no, s.leave"
        " from affiliation a join staff s on s.id = a.id order by 1",
    )  # fmt: skip
    assert found == [
        ("1", ["head"], True, True, "", None, "1"),
        ("2", ["head", "teacher"], True, True, "", None, "1"),
        ("3", ["clerk"], True, True, "", None, "1"),
        ("4", ["teacher"], True, False, "21", None, "1"),
        ("5", ["teacher"], True, True, "34", None, "41"),
        ("6", ["teacher"], False, True, "", other, "1"),
    ]


def test_a_bureau_s_list_grants_no_role(base):
    unit_no = base.unit("教育局", kind="bureau")
    bring(base, unit_no, [["姓名", "工号", "职务"], ["赵局", "1", "局长"], ["钱科", "2", "科长"]]).apply()
    assert rows_of(base, unit_no, "select distinct posts from affiliation") == [([],)]


def test_two_of_one_name_are_told_by_their_number(base):
    unit_no = base.unit("启明小学")
    rows = [["姓名", "工号", "职称"], ["王芳", "7", "一级教师"], ["王芳", "8", "二级教师"]]
    bring(base, unit_no, rows).apply()
    rows[2][2] = "一级教师"
    again = bring(base, unit_no, rows)
    (change,) = again.changes()
    assert (change.before, change.after) == ({"职称": "41"}, {"职称": "31"})


def test_who_left_loses_the_lessons(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put

    unit_no = school(base)
    bring(base, unit_no, [["姓名", "工号"], ["王芳", "7"], ["李芳", "8"]]).apply()
    (member,) = rows_of(base, unit_no, "select id from affiliation where local_no = '8'")
    (klass,) = rows_of(base, unit_no, "select id from org limit 1")
    with scopes.use(scopes.base_scope((unit_no,))), scopes.open_transaction("given"):
        put(
            dataset="enrolment", columns=("id", "unit_no", "org_id", "affiliation_id", "role"),
            rows=[(new_id(), unit_no, klass[0], member[0], "teacher")], source="school",
        )  # fmt: skip
    walked = bring(base, unit_no, [["姓名", "工号"], ["王芳", "7"]], is_full=True)
    assert walked.state == "ready"
    walked.apply()
    assert rows_of(base, unit_no, "select end_on is not null from enrolment") == [(True,)]
    assert rows_of(base, unit_no, "select local_no from affiliation where end_on is null") == [("7",)]
