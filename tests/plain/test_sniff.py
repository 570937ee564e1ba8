import io
import struct
import wave
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizuo.plain import sniff as s

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
MP4 = bytes.fromhex("00000018667479706d703432000000006d70343269736f6d") + b"\0" * 64
MZ = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + b"\0" * 64
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
HTML = "<!DOCTYPE html><html><script>alert(1)</script></html>"


def _xlsx():
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def _zip(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _office(*names):
    return _zip(**{"[Content_Types].xml": "<Types/>", **dict.fromkeys(names, "x")})


def _odf(mime):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


def _compound(*streams):
    """A compound file of one table sector and one directory, by the published layout."""
    entries = b""
    for name in ("Root Entry", *streams):
        text = name.encode("utf-16-le") + b"\0\0"
        entries += text.ljust(64, b"\0") + struct.pack("<H", len(text)) + b"\0" * 62
    entries += b"\0" * (-len(entries) % 512)
    sectors = len(entries) // 512
    table = [0xFFFFFFFD, *(range(2, sectors + 1)), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 1)
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)
    return bytes(header) + struct.pack("<128L", *table) + entries


def _wav():
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\1\2" * 900)
    return out.getvalue()


_BOOK, _SHEET = _xlsx(), _odf(s.ODS)


def _look(content):
    return s.sniff(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "type_", "encoding"),
    [
        (_xlsx(), s.XLSX, ""),
        (_office("xl/workbook.bin"), s.XLSX, ""),
        (_office("xl/workbook.xml", "xl/vbaProject.bin"), s.XLSM, ""),
        (_office("word/document.xml"), s.DOCX, ""),
        (_office("ppt/presentation.xml"), s.PPTX, ""),
        (_odf(s.ODS), s.ODS, ""),
        (_odf(s.ODT), s.ODT, ""),
        (_odf("application/epub+zip"), s.ZIP, ""),
        (_zip(**{"users.csv": "a"}), s.ZIP, ""),
        (_compound("Workbook"), s.XLS, ""),
        (_compound("a", "b", "c", "d", "Book"), s.XLS, ""),
        (_compound("WordDocument"), s.DOC, ""),
        (_compound("PowerPoint Document"), s.PPT, ""),
        (_compound("Something"), "", ""),
        (PDF, s.PDF, ""),
        (PNG, "image/png", ""),
        (JPEG, "image/jpeg", ""),
        (b"GIF89a" + b"\1\0\1\0\x80\0\0", "image/gif", ""),
        (MP4, "video/mp4", ""),
        (_wav(), "audio/x-wav", ""),
        (MZ, s.PROGRAM, ""),
        (b"\x7fELF\2\1\1", s.PROGRAM, ""),
        (b"#!/bin/sh\nrm -rf /\n", s.PROGRAM, ""),
        ("姓名,班级\n张三,三（2）班\n".encode(), s.TEXT, "utf-8"),
        ("姓名,班级\n张三,三（2）班\n".encode("utf-8-sig"), s.TEXT, "utf-8-sig"),
        ("姓名,班级\n张三,三（2）班\n".encode("gb18030"), s.TEXT, "gb18030"),
        ("姓名\t班级\n".encode("utf-16"), s.TEXT, "utf-16"),
        (("名" * 600_000).encode(), s.TEXT, "utf-8"),
        (("名" * 600_000).encode("gb18030") + b"a", s.TEXT, "gb18030"),
        (b"BM,name\n1,2\n", s.TEXT, "utf-8"),
        (HTML.encode(), s.HTML, "utf-8"),
        (b"  <!-- x -->\n<TABLE><tr>", s.HTML, "utf-8"),
        (SVG.encode(), s.SVG, "utf-8"),
        (b"", "", ""),
        (b"\0\1\2\3" * 50, "", ""),
        (b"caf\xe9\xff,\x80\x81", "", ""),
    ],
)
def test_the_bytes_say_what_it_is(content, type_, encoding):
    found = _look(content)
    assert (found.type, found.encoding, found.fault) == (type_, encoding, "")


def _locked_zip():
    content = bytearray(_zip(**{"a.csv": "x"}))
    content[6] |= 1
    content[content.rfind(b"PK\1\2") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (_compound("EncryptedPackage", "EncryptionInfo"), "locked"),
        (_locked_zip(), "locked"),
        (_xlsx()[:-40], "damaged"),
        (_xlsx()[:2000], "damaged"),
        (_compound("Workbook")[:700], "damaged"),
        (b"PK\3\4", "damaged"),
        (b"PK\5\6" + b"\0" * 8 + b"\xff" * 8 + b"\0\0", "damaged"),
    ],
)
def test_faults(content, fault):
    assert _look(content).fault == fault


def test_a_drawing_is_looked_into():
    found = _look(SVG.replace("<path", "<script/><path").encode())
    assert (found.type, found.fault) == (s.SVG, "active")


def test_a_long_run_of_comments_is_read_once():
    assert _look(b"<!--a-->" * 20_000).type == s.TEXT


