"""Dates as they are typed into spreadsheets, read without guessing."""

import math
import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from jizuo.plain.text import chinese_number, half_width, strip_invisible

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SERIAL_ZERO = date(1899, 12, 30)
_LAST_SERIAL = (date(LAST_YEAR, 12, 31) - _SERIAL_ZERO).days

_YEAR = r"(?P<year>[0-9]{4}|[〇零一二三四五六七八九]{4})"
_NUMBER = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_MARKED = re.compile(rf"{_YEAR}年(?:(?P<month>{_NUMBER})月(?:份|(?P<day>{_NUMBER})[日号]?)?)?")
_PARTED = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-./])(?P<month>[0-9]{1,2})(?:(?P=mark)(?P<day>[0-9]{1,2}))?\.?"
)
_RUN = re.compile(r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?P<day>[0-9]{2})?)?")
_CLOCK = re.compile(
    r"(?<=[0-9日号])(?:[Tt]| +)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_SIGNS = str.maketrans("－–—。．·／\\", "---...//")


class Precision(StrEnum):
    """How much of a date was written."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class DateRead(NamedTuple):
    """A date and how much of it was written; month and year readings stand on their first day."""

    value: date
    precision: Precision = Precision.DAY


class BadDate(ValueError):
    """A cell that is no date. `code` is empty, form, month, day, range or unclear; `reason` is Chinese."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def read(cell: object, *, epoch_1904: bool = False) -> DateRead:
    """The date in a cell: date objects, spreadsheet serials, 20140901, 2014.9.1, 2014-09-01, 2014/9/1,
    2014年9月1日, 2014年9月, 二〇一四年九月; a time of day behind it is dropped.

    A number cell of up to five digits is a serial, counted from 1900 or with `epoch_1904` from 1904; longer
    numbers are read as written digits. A number cell 2014.1 is refused, since it may have been 2014.10. Years
    go from 1900 to 2100. Raises BadDate.
    """
    if isinstance(cell, datetime):
        return _ranged(cell.date())
    if isinstance(cell, date):
        return _ranged(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | None):
        raise BadDate("form", "这里应是日期")
    if isinstance(cell, int | float):
        return _number(cell, epoch_1904)
    text = _written(cell or "")
    if not text:
        raise BadDate("empty", "日期为空")
    return _text(text)


def _written(text: str) -> str:
    text = " ".join(half_width(strip_invisible(text)).translate(_SIGNS).split())
    return _CLOCK.sub("", text).replace(" ", "")


def _number(number: float, epoch_1904: bool) -> DateRead:
    if not math.isfinite(number):
        raise BadDate("form", "这里应是日期")
    whole = math.floor(number)
    if FIRST_YEAR <= whole <= LAST_YEAR and number != whole:
        tenths = f"{number:.10g}".partition(".")[2]
        if len(tenths) == 1 and tenths == "1":
            raise BadDate("unclear", "数字单元格看不出是 1 月还是 10 月，请写成 2014-01 这样的文字")
        return _text(f"{whole}.{tenths}")
    if FIRST_YEAR <= whole <= LAST_YEAR:
        return DateRead(date(whole, 1, 1), Precision.YEAR)
    if len(str(whole)) in (6, 8) and number == whole:
        return _text(str(whole))
    serial = whole + 1462 if epoch_1904 else whole
    # a spreadsheet counts a 29 February 1900 that never was: serials up to 60 are a day late
    if serial == 60:
        raise BadDate("day", "1900 年没有 2 月 29 日")
    if not 1 <= serial <= _LAST_SERIAL:
        raise BadDate("range", f"数字 {number:.10g} 不是 {FIRST_YEAR} 到 {LAST_YEAR} 年间的日期")
    return DateRead(_SERIAL_ZERO + timedelta(days=serial + (serial < 60)))


def _text(text: str) -> DateRead:
    match = _MARKED.fullmatch(text) or _PARTED.fullmatch(text) or _RUN.fullmatch(text)
    if match is None:
        if re.fullmatch(r"[0-9]{2}[-./年][0-9]{1,2}([-./月][0-9]{1,2}[日号]?)?", text):
            raise BadDate("form", "年份请写四位，例如 2014-09-01")
        if re.fullmatch(r"[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{4}", text):
            raise BadDate("unclear", "请把年份写在最前，例如 2014-09-01")
        if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
            raise BadDate("form", "像是 Excel 日期变成的数字，请把单元格格式设为日期再填")
        raise BadDate("form", "看不懂的日期，请写成 2014-09-01 或 20140901")
    parts = match.groupdict()
    year = chinese_number(parts["year"]) or 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadDate("range", f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，现为 {year}")
    if parts["month"] is None:
        return DateRead(date(year, 1, 1), Precision.YEAR)
    month = chinese_number(parts["month"])
    if month is None or not 1 <= month <= 12:
        raise BadDate("month", f"没有 {parts['month']} 月")
    if parts["day"] is None:
        return DateRead(date(year, month, 1), Precision.MONTH)
    day = chinese_number(parts["day"])
    try:
        return DateRead(date(year, month, day or 0))
    except ValueError:
        raise BadDate("day", f"{year} 年 {month} 月没有 {parts['day']} 日") from None


def _ranged(value: date) -> DateRead:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadDate("range", f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，现为 {value.year}")
    return DateRead(value)
