import io
from datetime import date

import openpyxl

from jizuo.plain.demo.workbooks.sheet import Book


def test_headings_merge_over_two_rows() -> None:
    book = Book(date(2026, 9, 16))
    columns = [("班级", "", 8), ("监护人一", "姓名", 8), ("监护人一", "电话", 12), ("备注", "", 8)]
    book.table("一", "某校花名册", columns, [["3.2", "王芳", "=1+1", date(2026, 9, 1)]], ["注：核对"])
    sheet = openpyxl.load_workbook(io.BytesIO(book.bytes()))["一"]
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:D1", "A2:A3", "B2:C2", "D2:D3"}
    assert [c.value for c in sheet[3]] == [None, "姓名", "电话", None]
    assert [c.value for c in sheet[4]][:2] == ["3.2", "王芳"]
    assert sheet["C4"].data_type == "s"
    assert sheet["D4"].value.date() == date(2026, 9, 1)
    assert sheet["A5"].value == "注：核对"


def test_one_header_row_without_lower_headings() -> None:
    book = Book(date(2026, 9, 16))
    book.table("一", "", [("姓名", "", 8), ("人数", "", 8)], [["王芳", 3]])
    sheet = openpyxl.load_workbook(io.BytesIO(book.bytes()))["一"]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [["姓名", "人数"], ["王芳", 3]]
