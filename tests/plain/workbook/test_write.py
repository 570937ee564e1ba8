import datetime
import io
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain.workbook import read, shape, write
from jizuo.plain.workbook.write import ListSheet, OutColumn, TemplateField

COLUMNS = [
    OutColumn("name", "姓名"),
    OutColumn("number", "身份证号", 20),
    OutColumn("score", "人数", kind="number"),
    OutColumn("born", "出生日期", kind="date"),
]
ROWS = [
    {
        "name": "=cmd|' /C calc'!A1",
        "number": "11010519491231002X",
        "score": 3,
        "born": datetime.date(2014, 9, 1),
    },
    {"name": "阿卜杜拉·买买提", "number": "310101201403120000", "score": 2.5},
    {"name": "+1", "number": 12.0, "score": "缺考", "born": "2014年"},
]


def _sheet(**more):
    return ListSheet("三（2）班 名单", COLUMNS, ROWS, **more)


def _open(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_ids_are_text_and_nothing_is_a_formula():
    sheet = _open(write.write_list([_sheet()])).worksheets[0]
    assert [sheet.cell(3, column).data_type for column in (1, 2, 3, 4)] == ["s", "s", "n", "d"]
    assert sheet["A3"].value == "=cmd|' /C calc'!A1" and sheet["A3"].number_format == "@"
    assert sheet["B4"].value == "310101201403120000" and sheet["B4"].number_format == "@"
    assert sheet["B5"].value == "12" and sheet["C5"].value == "缺考" and sheet["D5"].value == "2014年"
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_the_list_is_ready_to_print():
    data = write.write_list(
        [_sheet(subtitle="2026学年", notes=["注：以上为在籍学生"])],
        landscape=True,
        paper="A3",
        footer="张老师 & 李",
    )
    sheet = _open(data).worksheets[0]
    assert sheet.title == "三（2）班 名单"
    assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 8
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0) or (
        sheet.page_setup.fitToWidth,
        sheet.page_setup.fitToHeight,
    ) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3" and sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:D6"
    assert "&P" in (sheet.oddFooter.right.text or "") and sheet.oddFooter.left.text == "张老师 && 李"
    assert sheet["A7"].value == "注：以上为在籍学生"
    assert sheet["A4"].border.left.style == "thin"


def test_widths_are_counted_in_chinese_characters():
    sheet = _open(write.write_list([_sheet()])).worksheets[0]
    assert sheet.column_dimensions["B"].width >= 40
    assert sheet.column_dimensions["A"].width >= write.text_width("阿卜杜拉·买买提")
    assert write.text_width("张三ab\n王") == 6 and write.text_width("") == 0


def test_a_list_reads_back():
    data = write.write_list([_sheet(subtitle="2026学年", notes=["注：完"])])
    (table,) = shape.find_tables(read.read(data, "a.xlsx").sheets[0])
    assert table.class_hint == "三（2）班"
    assert [row.texts for row in table.rows] == [
        ["=cmd|' /C calc'!A1", "11010519491231002X", "3", "2014-09-01"],
        ["阿卜杜拉·买买提", "310101201403120000", "2.5", ""],
        ["+1", "12", "缺考", "2014年"],
    ]


def test_sheet_names_excel_accepts():
    sheets = [ListSheet(name, COLUMNS, []) for name in ("三/2", "三:2", "长" * 40, "", "'x'", "History")]
    book = _open(write.write_list(sheets))
    assert book.sheetnames == ["三_2", "三_2(2)", "长" * 31, "表格", "x", "History_"]
    with pytest.raises(ValueError):
        write.write_list([])


FIELDS = [
    TemplateField("name", "姓名", required=True, explanation="与户口簿一致", example="张三"),
    TemplateField("sex", "性别", required=True, code="sex"),
    TemplateField("number", "身份证号", example="11010519491231002X"),
    TemplateField("folk", "民族", code="folk"),
]
CODES = {"sex": ["男", "女"], "folk": [f"第{n}个很长的民族名称" for n in range(56)]}


def test_a_template_has_text_columns_drop_downs_and_an_explanation():
    data = write.write_template(
        FIELDS, CODES, [{"name": "张三", "sex": "男"}], ["每班一张表。"], title="学生模板"
    )
    book = _open(data)
    assert book.sheetnames == ["学生模板", "填写说明", "代码"]
    assert book["代码"].sheet_state == "hidden"
    sheet = book["学生模板"]
    assert [cell.value for cell in sheet[1]] == ["姓名", "性别", "身份证号", "民族"]
    assert sheet.max_row == 1 and sheet["A1"].comment.text == "与户口簿一致"
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"B2:B2001": "'代码'!$A$1:$A$2", "D2:D2001": "'代码'!$B$1:$B$56"}
    part = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert part.count('style="') >= 2 and sheet.column_dimensions["C"].number_format == "@"
    said = [str(cell.value) for row in book["填写说明"].iter_rows() for cell in row if cell.value]
    assert "3. 每班一张表。" in said and any("等 56 项" in text for text in said)
    with pytest.raises(KeyError):
        write.write_template(FIELDS, {"sex": ["男"]})


def test_the_examples_of_a_filled_template_are_never_taken_in():
    book = _open(write.write_template(FIELDS, CODES, [{"name": "张三", "sex": "男"}], title="学生"))
    book["学生"].append(["李四", "女", "11010519491231002X", "汉族"])
    buffer = io.BytesIO()
    book.save(buffer)
    back = read.read(buffer.getvalue(), "a.xlsx")
    assert [sheet.name for sheet in back.visible] == ["学生"]
    (table,) = shape.find_tables(back.visible[0])
    assert [row.texts for row in table.rows] == [["李四", "女", "11010519491231002X", "汉族"]]


def test_csv_out_is_safe_and_reads_back():
    data = write.write_csv(COLUMNS, ROWS)
    assert data.startswith("\ufeff姓名,身份证号".encode())
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith("'=cmd") and lines[1].endswith("2014-09-01")
    assert lines[3].startswith("'+1,12,")
    assert [cell.text for cell in read.read(data, "a.csv").sheets[0].rows[3]] == [
        "+1",
        "12",
        "缺考",
        "2014年",
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "＝1", " =1", "\r=1"])
def test_text_that_would_run_is_disarmed(text):
    assert write.safe_text(text).startswith("'")


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_text_comes_back_from_both_formats(text):
    columns = [OutColumn("a", "姓名"), OutColumn("b", "班级")]
    rows = [{"a": text, "b": "尾"}]
    wanted = read.make_cell(text).text
    (table,) = shape.find_tables(
        read.read(write.write_list([ListSheet("", columns, rows, name="x")]), "a.xlsx").sheets[0]
    )
    seen = [cell.text for row in table.rows for cell in row.cells] + [
        text for _, text in table.notes + table.totals
    ]
    assert wanted in " ".join(seen)
    if not text.strip().startswith("'"):
        assert read.read(write.write_csv(columns, rows), "a.csv").sheets[0].cell(1, 0).text == wanted


def test_a_large_list_is_written_quickly():
    columns = [OutColumn(f"k{n}", f"列{n}") for n in range(30)]
    rows = [{f"k{n}": f"值{at % 97}-{n}" for n in range(30)} for at in range(5000)]
    started = time.process_time()
    write.write_list([ListSheet("大表", columns, rows)])
    spent = time.process_time() - started
    print(f"write: {spent:.2f} s")
    assert spent < 6
