"""Sample rows laid against a standard: every fault with its row, column, reason and mend; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from jizuo.ground.made import value_of
from jizuo.ground.plans import MOST_DIGITS
from jizuo.hubs.data.importers import ERROR, WARNING, Fault
from jizuo.hubs.data.standards import Body, Element
from jizuo.plain import dates
from jizuo.plain.codes import Code, UnknownCode
from jizuo.plain.dates import BadDate, Precision
from jizuo.plain.text import clean, half_width
from jizuo.plain.workbook.cells import column_letter
from jizuo.plain.workbook.words import normal

#: China has one civil time; a time without its offset is taken for it.
CIVIL = timezone(timedelta(hours=8))
_YES = frozenset(("是", "有", "对", "y", "yes", "true", "1", "√", "✓"))
_NO = frozenset(("否", "无", "没有", "n", "no", "false", "0", "×", "x"))


class Finder(Protocol):
    """A code table that reads cells: a `CodeTable`, or a `UnitTable` with local codes."""

    def find(self, cell: object, *, on: date | None = None) -> Code: ...


class Unfit(ValueError):
    """A text that is no value of an element; suggestion: one that would be."""

    def __init__(self, reason: str, fix: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.reason, self.fix, self.suggestion = reason, fix, suggestion


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of sample rows. columns: place -> element key, of the headings that are known; unknown: headings
    that no element answers to; missing: titles of required elements without a column; good: rows without a fault."""

    rows: int
    good: int
    columns: Mapping[int, str]
    unknown: Sequence[str]
    missing: Sequence[str]
    faults: Sequence[Fault]


def headings_of(body: Body) -> dict[str, str]:
    """Normal heading -> element key: titles, aliases, keys, pinyin and English names. A clearer name goes first."""
    found: dict[str, str] = {}
    for names in (
        lambda one: (one.title, one.key, one.initials),
        lambda one: one.aliases,
        lambda one: (one.english,),
    ):
        for one in body.elements:
            for name in names(one):
                if word := normal(name):
                    found.setdefault(word, one.key)
    return found


def read_cell(one: Element, cell: str, table: Finder | None = None, on: date | None = None) -> Any:
    """The value of a cell as its column keeps it, None when the cell is empty. Raises Unfit in words."""
    text = clean(cell)
    if not text:
        return None
    match one.type:
        case "code":
            return _code(one, text, table, on)
        case "date" | "timestamptz":
            return _date(one, text)
        case "boolean":
            word = half_width(text).casefold()
            if word in _YES or word in _NO:
                return word in _YES
            raise Unfit(_("应为是或否"), _("请填 是 或 否"))
        case "integer" | "decimal":
            return _number(one, half_width(text).replace(",", ""))
        case "person" | "org" | "file":
            return _plain(one, text, _("样例里可以空着；正式导入时由系统按姓名、班级去找"))
    return _plain(one, text, _("请改短，或在标准里放宽长度"))


def _plain(one: Element, value: Any, fix: str) -> Any:
    try:
        return value_of(one.column(), value)
    except ValueError as error:
        short = value[: one.length] if one.type == "text" and isinstance(value, str) else ""
        raise Unfit(str(error), fix, short) from None


def _number(one: Element, text: str) -> Any:
    if one.type == "integer":
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise Unfit(_("应为整数"), _("只填数字，不带单位")) from None
        if not number.is_finite() or number.adjusted() > MOST_DIGITS:
            raise Unfit(_("应为整数"), _("数字太大，请核对"))
        if number == number.to_integral_value():
            text = str(int(number))
        else:
            raise Unfit(
                _("应为整数"),
                _("去掉小数，或在标准里改为小数"),
                str(round(number)),
            )
    return _plain(one, text, _("只填数字，不带单位；位数不够时在标准里放宽"))


def _date(one: Element, text: str) -> Any:
    if one.type == "timestamptz":
        try:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=CIVIL)
        except ValueError:
            pass
    try:
        read = dates.read(text)
    except BadDate as error:
        raise Unfit(error.reason, _("请写成 2026-09-01")) from None
    if read.precision is not Precision.DAY:
        raise Unfit(_("日期要写到日"), _("请写成 2026-09-01"))
    return (
        datetime.combine(read.value, time(), CIVIL).astimezone(UTC)
        if one.type == "timestamptz"
        else read.value
    )


def _code(one: Element, text: str, table: Finder | None, on: date | None) -> str:
    if table is None:
        raise Unfit(_("没有代码表：%(name)s") % {"name": one.code}, _("先在“代码表”里加上"))
    try:
        return table.find(text, on=on).code
    except UnknownCode as error:
        near = error.nearest[0].name if error.nearest else ""
        raise Unfit(error.reason, _("请从代码表里选；本校自有的代码请先登记为本地代码"), near) from None


def check_rows(
    body: Body,
    heads: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    tables: Mapping[str, Finder],
    on: date | None = None,
) -> Trial:
    """Lay rows (number on the screen, cells in the order of `heads`) against a standard. Faults come in the order of the
    rows; required elements without a column are named once, and doubled natural keys as a warning."""
    known = headings_of(body)
    columns: dict[int, str] = {}
    unknown = []
    for place, head in enumerate(heads):
        key = known.get(normal(head))
        if key is None or key in columns.values():
            if head.strip():
                unknown.append(head)
        else:
            columns[place] = key
    elements = {one.key: one for one in body.elements}
    missing = [one.title for one in body.elements if one.required and one.key not in columns.values()]
    faults: list[Fault] = []
    good = 0
    met: dict[tuple[Any, ...], int] = {}
    for number, cells in rows:
        before = len(faults)
        values: dict[str, Any] = {}
        for place, key in columns.items():
            one = elements[key]
            cell = cells[place] if place < len(cells) else ""
            here = Fault(
                ERROR, "", "", row_no=number, column=column_letter(place), field=key, label=one.title
            )
            try:
                values[key] = read_cell(one, cell, tables.get(one.code), on)
            except Unfit as error:
                faults.append(
                    replace(
                        here,
                        code="unfit",
                        reason=error.reason,
                        fix=error.fix,
                        value=_shown(one, cell),
                        suggestion=error.suggestion,
                    )
                )
                continue
            if values[key] is None and one.required:
                faults.append(replace(here, code="required", reason=_("必填，现在是空的"), fix=_("请补上")))
        good += len(faults) == before and not missing
        faults += _doubled(body, values, number, met)
    return Trial(len(rows), good, columns, unknown, missing, faults)


def _doubled(
    body: Body, values: Mapping[str, Any], number: int, met: dict[tuple[Any, ...], int]
) -> list[Fault]:
    named = tuple(values.get(key) for key in body.key)
    if not named or None in named:
        return []
    first = met.setdefault(named, number)
    if first == number:
        return []
    words = _("与第 %(row)s 行是同一条记录") % {"row": first}
    return [
        Fault(WARNING, "doubled", words, _("留下一行，或给标准换一个主键"), row_no=number, field=body.key[0])
    ]


def _shown(one: Element, cell: str) -> str:
    """What a fault may repeat of a cell: nothing of a sensitive one."""
    return cell[:60] if one.grade < 4 else ("＊＊＊" if cell else "")
