import re

import pytest

from jizuo.plain.workbook import mapping, shape
from jizuo.plain.workbook.cells import make_cell
from jizuo.plain.workbook.mapping import Field
from jizuo.plain.workbook.read import Sheet

FIELDS = [
    Field("name", ("姓名", "学生姓名", "Name"), "XM", required=True),
    Field("sex", ("性别", "Sex", "Gender"), "XBM", lambda text: text in ("男", "女"), required=True),
    Field("number", ("身份证号", "身份证件号", "证件号码"), "SFZJH", re.compile(r"\d{17}[\dXx]").fullmatch),
    Field("class", ("班级", "所在班级", "Class"), "BJ"),
    Field("guardian_name", ("监护人一/姓名", "家长姓名", "监护人姓名")),
    Field("guardian_phone", ("监护人一/电话", "家长电话", "联系电话"), "", re.compile(r"1\d{10}").fullmatch),
]
ID = "11010519491231002X"


def _table(headings, *rows):
    cells = [[make_cell(value) for value in row] for row in ([*headings], *rows)]
    (table,) = shape.find_tables(Sheet("名单", rows=cells))
    return table


def _map(table):
    return {proposal.key: proposal.heading for proposal in mapping.propose(FIELDS, table)}


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["姓名", "性别", "班级"], {"name": "姓名", "sex": "性别", "class": "班级"}),
        (["姓 名*", "性别（必填）"], {"name": "姓名*", "sex": "性别（必填）"}),
        (["Name", "GENDER", "Class"], {"name": "Name", "sex": "GENDER", "class": "Class"}),
        (["XM", "XBM", "BJ", "姓氏"], {"name": "XM", "sex": "XBM", "class": "BJ"}),
        (
            ["学生姓名", "性别", "家长姓名", "家长电话"],
            {"name": "学生姓名", "sex": "性别", "guardian_name": "家长姓名", "guardian_phone": "家长电话"},
        ),
        (
            ["姓名", "监护人一姓名", "监护人一电话", "现在班级"],
            {
                "name": "姓名",
                "guardian_name": "监护人一姓名",
                "guardian_phone": "监护人一电话",
                "class": "现在班级",
            },
        ),
        (["姓名", "姓名"], {"name": "姓名"}),
    ],
)
def test_headings_as_schools_write_them(headings, expected):
    assert _map(_table(headings)) == expected


def test_two_row_headings_keep_pupil_and_guardian_apart():
    table = _table(
        ["姓名", "性别", "监护人一", ""], ["", "", "姓名", "电话"], ["张三", "男", "张大", "13800000000"]
    )
    assert _map(table) == {
        "name": "姓名",
        "sex": "性别",
        "guardian_name": "监护人一/姓名",
        "guardian_phone": "监护人一/电话",
    }


def test_content_finds_a_column_whose_heading_says_nothing():
    table = _table(["姓名", "性别", "代码一"], *[["张三", "男", ID]] * 5)
    proposal = {one.key: one for one in mapping.propose(FIELDS, table)}["number"]
    assert proposal.letter == "C" and proposal.score < mapping.SURE and proposal.doubts
    assert "内容像" in proposal.reason


def test_content_that_contradicts_the_heading_lowers_the_score():
    table = _table(["姓名", "性别"], *[["张三", "汉族"]] * 5)
    proposal = {one.key: one for one in mapping.propose(FIELDS, table)}["sex"]
    assert proposal.score < mapping.SURE and "汉族" in proposal.doubts
    right = _table(["姓名", "性别"], *[["张三", "男"]] * 5)
    assert {one.key: one for one in mapping.propose(FIELDS, right)}["sex"].score == 1.0


def test_never_two_columns_to_one_field_nor_two_fields_to_one_column():
    table = _table(["姓名", "学生姓名", "Name", "家长姓名", "监护人姓名", "联系电话", "家长电话"], ["a"] * 7)
    proposals = mapping.propose(FIELDS, table)
    assert len({one.key for one in proposals}) == len(proposals) == len({one.place for one in proposals})


def test_what_is_missing_and_what_is_left_over():
    table = _table(["姓名", "备注"], ["张三", "x"])
    proposals = mapping.propose(FIELDS, table)
    assert [field.key for field in mapping.missing(FIELDS, proposals)] == ["sex"]
    assert mapping.left_over(table, proposals) == [1]


def test_the_fingerprint_knows_the_headings_and_nothing_else():
    first = mapping.fingerprint(_table(["姓名", "性别"], ["张三", "男"]))
    assert first == mapping.fingerprint(_table(["姓 名*", "性别（必填）"], ["李四", "女"]))
    assert first != mapping.fingerprint(_table(["性别", "姓名"], ["男", "张三"]))
    assert first != mapping.fingerprint(_table(["姓名", "性别", "班级"]))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
