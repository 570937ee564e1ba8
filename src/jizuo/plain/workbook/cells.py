"""One cell: what kind of value it holds, the text a person sees, and whether Excel has ruined it."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal["text", "number", "date", "bool", "error", "empty"]

BROKEN_MESSAGE = "被 Excel 改坏，请用文本格式重填"
MISSING_RESULT = "公式没有结果"

_EDGES = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\ufeff"
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?(?:1[5-9]|2\d)$")
_LONG_DIGITS = re.compile(r"^\d{16,20}$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Cell(NamedTuple):
    """`text` is trimmed and ready to show ("12", never "12.0"; dates as 2014-09-01), `value` is as read.

    For kind "error", `text` is Excel's own word (`#REF!`) or `MISSING_RESULT`. Dates and times of day, points
    in time and spans are all kind "date".
    """

    kind: Kind
    text: str
    value: object


EMPTY = Cell("empty", "", None)


def make_cell(value: object) -> Cell:
    """The cell for one Python value as calamine gives it; blank text counts as empty."""
    if isinstance(value, str):
        text = value.strip(_EDGES)
        return Cell("text", text, value) if text else EMPTY
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Cell("bool", "TRUE" if value else "FALSE", value)
    if isinstance(value, (int, float)):
        return Cell("number", number_text(value), value)
    return Cell("date", date_text(value), value)


def error_cell(word: str) -> Cell:
    """A cell whose formula failed (`#REF!`) or was saved without a result (`MISSING_RESULT`)."""
    return Cell("error", word, None)


def number_text(value: float) -> str:
    """Whole numbers without a point; others with the 15 significant digits that Excel itself keeps."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return f"{value:.15g}"


def date_text(value: object) -> str:
    """ISO date, date and minute (seconds only when there are any), hour and minute, or h:mm:ss for a span."""
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return str(value)


def column_letter(index: int) -> str:
    """0 -> "A", 25 -> "Z", 26 -> "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """ "A" -> 0, "AA" -> 26; raises ValueError for anything but Latin letters."""
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"not a column: {letters!r}")
        index = index * 26 + ord(letter) - 64
    if not index:
        raise ValueError("no column")
    return index - 1


def _tail_of_zeros(text: str) -> bool:
    return bool(_LONG_DIGITS.match(text)) and not text[15:].strip("0")


def _passes_gb11643(text: str) -> bool:
    if len(text) != 18:
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False)) % 11
    return "10X98765432"[rest] == text[17].upper()


def broken_number(cell: Cell) -> bool:
    """True when a long number (document number, 学籍号, card number) has lost digits in Excel.

    Excel keeps 15 significant digits, so every numeric cell of 16 digits and more is lost. In text (CSV saved
    after the harm) the traces are 3.10101E+17 and a tail of zeros from the 16th digit on; a number whose
    GB 11643 check digit is right is believed. `broken_column` sees more by looking at all rows.
    """
    if cell.kind == "number":
        return isinstance(cell.value, (int, float)) and abs(cell.value) >= 1e15
    if cell.kind != "text":
        return False
    if _SCIENTIFIC.match(cell.text):
        return True
    return _tail_of_zeros(cell.text) and not _passes_gb11643(cell.text)


def broken_column(cells: Iterable[Cell]) -> list[bool]:
    """`broken_number` for the cells of one column, in order.

    When three or more, and over a tenth, of its long digit strings end in zeros, chance is ruled out (about
    one right id number in 1,100 does) and the check digit excuses none of them.
    """
    listed = list(cells)
    long_ones = [cell for cell in listed if cell.kind == "text" and _LONG_DIGITS.match(cell.text)]
    zeros = sum(_tail_of_zeros(cell.text) for cell in long_ones)
    ruined = zeros >= 3 and zeros * 10 > len(long_ones)
    return [
        broken_number(cell) or (ruined and cell.kind == "text" and _tail_of_zeros(cell.text))
        for cell in listed
    ]