@pytest.mark.parametrize(
    ("name", "kind", "content", "code"),
    [
        ("名单.xlsx", "roster", _xlsx(), None),
        ("名单.XLS", "roster", _xlsx(), None),
        ("名单.et", "roster", _compound("Workbook"), None),
        ("名单.csv", "roster", "姓名\n".encode(), None),
        ("导出.xls", "roster", "姓名\t班级\n".encode("gb18030"), None),
        ("名单.txt", "roster", "姓名\n".encode(), None),
        ("名单.xlsm", "roster", _office("xl/workbook.xml", "xl/vbaProject.bin"), None),
        ("教案.xlsm", "document", _office("xl/workbook.xml", "xl/vbaProject.bin"), "wrong_type"),
        ("教案.docx", "document", _office("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("老表.xls", "document", _compound("Workbook", "_VBA_PROJECT_CUR"), "macros"),
        ("老表.xls", "roster", _compound("Workbook", "_VBA_PROJECT_CUR"), None),
        ("名单.xlsx", "roster", MZ, "program"),
        ("名单.csv", "roster", b"#!/bin/sh\n", "program"),
        ("照片.png", "picture", HTML.encode(), "page"),
        ("导出.xls", "roster", b"<table><tr><td>a</td></tr></table>", "page"),
        ("照片.png", "picture", JPEG, None),
        ("照片.png", "picture", MP4, "wrong_type"),
        ("照片.mp4", "picture", PNG, "mismatch"),
        ("照片", "picture", PNG, "mismatch"),
        ("照片.png.exe", "picture", PNG, "mismatch"),
        ("徽标.svg", "picture", SVG.encode(), None),
        ("徽标.svg", "picture", SVG.replace("<path", "<script/><path").encode(), "active"),
        ("徽标.png", "picture", SVG.encode(), "mismatch"),
        ("名单.zip", "oneroster", _zip(**{"users.csv": "x"}), None),
        ("名单.zip", "oneroster", _xlsx(), "wrong_type"),
        ("名单.zip", "roster", _zip(**{"users.csv": "x"}), "wrong_type"),
        ("名单.xlsx", "roster", _compound("EncryptedPackage"), "locked"),
        ("名单.xlsx", "roster", _xlsx()[:3000], "damaged"),
        ("名单.xlsx", "roster", b"", "empty"),
        ("名单.xlsx", "roster", b"\0\1\2" * 90, "unknown"),
        ("课.mp4", "attachment", MP4, None),
        ("a.pdf", "attachment", PDF, None),
        ("a.html", "attachment", HTML.encode(), "page"),
    ],
)
def test_what_may_come_in(name, kind, content, code):
    stream = io.BytesIO(content)
    if code is None:
        assert s.check(stream, name=name, kind=kind).type in s.KINDS[kind].types
        assert stream.tell() == 0
    else:
        with pytest.raises(s.Refused) as caught:
            s.check(stream, name=name, kind=kind)
        assert caught.value.code == code


def test_a_text_the_name_calls_a_sheet_is_csv():
    assert s.check(io.BytesIO(b"a,b\n"), name="a.csv", kind="roster").type == s.CSV
    assert s.check(io.BytesIO(b"a,b\n"), name="a.txt", kind="roster").type == s.TEXT
    with pytest.raises(s.Refused):
        s.check(io.BytesIO(b"a,b\n"), name="a.docx", kind="document")


def test_too_big_is_refused_before_it_is_read():
    class Big(io.RawIOBase):
        def seek(self, offset, whence=0):
            return 10 * s.MB + 1

        def read(self, size=-1):
            raise AssertionError("read")

    with pytest.raises(s.Refused) as caught:
        s.check(Big(), name="a.png", kind="picture")
    assert (caught.value.code, caught.value.most) == ("too_big", 10 * s.MB)


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("名单.xlsx", "名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\名单.xlsx", "名单.xlsx"),
        ("gnp.\u202excod.exe", "gnp.xcod.exe"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("", "文件"),
        ("...", "文件"),
        (".htaccess", "htaccess"),
        ("名" * 300 + ".xlsx", "名" * 145 + ".xlsx"),
    ],
)
def test_names_are_cleaned(given_name, clean):
    assert s.clean_name(given_name) == clean


@given(st.text(max_size=300))
def test_a_cleaned_name_is_clean_and_stays_so(name):
    clean = s.clean_name(name)
    assert 0 < len(clean) <= 150
    assert not set(clean) & set('/\\\r\n\0"<>')
    assert s.clean_name(clean) == clean


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(
        [b"", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<svg ", b"%PDF-", b"\xff\xfe", PNG]
    ),
)
def test_no_bytes_break_it(tail, head):
    found = _look(head + tail)
    assert found.fault in ("", "locked", "damaged", "active")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_altered_container_breaks_it(data):
    content = bytearray(data.draw(st.sampled_from([_BOOK, _compound("Workbook"), _SHEET])))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _look(bytes(content))
