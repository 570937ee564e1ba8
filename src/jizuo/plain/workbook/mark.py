"""Giving a workbook back with its bad cells marked: red, with a comment, and a last column 怎么改.

An xlsx is changed in place, part by part, so that formats, pictures, charts, validations and formulas stay
exactly as they were (a load and save by a library loses several of these and takes seconds). Anything else
comes back as a new xlsx with the same texts.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from xml.sax.saxutils import escape

from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook import package, read, shape
from jizuo.plain.workbook.cells import EMPTY, column_index, column_letter
from jizuo.plain.workbook.comments import MOST_COMMENTS, Comments, Mark, Unusual
from jizuo.plain.workbook.limits import DEFAULT, Limits
from jizuo.plain.workbook.read import Sheet, Workbook
from jizuo.plain.workbook.write import sheet_name

__all__ = ["HOW_TO_MEND", "Mark", "mark"]

HOW_TO_MEND = "怎么改"


_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d+"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_GAPS = re.compile(rb">\s+<")
_NUMBER = re.compile(rb'\br="(\d+)"')
_STYLE = re.compile(rb'\s*\bs="(\d+)"')
_XF = re.compile(rb"<xf\b[^>]*?(?:/>|>.*?</xf>)", re.DOTALL)


def mark(data: bytes, filename: str, marks: Iterable[Mark], limits: Limits = DEFAULT) -> bytes:
    """The workbook as xlsx bytes with `marks` shown; KeyError for a mark on a sheet it does not have.

    A column 怎么改 left from an earlier round is emptied and used again. At most `MOST_COMMENTS` comments are
    written for a sheet; the column says all. Raises WorkbookError like `read.read`.
    """
    book = read.read(data, filename, limits)
    by_sheet: dict[str, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for one in marks:
        said = _FORBIDDEN.sub(" ", one.message)[:2000]
        by_sheet[one.sheet][one.row].append(one._replace(message=said, column=one.column.upper()))
    unknown = set(by_sheet) - {sheet.name for sheet in book.sheets}
    if unknown:
        raise KeyError(f"no such sheet: {sorted(unknown)}")
    if book.kind == "xlsx":
        try:
            return _change(data, book, by_sheet, limits)
        except Unusual:
            pass
    return _fresh(book, by_sheet)


def _advice_place(sheet: Sheet) -> tuple[int, int, bool]:
    """(row of the heading from 1, column from 0, whether it is there already)."""
    tables = shape.find_tables(sheet)
    heading = tables[0].heading_row if tables else 1
    for column, cell in enumerate(sheet.rows[heading - 1] if sheet.rows else []):
        if cell.text == HOW_TO_MEND:
            return heading, column, True
    return heading, max((len(row) for row in sheet.rows), default=0), False


def _advice(faults: list[Mark]) -> str:
    return "；".join(
        dict.fromkeys(f"{one.column}列：{one.message}" if one.column else one.message for one in faults)
    )


def _change(data: bytes, book: Workbook, by_sheet: dict[str, dict[int, list[Mark]]], limits: Limits) -> bytes:
    archive = bounds.open_zip(data, limits)
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    part_of = {
        sheet: names.get(lower) for lower, sheet in package.sheet_parts(archive, names, limits).items()
    }
    styles_name, types_name = names.get("xl/styles.xml"), names.get("[content_types].xml")
    if styles_name is None or types_name is None:
        raise Unusual
    parts: dict[str, bytes] = {}
    styles = _Styles(bounds.member(archive, styles_name, limits))
    types = bounds.member(archive, types_name, limits)
    for number, sheet in enumerate(book.sheets, 1):
        if sheet.name not in by_sheet:
            continue
        part = part_of.get(sheet.name)
        if part is None:
            raise Unusual
        body = _change_rows(bounds.member(archive, part, limits), sheet, by_sheet[sheet.name], styles)
        faults = [
            one for row in sorted(by_sheet[sheet.name]) for one in by_sheet[sheet.name][row] if one.column
        ]
        if faults:
            comments = Comments(archive, names, part, number, limits)
            body = comments.add(body, faults)
            parts.update(comments.parts)
            types = comments.declare(types)
        parts[part] = body
    parts[styles_name] = styles.whole()
    parts[types_name] = types
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        for entry in archive.namelist():
            body_of = parts.pop(entry, None)
            target.writestr(entry, bounds.member(archive, entry, limits) if body_of is None else body_of)
        for name, part_body in parts.items():
            target.writestr(name, part_body)
    return out.getvalue()


class _Styles:
    """styles.xml, growing red twins of the formats that bad cells have."""

    def __init__(self, part: bytes) -> None:
        fills = re.search(rb"<fills\b[^>]*>(.*?)</fills>", part, re.DOTALL)
        formats = re.search(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", part, re.DOTALL)
        if fills is None or formats is None:
            raise Unusual
        self.part, self.fills, self.formats = part, fills, formats
        self.fill = len(re.findall(rb"<fill\b", fills.group(1)))
        self.xfs: list[bytes] = _XF.findall(formats.group(1))
        self.twins: dict[int, int] = {}

    def red(self, style: int) -> int:
        """The number of the format that is `style` on red."""
        if style not in self.twins:
            xf = self.xfs[style] if style < len(self.xfs) else self.xfs[0]
            head, close, rest = xf.partition(b">")
            closed = head.endswith(b"/")
            head = head.removesuffix(b"/")
            for name in (b"fillId", b"applyFill"):
                head = re.sub(rb'\s%s="[^"]*"' % name, b"", head)
            head += b' fillId="%d" applyFill="1"' % self.fill
            self.twins[style] = len(self.xfs)
            self.xfs.append(head + (b"/" if closed else b"") + close + rest)
        return self.twins[style]

    def whole(self) -> bytes:
        solid = (
            b'<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/>'
            b"</patternFill></fill>"
        )
        fills = b'<fills count="%d">%s%s</fills>' % (self.fill + 1, self.fills.group(1), solid)
        formats = b'<cellXfs count="%d">%s</cellXfs>' % (len(self.xfs), b"".join(self.xfs))
        part = self.part.replace(self.formats.group(0), formats, 1)
        return part.replace(self.fills.group(0), fills, 1)


def _text_cell(letter: str, row: int, text: str, style: int) -> bytes:
    said = escape(text[:30_000])
    place = f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
    return place.encode()


def _change_rows(part: bytes, sheet: Sheet, faults: dict[int, list[Mark]], styles: _Styles) -> bytes:
    start = part.find(b"<sheetData>")
    end = part.find(b"</sheetData>")
    if start < 0 or end < 0 or _prefixed(part):
        raise Unusual
    heading, advice_column, reused = _advice_place(sheet)
    letter = column_letter(advice_column)
    advice = {row: _advice(list_of) for row, list_of in faults.items()}
    advice[heading] = HOW_TO_MEND
    waiting = sorted(advice, reverse=True)
    last = 0

    def row_body(number: int, inside: bytes) -> bytes:
        cells: dict[int, bytes] = {}
        for found in _CELL.finditer(inside):
            cells[column_index(found.group(1).decode())] = found.group(0)
        # Whatever stands in the row besides cells in plain notation would be lost: such a file is rewritten.
        if b"".join(cells.values()) != _GAPS.sub(b"><", inside).strip():
            raise Unusual
        for one in faults.get(number, ()):
            if not one.column:
                continue
            at = column_index(one.column)
            cell = cells.get(at, b'<c r="%s%d"/>' % (one.column.upper().encode(), number))
            tag, close, rest = cell.partition(b">")
            closed = b"/" if tag.endswith(b"/") else b""
            tag = tag.removesuffix(b"/")
            style = _STYLE.search(tag)
            red = styles.red(int(style.group(1)) if style else 0) if at not in done else None
            if red is not None:
                tag = _STYLE.sub(b"", tag) + b' s="%d"' % red
                cells[at] = tag + closed + close + rest
                done.add(at)
        cells.pop(advice_column, None)
        if number in advice:
            cells[advice_column] = _text_cell(letter, number, advice[number], styles.red(0))
        done.clear()
        return b"".join(cells[at] for at in sorted(cells))

    done: set[int] = set()

    def new_rows(before: int) -> bytes:
        made = b""
        while waiting and waiting[-1] < before:
            number = waiting.pop()
            made += b'<row r="%d">%s</row>' % (number, row_body(number, b""))
        return made

    def change(found: re.Match[bytes]) -> bytes:
        nonlocal last
        said = _NUMBER.search(found.group(1))
        if said is None:
            raise Unusual
        number = int(said.group(1))
        if number <= last:
            raise Unusual
        last = number
        first = new_rows(number)
        if waiting and waiting[-1] == number:
            waiting.pop()
        elif not reused:
            return first + found.group(0)
        head = re.sub(rb'\s*\bspans="[^"]*"', b"", found.group(1))
        return first + b"<row%s>%s</row>" % (head, row_body(number, found.group(2) or b""))

    rows = _ROW.sub(change, part[start + 11 : end]) + new_rows(1 << 30)
    head = re.sub(rb"<dimension\b[^>]*/>", b"", part[:start])
    return head + b"<sheetData>" + rows + part[end:]


def _prefixed(part: bytes) -> bool:
    return re.search(rb"<\w+:(?:row|c)[\s>]", part) is not None


def _fresh(book: Workbook, by_sheet: dict[str, dict[int, list[Mark]]]) -> bytes:
    # Loaded where a book is written anew: a process that writes none stays small.
    import xlsxwriter
    from xlsxwriter.exceptions import OverlappingRange

    buffer = io.BytesIO()
    out = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )
    plain = out.add_format({"num_format": "@"})
    red = out.add_format({"num_format": "@", "bg_color": "#FFC7CE"})
    used: list[str] = []
    for sheet in book.sheets:
        target = out.add_worksheet(sheet_name(sheet.name, used))
        used.append(target.get_name())
        if sheet.hidden:
            target.hide()
        faults = by_sheet.get(sheet.name, {})
        heading, advice_column, reused = _advice_place(sheet)
        bad = {
            (one.row - 1, column_index(one.column)): one.message
            for row in faults.values()
            for one in reversed(row)
            if one.column
        }
        for at, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                if cell is not EMPTY and (at, column) not in bad and not (reused and column == advice_column):
                    target.write_string(at, column, cell.text, plain)
        for count, ((at, column), message) in enumerate(sorted(bad.items())):
            cell = sheet.cell(at, column)
            if cell is EMPTY:
                target.write_blank(at, column, None, red)
            else:
                target.write_string(at, column, cell.text, red)
            if count < MOST_COMMENTS:
                target.write_comment(at, column, message, {"author": "基座检查", "x_scale": 2})
        for top, left, bottom, right in sheet.merges:
            if (top, left) != (bottom, right) and bottom < 1_048_576:
                try:
                    target.merge_range(top, left, bottom, right, "", plain)
                except OverlappingRange:
                    continue
                target.write_string(
                    top, left, sheet.cell(top, left).text, red if (top, left) in bad else plain
                )
        if faults:
            target.write_string(heading - 1, advice_column, HOW_TO_MEND, red)
            target.set_column(advice_column, advice_column, 50)
            for number, listed in faults.items():
                target.write_string(number - 1, advice_column, _advice(listed), red)
    for first, sheet in enumerate(book.sheets):
        if not sheet.hidden:
            out.worksheets()[first].activate()
            out.worksheets()[first].set_first_sheet()
            break
    out.close()
    return buffer.getvalue()
