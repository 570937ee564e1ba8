"""The importer of pupil lists over the whole walk, against a real database."""

from __future__ import annotations

import re
from functools import cache

import pytest

from jizuo.plain.demo.workbooks import messy, pupils
from jizuo.plain.idnumber import make
from jizuo.plain.names import match_key
from tests.hubs.organisation.importers.given import district, rows_of, school, sheet, unit_named
from tests.hubs.organisation.walking import clerk, deliver_facts, walk

HEADINGS = ["姓名", "班级", "学号", "身份证号", "监护人一姓名", "监护人一关系", "监护人一电话"]
CODES = {
    "excel_number": "broken_number",
    "thirteenth_month": "date_month",
    "unknown_class": "unknown_class",
    "duplicate_id": "doubled_number",
    "check_digit": "document_check_digit",
}


def number(day: str = "2018-03-04", order: int = 1) -> str:
    """A sound id number; odd orders are boys."""
    from datetime import date

    return make("339922", date.fromisoformat(day), order)


def pupil(
    name: str, klass: str = "三（1）班", local_no: str = "", id_number: str = "", *adult: str
) -> list[str]:
    return [name, klass, local_no, id_number, *adult]


def open_pupils(base, unit_no):
    return rows_of(
        base, unit_no,
        "select a.name, a.local_no, a.person_id, a.class_id, a.end_on from affiliation a where a.unit_no = %s"
        " and a.role = 'pupil' and a.end_on is null order by a.id", unit_no,
    )  # fmt: skip


@cache
def messy_list():
    return messy(district(), unit_named("启明小学"))


