"""Workbooks made by code, as messy as schools send them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import xlsxwriter


def xlsx(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(book)
    book.close()
    return buffer.getvalue()


def grid(
    rows: list[list[Any]], name: str = "名单", merges: Iterable[tuple[int, int, int, int]] = ()
) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet(name)
        for top, left, bottom, right in merges:
            sheet.merge_range(top, left, bottom, right, "")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(at, column, value)
                elif value not in ("", None):
                    sheet.write(at, column, value)

    return xlsx(fill)


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    """The same archive with one part replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, part)
    return out.getvalue()


SHEET_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)


def sheet_xml(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    body = SHEET_HEAD + before + b"<sheetData>" + rows + b"</sheetData>" + after + b"</worksheet>"
    return with_part(grid([["x"]]), "xl/worksheets/sheet1.xml", body)


def ods(tables: str) -> bytes:
    spaces = {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
    }
    names = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{value}:1.0"' for key, value in spaces.items()
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}>'
            '<office:automatic-styles><style:style style:name="off" style:family="table">'
            '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return out.getvalue()


def _record(code: int, body: bytes) -> bytes:
    return struct.pack("<HH", code, len(body)) + body


def _biff_text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def biff_sheet(
    rows: list[list[Any]], hidden_rows: Iterable[int] = (), hidden_columns: Iterable[int] = ()
) -> bytes:
    """The record stream of one BIFF8 sheet. A value ("error", code) makes an error cell."""
    width = max((len(row) for row in rows), default=0)
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for column in hidden_columns:
        out += _record(0x007D, struct.pack("<HHHHHH", column, column, 2048, 0, 1, 0))
    out += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for at in hidden_rows:
        out += _record(0x0208, struct.pack("<HHHHHHI", at, 0, width, 255, 0, 0, 0x20))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(value, tuple):
                out += _record(0x0205, place + bytes([value[1], 1]))
            elif isinstance(value, str):
                if value:
                    out += _record(0x0204, place + _biff_text(value))
            elif value is not None:
                out += _record(0x0203, place + struct.pack("<d", value))
    return out + _record(0x000A, b"")


def biff(sheets: list[tuple[str, bytes, bool]], extra: bytes = b"") -> bytes:
    """The workbook stream of a BIFF8 file: sheets of (name, records, hidden). `extra`: global records."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    start += _record(0x0042, struct.pack("<H", 1200))
    start += _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 1, 0, 0, 0, 0, 0, 0, 0))
    heads = [(name, hidden, len(_record(0x0085, b"\0" * 6 + _name(name)))) for name, _, hidden in sheets]
    at = len(start) + sum(size for _, _, size in heads) + 4
    for (name, hidden, _), (_, body, _) in zip(heads, sheets, strict=True):
        start += _record(0x0085, struct.pack("<IBB", at, int(hidden), 0) + _name(name))
        at += len(body)
    return start + _record(0x000A, b"") + b"".join(body for _, body, _ in sheets)


def _name(name: str) -> bytes:
    return struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file; each stream is padded past the small-stream limit."""
    size = 512
    sectors: list[bytes] = []
    fat: list[int] = []

    def add(body: bytes) -> int:
        first = len(sectors)
        count = max(1, -(-len(body) // size))
        for number in range(count):
            sectors.append(body[number * size : number * size + size].ljust(size, b"\0"))
            fat.append(first + number + 1 if number + 1 < count else 0xFFFFFFFE)
        return first

    def entry(
        name: str, kind: int, first: int, length: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
    ):
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, right, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, length)
        )

    placed = []
    for name, body in streams.items():
        padded = body.ljust(4096, b"\0")
        placed.append((name, add(padded), len(padded)))
    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    for number, (name, first, length) in enumerate(placed, 1):
        right = number + 1 if number < len(placed) else 0xFFFFFFFF
        directory += entry(name, 2, first, length, right=right)
    directory_at = add(directory)
    fat_count = 1
    while fat_count * 128 < len(fat) + fat_count:
        fat_count += 1
    first_fat = len(sectors)
    fat += [0xFFFFFFFD] * fat_count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * size, b"\xff")
    sectors += [table[number * size : number * size + size] for number in range(fat_count)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_count, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    slots = [first_fat + number if number < fat_count else 0xFFFFFFFF for number in range(109)]
    return header + struct.pack("<109I", *slots) + b"".join(sectors)


def xls(rows: list[list[Any]], name: str = "名单", **more: Any) -> bytes:
    return compound({"Workbook": biff([(name, biff_sheet(rows, **more), False)])})
