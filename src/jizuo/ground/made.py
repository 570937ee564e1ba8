"""Made tables read and written: one query builder from the versioned catalogue.

Names come from the catalogue, values are checked by their column's type and travel as parameters; no text of a
caller ever becomes SQL. Everything runs inside a door, behind the unit's wall.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from jizuo.ground import catalogue_state, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.ids import new_id
from jizuo.ground.plans import Column, columns_of
from jizuo.ground.shapes import Page
from jizuo.plain import typed

MOST_ROWS = 500
#: (table, version) -> its insert.
_inserts: dict[tuple[str, int], str] = {}
EXTRAS_BYTES = 64 * 1024
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,20}")
_MOST = 2**63


@dataclass(frozen=True, slots=True)
class Made:
    """One made table as the catalogue has it. version rises with every additive change."""

    table: str
    standard: str
    major: int
    version: int
    columns: Mapping[str, Column]


class Filter(msgspec.Struct, frozen=True):
    """A test on one column. op: eq | ne | lt | le | gt | ge | in | prefix | empty (value: true or false)."""

    column: str
    op: str
    value: Any


_catalogue: tuple[str, dict[tuple[str, int], Made]] = ("", {})


def find(standard: str, major: int) -> Made:
    """The made table of a standard's major version. One read at most: a process keeps the catalogue until it moves on. Raises
    NotFound when the builder has not made it."""
    global _catalogue
    _inside()
    state = catalogue_state.seen()
    if not state or state != _catalogue[0]:
        with connection.cursor() as cursor:
            cursor.execute('select "table", standard, major, version, columns::text from made_table')
            _catalogue = (
                state,
                {
                    (name, number): Made(table, name, number, raised, columns_of(columns))
                    for table, name, number, raised, columns in cursor.fetchall()
                },
            )
    made = _catalogue[1].get((standard, major))
    if made is None:
        raise NotFound(
            _("还没有数据表：%(name)s 第 %(major)s 版") % {"name": standard, "major": major},
            fix=_("请数据管理员先申请建表"),
        )
    return made


def insert(
    made: Made, rows: Iterable[Mapping[str, Any]], *, unit_no: int | None = None, batch_id: UUID | None = None
) -> list[UUID]:
    """Add rows to a unit's part of the table; returns their new ids in order. Keys are columns, and ``extras``
    (an object, the unit's own fields). Raises BadInput naming row (from 1), column and mend; NotFound when the
    unit is out of reach. Nothing is written when one row is wrong."""
    unit_no = _unit(unit_no)
    problems: list[Problem] = []
    checked = [_checked(made, row, f"{place}.", problems) for place, row in enumerate(rows, 1)]
    for place, row in enumerate(checked, 1):
        for column in made.columns.values():
            if column.is_required and row.get(column.key) is None and not _has(problems, place, column.key):
                problems.append(
                    Problem(f"{place}.{column.key}", _("“%(title)s”必填") % {"title": column.title})
                )
    _refuse(problems)
    if not checked:
        return []
    ids = [new_id() for _row in checked]
    told = [
        row | {"id": row_id, "extras": row["extras"].obj if "extras" in row else {}}
        for row_id, row in zip(ids, checked, strict=True)
    ]
    prepared.rows(_insert_text(made), (unit_no, batch_id, msgspec.json.encode(told).decode()))
    return ids


def _insert_text(made: Made) -> str:
    """The one statement that adds rows to a table; they come as one JSON text."""
    key = (made.table, made.version)
    if key not in _inserts:
        names = [*made.columns, "extras"]
        types = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_db_type(made, name))) for name in names
        ]
        _inserts[key] = (
            sql.SQL(
                "insert into {table} (id, unit_no, batch_id, {names}) select id, %s::int, %s::uuid, {names}"
                " from jsonb_to_recordset(%s::jsonb) as x(id uuid, {types}) returning true"
            )
            .format(table=sql.Identifier(made.table), names=_list(names), types=sql.SQL(", ").join(types))
            .as_string()
        )
    return _inserts[key]


def update(made: Made, row_id: UUID, changes: Mapping[str, Any], *, batch_id: UUID | None = None) -> bool:
    """Change some columns of one row; False when they already hold these values. Raises BadInput, and NotFound
    when no such row is within reach."""
    _inside()
    problems: list[Problem] = []
    row = _checked(made, changes, "", problems)
    for key, value in row.items():
        if value is None and key in made.columns and made.columns[key].is_required:
            problems.append(Problem(key, _("“%(title)s”必填") % {"title": made.columns[key].title}))
    if not changes:
        problems.append(Problem("changes", _("没有要改的列")))
    _refuse(problems)
    table = sql.Identifier(made.table)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "update {} set {}, batch_id = %s, changed_at = now() where id = %s"
                " and row({}) is distinct from row({})"
            ).format(
                table,
                sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(key)) for key in row),
                _list(list(row)),
                sql.SQL(", ").join(sql.SQL("%s::{}").format(sql.SQL(_db_type(made, key))) for key in row),
            ),
            [*row.values(), batch_id, row_id, *row.values()],
        )
        if cursor.rowcount:
            return True
        cursor.execute(sql.SQL("select 1 from {} where id = %s").format(table), [row_id])
        if cursor.fetchone() is None:
            raise NotFound(_("没有这一行"))
    return False


def select(
    made: Made,
    *,
    columns: Sequence[str] = (),
    filters: Sequence[Filter] = (),
    order_by: str = "id",
    is_descending: bool = False,
    after: str = "",
    limit: int = 50,
    shown_as: Mapping[str, str] | None = None,
) -> Page[dict[str, Any]]:
    """One page of the rows in reach. columns: all when empty; ``id`` and ``unit_no`` always come. order_by: a
    column (empty values last) or ``id``; after: the `next` of the page before, good for the same order only.
    shown_as: column -> SQL of the code over alias `t` that stands in its place (a mask); such a column orders nothing."""
    _inside()
    problems: list[Problem] = []
    names = list(columns) or [*made.columns, "extras"]
    known = {*made.columns, "extras"}
    for name in names:
        if name not in known:
            problems.append(_unknown(made, name, "columns"))
    masks = shown_as or {}
    if order_by != "id" and (order_by not in made.columns or order_by in masks):
        problems.append(_unknown(made, order_by, "order_by"))
    if not 1 <= limit <= MOST_ROWS:
        problems.append(Problem("limit", _("应在 1 到 %(most)s 之间") % {"most": MOST_ROWS}))
    tests, values = _tests(made, filters, problems)
    _refuse(problems)
    key_test, key_values = _after(made, order_by, is_descending, after)
    tests += key_test
    values += key_values
    order = sql.SQL("id {0}") if order_by == "id" else sql.SQL("({1} is null), {1} {0}, id {0}")
    given = list(dict.fromkeys(["id", "unit_no", *names]))
    fetched = list(dict.fromkeys([*given, order_by]))
    statement = sql.SQL("select {} from {} t where {} order by {} limit %s").format(
        sql.SQL(", ").join(
            sql.SQL(f"{masks[name]} as {{}}").format(sql.Identifier(name))
            if name in masks
            else _list([name], as_text=True)
            for name in fetched
        ),
        sql.Identifier(made.table),
        sql.SQL(" and ").join([sql.SQL("true"), *tests]),
        order.format(sql.SQL("desc" if is_descending else "asc"), sql.Identifier(order_by)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, limit + 1])
        found = [dict(zip(fetched, row, strict=True)) for row in cursor.fetchall()]
    next_key = ""
    if len(found) > limit:
        last = found[limit - 1]
        next_key = msgspec.json.encode([last[order_by], last["id"]], enc_hook=str).decode()
    rows = []
    for row in found[:limit]:
        if "extras" in row:
            row["extras"] = msgspec.json.decode(row["extras"])
        rows.append({name: row[name] for name in given})
    return Page(rows=rows, next=next_key)


def value_of(column: Column, value: Any) -> Any:
    """`value` as the column keeps it; None means empty. Raises ValueError in words.

    Text arrives stripped of nothing; numbers never as floats, because a decimal must not be rounded unseen;
    dates and times also as ISO text (times with their offset); references as UUIDs or their text.
    """
    if value is None or value == "":
        return None
    return _READ[column.type](column, value)


def _text(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("应为文字"))
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(_("含有不能保存的字符"))
    if len(value) > (column.length or 0):
        raise ValueError(
            _("最长 %(most)s 个字，现在是 %(now)s 个") % {"most": column.length, "now": len(value)}
        )
    return value


def _integer(column: Column, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_MOST <= value < _MOST:
        raise ValueError(_("应为整数"))
    return value


def _decimal(column: Column, value: Any) -> Decimal:
    precision, scale = column.precision or 0, column.scale or 0
    try:
        number = (
            Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError(_("应为数字，如 12.50"))
    exponent = int(number.normalize().as_tuple().exponent)
    if -exponent > scale:
        raise ValueError(_("最多 %(most)s 位小数") % {"most": scale})
    if abs(number) >= Decimal(10) ** (precision - scale):
        raise ValueError(_("整数部分最多 %(most)s 位") % {"most": precision - scale})
    return number


def _boolean(column: Column, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("应为是或否"))
    return value


def _date(column: Column, value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(_("应为日期，如 2026-09-01")) from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(_("应为日期，如 2026-09-01"))
    return value


def _instant(column: Column, value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(_("应为带时区的时间，如 2026-09-01T08:00:00+08:00"))
    return value


def _code(column: Column, value: Any) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError(_("应为代码表 %(name)s 中的代码") % {"name": column.code_table})
    return value


def _reference(column: Column, value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise ValueError(_("应为编号（UUID）")) from None


_READ = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "timestamptz": _instant,
    "code": _code,
    "person": _reference,
    "org": _reference,
    "file": _reference,
}


def _extras(value: Any) -> Jsonb:
    if not isinstance(value, Mapping):
        raise ValueError(_("应为对象"))
    try:
        text = msgspec.json.encode(value)
    except (TypeError, ValueError, UnicodeEncodeError) as error:
        raise ValueError(_("含有不能保存的值：%(error)s") % {"error": error}) from None
    if len(text) > EXTRAS_BYTES or b"\\u0000" in text:
        raise ValueError(_("太大，或含有不能保存的字符"))
    return Jsonb(dict(value))


def _checked(made: Made, row: Mapping[str, Any], where: str, problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        column = made.columns.get(key)
        try:
            if column is not None:
                found[key] = value_of(column, value)
            elif key == "extras":
                found[key] = _extras(value)
            else:
                problems.append(_unknown(made, key, f"{where}{key}"))
        except ValueError as error:
            problems.append(Problem(f"{where}{key}", str(error)))
    return found


def _has(problems: list[Problem], place: int, key: str) -> bool:
    return any(problem.where == f"{place}.{key}" for problem in problems)


def _unknown(made: Made, name: str, where: str) -> Problem:
    near = difflib.get_close_matches(str(name), made.columns, 1)
    fix = _("是不是 %(name)s？") % {"name": near[0]} if near else ""
    return Problem(where, _("没有这一列：%(name)s") % {"name": str(name)[:60]}, fix)


def tests_of(made: Made, filters: Sequence[Filter]) -> tuple[list[sql.Composable], list[Any]]:
    """SQL of filters over the table's alias `t` or none, with its values, for a room that counts what it does not list.
    Raises BadInput."""
    problems: list[Problem] = []
    tests, values = _tests(made, filters, problems)
    _refuse(problems)
    return tests, values


_OPS = {"eq": "=", "ne": "is distinct from", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _tests(
    made: Made, filters: Sequence[Filter], problems: list[Problem]
) -> tuple[list[sql.Composable], list[Any]]:
    tests: list[sql.Composable] = []
    values: list[Any] = []
    for place, wish in enumerate(filters):
        where = f"filters[{place}]"
        column = made.columns.get(wish.column)
        if column is None:
            problems.append(_unknown(made, wish.column, where))
            continue
        key = sql.Identifier(wish.column)
        try:
            if wish.op in _OPS:
                value = value_of(column, wish.value)
                if value is None:
                    raise ValueError(_("空值请用 empty"))
                tests.append(sql.SQL("{} {} %s").format(key, sql.SQL(_OPS[wish.op])))
                values.append(value)
            elif wish.op == "in":
                if not isinstance(wish.value, list | tuple) or not 1 <= len(wish.value) <= MOST_ROWS:
                    raise ValueError(_("应为 1 到 %(most)s 个值的列表") % {"most": MOST_ROWS})
                tests.append(sql.SQL("{} = any(%s::{}[])").format(key, sql.SQL(column.db_type)))
                values.append([value_of(column, value) for value in wish.value])
            elif wish.op == "prefix" and column.type in ("text", "code"):
                value = _text(Column("", "text", "", 1, length=4000), wish.value)
                if not value:
                    raise ValueError(_("开头不能为空"))
                # A range, because LIKE is kept out of index conditions by row security (RLS-17).
                tests.append(sql.SQL('({0} collate "C" >= %s and {0} collate "C" < %s)').format(key))
                values += [value, value[:-1] + _next_letter(value[-1])]
            elif wish.op == "empty":
                if not isinstance(wish.value, bool):
                    raise ValueError(_("应为是或否"))
                tests.append(
                    sql.SQL("{} {}").format(key, sql.SQL("is null" if wish.value else "is not null"))
                )
            else:
                raise ValueError(_("这一列不能用 %(op)s") % {"op": str(wish.op)[:20]})
        except ValueError as error:
            problems.append(Problem(where, str(error)))
    return tests, values


def _next_letter(letter: str) -> str:
    after = ord(letter) + 1
    if after == 0xD800:
        after = 0xE000
    return chr(min(after, 0x10FFFF))


def _after(
    made: Made, order_by: str, is_descending: bool, after: str
) -> tuple[list[sql.Composable], list[Any]]:
    """The keyset test: strictly behind the last row of the page before, empty values last."""
    if not after:
        return [], []
    try:
        value, row_id = typed.from_json(after, tuple[Any, UUID])
        sign = sql.SQL("<" if is_descending else ">")
        if order_by == "id":
            return [sql.SQL("id {} %s").format(sign)], [row_id]
        held = value_of(made.columns[order_by], value)
    except (msgspec.DecodeError, ValueError):
        raise BadInput(_("翻页位置不对"), problems=[Problem("after", _("请从第一页重新开始"))]) from None
    key = sql.Identifier(order_by)
    if held is None:
        return [sql.SQL("({} is null and id {} %s)").format(key, sign)], [row_id]
    return (
        [sql.SQL("({0} {1} %s or ({0} = %s and id {1} %s) or {0} is null)").format(key, sign)],
        [held, held, row_id],
    )


def _list(names: Sequence[str], *, as_text: bool = False) -> sql.Composable:
    return sql.SQL(", ").join(
        sql.SQL("extras::text") if as_text and name == "extras" else sql.Identifier(name) for name in names
    )


def _db_type(made: Made, key: str) -> str:
    return "jsonb" if key == "extras" else made.columns[key].db_type


def _unit(unit_no: int | None) -> int:
    _inside()
    scope = scopes.current()
    chosen = scope.unit_no if unit_no is None else unit_no
    if chosen not in scope.units:
        raise NotFound(_("没有这个单位"), fix=_("请从单位列表中选择"))
    return chosen


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BadInput(_("有 %(count)s 处不对") % {"count": len(problems)}, problems=problems)


def _inside() -> None:
    if not scopes.in_transaction():
        raise scopes.NoScope("made tables are read and written inside a door")
