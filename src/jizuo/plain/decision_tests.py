"""One cell of a decision table: what it tests, as a value, in zen's words and in SQL.

A cell is empty (any value), a value, several values by comma, ``not`` before them, a comparison (``<= 3``) or a range
(``[1..3)``). Texts stand in double quotes or as bare letters; days as 2026-09-01. Numbers count to four decimals, days as
days, and a value that is not of the column's kind is unknown: an unknown value answers only an empty cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

Kind = Literal["any", "number", "text", "date", "yes_no"]
Value = Decimal | str | date | bool
MOST_LETTERS, MOST_VALUES = 400, 60
#: Numbers as they are compared: DECIMAL(15, 4).
QUANTUM, TOO_LARGE = Decimal("0.0001"), Decimal(10) ** 11
_EPOCH = date(1970, 1, 1).toordinal()
_COMPARISON = re.compile(r"(<=|>=|<|>|==|=|!=)\s*(.*)", re.DOTALL)
_SPAN = re.compile(r"([\[(])\s*(\S.*?)?\s*\.\.\s*(\S.*?)?\s*([\])])", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,11}(\.\d{1,4})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE = re.compile(r"[^\W\d][\w\-·]*")
_PART = re.compile(r'\s*("[^"]*"|[^,"]+?)\s*(,|$)')


class BadTest(ValueError):
    """A cell that tests nothing. what, fix: in words of the person who wrote it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Test:
    """What a cell tests. values: any of them, or none with is_not; low, high: bounds, None for open, with whether the
    bound itself counts."""

    __test__ = False
    kind: Kind = "any"
    values: tuple[Value, ...] = ()
    is_not: bool = False
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    has_low: bool = True
    has_high: bool = True

    def holds(self, value: Value | None) -> bool:
        """Whether a value of the column's kind answers the cell."""
        if self.kind == "any":
            return True
        if value is None:
            return False
        if self.values:
            return (value in self.values) != self.is_not
        above = self.low is None or (value >= self.low if self.has_low else value > self.low)  # type: ignore[operator]
        below = self.high is None or (value <= self.high if self.has_high else value < self.high)  # type: ignore[operator]
        return above and below

    @property
    def literals(self) -> tuple[Value, ...]:
        return (*self.values, *(one for one in (self.low, self.high) if one is not None))

    def zen(self) -> str:
        """The cell in zen's language, over the values of `plain_of`."""
        if self.kind == "any":
            return ""
        if self.values:
            words = [_zen(one) for one in self.values]
            return f"$ != null and $ not in [{', '.join(words)}]" if self.is_not else ", ".join(words)
        return " and ".join(["$ != null", *(f"$ {sign} {_zen(bound)}" for sign, bound in self._bounds())])

    def sql(self, column: str) -> str:
        """The cell as a condition of DuckDB over a column of `cast_of`; '' for any value."""
        if self.kind == "any":
            return ""
        if self.values:
            words = ", ".join(_sql(one) for one in self.values)
            return f"{column} {'not in' if self.is_not else 'in'} ({words})"
        return " and ".join(f"{column} {sign} {_sql(bound)}" for sign, bound in self._bounds())

    def _bounds(self) -> list[tuple[str, Decimal | date]]:
        bounds = []
        if self.low is not None:
            bounds.append((">=" if self.has_low else ">", self.low))
        if self.high is not None:
            bounds.append(("<=" if self.has_high else "<", self.high))
        return bounds


def read(cell: str | int | float | bool) -> Test:
    """What a cell tests. Raises BadTest with the reason and its mend."""
    if isinstance(cell, bool):
        return Test("yes_no", (cell,))
    if isinstance(cell, int | float):
        value = _literal(format(Decimal(str(cell)), "f"))
        return Test(_kind_of(value), (value,))
    text = cell.strip()
    if len(text) > MOST_LETTERS:
        raise BadTest(f"这一格太长：{len(text)} 个字符", f"最长 {MOST_LETTERS} 个字符；拆成几行")
    if not text or text == "-":
        return Test()
    if span := _SPAN.fullmatch(text):
        return _span(*span.groups())
    if comparison := _COMPARISON.fullmatch(text):
        return _comparison(*comparison.groups())
    is_not = text.startswith("not ")
    values = _values(text[4:] if is_not else text)
    kinds = {_kind_of(one) for one in values}
    if len(kinds) > 1:
        raise BadTest(
            f"一格里不能混用文字、数字和日期：{text[:40]}", "同一列用同一种值；像数字的代码加双引号"
        )
    return Test(kinds.pop(), values, is_not)


