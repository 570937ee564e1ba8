import io
import zipfile

import pytest

from jizuo.plain.workbook import package
from jizuo.plain.workbook.cells import MISSING_RESULT
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import DEFAULT, Limits

from .makers import grid, ods, sheet_xml, with_part, xlsx


def _scan(data):
    return package.lean_xlsx(data, DEFAULT)[1]["名单"]


def test_errors_missing_results_and_hidden_marks_are_seen():
    scan = _scan(
        sheet_xml(
            b'<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>A1</f><v></v></c></row>'
            b'<row r="2" hidden="1"><c r="A2" t="str"><f>IF(1,"")</f><v></v></c>'
            b'<c r="B2"><f>1</f><v>1</v></c></row>',
            b'<cols><col min="3" max="4" hidden="1"/></cols>',
        )
    )
    assert scan.errors == {(0, 0): "#DIV/0!", (0, 1): MISSING_RESULT}
    assert scan.hidden_rows == {1} and scan.hidden_columns == {2, 3}


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "too_many_cells", "XFD1"),
        (
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>1</v></c></row>',
            "too_many_cells",
            "B1048576",
        ),
        (b"<row r='1'><c r='A1'><v>1</v></c></row>", "damaged", "单元格位置"),
        (b'<row r = "9"><c r = "XFD9"><v>1</v></c></row>', "damaged", "单元格位置"),
        (b'<row r="1">' + b"<c><v>1</v></c>" * 300 + b"</row>", "too_many_cells", "KN"),
    ],
)
def test_far_and_odd_places_are_refused_before_the_parser(rows, code, said):
    with pytest.raises(WorkbookError) as caught:
        package.lean_xlsx(sheet_xml(rows), DEFAULT)
    assert caught.value.code == code
    assert said in caught.value.message_zh


def test_empty_styled_cells_far_out_do_no_harm():
    lean, scans = package.lean_xlsx(
        sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"/>'), DEFAULT
    )
    assert lean and list(scans) == ["名单"]


def test_entities_and_other_encodings_are_refused():
    for part in (
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>',
        "<worksheet><sheetData/></worksheet>".encode("utf-16"),
        b'<?xml version="1.0" encoding="gbk"?><worksheet><sheetData/></worksheet>',
    ):
        with pytest.raises(WorkbookError) as caught:
            package.lean_xlsx(with_part(grid([["x"]]), "xl/worksheets/sheet1.xml", part), DEFAULT)
        assert caught.value.code == "damaged"


def test_one_long_text_in_very_many_cells_is_refused():
    data = grid([["长" * 30_000] * 200 for _ in range(15)])
    with pytest.raises(WorkbookError) as caught:
        package.lean_xlsx(data, DEFAULT)
    assert caught.value.code == "zip_bomb"


def test_one_long_text_beside_many_short_ones_is_fine():
    data = grid([["长" * 30_000], *([["短"] * 200] * 15)])
    assert package.lean_xlsx(data, DEFAULT)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ({"word/document.xml"}, "not_a_table"),
        ({"ppt/presentation.xml"}, "not_a_table"),
        ({"xl/workbook.bin"}, "xlsb"),
        ({"orgs.csv", "users.csv"}, "zip_not_table"),
    ],
)
def test_other_archives_are_named(names, code):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    with pytest.raises(WorkbookError) as caught:
        package.lean_xlsx(out.getvalue(), DEFAULT)
    assert caught.value.code == code


def test_too_many_sheets():
    data = xlsx(lambda book: [book.add_worksheet(f"{n}班") for n in range(12)])
    with pytest.raises(WorkbookError) as caught:
        package.lean_xlsx(data, Limits(sheets=10))
    assert caught.value.code == "too_many_sheets"


ROW = (
    '<table:table-row{}><table:table-cell office:value-type="string"{}>'
    "<text:p>姓名</text:p></table:table-cell></table:table-row>"
)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ROW.format(' table:number-rows-repeated="1000000"', ""), "too_many_cells"),
        (ROW.format("", ' table:number-columns-repeated="16384"'), "too_many_cells"),
        (ROW.format("", ""), None),
        (
            ROW.format("", "")
            + '<table:table-row table:number-rows-repeated="1048575">'
            + '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
            None,
        ),
    ],
)
def test_repeats_in_ods_are_counted(row, code):
    data = ods(f'<table:table table:name="甲">{row}</table:table>')
    if code is None:
        assert package.lean_ods(data, DEFAULT)
        return
    with pytest.raises(WorkbookError) as caught:
        package.lean_ods(data, DEFAULT)
    assert caught.value.code == code
