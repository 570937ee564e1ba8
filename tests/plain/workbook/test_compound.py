import struct

import pytest

from jizuo.plain.workbook import compound as subject
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import DEFAULT, Limits

from .makers import biff, biff_sheet, compound, xls

ROWS = [["姓名", "座号"], ["张三", 12], [("error", 42), 3.5]]


def test_errors_and_hidden_marks():
    (scan,) = subject.scan(xls(ROWS, hidden_rows=[1], hidden_columns=[1]), DEFAULT)
    assert scan.errors == {(2, 0): "#N/A"}
    assert scan.hidden_rows == {1} and scan.hidden_columns == {1}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "encrypted"),
        (
            compound({"Workbook": biff([("甲", biff_sheet(ROWS), False)], struct.pack("<HHH", 0x2F, 2, 0))}),
            "encrypted",
        ),
        (compound({"WordDocument": b"x"}), "not_a_table"),
        (compound({"ET_Main": b"x"}), "unreadable"),
        (xls(ROWS)[:700], "damaged"),
        (xls([["x"] * 256]), "too_many_cells"),
    ],
)
def test_refusals(data, code):
    with pytest.raises(WorkbookError) as caught:
        subject.scan(data, DEFAULT)
    assert caught.value.code == code


def test_a_rectangle_too_large_is_refused():
    with pytest.raises(WorkbookError) as caught:
        subject.scan(xls([["x"]] + [[]] * 50 + [["y"]]), Limits(rows=20))
    assert caught.value.code == "too_many_cells"
    assert "第 52 行" in caught.value.message_zh


def test_a_sheet_that_claims_an_impossible_size_is_refused():
    data = xls(ROWS)
    at = data.find(struct.pack("<HHII", 0x200, 14, 0, 3))
    broken = data[: at + 8] + struct.pack("<I", 0xFFFFFFF0) + data[at + 12 :]
    with pytest.raises(WorkbookError) as caught:
        subject.scan(broken, DEFAULT)
    assert caught.value.code == "damaged"


def test_a_chain_that_bites_its_tail_ends():
    data = bytearray(xls(ROWS))
    fat_sector = struct.unpack_from("<I", data, 76)[0]
    struct.pack_into("<I", data, (fat_sector + 1) * 512, 0)
    with pytest.raises(WorkbookError) as caught:
        subject.scan(bytes(data), DEFAULT)
    assert caught.value.code == "damaged"
