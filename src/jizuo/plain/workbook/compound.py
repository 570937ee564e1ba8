"""Old binary files (xls, and the et files of WPS): a walk over their records before calamine parses them.

Follows [MS-CFB] (the container) and [MS-XLS] (the records). Only sizes, places, errors and hidden marks are
read here; every offset is checked, every chain is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook.cells import column_letter
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import Limits
from jizuo.plain.workbook.package import SheetScan

_FREE = 0xFFFFFFFA
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _DIMENSIONS = 0x0809, 0x000A, 0x002F, 0x0085, 0x0200
_ROW, _COLINFO, _FORMULA, _BOOLERR, _MULRK = 0x0208, 0x007D, 0x0006, 0x0205, 0x00BD
_CELLS = {0x0203, 0x027E, 0x00FD, 0x0204, _FORMULA, _BOOLERR, _MULRK}


def streams(data: bytes) -> dict[str, bytes]:
    """The named streams of a compound file. Raises WorkbookError("damaged") when chains do not close."""
    try:
        return _streams(data)
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise bounds.damaged("复合文档结构不完整") from error


def _streams(data: bytes) -> dict[str, bytes]:
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sector size")
    size = 1 << shift
    directory_at, cutoff, mini_at, difat_at = (
        struct.unpack_from("<I", data, offset)[0] for offset in (48, 56, 60, 68)
    )
    most = len(data) // size + 2

    def sector(number: int) -> bytes:
        start = (number + 1) * size
        if start >= len(data):
            raise ValueError("sector outside the file")
        return data[start : start + size]

    fat_sectors = [number for number in struct.unpack_from("<109I", data, 76) if number < _FREE]
    seen = 0
    while difat_at < _FREE:
        entries = struct.unpack(f"<{size // 4}I", sector(difat_at))
        fat_sectors += [number for number in entries[:-1] if number < _FREE]
        difat_at = entries[-1]
        seen += 1
        if seen > most:
            raise ValueError("loop")
    if len(fat_sectors) > most:
        raise ValueError("more tables than sectors")
    fat: list[int] = []
    for number in fat_sectors:
        fat += struct.unpack(f"<{size // 4}I", sector(number))

    def chain(first: int, table: list[int], limit: int) -> Iterator[int]:
        count = 0
        while first < _FREE:
            yield first
            count += 1
            if count > limit:
                raise ValueError("loop")
            first = table[first]

    def joined(first: int) -> bytes:
        return b"".join(sector(number) for number in chain(first, fat, most))

    directory = joined(directory_at)
    mini_fat_bytes = joined(mini_at)
    mini_fat = list(struct.unpack(f"<{len(mini_fat_bytes) // 4}I", mini_fat_bytes))
    mini: bytes = b""
    found: dict[str, bytes] = {}
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        first, stream_size = struct.unpack_from("<II", directory, at + 116)
        if kind == 5:
            mini = joined(first)
        elif kind == 2 and 2 <= length <= 64:
            name = directory[at : at + length - 2].decode("utf-16-le", "replace")
            if stream_size > len(data):
                raise ValueError("stream longer than the file")
            if stream_size >= cutoff:
                body = joined(first)
            else:
                parts = (mini[number * 64 : number * 64 + 64] for number in chain(first, mini_fat, most * 64))
                body = b"".join(parts)
            if len(body) < stream_size:
                raise ValueError("stream cut")
            found.setdefault(name, body[:stream_size])
    return found


def scan(data: bytes, limits: Limits) -> list[SheetScan]:
    """One scan for each sheet, in tab order. Refuses what is encrypted, too large or no table."""
    parts = streams(data)
    if "EncryptedPackage" in parts or "EncryptionInfo" in parts:
        raise bounds.encrypted()
    book = parts.get("Workbook") or parts.get("Book")
    if book is None:
        if "WordDocument" in parts:
            raise WorkbookError(
                "not_a_table", "这是 Word 文档，不是表格。", "请把表格复制到 Excel 里另存为 xlsx 再上传。"
            )
        raise WorkbookError(
            "unreadable", "这个文件的格式读不了（可能是 WPS 的 .et 或很旧的表格）。", bounds.SAVE_AS_XLSX
        )
    try:
        return _scan_book(book, limits)
    except (struct.error, IndexError) as error:
        raise bounds.damaged("表格记录不完整") from error


def _scan_book(book: bytes, limits: Limits) -> list[SheetScan]:
    offsets: list[int] = []
    names: list[str] = []
    for code, at, size in _records(book, 0):
        if code == _FILEPASS:
            raise bounds.encrypted()
        if code == _BOUNDSHEET and size >= 8:
            offsets.append(struct.unpack_from("<I", book, at)[0])
            names.append(_sheet_name(book[at + 6 : at + size]))
    if len(offsets) > limits.sheets:
        raise WorkbookError(
            "too_many_sheets", f"这个文件有 {len(offsets)} 张工作表。", "请拆成几个文件再上传。"
        )
    return [_scan_sheet(book, offset, name, limits) for offset, name in zip(offsets, names, strict=True)]


def _sheet_name(raw: bytes) -> str:
    if len(raw) < 2:
        return ""
    if raw[1] & 1:
        return raw[2 : 2 + 2 * raw[0]].decode("utf-16-le", "replace")
    return raw[2 : 2 + raw[0]].decode("latin-1")


def _records(book: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(code, where its body starts, size of the body) from `at` to the EOF record that closes its BOF."""
    depth = 0
    end = len(book)
    while at + 4 <= end:
        code, size = struct.unpack_from("<HH", book, at)
        at += 4
        if at + size > end:
            raise bounds.damaged("表格记录在中途断开")
        yield code, at, size
        if code == _BOF:
            depth += 1
        elif code == _EOF:
            depth -= 1
            if depth <= 0:
                return
        at += size


