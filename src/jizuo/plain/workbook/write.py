"""Lists and templates out, ready to print, in which no number of a person is ever a number to Excel."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from jizuo.plain.workbook.cells import column_letter
from jizuo.plain.workbook.read import EXPLANATION

if TYPE_CHECKING:
    # The writer is loaded with the first book: a process that writes none stays small.
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

OutKind = Literal["text", "number", "date"]
Paper = Literal["A4", "A3"]

_PAPER = {"A4": 9, "A3": 8}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_LAST_ROW = 1_048_575


@dataclass(frozen=True)
class OutColumn:
    """`width` in Chinese characters, None to fit the content (at most 30). Kind "text" (the default) is right
    for everything that is not added up; ids, phones and class numbers are text."""

    key: str
    title: str
    width: float | None = None
    kind: OutKind = "text"


@dataclass(frozen=True)
class ListSheet:
    """`rows` are mappings by column key; missing and None leave the cell blank. `notes` stand under the list."""

    title: str
    columns: Sequence[OutColumn]
    rows: Sequence[Mapping[str, Any]]
    subtitle: str = ""
    notes: Sequence[str] = ()
    name: str = ""


@dataclass(frozen=True)
class TemplateField:
    """One column of a template. `code` names an entry of `codes`, whose titles become the drop-down."""

    key: str
    title: str
    required: bool = False
    code: str = ""
    explanation: str = ""
    example: str = ""
    width: float | None = None


@dataclass
class _Formats:
    book: xlsxwriter.Workbook
    made: dict[str, Format] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Format:
        if name not in self.made:
            base: dict[str, Any] = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
            boxed = base | {"border": 1, "text_wrap": True}
            kinds: dict[str, dict[str, Any]] = {
                "title": base | {"font_size": 16, "bold": True, "align": "center", "num_format": "@"},
                "subtitle": base | {"align": "center", "num_format": "@"},
                "heading": boxed
                | {"bold": True, "align": "center", "bg_color": "#E8EEF7", "num_format": "@"},
                "must": boxed | {"bold": True, "align": "center", "bg_color": "#FDE9D9", "num_format": "@"},
                "text": boxed | {"num_format": "@"},
                "number": boxed | {"num_format": "0.##########"},
                "whole": boxed | {"num_format": "0"},
                "date": boxed | {"num_format": "yyyy-mm-dd", "align": "center"},
                "note": base | {"num_format": "@", "text_wrap": True, "valign": "top"},
                "open": base | {"num_format": "@"},
            }
            self.made[name] = self.book.add_format(kinds[name])
        return self.made[name]


def _book(buffer: io.BytesIO) -> xlsxwriter.Workbook:
    import xlsxwriter

    never = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(buffer, {"in_memory": True, **never})


def write_list(
    sheets: Sequence[ListSheet], *, landscape: bool = False, paper: Paper = "A4", footer: str = ""
) -> bytes:
    """An xlsx that prints without a cut column: fitted to the page's width, heading repeated, page x / y.

    `footer` stands at the left of each page's foot (who took the list and when). Text cells are always
    strings in text format, so nothing in them is ever a formula. No sheets: ValueError.
    """
    if not sheets:
        raise ValueError("no sheets")
    buffer = io.BytesIO()
    book = _book(buffer)
    formats = _Formats(book)
    used: list[str] = []
    for sheet in sheets:
        target = book.add_worksheet(sheet_name(sheet.name or sheet.title, used))
        used.append(target.get_name())
        _list(target, sheet, formats)
        _page(target, landscape, paper, footer)
    book.close()
    return buffer.getvalue()


def _list(target: Worksheet, sheet: ListSheet, formats: _Formats) -> None:
    last = max(len(sheet.columns) - 1, 0)
    at = 0
    for text, name, height in ((sheet.title, "title", 28), (sheet.subtitle, "subtitle", 18)):
        if not text:
            continue
        if last:
            target.merge_range(at, 0, at, last, "", formats[name])
        target.write_string(at, 0, text, formats[name])
        target.set_row(at, height)
        at += 1
    heading = at
    for place, column in enumerate(sheet.columns):
        target.write_string(heading, place, column.title, formats["heading"])
    widths = [text_width(column.title) + 1 for column in sheet.columns]
    for at, row in enumerate(sheet.rows, heading + 1):
        for place, column in enumerate(sheet.columns):
            text = _write(target, at, place, row.get(column.key), column.kind, formats)
            if column.width is None and len(text) * 2 > widths[place]:
                widths[place] = max(widths[place], text_width(text))
    for place, column in enumerate(sheet.columns):
        wide = 2 * column.width if column.width is not None else min(widths[place], 60)
        target.set_column(place, place, wide + 1.5)
    target.freeze_panes(heading + 1, 0)
    target.repeat_rows(heading)
    if sheet.columns:
        target.autofilter(heading, 0, heading + len(sheet.rows), last)
    for number, note in enumerate(sheet.notes, heading + len(sheet.rows) + 1):
        if last:
            target.merge_range(number, 0, number, last, "", formats["note"])
        target.write_string(number, 0, note, formats["note"])


def _write(target: Worksheet, at: int, place: int, value: Any, kind: OutKind, formats: _Formats) -> str:
    """Writes one cell and returns its text, for the width of the column."""
    if value is None or value == "":
        target.write_blank(at, place, None, formats["text"])
        return ""
    if kind == "date" and isinstance(value, datetime.date) and value.year >= 1900:
        target.write_datetime(at, place, value, formats["date"])
        return "2000-00-00"
    if kind == "number" and isinstance(value, (int, float)) and abs(value) < 1e15:
        target.write_number(at, place, value, formats["whole" if value == int(value) else "number"])
        return str(value)
    text = _plain(value)
    target.write_string(at, place, text[:32_767], formats["text"])
    return text


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes")
    return str(value)


def _page(target: Worksheet, landscape: bool, paper: Paper, footer: str) -> None:
    if landscape:
        target.set_landscape()
    target.set_paper(_PAPER[paper])
    target.fit_to_pages(1, 0)
    target.center_horizontally()
    target.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    said = footer.replace("&", "&&")[:150]
    target.set_footer(f"&L{said}&R第 &P 页 / 共 &N 页")


def write_template(
    fields: Sequence[TemplateField],
    codes: Mapping[str, Sequence[str]],
    examples: Sequence[Mapping[str, str]] = (),
    notes: Sequence[str] = (),
    *,
    title: str = "填报模板",
    rows: int = 2000,
) -> bytes:
    """An empty list for a clerk: text columns, drop-downs, one sheet that explains each column with examples.

    The first sheet has nothing but the heading; its drop-downs reach `rows` rows down. Examples stand on the
    sheet 填写说明 only, which `read.Workbook.visible` leaves out, so they are never taken in. `codes`: code -> titles in order;
    they stand on a hidden sheet 代码, which has room for lists longer than the 255 signs of a typed list. An
    unknown code: KeyError.
    """
    buffer = io.BytesIO()
    book = _book(buffer)
    formats = _Formats(book)
    fill = book.add_worksheet(sheet_name(title, []))
    explain = book.add_worksheet(EXPLANATION)
    lists = book.add_worksheet("代码")
    lists.hide()
    wanted = list(dict.fromkeys(one.code for one in fields if one.code))
    for place, code in enumerate(wanted):
        lists.write_column(0, place, list(codes[code]), formats["open"])
    for place, one in enumerate(fields):
        fill.write_string(0, place, one.title, formats["must" if one.required else "heading"])
        wide = one.width if one.width is not None else max(len(one.title) + 1, len(one.example) / 2 + 1, 6)
        fill.set_column(place, place, 2 * wide, formats["open"])
        if one.explanation:
            fill.write_comment(0, place, one.explanation, {"author": "基座"})
        if one.code and codes[one.code]:
            letter = column_letter(wanted.index(one.code))
            fill.data_validation(
                1,
                place,
                min(rows, _LAST_ROW),
                place,
                {
                    "validate": "list",
                    "source": f"='代码'!${letter}$1:${letter}${len(codes[one.code])}",
                    "error_title": one.title[:32],
                    "error_message": "请从下拉列表里选。",
                    "error_type": "warning",
                },
            )
    fill.freeze_panes(1, 0)
    fill.repeat_rows(0)
    _page(fill, True, "A4", "")
    _explain(explain, fields, codes, examples, notes, formats)
    _page(explain, False, "A4", "")
    fill.activate()
    book.close()
    return buffer.getvalue()


def _explain(
    target: Worksheet,
    fields: Sequence[TemplateField],
    codes: Mapping[str, Sequence[str]],
    examples: Sequence[Mapping[str, str]],
    notes: Sequence[str],
    formats: _Formats,
) -> None:
    target.write_string(0, 0, EXPLANATION, formats["title"])
    at = 1
    general = ("表头为橙色的列必填。", "所有列都是文本格式，号码请直接输入，不要改成数字。", *notes)
    for number, note in enumerate(general, 1):
        target.write_string(at, 0, f"{number}. {note}", formats["open"])
        at += 1
    at += 1
    for place, title in enumerate(("列名", "必填", "怎么填", "可选内容", "示例")):
        target.write_string(at, place, title, formats["heading"])
    for one in fields:
        at += 1
        choices = list(codes[one.code]) if one.code else []
        shown = "、".join(choices[:12]) + (f" 等 {len(choices)} 项" if len(choices) > 12 else "")
        cells = (one.title, "是" if one.required else "", one.explanation, shown, one.example)
        for place, text in enumerate(cells):
            target.write_string(at, place, text, formats["text"])
    for place, wide in enumerate((18, 6, 40, 40, 24)):
        target.set_column(place, place, wide)
    if not examples:
        return
    at += 2
    target.write_string(at, 0, "填好的样子", formats["subtitle"])
    for place, one in enumerate(fields):
        target.write_string(at + 1, place, one.title, formats["heading"])
    for number, example in enumerate(examples, at + 2):
        for place, one in enumerate(fields):
            target.write_string(number, place, str(example.get(one.key, "")), formats["text"])


def write_csv(columns: Sequence[OutColumn], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """CSV in UTF-8 with mark (so that Excel shows Chinese). Text that a spreadsheet would run as a formula
    gets an apostrophe in front, which `read.read` takes away again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_text(column.title) for column in columns])
    for row in rows:
        writer.writerow([_csv_value(row.get(column.key), column.kind) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _csv_value(value: Any, kind: OutKind) -> str:
    if value is None:
        return ""
    text = value.isoformat() if kind == "date" and isinstance(value, datetime.date) else _plain(value)
    return text if kind == "number" and _NUMBER.match(text) else safe_text(text)


def safe_text(text: str) -> str:
    """The text, with an apostrophe in front when a spreadsheet would take it for a formula (OWASP's list)."""
    return (
        "'" + text if text.lstrip(" \u3000").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text
    )


def text_width(text: str) -> int:
    """Width of the widest line in half-width signs: a Chinese character counts 2."""
    return max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in text.split("\n")), default=0)


def sheet_name(wanted: str, used: Iterable[str]) -> str:
    """A name that Excel accepts: at most 31 signs, none of []:*?/\\, no apostrophe at the ends, not in `used`."""
    taken = {name.casefold() for name in used}
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", wanted).strip("'")[:31] or "表格"
    if base.casefold() == "history":
        base += "_"
    name, number = base, 2
    while name.casefold() in taken:
        name = f"{base[:26]}({number})"
        number += 1
    return name
