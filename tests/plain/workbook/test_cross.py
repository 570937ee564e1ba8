import pytest

from jizuo.plain.workbook import cross
from jizuo.plain.workbook.cells import make_cell
from jizuo.plain.workbook.read import Sheet


def _sheet(rows, merges=()):
    return Sheet("任课表", rows=[[make_cell(value) for value in row] for row in rows], merges=list(merges))


def test_classes_down_subjects_across():
    found = cross.find_cross_table(
        _sheet(
            [
                ["2026学年第一学期任课表"],
                ["序号", "班级", "班主任", "语文", "数学", "体育", "备注"],
                [1, "三（1）班", "张三", "张三", "李四、王五", "赵 六", "好"],
                [2, "三（2）班", "钱七", "钱七(兼)", "李四", "无", ""],
            ]
        )
    )
    assert found == [
        (3, "C", "三（1）班", "班主任", ["张三"]),
        (3, "D", "三（1）班", "语文", ["张三"]),
        (3, "E", "三（1）班", "数学", ["李四", "王五"]),
        (3, "F", "三（1）班", "体育", ["赵六"]),
        (4, "C", "三（2）班", "班主任", ["钱七"]),
        (4, "D", "三（2）班", "语文", ["钱七"]),
        (4, "E", "三（2）班", "数学", ["李四"]),
    ]


def test_merged_grade_beside_bare_class_and_merged_teachers():
    found = cross.find_cross_table(
        _sheet(
            [["年级", "班级", "语文", "音乐"], ["三年级", "1班", "张三", "李四"], ["", "2班", "王五", ""]],
            merges=[(1, 0, 2, 0), (1, 3, 2, 3)],
        )
    )
    assert [(cell.class_text, cell.subject_text, cell.names) for cell in found] == [
        ("三年级1班", "语文", ["张三"]),
        ("三年级1班", "音乐", ["李四"]),
        ("三年级2班", "语文", ["王五"]),
        ("三年级2班", "音乐", ["李四"]),
    ]


def test_turned_by_ninety_degrees():
    found = cross.find_cross_table(
        _sheet([["学科", "三（1）班", "三（2）班"], ["语文", "张三", "李四"], ["数学", "王五", ""]])
    )
    assert [(cell.column, cell.class_text, cell.subject_text) for cell in found] == [
        ("B", "三（1）班", "语文"),
        ("C", "三（2）班", "语文"),
        ("B", "三（1）班", "数学"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["姓名", "班级", "性别"], ["张三", "三（1）班", "男"]],
        [["姓名", "语文", "数学"], ["张三", 90, 95], ["李四", 80, 85]],
    ],
)
def test_other_tables_are_none(rows):
    assert cross.find_cross_table(_sheet(rows)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三、李四", ["张三", "李四"]),
        ("张三/李四，王五", ["张三", "李四", "王五"]),
        ("张三 李四", ["张三", "李四"]),
        ("张 三", ["张三"]),
        ("张三\n李四", ["张三", "李四"]),
        ("张三和李四", ["张三", "李四"]),
        ("阿卜杜拉·买买提", ["阿卜杜拉·买买提"]),
        ("John Smith", ["John Smith"]),
        ("张三（兼）、张三", ["张三"]),
        ("待定", []),
        ("——", []),
        ("", []),
    ],
)
def test_names_in_one_cell(text, names):
    assert cross.split_names(text) == names
