import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain.workbook import read, shape
from jizuo.plain.workbook.cells import make_cell
from jizuo.plain.workbook.read import Sheet

from .makers import grid, xls


def _sheet(rows, name="名单", merges=()):
    return Sheet(name, rows=[[make_cell(value) for value in row] for row in rows], merges=list(merges))


def _one(rows, **more):
    (table,) = shape.find_tables(_sheet(rows, **more))
    return table


def _texts(table):
    return [row.texts for row in table.rows]


def test_title_notes_totals_blank_rows_and_repeats_are_set_aside():
    table = _one(
        [
            ["光明小学学生花名册"],
            ["填表单位：光明小学", "", "2026年9月"],
            ["序号", "姓 名", "性别*", "座号"],
            [1, "张三", "男", 1.0],
            [],
            [2, "李四", "女", 2.0],
            ["序号", "姓 名", "性别*", "座号"],
            [3, "王五", "女", 3.0],
            [4],
            [5],
            ["合计", "", "3人"],
            ["注：座号按身高排"],
            ["制表人：赵六", "", "审核：钱七"],
        ]
    )
    assert table.heading_row == 3
    assert [column.heading for column in table.columns] == ["序号", "姓名", "性别*", "座号"]
    assert [row.number for row in table.rows] == [4, 6, 8]
    assert _texts(table)[0] == ["1", "张三", "男", "1"]
    assert [number for number, _ in table.totals] == [11]
    assert [number for number, _ in table.notes] == [12, 13]
    assert "光明小学学生花名册" in table.title


TWO_ROWS = [
    ["三（2）班花名册"],
    ["姓名", "班级", "监护人一", "", "监护人二", ""],
    ["", "", "姓名", "电话", "姓名", "电话"],
    ["张三", "三（2）班", "张大", "138", "李大", "139"],
]
JOINED = ["姓名", "班级", "监护人一/姓名", "监护人一/电话", "监护人二/姓名", "监护人二/电话"]
MERGES = [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)]


@pytest.mark.parametrize("merges", [MERGES, []], ids=["merged", "pasted"])
def test_a_two_row_heading_is_joined(merges):
    table = _one(TWO_ROWS, merges=merges)
    assert [column.heading for column in table.columns] == JOINED
    assert table.heading_row == 3
    assert table.class_hint == "三（2）班"
    assert _texts(table) == [["张三", "三（2）班", "张大", "138", "李大", "139"]]


@pytest.mark.parametrize("filename", ["a.xlsx", "a.csv"])
def test_a_two_row_heading_from_a_real_file(filename):
    if filename.endswith("xlsx"):
        data = grid(TWO_ROWS, merges=MERGES)
    else:
        data = "\n".join(",".join(row) for row in TWO_ROWS).encode("gbk")
    (table,) = shape.find_tables(read.read(data, filename).sheets[0])
    assert [column.heading for column in table.columns] == JOINED


def test_same_as_above_and_merged_values_are_filled_and_flagged():
    table = _one(
        [
            ["姓名", "班级", "住址", "民族"],
            ["张三", "三（2）班", "幸福路1号", "汉族"],
            ["李四", "", "同上", "〃"],
            ["王五", "", '"', "回族"],
            ["赵六", "三（3）班", "", "〃"],
        ],
        merges=[(1, 1, 3, 1)],
    )
    assert _texts(table)[1] == ["李四", "三（2）班", "幸福路1号", "汉族"]
    assert _texts(table)[2] == ["王五", "三（2）班", "幸福路1号", "回族"]
    assert _texts(table)[3] == ["赵六", "三（3）班", "", "回族"]
    assert [row.filled for row in table.rows] == [
        frozenset(),
        frozenset({1, 2, 3}),
        frozenset({1, 2}),
        frozenset({3}),
    ]


def test_same_as_above_in_the_first_row_stays_for_the_checker():
    table = _one([["姓名", "住址"], ["张三", "同上"]])
    assert _texts(table) == [["张三", "同上"]]
    assert table.rows[0].filled == frozenset()


def test_one_sheet_per_class():
    assert _one([["姓名", "性别"], ["张三", "男"]], name="三(2)").class_hint == "三(2)"
    assert _one([["姓名", "性别"], ["张三", "男"]], name="3.2").class_hint == "3.2"
    assert _one([["姓名", "性别"], ["张三", "男"]], name="Sheet1").class_hint is None


