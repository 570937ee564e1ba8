"""Standards judged by themselves: names, clashes, limits; names proposed; pasted lists; what a version changes."""

from __future__ import annotations

import pytest

from jizuo.ground.plans import MOST_COLUMNS
from tests.hubs.data.standing import body, element, visits

TABLES = {"sex": "性别", "ethnic": "民族"}


@pytest.fixture(scope="module")
def rules(base):
    from jizuo.hubs.data.rules import standards

    return standards


def words(rules, told, taken=()):
    return " ".join(f"{one.what} {one.fix}" for one in rules.problems_of(told, TABLES, taken))


def test_a_good_standard_has_no_problems(rules):
    assert rules.problems_of(visits("visit"), TABLES) == []


@pytest.mark.parametrize(
    ("elements", "more", "said"),
    [
        ([("a",), ("a",)], {}, "列名重复：a"),
        ([("unit_no",)], {}, "列名被保留"), ([("xmin",)], {}, "列名被保留"), ([("Name",)], {}, "列名不合规"),
        ([("a", "名"), ("b", "名")], {}, "“名”已是 a 的名称或别名"),
        ([("a", "甲", {"aliases": ("乙",)}), ("b", "乙")], {}, "已是 a 的名称或别名"),
        ([("a", "甲", {"initials": "XM"}), ("b", "乙", {"initials": "XM"})], {}, "拼音名 XM 已属于 a"),
        ([("a", "甲", {"initials": "xm"})], {}, "拼音名应是大写字母"),
        ([("a", "甲", {"type": "code", "code": "nothing"})], {}, "没有代码表：nothing"),
        ([("a", "甲", {"length": 0})], {}, "文本长度应在"),
        ([("a", "甲", {"grade": 6})], {}, "数据分级应在"),
        ([("a", "甲", {"is_retired": True, "required": True})], {}, "停用的字段不能必填"),
        ([("a",)], {"key": ("b",)}, "没有这个字段：b"), ([("a",)], {"key": ("a", "a")}, "主键由 1 到 6 个"),
        ([("a",)], {"known_to": "moon"}, "没有这种可知范围"), ([("a",)], {"cycle": "moon"}, "没有这种可知范围"),
        ([("a",)], {"label": "b"}, "没有这个字段：b"), ([], {}, "应有 1 到 200 列"), ([("a",)], {"title": " "}, "要有中文名"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_mend(rules, elements, more, said):
    told = body(
        "visit", *(element(one[0], *one[1:2], **(one[2] if len(one) > 2 else {})) for one in elements), **more
    )
    assert said in words(rules, told)


def test_reserved_words_of_sql_are_no_trouble(rules):
    reserved = ("select", "order", "user", "table", "where", "group", "limit", "end", "default", "check")
    assert words(rules, body("visit", *(element(word) for word in reserved))) == ""


def test_two_hundred_columns_and_no_more(rules):
    many = [element(f"c{n}") for n in range(MOST_COLUMNS + 1)]
    assert words(rules, body("visit", *many[:-1])) == ""
    assert "应有 1 到 200 列" in words(rules, body("visit", *many))


def test_a_shipped_name_is_taken(rules):
    assert "一个名字只归一个标准" in words(rules, visits("pupil"), {"pupil"})


@pytest.mark.parametrize(
    ("title", "is_code", "name"),
    [
        ("姓名", False, "XM"), ("性别", True, "XBM"), ("民族", True, "MZM"), ("政治面貌", True, "ZZMMM"),
        ("出生日期", False, "CSRQ"), ("证件类型", True, "ZJLXM"), ("单位", False, "DW"), ("曾用名", False, "CYM"),
        ("—", False, ""), ("3岁", False, "Z3S"),
    ],
)  # fmt: skip
def test_a_pinyin_name_is_proposed(rules, title, is_code, name):
    assert rules.propose_initials(title, is_code) == name


def test_a_taken_name_gets_a_number(rules):
    assert rules.propose_initials("姓名", False, {"XM", "XM2"}) == "XM3"
    known = {"姓名": ("name", "Name")}
    assert rules.propose_key("姓名", known) == ("name", "Name")
    assert rules.propose_key("姓名", known, {"name"}) == ("name_2", "Name")
    assert rules.propose_key("来访人", known) == ("lfr", "")


def test_a_field_list_is_read_in_any_order_of_columns(rules):
    rows = [
        ["必填", "中文名", "数据类型", "长度", "值域", "说明"],
        ["M", "来访人", "C", "40", "", "现场登记"], ["", "", "", "", "", ""], ["O", "性别", "C", "1", "性别", ""],
        ["是", "金额", "N", "8,2", "", ""], ["否", "人数", "N(3)", "", "", ""], ["否", "来访时间", "日期时间", "", "", ""],
    ]  # fmt: skip
    found = rules.read_field_list(rows, TABLES, {}, [element("xm", initials="LFR")])
    assert found.problems == ()
    assert [(one.key, one.initials, one.type, one.required) for one in found.elements] == [
        ("lfr", "LFR2", "text", True), ("xb", "XBM", "code", False), ("je", "JE", "decimal", True),
        ("rs", "RS", "integer", False), ("lfsj", "LFSJ", "timestamptz", False),
    ]  # fmt: skip
    assert (found.elements[0].length, found.elements[0].rule, found.elements[1].code) == (
        40,
        "现场登记",
        "sex",
    )
    assert (found.elements[2].precision, found.elements[2].scale) == (8, 2)


def test_rows_that_cannot_be_read_are_named(rules):
    found = rules.read_field_list(
        [["来访人", "图画"], ["", "文本"], ["好的", "代码", "", "", "没有的表"]], TABLES, {}
    )
    assert [(one.where, one.what.split("：")[0]) for one in found.problems] == [
        ("1", "来访人"), ("2", "没有字段名"), ("3", "好的"),
    ]  # fmt: skip
    assert found.elements == ()


def test_differences_are_told_element_by_element(rules):
    old = body("visit", element("a", "甲"), element("b", "乙"), element("c", "丙"))
    new = body(
        "visit", element("a", "甲", length=60), element("c", "丙", is_retired=True), element("d", "丁")
    )
    assert [(one.key, one.what) for one in rules.differences(old, new)] == [
        ("a", "changed"), ("c", "retired"), ("d", "new"), ("b", "gone"),
    ]  # fmt: skip
    assert rules.differences(old, new)[0].words == "长度 40 → 60"
    assert {one.what for one in rules.differences(None, new)} == {"new"}


def test_an_element_moves_within_its_list(rules):
    elements = [element(key) for key in "abc"]
    assert [one.key for one in rules.moved(elements, "b", -1)] == ["b", "a", "c"]
    assert [one.key for one in rules.moved(elements, "a", -1)] == ["a", "b", "c"]
    assert [one.key for one in rules.moved(elements, "x", 1)] == ["a", "b", "c"]


def test_an_element_becomes_a_field_of_a_dataset(rules):
    field = rules.field_of(element("who", "谁", type="person", required=True, aliases=("姓名",)))
    assert (field.kind, field.db_type, field.refers, field.is_required) == ("id", "uuid", "person", True)
    field = rules.field_of(element("sex", "性别", type="code", code="sex"))
    assert (field.kind, field.code_table, field.is_text) == ("code", "sex", True)


def test_a_grade_that_nobody_said_follows_the_name(rules):
    found = rules.read_field_list(
        [["字段名", "类型", "分级"], ["家长电话", "文本", ""], ["学生家长电话", "文本", "3"], ["测试日期", "日期", ""],
         ["备注", "文本", ""]],
        {},
        {},
    )  # fmt: skip
    assert [(one.title, one.grade) for one in found.elements] == [
        ("家长电话", 4), ("学生家长电话", 3), ("测试日期", 2), ("备注", 2),
    ]  # fmt: skip
