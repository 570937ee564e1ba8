import io
import resource
import time
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jizuo.plain.workbook import read
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import Limits

from .makers import SHEET_HEAD, biff, biff_sheet, compound, grid, ods, with_part, xls, xlsx

ROWS = [["姓名", "座号"], ["张三", 12], ["李四", 3.5]]
TEXTS = [["姓名", "座号"], ["张三", "12"], ["李四", "3.5"]]


def _texts(sheet):
    return [[cell.text for cell in row] for row in sheet.rows]


def _ods_cell(value):
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


ODS = ods(
    '<table:table table:name="名单">'
    + "".join("<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in ROWS)
    + '</table:table><table:table table:name="藏" table:style-name="off"><table:table-row>'
    + _ods_cell("x")
    + "</table:table-row></table:table>"
)


@pytest.mark.parametrize(
    ("data", "filename", "kind"),
    [
        (grid(ROWS), "a.xlsx", "xlsx"),
        (grid(ROWS), "a.xls", "xlsx"),  # the name may lie; the bytes do not
        (xls(ROWS), "a.xls", "xls"),
        (xls(ROWS), "a.et", "xls"),
        (ODS, "a.ods", "ods"),
        ("姓名,座号\n张三,12\n李四,3.5".encode("gbk"), "a.csv", "csv"),
        ("姓名\t座号\n张三\t12\n李四\t3.5".encode("utf-16"), "a.txt", "csv"),
    ],
)
def test_every_kind_gives_the_same_shape(data, filename, kind):
    book = read.read(data, filename)
    assert book.kind == kind
    assert _texts(book.visible[0]) == TEXTS


def test_pasted_text_gives_the_same_shape():
    (sheet,) = read.read_pasted('姓名\t座号\n张三\t12\n"李\n四"\t3.5').sheets
    assert _texts(sheet) == [["姓名", "座号"], ["张三", "12"], ["李\n四", "3.5"]]


def test_a_path_is_read_like_bytes(tmp_path):
    (tmp_path / "三年级.csv").write_bytes("姓名,座号\n张三,12".encode())
    book = read.read(tmp_path / "三年级.csv")
    assert (book.filename, book.sheets[0].name) == ("三年级.csv", "三年级")


def test_a_large_path_is_refused_unread(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a,b" * 100)
    with pytest.raises(WorkbookError) as caught:
        read.read(tmp_path / "a.csv", limits=Limits(file_bytes=100))
    assert caught.value.code == "too_big"


def test_explanations_of_templates_are_not_taken_in_unless_alone():
    def fill(*names):
        return xlsx(lambda book: [book.add_worksheet(name).write(0, 0, "姓名") for name in names])

    assert [sheet.name for sheet in read.read(fill("填写说明", "学生"), "a.xlsx").visible] == ["学生"]
    assert [sheet.name for sheet in read.read(fill("填写说明"), "a.xlsx").visible] == ["填写说明"]


def test_hidden_sheets_are_set_aside_and_charts_left_out():
    def fill(book):
        book.add_worksheet("三（1）班").write(0, 0, "姓名")
        hidden = book.add_worksheet("代码")
        hidden.write(0, 0, "x")
        hidden.hide()
        very = book.add_worksheet("宏")
        very.write(0, 0, "x")
        very.very_hidden()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='代码'!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)

    book = read.read(xlsx(fill), "a.xlsx")
    assert [sheet.name for sheet in book.visible] == ["三（1）班"]
    assert [sheet.name for sheet in book.hidden] == ["代码", "宏"]
    in_xls = compound(
        {"Workbook": biff([("藏", biff_sheet([["x"]]), True), ("名单", biff_sheet([[("error", 7)]]), False)])}
    )
    book = read.read(in_xls, "a.xls")
    assert [(sheet.name, sheet.hidden, len(sheet.problems)) for sheet in book.sheets] == [
        ("藏", True, 0),
        ("名单", False, 1),
    ]
    assert [(sheet.name, sheet.hidden) for sheet in read.read(ODS, "a.ods").sheets] == [
        ("名单", False),
        ("藏", True),
    ]


def test_failed_formulas_are_problems_and_good_ones_are_values():
    def fill(book):
        sheet = book.add_worksheet("甲")
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("B1", '="张"&"三"', None, "张三")
        sheet.write_formula("C3", "=VLOOKUP(1,A:A,9)", None, "#REF!")

    (sheet,) = read.read(xlsx(fill), "a.xlsx").sheets
    assert _texts(sheet) == [["2", "张三"], [], ["", "", "#REF!"]]
    assert [(p.row, p.letter) for p in sheet.problems] == [(3, "C")]
    assert sheet.cell(2, 2).kind == "error"

    never_calculated = openpyxl.Workbook()
    never_calculated.active["B2"] = "=1+1"
    buffer = io.BytesIO()
    never_calculated.save(buffer)
    (sheet,) = read.read(buffer.getvalue(), "a.xlsx").sheets
    assert [(p.row, p.letter) for p in sheet.problems] == [(2, "B")]
    assert "没有保存它的结果" in sheet.problems[0].message


def test_merges_hidden_rows_and_columns_are_told():
    def fill(book):
        sheet = book.add_worksheet("甲")
        sheet.merge_range(0, 0, 0, 3, "花名册")
        sheet.write(2, 0, "x")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 2, None, None, {"hidden": True})

    (sheet,) = read.read(xlsx(fill), "a.xlsx").sheets
    assert sheet.merges == [(0, 0, 0, 3)]
    assert sheet.hidden_rows == {2} and sheet.hidden_columns == {1, 2}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (grid([["x"] * 300]), "too_many_cells"),
        (grid(ROWS)[:2000], "damaged"),
        (xls(ROWS)[:3000], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "damaged"),
        (compound({"EncryptedPackage": b"x"}), "encrypted"),
        (b"<html><table><tr><td>x</table>", "html_as_xls"),
        (grid([]), "no_content"),
        (b"\n\n", "no_content"),
        (b"\x00\x01\x02\x03" * 50, "not_a_table"),
    ],
)
def test_refusals(data, code):
    with pytest.raises(WorkbookError) as caught:
        read.read(data, "a.xls")
    assert caught.value.code == code


