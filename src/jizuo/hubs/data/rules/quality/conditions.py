"""Conditions on the fields of a record: YAML in, one SQL test out.

A condition is a list (all of it holds) or one of::

    {all: [...]}  {any: [...]}  {not: ...}
    {field: seat_no, at_least: 1, at_most: 99}
    {calc: {days: [{field: begin_on}, {today: 0}]}, more: 30}

Tests: ``is is_not less at_most more at_least in not_in filled matches code has``. What is missing is never wrong by
itself: a comparison with nothing says nothing, and only ``filled`` asks whether there is something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.rules.quality import patterns
from jizuo.hubs.data.rules.quality.faults import bad
from jizuo.hubs.data.rules.quality.values import (
    BOOL,
    DATE,
    ID,
    LIST,
    MOST_DEPTH,
    NUMBER,
    TEXT,
    Names,
    Value,
    field,
    kind_word,
    literal,
    value,
)

COMPARISONS = {"is": "=", "is_not": "<>", "less": "<", "at_most": "<=", "more": ">", "at_least": ">="}
SETS = {"in", "not_in"}
TESTS = (*COMPARISONS, *sorted(SETS), "filled", "matches", "code", "has")
#: Kinds that have an order.
ORDERED = frozenset({NUMBER, DATE})
MOST_TESTS = 60
MOST_CHOICES = 500

#: The codes in force of a code table; KeyError where there is no such table.
Codes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. sql: a boolean that is null where nothing can be said; names: what it reads."""

    sql: Composable
    names: frozenset[str]
    is_daily: bool


def condition(told: Any, names: Names, codes: Codes, where: str = "must") -> Condition:
    """Compile a condition. Raises BadRule for what is not known, does not fit, or can never hold."""
    if count_tests(told) > MOST_TESTS:
        raise bad(where, _("条件太多，最多 %(n)s 项") % {"n": MOST_TESTS}, _("拆成几条规则"))
    made = _node(told, names, codes, where, 0)
    refuse_contradiction(told, where)
    return made


def count_tests(told: Any) -> int:
    """How many parts a declaration has, however it is nested."""
    if isinstance(told, dict):
        return 1 + sum(count_tests(one) for one in told.values())
    return sum(count_tests(one) for one in told) if isinstance(told, list) else 0


def _node(told: Any, names: Names, codes: Codes, where: str, depth: int) -> Condition:
    if depth > MOST_DEPTH:
        raise bad(where, _("条件套得太深"), _("拆成两条规则"))
    if isinstance(told, list):
        return _joined(told, " and ", names, codes, where, depth)
    if not isinstance(told, dict) or not told:
        raise bad(where, _("这里要一个条件"), _("例如 {field: seat_no, at_least: 1}"))
    for word, sign in (("all", " and "), ("any", " or ")):
        if word in told:
            _alone(told, word, where)
            return _joined(told[word], sign, names, codes, f"{where}.{word}", depth)
    if "not" in told:
        _alone(told, "not", where)
        inner = _node(told["not"], names, codes, f"{where}.not", depth + 1)
        return Condition(sql.SQL("(not {})").format(inner.sql), inner.names, inner.is_daily)
    return _tests(told, names, codes, where)


def _alone(told: Mapping[str, Any], word: str, where: str) -> None:
    if len(told) > 1:
        raise bad(where, _("“%(word)s”旁边不能再写别的") % {"word": word})


def _joined(told: Any, sign: str, names: Names, codes: Codes, where: str, depth: int) -> Condition:
    if not isinstance(told, list) or not told:
        raise bad(where, _("这里要一列条件，至少一项"))
    parts = [_node(one, names, codes, f"{where}[{place}]", depth + 1) for place, one in enumerate(told)]
    return _of(sql.SQL("({})").format(sql.SQL(sign).join(one.sql for one in parts)), parts)


def _of(text: Composable, parts: Iterable[Condition | Value]) -> Condition:
    kept = list(parts)
    return Condition(text, frozenset().union(*(one.names for one in kept)), any(one.is_daily for one in kept))