def value_of(value: Any, kind: Kind) -> Value | None:
    """A value as a column of this kind compares it; None for one that is not of the kind."""
    if value is None or kind == "any":
        return None
    if kind == "yes_no":
        return value if isinstance(value, bool) else None
    if kind == "text":
        return value if isinstance(value, str) else None if isinstance(value, bool) else str(value)
    if kind == "date":
        return _day_of(value)
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value)).quantize(QUANTUM, ROUND_HALF_UP)
        return number if abs(number) < TOO_LARGE else None
    except InvalidOperation:
        return None


def plain_of(value: Value | None) -> str | float | bool | None:
    """A value as zen is handed it: days count from 1970."""
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    return float(value) if isinstance(value, Decimal) else value


def cast_of(column: str, kind: Kind) -> str:
    """A column of DuckDB as `value_of` sees it."""
    if kind == "number":
        return f"try_cast({column} as decimal(15, 4))"
    types = {"date": "date", "yes_no": "boolean", "text": "varchar", "any": "varchar"}
    return f"try_cast({column} as {types[kind]})"


def _span(opens: str, low: str | None, high: str | None, shuts: str) -> Test:
    bounds = [_literal(one) if one else None for one in (low, high)]
    told = [one for one in bounds if one is not None]
    kinds = {_kind_of(one) for one in told}
    if not told or len(kinds) > 1 or kinds & {"text", "yes_no"}:
        raise BadTest(
            "范围的两头要是数字或日期", "写成 [1..3] 或 [2026-09-01..2026-09-30]；( 和 ) 表示不含这一头"
        )
    if len(told) == 2 and told[0] > told[1]:  # type: ignore[operator]
        raise BadTest("范围的两头写反了", "小的在前")
    first, last = bounds
    return Test(kinds.pop(), low=first, high=last, has_low=opens == "[", has_high=shuts == "]")  # type: ignore[arg-type]


def _comparison(sign: str, text: str) -> Test:
    value = _literal(text.strip())
    kind = _kind_of(value)
    if sign in ("=", "==", "!="):
        return Test(kind, (value,), is_not=sign == "!=")
    if kind not in ("number", "date"):
        raise BadTest("只有数字和日期可以比大小", '文字写成 "a", "b"，表示等于其中一个')
    if sign.startswith("<"):
        return Test(kind, high=value, has_high=sign == "<=")  # type: ignore[arg-type]
    return Test(kind, low=value, has_low=sign == ">=")  # type: ignore[arg-type]


def _values(text: str) -> tuple[Value, ...]:
    values, place = [], 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or part.end() == place:
            raise BadTest(f"读不懂这一格：{text[:40]}", '多个值用逗号隔开，如 "a", "b"')
        values.append(_literal(part[1]))
        place = part.end()
    if not values or len(values) > MOST_VALUES or text.rstrip().endswith(","):
        raise BadTest(f"读不懂这一格：{text[:40]}", f"1 到 {MOST_VALUES} 个值，用逗号隔开")
    return tuple(dict.fromkeys(values))


def _literal(text: str) -> Value:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        inner = text[1:-1]
        if '"' in inner or "\\" in inner or any(ord(letter) < 32 for letter in inner):
            raise BadTest("文字里不能有双引号、反斜线和换行", "去掉它们")
        return inner
    if text in ("true", "false"):
        return text == "true"
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadTest(f"没有这一天：{text}", "如 2026-09-01") from None
    if _NUMBER.fullmatch(text):
        return Decimal(text).quantize(QUANTUM)
    if _BARE.fullmatch(text) and text not in ("and", "or", "in", "not", "null"):
        return text
    raise BadTest(
        f"读不懂这一格：{text[:40]}",
        '可以写：<= 3、> 3、= 3、[1..3]、"a", "b"、not "a"、2026-09-01，空着表示任何值',
    )


def _kind_of(value: Value) -> Kind:
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, Decimal):
        return "number"
    return "date" if isinstance(value, date) else "text"


def _day_of(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) and _DAY.match(value) else None
    except ValueError:
        return None


def _zen(value: Value) -> str:
    plain = plain_of(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, str):
        return f'"{plain}"'
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(plain)


def _sql(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return quoted(value) if isinstance(value, str) else format(value, "f")


def quoted(text: str) -> str:
    """A text of SQL."""
    return "'" + text.replace("'", "''") + "'"
