"""xlsx, xlsm and ods before they are parsed: a lean copy of the archive, and what calamine does not tell.

calamine gives no word about failed formulas, hidden rows and hidden columns, and lays out the whole rectangle
between the first and the last cell. So each sheet's XML is scanned once here, by patterns over its bytes.
"""

from __future__ import annotations

import dataclasses
import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib

from jizuo.plain.workbook import limits as bounds
from jizuo.plain.workbook.cells import MISSING_RESULT, column_index, column_letter
from jizuo.plain.workbook.errors import WorkbookError
from jizuo.plain.workbook.limits import Limits


@dataclasses.dataclass
class SheetScan:
    """Zero-based positions. `errors` maps (row, column) to Excel's error word or MISSING_RESULT."""

    errors: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REL_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_KEEP = re.compile(
    r"(?i)^(\[content_types\]\.xml|.*\.rels|xl/(workbook|styles|sharedstrings)\.xml|xl/.*sheets?/[^/]*\.xml)$"
)
_CHUNK = 2**20

_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED = re.compile(rb'<(?:\w+:)?c (?:[a-z]+="[^"<>]*" ?)*?r="([A-Z]{1,3})([1-9]\d{0,6})"([^>]*)>')
_CELL_TAG = re.compile(rb"<(?:\w+:)?c((?:\s[^>]*)?)>")
_ROW_PLACED = re.compile(rb'<(?:\w+:)?row [^>]*?\br="([1-9]\d{0,6})"')
_ROW_TAG = re.compile(rb"<(?:\w+:)?row((?:\s[^>]*)?)>")
_R_ANY = re.compile(rb"(?:^|\s)r\s*=")
_R_GOOD = re.compile(rb'(?:^|\s)r="[A-Z]{1,3}[1-9]\d{0,6}"')
_ROW_GOOD = re.compile(rb'(?:^|\s)r="[1-9]\d{0,6}"')
_CELL_BODY = re.compile(rb"<(?:\w+:)?c ([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_TYPE = re.compile(rb'\bt="(\w+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]*)</")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\bhidden="(?:1|true)"[^>]*>')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col [^>]*?\bhidden="(?:1|true)"[^>]*>')
_ROW_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_SPAN = (re.compile(rb'\bmin="(\d{1,5})"'), re.compile(rb'\bmax="(\d{1,5})"'))


def lean_xlsx(data: bytes, limits: Limits) -> tuple[bytes, dict[str, SheetScan]]:
    """(archive with only the parts that hold cells, stored unpacked; sheet name -> scan).

    Long runs of rows without any value are dropped on the way, so a sheet formatted down to row 1,048,576
    costs one pass of unpacking.
    """
    archive = bounds.open_zip(data, limits)
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    if "xl/workbook.xml" not in names:
        if "encryptedpackage" in names:
            raise bounds.encrypted()
        bounds.refuse_other_archives(set(names))
    sheet_of_part = sheet_parts(archive, names, limits)
    scans: dict[str, SheetScan] = {}
    string_cells = 0
    longest = 0
    total = 0
    lean = io.BytesIO()
    with zipfile.ZipFile(lean, "w", zipfile.ZIP_STORED) as out:
        for lower, name in names.items():
            sheet = sheet_of_part.get(lower)
            if sheet is None and not _KEEP.match(lower):
                continue
            part = _lean_part(archive, name, limits) if sheet else bounds.member(archive, name, limits)
            _refuse_odd_xml(part, lower)
            total += len(part)
            if total > 2 * limits.part_bytes:
                raise WorkbookError(
                    "too_big", "这个表格的内容太多，一次读不下。", "请按年级或学校拆成几个文件再上传。"
                )
            if sheet is not None or (b"sheetData" in part and "sheet" in lower):
                scans[sheet or lower] = _scan(sheet or lower, part, limits)
                string_cells += part.count(b't="s"')
            if lower == "xl/sharedstrings.xml":
                longest = _longest_string(part)
            out.writestr(name.replace("\\", "/"), part)
    if string_cells * longest > limits.text_bytes:
        _refuse_repeated_text(archive, names, sheet_of_part, limits)
    return lean.getvalue(), scans


def _refuse_odd_xml(part: bytes, name: str) -> None:
    head = part[:1024]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head:
        raise bounds.damaged(f"部件 {posixpath.basename(name)} 的编码不是 UTF-8")
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", head)
    if encoding and encoding.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise bounds.damaged(f"部件 {posixpath.basename(name)} 的编码不是 UTF-8")
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise bounds.damaged(f"部件 {posixpath.basename(name)} 里有不该有的声明")


