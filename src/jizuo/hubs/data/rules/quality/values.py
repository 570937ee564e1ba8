"""Values of the condition language: what a field, a literal or a calculation is, with its kind and its SQL.

No value can fail when it runs: numbers and dates are brought within bounds before anything is worked out with them, a
division by nothing says nothing, and what a person writes is only ever a literal or one of the names that are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.rules.quality.faults import bad

TEXT, NUMBER, DATE, BOOL, ID, LIST = "text", "number", "date", "bool", "id", "list"
MOST_DEPTH = 8
MOST_PARTS = 8
MOST_LETTERS = 200
MOST_NUMBER = Decimal(10) ** 12
MOST_DAYS = 100_000
#: The one row that every check joins: the civil day and the base's time zone.
TODAY, ZONE = sql.SQL('"day"."today"'), sql.SQL('"day"."zone"')


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a condition may use. sql: its column; db_type: of PostgreSQL; title: for people."""

    sql: Composable
    db_type: str
    title: str
    code_table: str = ""


Names = Mapping[str, Name]


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled value. names: what it reads; is_daily: it changes with the day alone; told: of a literal."""

    sql: Composable
    kind: str
    names: frozenset[str] = frozenset()
    is_daily: bool = False
    is_literal: bool = False
    told: Any = None


def kind_of(db_type: str) -> str:
    """The kind of a column; '' for one that conditions cannot read (json, bytes)."""
    plain = db_type.lower()
    if plain.endswith("[]"):
        return LIST
    for start, kind in (
        ("varchar", TEXT), ("text", TEXT), ("char", TEXT), ("uuid", ID), ("bool", BOOL), ("date", DATE),
        ("timestamp", DATE), ("int", NUMBER), ("smallint", NUMBER), ("bigint", NUMBER), ("numeric", NUMBER),
        ("double", NUMBER), ("real", NUMBER),
    ):  # fmt: skip
        if plain.startswith(start):
            return kind
    return ""


def field(names: Names, key: Any, where: str) -> Value:
    """The value of a name. Raises BadRule for one that is not known, with what is."""
    if not isinstance(key, str) or key not in names:
        near = "、".join(sorted(names)[:12])
        raise bad(
            where, _("没有叫“%(name)s”的字段") % {"name": key}, _("可以用：%(near)s……") % {"near": near}
        )
    name = names[key]
    kind = kind_of(name.db_type)
    if not kind:
        raise bad(where, _("“%(name)s”这种内容不能用在条件里") % {"name": name.title})
    return Value(_read(name, kind), kind, frozenset({key}))


def _read(name: Name, kind: str) -> Composable:
    plain = name.db_type.lower()
    if kind == TEXT:
        return sql.SQL("nullif({}, '')").format(name.sql)
    if plain.startswith("timestamp"):
        return sql.SQL(
            "case when {at} between '0001-01-02' and '9999-12-30' then ({at} at time zone {zone})::date end"
        ).format(at=name.sql, zone=ZONE)
    if kind == NUMBER:
        if plain.startswith(("double", "real")) or plain == "numeric":
            return sql.SQL("case when abs({n}) < 1e15 then {n}::numeric end").format(n=name.sql)
        return sql.SQL("{}::numeric").format(name.sql)
    return name.sql


def literal(told: Any, where: str, kind: str = "") -> Value:
    """A literal; `kind` is what the other side is, by which a day or an id written as text is read."""
    if isinstance(told, bool):
        return Value(sql.Literal(told), BOOL, is_literal=True, told=told)
    if isinstance(told, datetime):
        told = told.date()
    if isinstance(told, date):
        return Value(
            sql.SQL("date {}").format(sql.Literal(told.isoformat())), DATE, is_literal=True, told=told
        )
    if isinstance(told, int | float | Decimal):
        number = Decimal(str(told))
        if (
            not number.is_finite()
            or abs(number) > MOST_NUMBER
            or (abs(number) != 0 and number.adjusted() < -9)
        ):
            raise bad(where, _("数字 %(n)s 太大或不是数") % {"n": told})
        return Value(
            sql.SQL("{}::numeric").format(sql.Literal(format(number, "f"))),
            NUMBER,
            is_literal=True,
            told=number,
        )
    if isinstance(told, str):
        return _text(told, where, kind)
    raise bad(
        where, _("看不懂这个值：%(told)s") % {"told": str(told)[:60]}, _("写文字、数字、日期或 true、false")
    )


def _text(told: str, where: str, kind: str) -> Value:
    if len(told) > MOST_LETTERS or "\x00" in told or any("\ud800" <= one <= "\udfff" for one in told):
        raise bad(where, _("文字太长，或有不能保存的字符"))
    try:
        if kind == DATE:
            return literal(date.fromisoformat(told), where)
        if kind == ID:
            return Value(
                sql.SQL("{}::uuid").format(sql.Literal(str(UUID(told)))), ID, is_literal=True, told=told
            )
        if kind == NUMBER:
            return literal(Decimal(told), where)
    except (ValueError, ArithmeticError) as error:
        raise bad(
            where, _("“%(told)s”和要比较的内容不是一类") % {"told": told}, _("日期写作 2026-09-01")
        ) from error
    return Value(sql.SQL("{}::text").format(sql.Literal(told)), TEXT, is_literal=True, told=told)


def value(told: Any, names: Names, where: str, kind: str = "", depth: int = 0) -> Value:
    """A value from its declaration: a literal, ``{field: x}`` or a calculation. Raises BadRule."""
    if depth > MOST_DEPTH:
        raise bad(where, _("条件套得太深"), _("拆成两条规则"))
    if not isinstance(told, dict):
        return literal(told, where, kind)
    if len(told) != 1:
        raise bad(where, _("一处只能写一种算法"), _("例如 {field: seat_no}"))
    (word, given) = next(iter(told.items()))
    if word == "field":
        return field(names, given, where)
    worker = _CALCULATIONS.get(word)
    if worker is None:
        raise bad(
            f"{where}.{word}", _("没有叫“%(word)s”的算法") % {"word": word},
            _("可以用：%(words)s") % {"words": "、".join(["field", *_CALCULATIONS])},
        )  # fmt: skip
    return worker(given, names, f"{where}.{word}", depth + 1)


def _parts(told: Any, names: Names, where: str, depth: int, kinds: tuple[str, ...]) -> list[Value]:
    given = told if isinstance(told, list) else [told]
    if not 1 <= len(given) <= MOST_PARTS:
        raise bad(where, _("要写 1 到 %(n)s 项") % {"n": MOST_PARTS})
    if len(kinds) > 1 and len(given) != len(kinds):
        raise bad(where, _("这里要写 %(n)s 项") % {"n": len(kinds)})
    wanted = kinds if len(kinds) > 1 else kinds * len(given)
    found = [
        value(one, names, f"{where}[{place}]", kind, depth)
        for place, (one, kind) in enumerate(zip(given, wanted, strict=True))
    ]
    for place, (one, kind) in enumerate(zip(found, wanted, strict=True)):
        if one.kind != kind:
            raise bad(f"{where}[{place}]", _("这里要一个%(kind)s") % {"kind": kind_word(kind)})
    return found


def _one(told: Any, names: Names, where: str, depth: int, kind: str) -> Value:
    """The one value that a calculation of one takes, written by itself or as a list of one."""
    if isinstance(told, list) and len(told) != 1:
        raise bad(where, _("这里要写 %(n)s 项") % {"n": 1})
    return _parts(told, names, where, depth, (kind,))[0]


def kind_word(kind: str) -> str:
    """The kind in words."""
    words = {
        TEXT: _("文字"),
        NUMBER: _("数字"),
        DATE: _("日期"),
        BOOL: _("是或否"),
        ID: _("编号"),
        LIST: _("多个值"),
    }
    return words[kind]


def _made(text: str, kind: str, parts: list[Value], **more: Any) -> Value:
    composed = sql.SQL(text).format(*(one.sql for one in parts))
    return Value(
        composed, kind, frozenset().union(*(one.names for one in parts)),
        more.get("is_daily", False) or any(one.is_daily for one in parts),
    )  # fmt: skip


def _sum(sign: str) -> Any:
    def work(told: Any, names: Names, where: str, depth: int) -> Value:
        parts = _parts(told, names, where, depth, (NUMBER,))
        return _made("(" + f" {sign} ".join(["{}"] * len(parts)) + ")", NUMBER, parts)

    return work


def _divide(told: Any, names: Names, where: str, depth: int) -> Value:
    parts = _parts(told, names, where, depth, (NUMBER, NUMBER))
    if parts[1].is_literal and parts[1].told == 0:
        raise bad(where, _("不能除以 0"), _("换一个除数"))
    return _made("({} / nullif({}, 0))", NUMBER, parts)


#: Days before 0001 or after 9999, and infinite ones, cannot be worked with.
_DAY = "case when {0} between date '0001-01-01' and date '9999-12-31' then {0} end"


def _day(part: Value) -> Value:
    return part if part.is_literal else _made(_DAY, DATE, [part])


def _of_day(text: str, *, is_daily: bool = False) -> Any:
    def work(told: Any, names: Names, where: str, depth: int) -> Value:
        part = _one(told, names, where, depth, DATE)
        return _made(text, NUMBER, [_day(part)], is_daily=is_daily)

    return work


def _days(told: Any, names: Names, where: str, depth: int) -> Value:
    begin, end = _parts(told, names, where, depth, (DATE, DATE))
    return _made("({1} - {0})::numeric", NUMBER, [_day(begin), _day(end)])


def _whole(told: Any, where: str, least: int, most: int) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not least <= told <= most:
        raise bad(where, _("这里要 %(least)s 到 %(most)s 之间的整数") % {"least": least, "most": most})
    return told


def _today(told: Any, _names: Names, where: str, _depth: int) -> Value:
    """Today and so many days on (negative: back)."""
    days = _whole(told, where, -MOST_DAYS, MOST_DAYS)
    return Value(sql.SQL("({} + {})").format(TODAY, sql.Literal(days)), DATE, is_daily=True)


def _later(told: Any, names: Names, where: str, depth: int) -> Value:
    if not isinstance(told, list) or len(told) != 2:
        raise bad(where, _("这里要写 2 项"), _("例如 later: [{field: begin_on}, 30]"))
    part = _one([told[0]], names, where, depth, DATE)
    days = sql.Literal(_whole(told[1], f"{where}[1]", -MOST_DAYS, MOST_DAYS))
    made = _made("({})", DATE, [_day(part)])
    # 9999-12-31 and 100,000 days are still a date of PostgreSQL; so is 0001-01-01 less as many.
    return Value(sql.SQL("({} + {})").format(made.sql, days), DATE, made.names, made.is_daily)


def _length(told: Any, names: Names, where: str, depth: int) -> Value:
    part = _one(told, names, where, depth, TEXT)
    return _made("char_length({})::numeric", NUMBER, [part])


def _part(told: Any, names: Names, where: str, depth: int) -> Value:
    """[text, from which letter on, how many letters]."""
    if not isinstance(told, list) or len(told) != 3:
        raise bad(where, _("这里要写 3 项"), _("例如 part: [{field: tail}, 3, 1]"))
    text = _one([told[0]], names, where, depth, TEXT)
    first = _whole(told[1], f"{where}[1]", 1, MOST_LETTERS)
    count = _whole(told[2], f"{where}[2]", 1, MOST_LETTERS)
    cut = sql.SQL("nullif(substr({}, {}, {}), '')").format(text.sql, sql.Literal(first), sql.Literal(count))
    return Value(cut, TEXT, text.names, text.is_daily)


_CALCULATIONS: dict[str, Any] = {
    "plus": _sum("+"),
    "minus": _sum("-"),
    "times": _sum("*"),
    "divide": _divide,
    "length": _length,
    "part": _part,
    "today": _today,
    "later": _later,
    "days": _days,
    "year": _of_day("extract(year from {})::numeric"),
    "month": _of_day("extract(month from {})::numeric"),
    # A school year begins in September.
    "school_year": _of_day("extract(year from ({} - interval '8 months'))::numeric"),
    "age": _of_day('extract(year from age("day"."today", {}))::numeric', is_daily=True),
}