def test_the_whole_list_goes_in_comes_again_and_is_undone(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    content = pupils(district(), unit_named("启明小学"))
    walked = walk(base, scope, content, "启明小学.xlsx", "pupils")
    assert walked.state == "ready", [(p.code, p.row_no, p.column, p.reason) for p in walked.problems("error")]
    counts = walked.batch.counts
    assert counts["pupil"] == {"new": 381, "changed": 0, "same": 0, "gone": 0}
    labels = walked.changes("new", "affiliation")
    assert len(labels) == 381
    assert re.fullmatch(r".+ [一二三四五]（\d）班", labels[0].label)
    assert re.fullmatch(r"一年级!\d+", labels[0].place)
    assert walked.apply().state == "applied"
    assert len(open_pupils(base, unit_no)) == 381
    (keys,) = rows_of(
        base, unit_no, "select count(distinct ref_id) from search_key where unit_no = %s", unit_no
    )
    assert keys == (381,)

    again = walk(base, scope, content, "再来一次.xlsx", "pupils")
    assert again.state == "applied"
    assert again.batch.receipt["is_nothing"]

    assert walked.undo().state == "undone"
    for table in (
        "affiliation",
        "pupil",
        "person",
        "person_identifier",
        "guardian_of",
        "search_key",
        "claim",
    ):
        assert rows_of(base, unit_no, f"select count(*) from {table}") == [(0,)], table


def test_facts_of_a_pupil_stand_where_they_belong(base):
    unit_no = school(base)
    content = pupils(district(), unit_named("启明小学"))
    walk(base, clerk(base, unit_no), content, "启明小学.xlsx", "pupils").apply()
    demo = district()
    unit = unit_named("启明小学").id
    wanted = {
        (p.name, p.sex, p.birth_on, p.ethnic, p.school_no, p.unit == unit, p.attend == unit)
        for p in demo.pupils
        if unit in (p.unit, p.attend)
    }
    found = rows_of(
        base, unit_no,
        "select p.name, p.sex, p.birth_on, p.ethnic, a.local_no, a.is_registered, a.is_present from affiliation a"
        " join person p on p.id = a.person_id where a.role = 'pupil'",
    )  # fmt: skip
    assert {(match_key(name), *rest) for name, *rest in wanted} == {
        (match_key(n), *rest) for n, *rest in found
    }


def test_every_planted_fault_is_found_at_its_cell_and_mended(base):
    unit_no = school(base)
    content, planted = messy_list()
    walked = walk(base, clerk(base, unit_no), content, "乱.xlsx", "pupils")
    assert walked.state == "faulty"
    blocking = [fault for fault in planted if fault.is_blocking]
    found = {(p.sheet, f"{p.column}{p.row_no}", p.code) for p in walked.problems("error")}
    assert found == {(fault.sheet, fault.cell, CODES[fault.kind]) for fault in blocking}
    for problem in walked.problems("error"):
        assert problem.reason
        assert problem.fix
        assert problem.label
        if problem.field == "身份证件号":
            assert re.fullmatch(r"\*+\w{4}", problem.value)
    klass = next(p for p in walked.problems("error") if p.code == "unknown_class")
    assert re.fullmatch(r"[一二三四五]（\d）班", klass.suggestion)
    month = next(p for p in walked.problems("error") if p.code == "date_month")
    assert month.value[5:7] == "13"

    cells = []
    for fault in blocking:
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", fault.cell).groups()
        cells.append((fault.sheet, int(row), column, fault.meant))
    assert walked.mend(*cells).state == "ready", walked.problems("error")
    assert walked.apply().state == "applied"
    clean = walk(base, walked.scope, pupils(district(), unit_named("启明小学")), "好.xlsx", "pupils")
    changed = [change for change in clean.changes() if change.dataset == "person"]
    assert clean.batch.counts["person"]["new"] == 0
    assert not changed, changed


@pytest.mark.parametrize(
    ("rows", "column", "row_no", "code", "suggestion"),
    [
        ([["姓名", "班级", "出生日期", "身份证号"], ["王一", "三（1）班", "2018-03-05", number()]],
         "C", 2, "birth_mismatch", "2018-03-04"),
        ([["姓名", "班级", "性别", "身份证号"], ["王一", "三（1）班", "女", number()]], "C", 2, "sex_mismatch", "男"),
        ([["姓名", "班级", "民族"], ["王一", "三（1）班", "汗族"]], "C", 2, "unknown_code", "汉族"),
        ([["姓名", "班级", "身份证号"], ["王一", "三（1）班", number()], ["王一", "三（1）班", number()]],
         "C", 3, "doubled_row", ""),
        ([["姓名", "班级", "身份证号"], ["王一", "", number()]], "B", 2, "no_class", ""),
        ([["姓名", "班级", "身份证号"], ["", "三（1）班", number()]], "A", 2, "no_name", ""),
        ([["姓名", "身份证号"], ["王一", number()]], "", 1, "no_column", ""),
        ([["姓名", "班级", "出生日期"], ["王一", "三（1）班", "2018-02-30"]], "C", 2, "date_day", ""),
        ([["姓名", "班级", "学籍号"], ["王一", "三（1）班", "G" + number()[:-1] + "0"]], "C", 2, "roll_check_digit", ""),
        ([["姓名", "班级", "家长电话"], ["王一", "三（1）班", "1381234567"]], "C", 2, "phone_length", ""),
        ([["姓名", "班级", "身份证号"], ["王一", "三（1）班", 3.40E17]], "C", 2, "broken_number", ""),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_cell(base, rows, column, row_no, code, suggestion):
    walked = walk(base, clerk(base, shared_school(base)), sheet(rows), "表.xlsx", "pupils")
    assert walked.state == "faulty"
    told = [(p.column, p.row_no, p.code, p.suggestion) for p in walked.problems("error")]
    assert told == [(column, row_no, code, suggestion)]


_shared: dict[str, int] = {}


def shared_school(base) -> int:
    """One school for checks that write nothing."""
    if "no" not in _shared:
        _shared["no"] = school(base)
    return _shared["no"]


def test_a_class_the_school_lacks_may_be_made(base):
    unit_no = school(base, classes=False)
    content = sheet([HEADINGS, pupil("王一", "三（1）班"), pupil("王二", "3.2"), pupil("王三", "三年级2班")])
    walked = walk(base, clerk(base, unit_no), content, "新校.xlsx", "pupils")
    assert {p.code for p in walked.problems("error")} == {"unknown_class"}
    assert walked.mend(make_classes=True).state == "ready"
    assert walked.apply().counts["org"]["new"] == 2
    assert rows_of(base, unit_no, "select stage, entry_year, class_no from org order by class_no") == [
        ("primary", 2024, 1),
        ("primary", 2024, 2),
    ]


def test_who_is_missing_from_a_full_list_ends_and_a_second_person_approves(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    everyone = [pupil(f"王{word}", "三（1）班", f"20240{place}", "", f"王{word}爸", "父亲", f"1381234567{place}")
                for place, word in enumerate("甲乙丙丁戊己庚")]  # fmt: skip
    walk(base, scope, sheet([HEADINGS, *everyone]), "全.xlsx", "pupils", is_full=True).apply()
    left = walk(base, scope, sheet([HEADINGS, everyone[0], everyone[1]]), "少.xlsx", "pupils", is_full=True)
    assert left.state == "held"
    assert "5 人离开（现有 7 人）" in left.batch.hold_reason
    assert [change.verdict for change in left.changes("gone")] == ["gone"] * 5

    from jizuo.ground.errors import NotAllowed

    with pytest.raises(NotAllowed):
        left.step("approve_batch")
    second = clerk(base, unit_no, "head", "沈校长")
    assert left.step("approve_batch", second).state == "ready"
    assert left.apply().state == "applied"
    assert [name for name, *_rest in open_pupils(base, unit_no)] == ["王甲", "王乙"]
    ended = rows_of(
        base, unit_no, "select count(*) from affiliation where role = 'guardian' and end_on is not null"
    )
    assert ended == [(5,)]
    assert rows_of(base, unit_no, "select count(*) from person") == [(14,)]
    left.undo()
    assert len(open_pupils(base, unit_no)) == 7
    assert rows_of(base, unit_no, "select count(*) from affiliation where end_on is not null") == [(0,)]


def test_one_number_at_two_schools_is_one_person_and_the_clerk_sees_nothing(base):
    bureau = base.unit("教育局", kind="bureau")
    first, second = school(base, parent=bureau), school(base, "汀兰小学", parent=bureau)
    row = pupil("李可岚", "三（1）班", "1", number("2018-05-06", 2), "李父", "父亲", "13812345678")
    fresh = pupil("赵新", "三（1）班", "2", number("2018-05-07", 4), "赵父", "父亲", "13812345679")
    walk(base, clerk(base, first), sheet([HEADINGS, row]), "甲.xlsx", "pupils").apply()
    one = walk(base, clerk(base, second), sheet([HEADINGS, row, fresh]), "乙.xlsx", "pupils")
    assert one.batch.counts == {
        "person": {"new": 4, "changed": 0, "same": 0, "gone": 0},
        "affiliation": {"new": 4, "changed": 0, "same": 0, "gone": 0},
        "pupil": {"new": 2, "changed": 0, "same": 0, "gone": 0},
        "person_identifier": {"new": 2, "changed": 0, "same": 0, "gone": 0},
        "guardian_of": {"new": 2, "changed": 0, "same": 0, "gone": 0},
    }
    assert {(c.label, c.note) for c in one.changes("new", "affiliation")} == {
        ("李可岚 三（1）班", ""),
        ("赵新 三（1）班", ""),
    }
    receipt = one.apply().receipt
    assert {name: count["new"] for name, count in receipt["counts"].items()} == {
        "person": 4, "affiliation": 4, "pupil": 2, "person_identifier": 2, "guardian_of": 2,
    }  # fmt: skip
    here, there = open_pupils(base, first)[0][2], open_pupils(base, second)[0][2]
    assert here == there
    numbers = [
        rows_of(base, unit, "select distinct base_no from affiliation where name = '李可岚'")
        for unit in (first, second)
    ]
    assert numbers[0] == numbers[1]
    deliver_facts()
    met = "select left_id, reason, state from same_person where left_id = right_id"
    assert rows_of(base, bureau, met) == [(here, "number_met_again", "merged")]
    assert rows_of(base, second, "select count(*) from same_person") == [(0,)]
    again = walk(base, clerk(base, second), sheet([HEADINGS, row, fresh]), "再.xlsx", "pupils")
    assert again.batch.receipt["is_nothing"]
    one.undo()
    assert open_pupils(base, first)[0][2] == here
    assert rows_of(base, first, "select name from person where id = %s", here) == [("李可岚",)]
    assert rows_of(base, second, "select count(*) from affiliation") == [(0,)]


def test_a_number_with_another_name_is_one_person_and_open_in_the_queue(base):
    bureau = base.unit("教育局", kind="bureau")
    first, second = school(base, parent=bureau), school(base, "汀兰小学", parent=bureau)
    same = number("2018-06-06", 2)
    walk(
        base,
        clerk(base, first),
        sheet([HEADINGS, pupil("李可岚", "三（1）班", "1", same)]),
        "甲.xlsx",
        "pupils",
    ).apply()
    walk(
        base,
        clerk(base, second),
        sheet([HEADINGS, pupil("买买提", "三（1）班", "1", same)]),
        "乙.xlsx",
        "pupils",
    ).apply()
    deliver_facts()
    assert rows_of(base, bureau, "select reason, state from same_person") == [("number_name_differs", "open")]


def test_two_schools_that_preview_one_number_at_once_end_with_one_person(base):
    bureau = base.unit("教育局", kind="bureau")
    first, second = school(base, parent=bureau), school(base, "汀兰小学", parent=bureau)
    content = sheet([HEADINGS, pupil("李可岚", "三（1）班", "1", number("2018-07-07", 2))])
    one = walk(base, clerk(base, first), content, "甲.xlsx", "pupils")
    other = walk(base, clerk(base, second), content, "乙.xlsx", "pupils")
    assert one.apply().state == "applied"
    assert other.apply().state == "applied"
    assert open_pupils(base, first)[0][2] == open_pupils(base, second)[0][2]


def test_namesakes_are_kept_apart_and_never_guessed(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    headings = ["姓名", "班级", "座号", "出生日期"]
    twins = [["王子涵", "三（1）班", "1", "2018-01-02"], ["王子涵", "三（1）班", "2", "2018-03-02"]]
    first = walk(base, scope, sheet([headings, *twins]), "甲.xlsx", "pupils")
    assert [p.code for p in first.problems("warn")] == ["namesake", "namesake"]
    first.apply()
    assert walk(base, scope, sheet([headings, *twins]), "乙.xlsx", "pupils").batch.receipt["is_nothing"]
    # One 王子涵 without a birth date may be either: nobody is taken, the pair waits for a person.
    vague = walk(base, scope, sheet([["姓名", "班级"], ["王子涵", "三（1）班"]]), "丙.xlsx", "pupils")
    (change,) = vague.changes("new", "affiliation")
    assert "可能就是 王子涵" in change.note
    vague.apply()
    deliver_facts()
    assert rows_of(base, unit_no, "select reason, state from same_person") == [("same_name", "open")] * 2
    assert len(open_pupils(base, unit_no)) == 3


def test_a_guardian_of_two_children_is_one_person(base):
    unit_no = school(base)
    adult = ("李父", "父亲", "13812345678")
    rows = [pupil("李一", "三（1）班", "1", "", *adult), pupil("李二", "一（1）班", "2", "", *adult)]
    walk(base, clerk(base, unit_no), sheet([HEADINGS, *rows]), "甲.xlsx", "pupils").apply()
    ties = rows_of(
        base, unit_no, "select relation, is_legal, may_sign, emergency_order, guardian_id from guardian_of"
    )
    assert [tie[:4] for tie in ties] == [("51", True, True, 1)] * 2
    assert ties[0][4] == ties[1][4]
    assert rows_of(base, unit_no, "select name, phone, sex from person where phone <> ''") == [
        ("李父", "13812345678", "1")
    ]


def test_a_column_once_named_is_remembered_and_hidden_sheets_are_told(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk as actions
    from jizuo.plain.workbook import mapping, read, shape

    unit_no = school(base)
    scope = clerk(base, unit_no)
    content = sheet([["孩子", "班级", "第三列"], ["王一", "三（1）班", "北街1号"]], hidden="旧名单")
    walked = walk(base, scope, content, "表.xlsx", "pupils")
    assert [p.code for p in walked.problems("error")] == ["no_column"]
    (table,) = shape.find_tables(read.read(content).visible[0], ["孩子"])
    key = mapping.fingerprint(table)
    named = {"A": "name", "B": "class", "C": "address"}
    assert walked.mend(columns={key: named}).state == "ready"
    assert "旧名单" in walked.batch.options["notes"][0]
    walked.apply()
    assert rows_of(base, unit_no, "select address from pupil") == [("北街1号",)]
    with scopes.use(scope):
        actions.remember(kind="columns", importer="pupils", key=key, value=named)
    later = sheet([["孩子", "班级", "第三列"], ["王二", "三（1）班", "北街2号"]])
    assert walk(base, scope, later, "表2.xlsx", "pupils").state == "ready"


def test_a_written_class_once_chosen_is_remembered_for_the_school_year(base):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk as actions
    from jizuo.hubs.organisation.importers.surroundings import value_key
    from jizuo.plain.school_year import SchoolYear

    unit_no = school(base)
    scope = clerk(base, unit_no)
    content = sheet([["姓名", "班级"], ["王一", "小太阳班"]])
    assert walk(base, scope, content, "表.xlsx", "pupils").state == "faulty"
    with scopes.use(scope):
        actions.remember(
            kind="value",
            importer="pupils",
            key=value_key("class", "小太阳班", SchoolYear(2026)),
            value="三（1）班",
        )
    walked = walk(base, scope, content, "表.xlsx", "pupils")
    assert walked.changes("new", "affiliation")[0].label == "王一 三（1）班"


def test_numbers_in_a_class_that_are_padded_otherwise_are_the_same(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    heading = ["姓名", "班级", "学号", "班级学号"]
    first = sheet([heading, ["王一", "三（1）班", "1", "06"], ["王二", "三（1）班", "2", "0107"]])
    walk(base, scope, first, "甲.xlsx", "pupils").apply()
    held = "select class_roll_no from pupil order by class_roll_no"
    assert rows_of(base, unit_no, held) == [("0107",), ("6",)]
    same = sheet([heading, ["王一", "三（1）班", "1", 6], ["王二", "三（1）班", "2", "0107"]])
    assert walk(base, scope, same, "乙.xlsx", "pupils").batch.receipt["is_nothing"]
    other = sheet([heading, ["王一", "三（1）班", "1", "16"], ["王二", "三（1）班", "2", "0107"]])
    (change,) = walk(base, scope, other, "丙.xlsx", "pupils").changes("changed")
    assert (change.before, change.after) == ({"班级学号": "6"}, {"班级学号": "16"})


def test_the_school_does_not_overrule_the_register(base):
    unit_no = school(base)
    scope = clerk(base, unit_no)
    content = sheet([HEADINGS, pupil("王一", "三（1）班", "1", number("2018-03-04", 1))])
    walk(base, scope, content, "籍.xlsx", "pupils", source="register").apply()
    other = sheet([HEADINGS, pupil("王壹", "三（2）班", "1", number("2018-03-04", 1))])
    walked = walk(base, scope, other, "校.xlsx", "pupils")
    changes = walked.changes("changed")
    assert {(c.dataset, tuple(c.after)) for c in changes} == {("affiliation", ("班级",))}
    assert walked.apply().receipt["counts"]["person"]["conflicts"] == 1
    assert [name for name, *_rest in open_pupils(base, unit_no)] == ["王一"]


@pytest.mark.parametrize(
    ("name", "source"), [("王一", "school"), ("王壹", "school"), ("王一", "family"), ("王壹", "register")]
)
def test_the_register_is_heard_of_one_whom_another_school_brought_first(base, name, source):
    """A person comes into sight with the affiliation; what the register says is weighed then."""
    same = number("2018-04-21", {"school": 1, "family": 3, "register": 5}[source] + (name == "王一"))
    walk(base, clerk(base, school(base)), sheet([HEADINGS, pupil(name, "三（1）班", "1", same)]), "前.xlsx", "pupils",
         source=source).apply()  # fmt: skip
    unit_no = school(base)
    scope = clerk(base, unit_no)
    walk(
        base,
        scope,
        sheet([HEADINGS, pupil("王一", "三（1）班", "1", same)]),
        "籍.xlsx",
        "pupils",
        source="register",
    ).apply()
    held = "select p.name, p.held_by ->> 'name' from person p join affiliation a on a.person_id = p.id"
    assert rows_of(base, unit_no, held) == [("王一", "register")]
    other = sheet([HEADINGS, pupil("王壹", "三（1）班", "1", same)])
    assert walk(base, scope, other, "校.xlsx", "pupils").apply().receipt["counts"]["person"]["conflicts"] == 1
    assert rows_of(base, unit_no, held) == [("王一", "register")]


@pytest.mark.parametrize(
    ("remark", "place", "is_present"),
    [
        ("借出到江北区实验小学", "江北区实验小学", False),
        ("现在外省育才小学就读", "外省育才小学", False),
        ("学籍在本校，在城南小学借读", "城南小学", False),
        ("空挂", "", False),
        ("人籍分离", "", False),
        ("在本校就读", "", True),
    ],
)
def test_where_a_pupil_who_is_lent_attends_is_read_from_the_remarks(base, remark, place, is_present):
    unit_no = school(base)
    rows = [["姓名", "班级", "备注"], ["王一", "三（1）班", remark]]
    walk(base, clerk(base, unit_no), sheet(rows), "生.xlsx", "pupils").apply()
    found = rows_of(
        base, unit_no, "select p.attends_at, a.is_present from pupil p join affiliation a on a.id = p.id"
    )
    assert found == [(place, is_present)]


def test_a_column_of_the_school_outside_says_that_the_pupil_is_lent(base):
    unit_no = school(base)
    rows = [["姓名", "班级", "借读学校"], ["王一", "三（1）班", "江北区实验小学"], ["王二", "三（1）班", ""]]
    walk(base, clerk(base, unit_no), sheet(rows), "生.xlsx", "pupils").apply()
    found = rows_of(
        base,
        unit_no,
        "select a.name, p.attends_at, a.is_present from pupil p join affiliation a on a.id = p.id order by 1",
    )
    assert found == [("王一", "江北区实验小学", False), ("王二", "", True)]
