"""CSV, TSV and text pasted from WPS or Excel: which encoding, which separator, which cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook.cells import EMPTY, Cell, make_cell
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import Limits

_CELL_TEXT = 32_767
_FORCED_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SAVE_UTF8 = "请用 WPS 或 Excel 另存为 xlsx；一定要用 CSV 时，请整份另存为“CSV UTF-8”，再上传。"


def decode(data: bytes) -> tuple[str, str]:
    """(text, encoding). UTF-8 with or without mark, UTF-16, GB 18030 (and so GBK, GB 2312).

    A file whose lines are in different encodings, or in none of these, is refused with the number of the
    first line that does not fit.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        try:
            return data.decode("utf-8"), "utf-8-sig"
        except UnicodeDecodeError as error:
            raise _bad_line(
                data.count(b"\n", 0, error.start) + 1, "文件开头写明是 UTF-8，这一行却不是"
            ) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(data, "utf-16")
    if b"\x00" in data:
        sample = data[:4096]
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        if odd > 4 * even and odd * 8 > len(sample):
            return _utf16(data, "utf-16-le")
        if even > 4 * odd and even * 8 > len(sample):
            return _utf16(data, "utf-16-be")
        raise WorkbookError("not_a_table", "这不是表格，也不是文本。", bounds.SAVE_AS_XLSX)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _gb18030(data), "gb18030"
    if data.isascii() or _surely_utf8(text):
        return text, "utf-8"
    # A few GBK words ("联通") are also valid UTF-8, but of Greek, Hebrew or Arabic letters.
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError:
        return text, "utf-8"


def _surely_utf8(text: str) -> bool:
    return any(ord(letter) >= 0x2000 for letter in text) or not any(ord(letter) >= 0xC0 for letter in text)


def _utf16(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        return data.decode(encoding).lstrip("\ufeff"), encoding
    except UnicodeDecodeError as error:
        raise bounds.damaged("UTF-16 文本在中途断开") from error


def _gb18030(data: bytes) -> str:
    utf8_lines: list[int] = []
    other_lines: list[int] = []
    wrong: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            if _surely_utf8(line.decode("utf-8")):
                utf8_lines.append(number)
                continue
        except UnicodeDecodeError:
            pass
        other_lines.append(number)
        try:
            line.decode("gb18030")
        except UnicodeDecodeError:
            wrong.append(number)
    if wrong and len(utf8_lines) >= len(other_lines):
        raise _bad_line(wrong[0], "其他行是 UTF-8，这一行却不是")
    if wrong:
        raise _bad_line(wrong[0], "这一行既不是 UTF-8 也不是 GBK 编码")
    if utf8_lines:
        few = other_lines if len(other_lines) < len(utf8_lines) else utf8_lines
        raise _bad_line(few[0], "同一个文件里混用了 UTF-8 和 GBK 两种编码")
    return data.decode("gb18030")


def _bad_line(number: int, fact: str) -> WorkbookError:
    return WorkbookError("bad_encoding", f"第 {number} 行有乱码：{fact}。", _SAVE_UTF8)


def parse(text: str, limits: Limits, delimiter: str | None = None) -> list[list[Cell]]:
    """Rows of cells. Line breaks inside quoted cells stay in the cell; `="0012"` is the text 0012.

    Without `delimiter` the separator is found by counting (tab, comma, semicolon, their full-width forms).
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    odd = _CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise WorkbookError(
            "not_a_table", f"第 {line} 行有不可见的控制字符，这不像表格。", bounds.SAVE_AS_XLSX
        )
    mark = delimiter or _delimiter(text)
    # Excel saves a sheet formatted to its end as a million lines of separators.
    text = text.rstrip(f"{mark}\n \t")
    rows: list[list[Cell]] = []
    known: dict[str, Cell] = {}
    filled = 0
    for number, values in _records(text, mark):
        row: list[Cell] = []
        for value in values:
            cell = known.get(value)
            if cell is None:
                cell = known[value] = _cell(value, number)
            row.append(cell)
        while row and row[-1] is EMPTY:
            row.pop()
        if len(row) > limits.columns:
            raise WorkbookError(
                "too_many_columns",
                f"第 {number} 行有 {len(row)} 列，超过 {limits.columns} 列的上限。",
                "请检查分隔符和引号是否写错；删掉多余的列再上传。",
            )
        filled += len(row)
        rows.append(row)
        if filled > limits.cells or (row and len(rows) > limits.rows):
            raise WorkbookError(
                "too_many_cells",
                f"到第 {number} 行已超过 {limits.rows} 行或 {limits.cells} 格的上限。",
                "请拆成几个文件再上传。",
            )
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _records(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the row in the table, values). A quote that is never closed is refused by its line."""
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    reader = csv.reader((line + "\n" for line in lines), delimiter=mark)
    started = 1
    number = 0
    try:
        for number, values in enumerate(reader, 1):
            spans_lines = reader.line_num > started
            if spans_lines and reader.line_num == len(lines) and _odd_quotes(lines[started - 1 :]):
                raise _open_quote(started)
            yield number, values
            started = reader.line_num + 1
    except csv.Error as error:
        raise _open_quote(started) from error


def _odd_quotes(lines: list[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1


def _open_quote(line: int) -> WorkbookError:
    return WorkbookError(
        "open_quote",
        f"第 {line} 行的引号没有合上，后面的内容都连成了一格。",
        "请补上引号，或用 WPS 打开另存为 xlsx 再上传。",
    )


def _cell(value: str, row: int) -> Cell:
    if len(value) > _CELL_TEXT:
        raise _open_quote(row)
    forced = _FORCED_TEXT.match(value.strip())
    if forced:
        value = forced.group(1).replace('""', '"')
    stripped = value.strip()
    if stripped[:1] == "'" and (stripped[1:2].isalnum() or stripped[1:2] in tuple("=+-@＝＋－＠")):
        value = stripped[1:]
    return make_cell(value)


def _delimiter(text: str) -> str:
    head = [line for line in text[:20_000].split("\n")[:30] if line.strip()]
    bare = [re.sub(r'"[^"]*"', "", line) for line in head]
    if sum("\t" in line for line in bare) * 2 > len(bare):
        return "\t"
    counts = {mark: sum(line.count(mark) for line in bare) for mark in (",", "\t", ";", "，", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","