def sheet_parts(archive: zipfile.ZipFile, names: dict[str, str], limits: Limits) -> dict[str, str]:
    """Lower-case part name -> sheet name. `names`: lower-case part name -> name in the archive."""
    book = bounds.member(archive, names["xl/workbook.xml"], limits)
    rels_name = names.get("xl/_rels/workbook.xml.rels")
    rels = bounds.member(archive, rels_name, limits) if rels_name else b"<none/>"
    for part in (book, rels):
        _refuse_odd_xml(part, "workbook.xml")
    try:
        book_root, rels_root = ET.fromstring(book), ET.fromstring(rels)  # noqa: S314 - entities refused above
    except ET.ParseError as error:
        raise bounds.damaged("工作簿目录读不懂") from error
    targets = {rel.get("Id"): resolve("xl", rel.get("Target", "")) for rel in rels_root}
    found: dict[str, str] = {}
    sheets = [element for element in book_root.iter() if element.tag.rpartition("}")[2] == "sheet"]
    if len(sheets) > limits.sheets:
        raise WorkbookError(
            "too_many_sheets",
            f"这个文件有 {len(sheets)} 张工作表，超过 {limits.sheets} 张的上限。",
            "请拆成几个文件再上传。",
        )
    for element in sheets:
        target = targets.get(element.get(_REL) or element.get(_REL_STRICT) or "")
        if target is not None:
            found[target.lower()] = element.get("name", "")
    return found


def resolve(folder: str, target: str) -> str:
    """The part that a relationship of a part in `folder` points to, without a leading slash."""
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _lean_part(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """A sheet's XML without the stretches of rows that hold nothing."""
    entry = archive.getinfo(name)
    if entry.file_size <= 4 * _CHUNK:
        return bounds.member(archive, name, limits)
    kept: list[bytes] = []
    size = 0
    carry = b""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                block = carry + chunk
                cut = block.rfind(b"<row ")
                if cut <= 0:
                    cut = len(block)
                block, carry = block[:cut], block[cut:]
                if block.startswith(b"<row ") and not any(
                    sign in block for sign in (b"<v", b"<is", b"<f", b"</sheetData", b":v>")
                ):
                    continue
                kept.append(block)
                size += len(block)
                if size > limits.part_bytes:
                    raise WorkbookError(
                        "too_big", "有一张工作表内容太多，一次读不下。", "请按年级或学校拆成几个文件再上传。"
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise bounds.damaged(f"部件 {posixpath.basename(name)} 解不开") from error
    kept.append(carry)
    return b"".join(kept)


def _scan(sheet: str, part: bytes, limits: Limits) -> SheetScan:
    _measure(sheet, part, limits)
    scan = SheetScan()
    if b't="e"' in part or b"<f" in part or b":f" in part:
        scan.errors = _errors(part)
    if b"hidden=" in part:
        rows = (_ROW_NUMBER.search(tag) for tag in _HIDDEN_ROW.findall(part))
        scan.hidden_rows = frozenset(int(found.group(1)) - 1 for found in rows if found)
        columns: set[int] = set()
        for tag in _HIDDEN_COLUMN.findall(part):
            low, high = (pattern.search(tag) for pattern in _SPAN)
            if low and high:
                columns.update(range(int(low.group(1)) - 1, min(int(high.group(1)), 16384)))
        scan.hidden_columns = frozenset(columns)
    return scan


def _measure(sheet: str, part: bytes, limits: Limits) -> None:
    """Refuse a sheet whose filled rectangle is too large, naming its farthest cell."""
    placed = _PLACED.findall(part)
    filled = [(letters, row) for letters, row, rest in placed if rest[-1:] != b"/"]
    loose = len(_ANY_CELL.findall(part)) - len(placed)
    columns = {letters for letters, _ in filled}
    last_column = max((column_index(letters.decode()) for letters in columns), default=0)
    rows = [int(row) for _, row in filled]
    last_row = max(rows, default=1)
    first_row = min(rows, default=1)
    if loose:
        # Cells may leave out their place (then they follow one another) but must not write it in a way
        # that we and the parser could read differently.
        tags = [*_CELL_TAG.findall(part)]
        if any(_R_ANY.search(tag) and not _R_GOOD.search(tag) for tag in tags) or any(
            _R_ANY.search(tag) and not _ROW_GOOD.search(tag) for tag in _ROW_TAG.findall(part)
        ):
            raise bounds.damaged(f"工作表“{sheet}”里有写法不对的单元格位置")
        placed_rows = [int(row) for row in _ROW_PLACED.findall(part)]
        last_row = max(last_row, max(placed_rows, default=1), part.count(b"<row"))
        first_row = 1
        per_row = max((len(_ANY_CELL.findall(row)) for row in re.split(rb"<(?:\w+:)?row", part)), default=0)
        last_column = min(last_column + per_row if filled else max(per_row - 1, 0), 16383)
        filled.append((column_letter(last_column).encode(), str(last_row).encode()))
    if last_column >= limits.columns:
        where = next(
            (
                f"{letters.decode()}{int(row)}"
                for letters, row in filled
                if column_index(letters.decode()) == last_column
            ),
            column_letter(last_column),
        )
        raise bounds.too_far(sheet, where, f"超过 {limits.columns} 列的上限")
    height = last_row - first_row + 1
    if height > limits.rows or height * (last_column + 1) > limits.cells:
        where = next(
            (f"{letters.decode()}{int(row)}" for letters, row in filled if int(row) == last_row),
            f"第 {last_row} 行",
        )
        raise bounds.too_far(sheet, where, f"整张表有 {height} 行 × {last_column + 1} 列，超过上限")


def _errors(part: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for attributes, body in _CELL_BODY.findall(part):
        kind = _TYPE.search(attributes)
        is_error = kind is not None and kind.group(1) == b"e"
        has_formula = b"<f" in body or b":f>" in body or b":f " in body
        if not is_error and not has_formula:
            continue
        place = _REF.search(attributes)
        if place is None:
            continue
        value = _VALUE.search(body)
        text = value.group(1).strip() if value else b""
        where = (int(place.group(2)) - 1, column_index(place.group(1).decode()))
        if is_error:
            found[where] = text.decode("utf-8", "replace")[:20] or "#ERROR"
        elif not text and (kind is None or kind.group(1) == b"n"):
            # t="str" without text is a formula whose result is the empty string: no fault.
            found[where] = MISSING_RESULT
    return found


def _string_sizes(part: bytes) -> list[int]:
    return [len(piece) for piece in re.split(rb"<(?:\w+:)?si[\s>/]", part)[1:]]


def _longest_string(part: bytes) -> int:
    return max(_string_sizes(part), default=0)


def _refuse_repeated_text(
    archive: zipfile.ZipFile, names: dict[str, str], sheet_of_part: dict[str, str], limits: Limits
) -> None:
    """A long shared text used by very many cells would be copied for each of them."""
    sizes = _string_sizes(bounds.member(archive, names["xl/sharedstrings.xml"], limits))
    total = 0
    for lower in sheet_of_part:
        if lower not in names:
            continue
        part = _lean_part(archive, names[lower], limits)
        for number in re.findall(rb't="s"[^>]*><(?:\w+:)?v>\s*(\d{1,9})\s*<', part):
            index = int(number)
            total += sizes[index] if index < len(sizes) else 0
            if total > limits.text_bytes:
                raise WorkbookError(
                    "zip_bomb",
                    f"表格里的文字展开后超过 {limits.text_bytes // 2**20} MB。",
                    "请检查是否有很长的文字被复制到了许多格里；删掉后再上传。",
                )


_ODS_TABLE = re.compile(rb'<table:table (?:[^>]*?)table:name="([^"]*)"')
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]*)>")
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_ODS_ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
_ODS_COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d+)"')


