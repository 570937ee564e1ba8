import pytest

from jizuo.plain.workbook import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三（2）班花名册", "三（2）班"),
        ("实验小学三(2)班学生名单", "三(2)班"),
        ("2026学年第一学期三年级2班", "三年级2班"),
        ("初一2班", "初一2班"),
        ("2024级2班名单", "2024级2班"),
        ("预备（2）班", "预备（2）班"),
        ("六年级（11）班", "六年级（11）班"),
        ("大（1）班幼儿名册", "大（1）班"),
        ("3.2班", "3.2班"),
        ("高二（3）班", "高二（3）班"),
        ("共3个班", None),
        ("2026学年花名册", None),
        ("班级", None),
    ],
)
def test_the_class_in_a_title(text, found):
    assert words.class_in(text) == found


@pytest.mark.parametrize(
    ("text", "named"),
    [("3.2", True), ("302", True), ("三(2)", True), ("Sheet1", False), ("2024", False), ("花名册", False)],
)
def test_the_class_in_a_sheet_tab(text, named):
    assert (words.class_in(text, whole=True) == text) is named


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("姓 名", True),
        ("学生姓名*", True),
        ("身份证号（必填）", True),
        ("监护人一", True),
        ("ＮＡＭＥ", True),
        ("出生日期\n(如20140901)", True),
        ("张三", False),
        ("汉族", False),
        ("三（2）班", False),
        ("13800000000", False),
        ("", False),
    ],
)
def test_heading_words(text, heading):
    assert words.is_heading_word(text) is heading


def test_clean_and_normal():
    assert words.clean("姓　名\n") == "姓名"
    assert words.clean("Given\nName ２") == "Given Name 2"
    assert words.normal("* 姓 名（必填）：") == words.normal("姓名")
    assert words.normal("（2）") != ""


@pytest.mark.parametrize(
    ("text", "yes"), [("合计", True), ("本页小计：", True), ("合计划", True), ("张合计", False)]
)
def test_totals(text, yes):
    assert words.is_total(text) is yes


@pytest.mark.parametrize(("text", "yes"), [("注：空格不填", True), ("制表人：张三", True), ("张三", False)])
def test_notes(text, yes):
    assert words.is_note(text) is yes


@pytest.mark.parametrize(
    ("text", "yes"), [("语文", True), ("英 语", True), ("数学教师", True), ("姓名", False), ("班主任", False)]
)
def test_subjects(text, yes):
    assert words.is_subject(text) is yes
