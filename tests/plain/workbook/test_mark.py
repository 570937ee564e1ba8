import io
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain.workbook import mark as subject
from jizuo.plain.workbook import read
from jizuo.plain.workbook.mark import HOW_TO_MEND, Mark

from .makers import grid, ods, sheet_xml, with_part, xls, xlsx

ROWS = [
    ["花名册"],
    ["姓名", "性别", "学号"],
    ["张三", "", "0012"],
    ["李四", "女", 13],
    [],
    ["王五", "未知", "0014"],
]
MARKS = [
    Mark("名单", 3, "B", "性别没有填"),
    Mark("名单", 6, "B", "“未知”不是性别，请填 男 或 女"),
    Mark("名单", 6, "", "与第 3 行重复 <&>"),
    Mark("名单", 5, "A", "空行"),
]


def _open(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def _red(cell):
    return cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == "FFFFC7CE"


SOURCES = {
    "xlsx": grid(ROWS),
    "xls": xls(ROWS),
    "csv": "\n".join(",".join(map(str, row)) for row in ROWS).encode("gbk"),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_bad_cells_are_red_with_a_comment_and_advice(kind):
    marks = MARKS if kind != "csv" else [one._replace(sheet="a") for one in MARKS]
    marked = subject.mark(SOURCES[kind], f"a.{kind}", marks)
    sheet = _open(marked).worksheets[0]
    assert _red(sheet["B3"]) and _red(sheet["B6"]) and _red(sheet["A5"])
    assert not _red(sheet["A3"]) and not _red(sheet["B4"])
    assert sheet["B6"].value == "未知" and "男 或 女" in sheet["B6"].comment.text
    assert "性别没有填" in sheet["B3"].comment.text
    assert sheet["D2"].value == HOW_TO_MEND
    assert sheet["D3"].value == "B列：性别没有填"
    assert sheet["D6"].value == "B列：“未知”不是性别，请填 男 或 女；与第 3 行重复 <&>"
    assert sheet["D4"].value is None
    assert sheet["C3"].value == "0012"


def test_everything_else_of_an_xlsx_stays():
    def fill(book):
        sheet = book.add_worksheet("名单")
        blue = book.add_format({"font_color": "#0000FF", "num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["姓名", "性别"])
        sheet.write(1, 0, 41883, blue)
        sheet.write_formula(2, 0, "=1+1", None, 2)
        sheet.write(1, 1, "x")
        sheet.data_validation("B2:B9", {"validate": "list", "source": ["男", "女"]})
        sheet.write_comment("A1", "旧批注")
        sheet.merge_range(4, 0, 4, 1, "合并")
        sheet.freeze_panes(1, 0)
        book.add_worksheet("另一张").write(0, 0, "留着")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=名单!$A$2:$A$3"})
        sheet.insert_chart("H2", chart)

    data = xlsx(fill)
    marked = subject.mark(data, "a.xlsx", [Mark("名单", 2, "A", "日期不可能"), Mark("名单", 1, "A", "旧")])
    book = _open(marked)
    sheet = book["名单"]
    assert _red(sheet["A2"]) and sheet["A2"].font.color.rgb == "FF0000FF"
    assert sheet["A2"].value.year == 2014 and sheet["A3"].value == "=1+1"
    assert sheet["A1"].comment.text == "旧批注" and "日期不可能" in sheet["A2"].comment.text
    assert str(sheet.merged_cells) == "A5:B5" and sheet.freeze_panes == "A2"
    assert sheet.data_validations.dataValidation[0].formula1 == '"男,女"'
    assert book["另一张"]["A1"].value == "留着"
    before, after = (set(zipfile.ZipFile(io.BytesIO(part)).namelist()) for part in (data, marked))
    assert after == before and "xl/charts/chart1.xml" in after
    assert [[cell.text for cell in row] for row in read.read(marked, "a.xlsx").sheets[0].rows][1][:2] == [
        "2014-09-01",
        "x",
    ]


def test_a_second_round_uses_the_same_column():
    first = subject.mark(SOURCES["xlsx"], "a.xlsx", MARKS)
    second = subject.mark(first, "a.xlsx", [Mark("名单", 4, "C", "学号不对")])
    sheet = _open(second).worksheets[0]
    assert [sheet.cell(row, 4).value for row in range(2, 7)] == [
        HOW_TO_MEND,
        None,
        "C列：学号不对",
        None,
        None,
    ]
    assert sheet.max_column == 4
    assert "学号不对" in sheet["C4"].comment.text


def test_rows_not_in_the_file_and_several_faults_on_one_cell():
    marked = subject.mark(
        SOURCES["xlsx"],
        "a.xlsx",
        [Mark("名单", 9, "A", "一"), Mark("名单", 9, "A", "二"), Mark("名单", 9, "C", "三")],
    )
    sheet = _open(marked).worksheets[0]
    assert _red(sheet["A9"]) and sheet["A9"].comment.text == "一\n二"
    assert sheet["D9"].value == "A列：一；A列：二；C列：三"


def test_an_unknown_sheet_is_an_error():
    with pytest.raises(KeyError):
        subject.mark(SOURCES["xlsx"], "a.xlsx", [Mark("没有", 1, "A", "x")])


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="1"><c s="0" r="A1"><v>7</v></c><c r="B1"><v>8</v></c></row>',
        b'<row r="1">\n <c r="A1"><v>7</v></c>\n <c r="B1"><v>8</v></c>\n</row>',
        b"<row><c><v>7</v></c><c><v>8</v></c></row>",
    ],
)
def test_no_cell_is_lost_however_the_file_writes_it(row):
    marked = subject.mark(sheet_xml(row), "a.xlsx", [Mark("名单", 1, "A", "坏")])
    sheet = _open(marked).worksheets[0]
    assert _red(sheet["A1"]) and not _red(sheet["B1"])
    assert [str(cell.value) for cell in sheet[1]][:2] == ["7", "8"]


def test_formats_not_changed_in_place_come_back_fresh():
    body = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    data = with_part(grid([["x"]]), "xl/worksheets/sheet1.xml", body)
    sheet = _open(subject.mark(data, "a.xlsx", [Mark("名单", 1, "A", "坏")])).worksheets[0]
    assert _red(sheet["A1"]) and sheet["A1"].value == "7"
    table = (
        '<table:table table:name="名单"><table:table-row><table:table-cell office:value-type="string">'
        "<text:p>=1+1</text:p></table:table-cell></table:table-row></table:table>"
    )
    sheet = _open(subject.mark(ods(table), "a.ods", [Mark("名单", 1, "A", "坏")])).worksheets[0]
    assert _red(sheet["A1"]) and sheet["A1"].data_type == "s"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(["", "A", "B", "C", "E"]), st.text(max_size=8)),
        max_size=8,
    )
)
def test_any_marks_give_a_workbook_with_the_same_texts(faults):
    marked = subject.mark(SOURCES["xlsx"], "a.xlsx", [Mark("名单", *fault) for fault in faults])
    before, after = (read.read(data, "a.xlsx").sheets[0] for data in (SOURCES["xlsx"], marked))
    for at, row in enumerate(before.rows):
        assert after.rows[at][: len(row)] == row
    _open(marked)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_five_thousand_rows_are_marked_quickly(kind):
    rows = [["姓名", *(f"字段{n}" for n in range(29))]]
    rows += [[f"学生{at}", *(f"值{at % 97}-{n}" for n in range(29))] for at in range(5000)]
    data = grid(rows) if kind == "xlsx" else "\n".join(map(",".join, rows)).encode()
    name = "名单" if kind == "xlsx" else "a"
    marks = [Mark(name, 2 + at * 5, "C", "不对") for at in range(1000)]
    started = time.process_time()
    marked = subject.mark(data, f"a.{kind}", marks)
    spent = time.process_time() - started
    print(f"mark {kind}: {spent:.2f} s")
    assert spent < 4
    assert read.read(marked, "a.xlsx").sheets[0].rows[1][30].text == "C列：不对"
