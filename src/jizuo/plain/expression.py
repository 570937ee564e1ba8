"""The one expression language: CEL by a library, within bounds that keep any expression quick.

The library runs in native code that nothing can interrupt and that overflows its stack on a long chain of terms, so a text
is measured before the library sees it, and so are the values. Days travel as ISO text and compare as text.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import ModuleType
from typing import Any
from uuid import UUID

from jizuo.plain import workdays as working

# The package would read its own command line as well: 24 MB and a fifth of a second of every process.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402

MOST_LETTERS, MOST_DEPTH, MOST_LITERAL = 400, 20, 30
MOST_ROWS, MOST_TEXT, MOST_VALUES, MOST_LEVELS = 500, 4_000, 20_000, 6
MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})
#: Functions of the library that count, cut and search as one expects. Its `size` counts the bytes of a text.
LIBRARY = frozenset(
    {"startsWith", "endsWith", "contains", "has", "int", "double", "string", "bool", "min", "max"}
)
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<open>[(\[{])|(?P<shut>[)\]}])"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*/%<>=!&|?:.,])|(?P<space>[ \t]+)|(?P<odd>.)""",
    re.DOTALL,
)
_CALLED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?=[ \t]*\()")
_SHUTS = {")": "(", "]": "[", "}": "{"}


class BadExpression(ValueError):
    """A text that is no expression, or one that cannot be worked out. what, fix: in words of the person who wrote it."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def _day(text: str) -> date:
    return date.fromisoformat(str(text)[:10])


def _days(first: str, last: str) -> int:
    return (_day(last) - _day(first)).days + 1


def _workdays(first: str, last: str) -> int:
    begin, end = _day(first), _day(last)
    if (end - begin).days > 3_700:
        raise ValueError("more than ten years")
    return working.between(begin - timedelta(days=1), end) if end >= begin else 0


def _add_days(day: str, count: int) -> str:
    return (_day(day) + timedelta(days=int(count))).isoformat()


def _add_workdays(day: str, count: int) -> str:
    if not 0 <= int(count) <= 400:
        raise ValueError("0 to 400 working days")
    return working.add(_day(day), int(count)).isoformat()


def _numbers(values: Any) -> list[Decimal]:
    return [Decimal(str(value)) for value in values if value is not None and value != ""]


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _total(values: Any) -> int | float:
    return _plain(sum(_numbers(values), Decimal(0)))


def _mean(values: Any) -> int | float:
    numbers = _numbers(values)
    return _plain(sum(numbers, Decimal(0)) / len(numbers)) if numbers else 0


def _round_to(number: Any, places: int) -> int | float:
    return _plain(round(Decimal(str(number)), max(0, min(int(places), 6))))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "days": _days,
    "workdays": _workdays,
    "add_days": _add_days,
    "add_workdays": _add_workdays,
    "weekday": lambda day: _day(day).isoweekday(),
    "month": lambda day: _day(day).month,
    "year": lambda day: _day(day).year,
    "total": _total,
    "mean": _mean,
    "count": lambda values: len(values),
    "length": lambda text: len(_text(text)),
    "round_to": _round_to,
    "text": _text,
    "is_empty": lambda value: value is None or value == "" or value == [],
}
_KNOWN = frozenset({*FUNCTIONS, *LIBRARY, *MACROS})
_WORDS = frozenset({"true", "false", "null", "in"})


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. names: what it reads, with the first field behind each (``form.from_on``)."""

    text: str
    names: frozenset[str]
    _program: Any
    _functions: Mapping[str, Callable[..., Any]]

    def value(self, told: Mapping[str, Any]) -> Any:
        """Its value over `told`: name -> plain value (dates as dates or ISO text). None for a field that was not told.
        Raises BadExpression when it cannot be worked out."""
        try:
            context = cel.Context(variables=plain_of(told), functions=dict(self._functions))
            return self._program.execute(context)
        except BadExpression:
            raise
        except Exception as error:
            raise BadExpression(f"{self.text}：{error}"[:300], "检查用到的字段有没有填") from None

    def holds(self, told: Mapping[str, Any]) -> bool:
        """True if it is true; what cannot be worked out (a field not yet filled) is false."""
        try:
            return self.value(told) is True
        except BadExpression:
            return False