def test_a_workbook_whose_only_content_is_hidden_says_so():
    def fill(book):
        book.add_worksheet("空")
        hidden = book.add_worksheet("三班")
        hidden.write(0, 0, "x")
        hidden.hide()

    with pytest.raises(WorkbookError) as caught:
        read.read(xlsx(fill), "a.xlsx")
    assert caught.value.code == "only_hidden" and "三班" in caught.value.message_zh


def test_a_nested_archive_is_never_opened():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", b"0" * 10_000_000)
    book = read.read(with_part(grid(ROWS), "xl/embeddings/inner.zip", bomb.getvalue()), "a.xlsx")
    assert _texts(book.sheets[0]) == TEXTS


def _rows_to_the_end(cells: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(grid(ROWS)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, source.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(SHEET_HEAD + b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>')
            for first in range(2, 1_048_577, 5000):
                numbers = range(first, min(first + 5000, 1_048_577))
                part.write(b"".join(cells.replace(b"#", b"%d" % number) for number in numbers))
            part.write(b"</sheetData></worksheet>")
    return out.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="#" ht="14" customHeight="1"/>',
        b'<row r="#"><c r="A#" s="1"/><c r="B#" s="1"/></row>',
    ],
)
def test_a_million_empty_rows_cost_little(cells):
    data = _rows_to_the_end(cells)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    book = read.read(data, "a.xlsx")
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
    assert _texts(book.sheets[0]) == [["1"]]


def test_a_million_empty_lines_of_csv_cost_little():
    started = time.process_time()
    book = read.read(b"a,b\n1,2\n" + b",,\n" * 1_048_574, "a.csv")
    assert time.process_time() - started < 2
    assert _texts(book.sheets[0]) == [["a", "b"], ["1", "2"]]


def _attempt(data, filename="a.xlsx"):
    started = time.process_time()
    try:
        read.read(data, filename)
    except WorkbookError as refusal:
        assert refusal.message_zh and refusal.fix_zh and refusal.code
    assert time.process_time() - started < 2


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"\xff\xfe\x00\xd8")
@example("姓名".encode("utf-16")[:-1])
def test_garbage_gives_a_clear_word(data):
    _attempt(data)
    _attempt(b"PK\x03\x04" + data)
    _attempt(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)


SEEDS = [grid(ROWS), xls(ROWS), ODS]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=12),
    st.floats(0, 1),
)
def test_bytes_flipped_and_files_cut_give_a_clear_word(seed, flips, keep):
    data = bytearray(seed)
    for place, value in flips:
        data[int(place * len(data))] = value
    _attempt(bytes(data))
    _attempt(bytes(data[: int(keep * len(data))]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12))
def test_sheet_xml_with_bytes_changed_inside_an_intact_archive(flips):
    part = bytearray(zipfile.ZipFile(io.BytesIO(SEEDS[0])).read("xl/worksheets/sheet1.xml"))
    for place, value in flips:
        part[int(place * len(part))] = value
    _attempt(with_part(SEEDS[0], "xl/worksheets/sheet1.xml", bytes(part)))