def lean_ods(data: bytes, limits: Limits) -> bytes:
    """An ods archive with only the parts that hold cells; repeats of filled cells are counted first."""
    archive = bounds.open_zip(data, limits)
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    if "content.xml" not in names:
        raise bounds.damaged("缺少 content.xml")
    manifest = names.get("meta-inf/manifest.xml")
    if manifest and b"encryption-data" in bounds.member(archive, manifest, limits):
        raise bounds.encrypted()
    lean = io.BytesIO()
    with zipfile.ZipFile(lean, "w", zipfile.ZIP_STORED) as out:
        for lower in ("mimetype", "meta-inf/manifest.xml", "content.xml", "styles.xml"):
            if lower not in names:
                continue
            part = bounds.member(archive, names[lower], limits)
            _refuse_odd_xml(part, lower)
            if lower == "content.xml":
                _measure_ods(part, limits)
            out.writestr(names[lower].replace("\\", "/"), part)
    return lean.getvalue()


def _measure_ods(part: bytes, limits: Limits) -> None:
    tables = re.split(rb"<table:table\b(?!-)", part)
    if len(tables) - 1 > limits.sheets:
        raise WorkbookError(
            "too_many_sheets", f"这个文件有 {len(tables) - 1} 张工作表。", "请拆成几个文件再上传。"
        )
    for number, table in enumerate(tables[1:], 1):
        name = re.search(rb'table:name="([^"]*)"', table)
        sheet = name.group(1).decode("utf-8", "replace") if name else f"第 {number} 张"
        rows = height = width = text = 0
        pieces = re.split(rb"<table:table-row\b", table)[1:]
        for piece in pieces:
            repeated = _ODS_ROWS_REPEATED.search(piece[: piece.find(b">") + 1])
            count = int(repeated.group(1)) if repeated else 1
            column = last = 0
            for attributes, closed in _ODS_CELL.findall(piece):
                many = _ODS_COLUMNS_REPEATED.search(attributes)
                column += int(many.group(1)) if many else 1
                if not closed or b"office:value" in attributes:
                    last = column
            rows += count
            if last:
                height, width = rows, max(width, last)
                text += len(piece) * count * max(1, last // max(1, len(_ODS_CELL.findall(piece))))
        if width > limits.columns:
            raise bounds.too_far(sheet, column_letter(width - 1), f"超过 {limits.columns} 列的上限")
        if height > limits.rows or height * width > limits.cells or text > limits.text_bytes * 4:
            raise bounds.too_far(sheet, f"第 {height} 行", f"整张表有 {height} 行 × {width} 列，超过上限")