def plain_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the language reads them. Raises BadExpression for too many, too long or too deep."""
    left = [MOST_VALUES]

    def plain(value: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0 or depth > MOST_LEVELS:
            raise BadExpression("要算的内容太多", f"列表最多 {MOST_ROWS} 行")
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            if len(value) > MOST_TEXT:
                raise BadExpression("文字太长", f"最长 {MOST_TEXT} 个字")
            return value
        if isinstance(value, date | datetime):
            return value.isoformat()
        if isinstance(value, Decimal):
            return _plain(value)
        if isinstance(value, Mapping):
            return {str(key): plain(one, depth + 1) for key, one in value.items()}
        if isinstance(value, list | tuple):
            if len(value) > MOST_ROWS:
                raise BadExpression("列表太长", f"最多 {MOST_ROWS} 行")
            return [plain(one, depth + 1) for one in value]
        if isinstance(value, UUID):
            return str(value)
        raise BadExpression(f"不能计算的内容：{type(value).__name__}")

    return {str(key): plain(value, 0) for key, value in told.items()}


@lru_cache(maxsize=4_096)
def compile(text: str, names: Collection[str]) -> Expression:
    """The expression of a text that may read `names` (a hashable collection of ``form``, ``settings`` ...).

    Raises BadExpression with the reason and its mend: too long, too deep, a macro in a macro, an unknown name or function,
    or what the language itself does not read.
    """
    read = measure(text, frozenset(names))
    try:
        program = cel.compile(text)
    except Exception as error:
        raise BadExpression(f"公式写得不对：{str(error)[:160]}", "如 form.days > 3") from None
    called = set(_CALLED.findall(text))
    return Expression(text, read, program, {name: one for name, one in FUNCTIONS.items() if name in called})


def measure(text: str, names: frozenset[str]) -> frozenset[str]:
    """What a text reads, once it is known to be small and plain enough for the library. Raises BadExpression."""
    if not text.strip():
        raise BadExpression("公式是空的", "写一个条件，如 form.days > 3，或去掉这一项")
    if len(text) > MOST_LETTERS:
        raise BadExpression(f"公式太长：{len(text)} 个字符", f"最长 {MOST_LETTERS} 个字符；拆成几个计算字段")
    depth: list[tuple[str, bool]] = []
    read: set[str] = set()
    bound: set[str] = set()
    macros, items = 0, [0]
    tokens = [(one.lastgroup or "", one.group()) for one in _TOKEN.finditer(text) if one.lastgroup != "space"]
    for place, (kind, word) in enumerate(tokens):
        before = tokens[place - 1] if place else ("", "")
        after = tokens[place + 1] if place + 1 < len(tokens) else ("", "")
        if kind == "odd":
            raise BadExpression(f"公式里不能有“{word}”", "只用英文的标点和运算符")
        if kind == "open":
            is_macro = (
                word == "("
                and before[1] in MACROS
                and before[0] == "name"
                and place > 1
                and tokens[place - 2][1] == "."
            )
            if is_macro:
                macros += 1
                bound |= {after[1]} if after[0] == "name" else set()
                if macros > 1:
                    raise BadExpression(
                        "一个公式里最多一次逐行计算（all、exists、map、filter）", "先做一个计算字段"
                    )
            depth.append((word, is_macro))
            items.append(0)
            if len(depth) > MOST_DEPTH:
                raise BadExpression("括号套得太深", f"最多 {MOST_DEPTH} 层")
        elif kind == "shut":
            if not depth or depth.pop()[0] != _SHUTS[word]:
                raise BadExpression("括号没有成对", "检查括号")
            items.pop()
        elif kind == "sign" and word == ",":
            items[-1] += 1
            if items[-1] >= MOST_LITERAL:
                raise BadExpression("列表太长", f"最多 {MOST_LITERAL} 项；多的做成代码表")
        elif kind == "name" and word not in _WORDS:
            _note_name(word, before, after, tokens, place, names, bound, read)
    if depth:
        raise BadExpression("括号没有成对", "检查括号")
    return frozenset(read)


def _note_name(
    word: str,
    before: tuple[str, str],
    after: tuple[str, str],
    tokens: list[tuple[str, str]],
    place: int,
    names: frozenset[str],
    bound: set[str],
    read: set[str],
) -> None:
    is_field = before[1] == "."
    if after[1] == "(":
        allowed = LIBRARY | MACROS if is_field else frozenset(FUNCTIONS) | LIBRARY
        if word not in allowed:
            raise BadExpression(f"没有这个函数：{word}", _near(word, _KNOWN))
        return
    if is_field or word in bound:
        return
    if word not in names:
        raise BadExpression(f"没有这个名字：{word}", _near(word, names))
    if after[1] == "." and place + 2 < len(tokens) and tokens[place + 2][0] == "name":
        field = tokens[place + 2][1]
        behind = tokens[place + 3][1] if place + 3 < len(tokens) else ""
        read.add(word if behind == "(" else f"{word}.{field}")
    else:
        read.add(word)


def _near(word: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(word, list(known), 1)
    return f"是不是 {found[0]}？" if found else f"可以用：{'、'.join(sorted(known)[:20])}"