def _tests(told: Mapping[str, Any], names: Names, codes: Codes, where: str) -> Condition:
    """One value held against each of its tests."""
    if ("field" in told) == ("calc" in told):
        raise bad(where, _("要写 field 或 calc，其中一个"), _("例如 {field: seat_no, at_least: 1}"))
    left = (
        field(names, told["field"], f"{where}.field")
        if "field" in told
        else value(told["calc"], names, f"{where}.calc")
    )
    asked = {word: given for word, given in told.items() if word not in ("field", "calc")}
    unknown = [word for word in asked if word not in TESTS]
    if unknown or not asked:
        raise bad(
            f"{where}.{unknown[0]}" if unknown else where,
            _("没有这种比较") if unknown else _("没有写怎么比"),
            _("可以用：%(words)s") % {"words": "、".join(TESTS)},
        )
    found = [
        _test(left, word, given, names, codes, f"{where}.{word}", told.get("field", ""))
        for word, given in asked.items()
    ]
    return _of(sql.SQL("({})").format(sql.SQL(" and ").join(one.sql for one in found)), found)


def _test(left: Value, word: str, given: Any, names: Names, codes: Codes, where: str, key: str) -> Condition:
    if word == "filled":
        if not isinstance(given, bool):
            raise bad(where, _("这里写 true 或 false"))
        if left.kind == LIST:
            return _of(sql.SQL("(coalesce(cardinality({}), 0) {})").format(
                left.sql, sql.SQL("> 0" if given else "= 0")), [left])  # fmt: skip
        return _of(
            sql.SQL("({} {})").format(left.sql, sql.SQL("is not null" if given else "is null")), [left]
        )
    if word in SETS:
        return _set(left, word, given, where)
    if word == "matches":
        return _matches(left, given, where)
    if word == "code":
        return _code(left, given, names, codes, where, key)
    if word == "has":
        _fits(left, LIST, where)
        told = literal(given, where, TEXT)
        _fits(told, TEXT, where)
        return _of(sql.SQL("({} = any({}::text[]))").format(told.sql, left.sql), [left])
    right = value(given, names, where, left.kind)
    if left.kind == LIST or right.kind != left.kind:
        raise bad(
            where,
            _("%(left)s不能和%(right)s比") % {"left": kind_word(left.kind), "right": kind_word(right.kind)},
        )
    if word not in ("is", "is_not") and left.kind not in ORDERED:
        raise bad(where, _("%(kind)s没有大小先后") % {"kind": kind_word(left.kind)}, _("用 is、is_not 或 in"))
    if left.is_literal and right.is_literal:
        raise bad(where, _("两边都是定值，比出来总是一样"))
    if left.names and left.sql == right.sql:
        raise bad(where, _("是在和自己比"))
    return _of(sql.SQL("({} {} {})").format(left.sql, sql.SQL(COMPARISONS[word]), right.sql), [left, right])


def _fits(one: Value, kind: str, where: str) -> None:
    if one.kind != kind:
        raise bad(where, _("这里要一个%(kind)s") % {"kind": kind_word(kind)})


_ARRAYS = {TEXT: "text", NUMBER: "numeric", DATE: "date", ID: "uuid", BOOL: "boolean"}


def _set(left: Value, word: str, given: Any, where: str) -> Condition:
    if left.kind == LIST or not isinstance(given, list) or not 1 <= len(given) <= MOST_CHOICES:
        raise bad(where, _("这里要一列值，1 到 %(n)s 个") % {"n": MOST_CHOICES})
    choices = [literal(one, f"{where}[{place}]", left.kind) for place, one in enumerate(given)]
    for place, one in enumerate(choices):
        _fits(one, left.kind, f"{where}[{place}]")
    array = sql.SQL("array[{}]::{}[]").format(
        sql.SQL(", ").join(one.sql for one in choices), sql.SQL(_ARRAYS[left.kind])
    )
    sign = "({} = any({}))" if word == "in" else "({} <> all({}))"
    return _of(sql.SQL(sign).format(left.sql, array), [left])