def _scan_sheet(book: bytes, offset: int, name: str, limits: Limits) -> SheetScan:
    found = SheetScan()
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    first_row, last_row, last_column = 1 << 30, -1, -1
    two = struct.Struct("<HH").unpack_from
    for code, at, size in _records(book, offset):
        if code in _CELLS and size >= 6:
            row, column = two(book, at)
            if code == _MULRK:
                column = two(book, at + size - 4)[1]
            first_row, last_row, last_column = (
                min(first_row, row),
                max(last_row, row),
                max(last_column, column),
            )
            if code == _BOOLERR and size >= 8 and book[at + 7] == 1:
                found.errors[row, column] = _ERRORS.get(book[at + 6], "#ERROR")
            elif (
                code == _FORMULA
                and size >= 14
                and book[at + 12 : at + 14] == b"\xff\xff"
                and book[at + 6] == 2
            ):
                found.errors[row, column] = _ERRORS.get(book[at + 8], "#ERROR")
        elif code == _ROW and size >= 16 and book[at + 12] & 0x20:
            hidden_rows.add(two(book, at)[0])
        elif code == _COLINFO and size >= 10 and book[at + 8] & 1:
            low, high = two(book, at)
            hidden_columns.update(range(low, min(high, 255) + 1))
        elif code == _DIMENSIONS and size >= 12:
            top, bottom = struct.unpack_from("<II", book, at)
            left, right = two(book, at + 8)
            # The parser reserves this rectangle before it sees a cell.
            if bottom > 65536 or right > 256 or top > bottom or left > right:
                raise bounds.damaged(f"工作表“{name}”写明的大小不可能")
    if last_column >= limits.columns:
        raise bounds.too_far(name, column_letter(last_column), f"超过 {limits.columns} 列的上限")
    height = last_row - first_row + 1
    if height > limits.rows or height * (last_column + 1) > limits.cells:
        raise bounds.too_far(
            name, f"第 {last_row + 1} 行", f"整张表有 {height} 行 × {last_column + 1} 列，超过上限"
        )
    found.hidden_rows, found.hidden_columns = frozenset(hidden_rows), frozenset(hidden_columns)
    return found
