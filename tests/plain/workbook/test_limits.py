import io
import zipfile

import pytest

from jizuo.plain.workbook import limits
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import Limits

from .makers import grid


def _zip(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts:
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"x" * 2000, "too_big"),
        (b"%PDF-1.7", "not_a_table"),
        (b"Rar!\x1a\x07", "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"\xef\xbb\xbf <html><table><tr><td>1", "html_as_xls"),
        (b"<meta charset=gb2312><table>", "html_as_xls"),
        (b'<?xml version="1.0"?><html xmlns:x="urn">', "html_as_xls"),
        (b"MIME-Version: 1.0\n", "html_as_xls"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "xml_2003"),
    ],
)
def test_what_is_no_table_is_named(data, code):
    with pytest.raises(WorkbookError) as caught:
        limits.sniff(data, Limits(file_bytes=1000))
    assert caught.value.code == code
    assert caught.value.message_zh.endswith("。") and caught.value.fix_zh.endswith("。")


def test_formats_by_their_bytes():
    assert limits.sniff(grid([["a"]])) == "xlsx"
    assert limits.sniff("姓名,班级".encode("gbk")) == "text"
    assert limits.sniff(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == "ole"


@pytest.mark.parametrize(
    ("parts", "given", "code"),
    [
        ([("a", b"0" * 3_000_000)], Limits(unpacked_bytes=2_000_000), "zip_bomb"),
        ([("a", b"0" * 20_000_000)], Limits(), "zip_bomb"),
        ([(f"{n}", b"") for n in range(20)], Limits(entries=10), "zip_bomb"),
        ([("../../etc/x", b"")], Limits(), "bad_paths"),
        ([("xl/..\\..\\x", b"")], Limits(), "bad_paths"),
        ([("/etc/x", b"")], Limits(), "bad_paths"),
        ([("C:/x", b"")], Limits(), "bad_paths"),
        ([("xl/A.xml", b""), ("xl/a.xml", b"")], Limits(), "damaged"),
    ],
)
def test_archives_are_weighed_before_they_are_opened(parts, given, code):
    with pytest.raises(WorkbookError) as caught:
        limits.open_zip(_zip(parts), given)
    assert caught.value.code == code


def test_a_part_whose_size_is_a_lie_or_whose_bytes_changed_is_damaged():
    data = bytearray(_zip([("a", bytes(range(256)) * 40)]))
    data[60] ^= 0xFF
    with pytest.raises(WorkbookError) as caught:
        limits.member(limits.open_zip(bytes(data)), "a")
    assert caught.value.code == "damaged"


def test_a_locked_archive():
    data = bytearray(_zip([("a", b"1")]))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(WorkbookError) as caught:
        limits.open_zip(bytes(data))
    assert caught.value.code == "encrypted"