def _matches(left: Value, given: Any, where: str) -> Condition:
    _fits(left, TEXT, where)
    if not isinstance(given, str):
        raise bad(where, _("这里要一个格式"), _("例如 1[3-9][0-9]{9}"))
    text = sql.Literal(patterns.to_postgres(given, where))
    return _of(sql.SQL("({} ~ {}::text)").format(left.sql, text), [left])


def _code(left: Value, given: Any, names: Names, codes: Codes, where: str, key: str) -> Condition:
    """``code: true`` asks the field's own table, ``code: sex`` the one named."""
    _fits(left, TEXT, where)
    table = names[key].code_table if given is True and key else given
    if not table or not isinstance(table, str) or table not in codes:
        raise bad(where, _("没有这张代码表：%(table)s") % {"table": table or _("这个字段没有代码表")})
    held = sql.SQL("array[{}]::text[]").format(sql.SQL(", ").join(map(sql.Literal, codes[table])))
    return _of(sql.SQL("({} = any({}))").format(left.sql, held), [left])


@dataclass(slots=True)
class _Room:
    """What is left for one field when all that was said of it holds."""

    least: Any = None
    most: Any = None
    is_least_open: bool = False
    is_most_open: bool = False
    choices: set[Any] | None = None
    refused: set[Any] | None = None
    is_filled: bool | None = None

    def is_empty(self) -> bool:
        compared = self.least is not None or self.most is not None or self.choices is not None
        if self.is_filled is False and compared:
            return True
        if self.least is not None and self.most is not None:
            if self.least > self.most:
                return True
            if self.least == self.most and (self.is_least_open or self.is_most_open):
                return True
        if self.choices is None:
            return False
        return not any(self.takes(one) for one in self.choices)

    def takes(self, one: Any) -> bool:
        if self.refused and one in self.refused:
            return False
        try:
            low = self.least is None or one > self.least or (one == self.least and not self.is_least_open)
            high = self.most is None or one < self.most or (one == self.most and not self.is_most_open)
        except TypeError:
            return True
        return low and high


def refuse_contradiction(told: Any, where: str) -> None:
    """Raise BadRule where no value of some field can fulfil what is asked of it."""
    found = _contradicting(told)
    if found:
        raise bad(
            where, _("没有哪个值能满足对“%(field)s”的全部要求") % {"field": found},
            _("看看上下限是不是写反了，或者两项要求互相矛盾"),
        )  # fmt: skip


def _contradicting(told: Any) -> str:
    rooms: dict[str, _Room] = {}
    for one in _flat(told):
        if "any" in one and isinstance(one["any"], list) and one["any"]:
            inner = [_contradicting(branch) for branch in one["any"]]
            if all(inner):
                return inner[0]
        elif isinstance(one.get("field"), str):
            room = rooms.setdefault(one["field"], _Room())
            for word, given in one.items():
                _narrow(room, word, given)
    return next((key for key, room in rooms.items() if room.is_empty()), "")


def _flat(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, list):
        return [inner for one in told for inner in _flat(one)]
    if isinstance(told, dict) and "all" in told:
        return _flat(told["all"])
    return [told] if isinstance(told, dict) else []


def _narrow(room: _Room, word: str, given: Any) -> None:
    if isinstance(given, dict):
        return
    if isinstance(given, datetime):
        given = given.date()
    elif isinstance(given, int | float) and not isinstance(given, bool):
        given = Decimal(str(given))
    if word == "filled":
        if room.is_filled is not None and room.is_filled != given:
            room.choices = set()
        room.is_filled = given
    elif word in ("is", "in"):
        wanted = {Decimal(str(one)) if isinstance(one, int | float) and not isinstance(one, bool) else one
                  for one in (given if isinstance(given, list) else [given])}  # fmt: skip
        room.choices = wanted if room.choices is None else room.choices & wanted
    elif word in ("is_not", "not_in"):
        room.refused = (room.refused or set()) | set(given if isinstance(given, list) else [given])
    elif isinstance(given, str):
        return
    elif word in ("at_least", "more") and (room.least is None or given >= room.least):
        room.least, room.is_least_open = given, word == "more"
    elif word in ("at_most", "less") and (room.most is None or given <= room.most):
        room.most, room.is_most_open = given, word == "less"