@pytest.mark.parametrize("repeat", [True, False])
def test_several_classes_under_each_other(repeat):
    heading = [["姓名", "性别"]]
    rows = [["三（1）班"], *heading, ["张三", "男"], ["李四", "女"], [], ["三（2）班"]]
    rows += [*(heading if repeat else []), ["王五", "女"]]
    tables = shape.find_tables(_sheet(rows))
    assert [(table.class_hint, _texts(table)) for table in tables] == [
        ("三（1）班", [["张三", "男"], ["李四", "女"]]),
        ("三（2）班", [["王五", "女"]]),
    ]


def test_another_table_below():
    tables = shape.find_tables(
        _sheet(
            [
                ["姓名", "性别", "班级"],
                ["张三", "男", "三（1）班"],
                [],
                ["工号", "姓名", "任教学科", "职称"],
                ["1", "李老师", "语文", "一级"],
            ]
        )
    )
    assert [len(table.columns) for table in tables] == [3, 4]
    assert tables[1].heading_row == 4 and tables[1].rows[0].texts[1] == "李老师"


def test_two_lists_side_by_side():
    tables = shape.find_tables(
        _sheet(
            [
                ["三（2）班名单"],
                ["序号", "姓名", "", "序号", "姓名"],
                [1, "张三", "", 3, "王五"],
                [2, "李四", "", 4, ""],
            ]
        )
    )
    assert [_texts(table) for table in tables] == [[["1", "张三"], ["2", "李四"]], [["3", "王五"]]]
    assert [column.letter for column in tables[1].columns] == ["D", "E"]


def test_a_row_with_a_name_alone_is_kept_for_the_checker():
    assert _texts(_one([["姓名", "性别", "电话"], ["张三"], ["李四", "女"]])) == [
        ["张三", "", ""],
        ["李四", "女", ""],
    ]


def test_wanted_headings_and_unknown_headings():
    rows = [["说明文字"], ["甲项", "乙项"], ["一", "二"]]
    (table,) = shape.find_tables(_sheet(rows), wanted_headings=["甲项", "乙项"])
    assert table.heading_row == 2
    assert [row.texts for row in _one([["foo", "bar"], ["1", "2"]]).rows] == [["1", "2"]]
    assert shape.find_tables(_sheet([["一段话"]])) == []
    assert shape.find_tables(_sheet([])) == []


def test_a_single_column_and_a_column_without_heading():
    assert _texts(_one([["姓名"], ["张三"], ["李四"]])) == [["张三"], ["李四"]]
    table = _one([["姓名", "", "性别", ""], ["张三", "班长", "男", ""]])
    assert [(column.letter, column.heading) for column in table.columns] == [
        ("A", "姓名"),
        ("B", ""),
        ("C", "性别"),
    ]
    assert table.column(" 性 别 ") == 2 and table.column("电话") is None


def test_xls_merges_reach_the_shape():
    (table,) = shape.find_tables(read.read(xls([["姓名", "座号"], ["张三", 12]]), "a.xls").sheets[0])
    assert _texts(table) == [["张三", "12"]]


_values = st.one_of(
    st.sampled_from(["", "姓名", "性别", "班级", "同上", "合计", "注：", "三（2）班", "张三", "电话"]),
    st.integers(0, 99),
    st.text(max_size=5),
)


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(st.lists(_values, max_size=6), max_size=12),
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=4
    ),
)
def test_no_shape_of_sheet_breaks_or_invents_rows(rows, merges):
    sheet = _sheet(rows, merges=[(top, left, top + down, left + wide) for top, left, down, wide in merges])
    tables = shape.find_tables(sheet)
    for table in tables:
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        assert all(table.heading_row <= row.number <= len(rows) for row in table.rows)
        for row in table.rows:
            for place, cell in enumerate(row.cells):
                if place not in row.filled:
                    assert cell == sheet.cell(row.number - 1, table.columns[place].index)
    shape.find_cross_table(sheet)


def test_five_thousand_rows_are_read_and_shaped_quickly():
    rows = [["学生花名册"], ["姓名", *(f"字段{n}" for n in range(24))]]
    rows += [[f"学生{at}", *(f"值{at % 97}-{n}" for n in range(20)), at, 1, 2, 3] for at in range(5000)]
    data = grid(rows)
    started = time.process_time()
    (table,) = shape.find_tables(read.read(data, "a.xlsx").sheets[0])
    spent = time.process_time() - started
    assert len(table.rows) == 5000 and len(table.columns) == 25
    assert spent < 1.5
    print(f"read and shape: {spent:.2f} s")
