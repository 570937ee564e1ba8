"""Patterns of a text: compiled by re2, so that none can explode, and written anew for PostgreSQL where it means the
same there.

What both engines understand alike is a small language: letters, classes of letters, groups, alternatives, repeats with
bounds. Anything else (look-around, back references, flags, anchors inside) is refused with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from jizuo.hubs.data.rules.quality.faults import bad

# The parser that Python's own `re` uses; it has no public name since 3.11.
_parser: Any = re._parser  # type: ignore[attr-defined]

MOST_LETTERS = 200
#: How many states the repeats of a pattern may unfold to: PostgreSQL refuses far larger ones only when they run.
MOST_STATES = 2_000
MOST_REPEATS = 255
_SPECIAL = frozenset("\\^$.[]|()?*+{}-&~#")
_CLASSES = {
    "CATEGORY_DIGIT": "0-9", "CATEGORY_WORD": "0-9A-Za-z_", "CATEGORY_SPACE": " \\t\\n\\f\\r"
}  # fmt: skip


def to_postgres(pattern: str, where: str = "matches") -> str:
    """The pattern as a whole-text PostgreSQL regular expression that takes exactly what re2 takes. Raises BadRule with
    what cannot be used and what to write instead."""
    # The engine is loaded where a pattern is read: a process that reads none stays small.
    import re2

    if not pattern or len(pattern) > MOST_LETTERS or "\x00" in pattern:
        raise bad(where, _("格式要有 1 到 %(n)s 个字符") % {"n": MOST_LETTERS})
    try:
        re2.compile(pattern)
    except re2.error as error:
        raise bad(
            where, _("格式写得不对：%(why)s") % {"why": _said(error)},
            _("不能用前后查找和反向引用；中文字写作 [一-龥]"),
        ) from error  # fmt: skip
    try:
        tree = _parser.parse(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise bad(where, _("格式写得不对：%(why)s") % {"why": str(error)}) from error
    if tree.state.flags & ~(re.ASCII | re.UNICODE):
        raise bad(where, _("格式里不能用 (?i) 一类的开关"), _("大小写都可以的字母写作 [Aa]"))
    states, text = _written(list(tree), where)
    if states > MOST_STATES:
        raise bad(where, _("格式里的重复次数太多"), _("把 {n,m} 写小一些，或者不要一层套一层"))
    return f"^(?:{text})$"


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is of the pattern, by re2."""
    import re2

    return re2.fullmatch(pattern, text) is not None


def _said(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    return told.decode() if isinstance(told, bytes) else str(told)


def _letter(code: int) -> str:
    letter = chr(code)
    return f"\\{letter}" if letter in _SPECIAL else letter


def _written(items: Iterable[Any], where: str) -> tuple[int, str]:
    """(states, PostgreSQL text) of a parsed sequence."""
    states, parts = 0, []
    for op, told in items:
        count, text = _one(str(op), told, where)
        states += count
        parts.append(text)
    return max(states, 1), "".join(parts)


def _one(op: str, told: Any, where: str) -> tuple[int, str]:
    if op == "LITERAL":
        return 1, _letter(told)
    if op == "NOT_LITERAL":
        return 1, f"[^{_letter(told)}]"
    if op == "ANY":
        return 1, "[^\\n]"
    if op == "IN":
        return 1, _class(told, where)
    if op == "SUBPATTERN":
        states, text = _written(list(told[-1]), where)
        return states, f"(?:{text})"
    if op == "BRANCH":
        found = [_written(list(branch), where) for branch in told[1]]
        return sum(states for states, _text in found), f"(?:{'|'.join(text for _states, text in found)})"
    if op == "MAX_REPEAT":
        return _repeat(told, where)
    if op == "AT" and str(told) in ("AT_BEGINNING", "AT_END"):
        raise bad(where, _("格式总是从头到尾比对，不用写 ^ 和 $"), _("去掉 ^ 和 $"))
    raise bad(where, _("格式里用了这里不能用的写法"), _("只用字符、[ ]、( )、|、? * + 和 {n,m}"))


def _class(told: Any, where: str) -> str:
    parts, negated = [], ""
    for op, value in told:
        kind = str(op)
        if kind == "NEGATE":
            negated = "^"
        elif kind == "LITERAL":
            parts.append(_letter(value))
        elif kind == "RANGE":
            parts.append(f"{_letter(value[0])}-{_letter(value[1])}")
        elif kind == "CATEGORY" and str(value) in _CLASSES:
            parts.append(_CLASSES[str(value)])
        else:
            raise bad(where, _("格式里的方括号用了这里不能用的写法"), _("把要的字符一个个写出来，或写作 a-z"))
    return f"[{negated}{''.join(parts)}]"


def _repeat(told: Any, where: str) -> tuple[int, str]:
    least, most, body = told
    states, text = _written(list(body), where)
    is_open = most == _parser.MAXREPEAT
    top = int(least) if is_open else int(most)
    if top > MOST_REPEATS:
        raise bad(where, _("一处最多重复 %(n)s 次") % {"n": MOST_REPEATS}, _("把 {n,m} 写小一些"))
    bounds = {(0, True): "*", (1, True): "+"}.get((int(least), is_open))
    if bounds is None:
        bounds = f"{{{least},}}" if is_open else f"{{{least},{most}}}"
    return states * max(top, 1), f"(?:{text}){bounds}"
