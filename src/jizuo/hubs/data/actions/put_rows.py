"""A few rows of a dataset without claims, by as few statements as can be: what a step, a roll or a board writes.

A dataset with owners and claims takes the road of `put`, and so do many rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import facts, made, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.made import Made
from jizuo.ground.plans import Column
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.queries.scene_rows import Sight

MOST = 2_000


def put_rows(
    *,
    dataset: str,
    rows: Sequence[Mapping[str, Any]],
    unit_no: int | None = None,
    free_by: Sequence[str] = (),
) -> list[UUID]:
    """Write rows (column -> value, with ``id`` for one that is there) into a made dataset without claims; returns their
    ids in order. A row without an id takes the place of the one with the same natural key. free_by: columns whose values
    together no other row of the unit may have; a row that leaves one empty takes nothing. Inside a door. Raises BadInput
    naming row (from 1), column and mend, NotFound for an id that is not within reach."""
    known = datasets.all_datasets().get(dataset)
    if known is None or known.made is None:
        raise NotFound(_("没有这个数据集"))
    if known.is_master:
        raise ValueError(f"{dataset}: a dataset with claims is written by put()")
    if len(rows) > MOST:
        raise BadInput(_("一次写得太多"), fix=_("最多 %(n)s 行") % {"n": MOST})
    table = made.find(*known.made)
    unit = scopes.current().unit_no if unit_no is None else unit_no
    rows = [{key: worked_out(value) for key, value in row.items()} for row in rows]
    refuse_codes(table, rows)
    if free_by:
        refuse_taken(table, free_by, rows, unit)
    held = held_ids(table, known.key, rows, unit)
    new = [dict(row) for row, one in zip(rows, held, strict=True) if one is None]
    made_ids = iter(made.insert(table, new, unit_no=unit))
    found = []
    for row, one in zip(rows, held, strict=True):
        if one is None:
            found.append(next(made_ids))
            continue
        changes = {key: value for key, value in row.items() if key != "id"}
        if changes:
            made.update(table, one, changes)
        found.append(one)
    facts.tell("SceneRowsWritten", unit_no=unit, dataset=dataset)
    return found


def worked_out(value: Any) -> Any:
    """A number as an expression or JSON gives it, as the tables take it."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else Decimal(repr(value))


def refuse_codes(table: Made, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise BadInput for codes that their tables do not have."""
    tables = codes.tables()
    problems = []
    for column in table.columns.values():
        known = tables.get(column.code_table) if column.type == "code" else None
        if known is None:
            continue
        for place, row in enumerate(rows, 1):
            value = row.get(column.key)
            if value and known.get(str(value)) is None:
                problems.append(
                    Problem(f"{place}.{column.key}", _("没有这个代码：%(code)s") % {"code": str(value)[:20]},
                            _("请从列表里选"))
                )  # fmt: skip
    if problems:
        raise BadInput(_("有 %(count)s 处不对") % {"count": len(problems)}, problems=problems[:50])


def refuse_taken(
    table: Made, free_by: Sequence[str], rows: Sequence[Mapping[str, Any]], unit_no: int
) -> None:
    """Raise BadInput for rows whose place another row has, of the table or of these. Two that come at once wait for each
    other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('free:' || %s), %s)", [table.table, unit_no])
    others = held_ids(table, free_by, [{key: row.get(key) for key in free_by} for row in rows], unit_no)
    problems = []
    seen: set[tuple[str, ...]] = set()
    for place, (row, other) in enumerate(zip(rows, others, strict=True), 1):
        values = tuple(str(row.get(key)) for key in free_by)
        is_asked = all(row.get(key) is not None for key in free_by)
        if is_asked and (values in seen or (other is not None and str(other) != str(row.get("id")))):
            column = table.columns[free_by[0]]
            problems.append(
                Problem(
                    f"{place}.{column.key}",
                    _("“%(title)s”已经有人了：%(value)s") % {"title": column.title, "value": values[0][:80]},
                    _("换一个时间或地方"),
                )
            )
        seen |= {values} if is_asked else set()
    if problems:
        raise BadInput(_("来晚了一步"), problems=problems[:50])


def held_ids(
    table: Made, key: Sequence[str], rows: Sequence[Mapping[str, Any]], unit_no: int
) -> list[UUID | None]:
    """The id of each row that is there: its own, or that of the row with the same natural key; None for a new one."""
    found: list[UUID | None] = [UUID(str(row["id"])) if row.get("id") else None for row in rows]
    asked = [
        place
        for place, row in enumerate(rows)
        if found[place] is None and key and all(row.get(one) is not None for one in key)
    ]
    if not asked:
        return found
    columns = [table.columns[one] for one in key]
    values: list[Any] = []
    for column in columns:
        try:
            values.append([made.value_of(column, rows[place][column.key]) for place in asked])
        except ValueError:
            return found
    for place, row_id in prepared.rows(held_text(table.table, tuple(columns)), (*values, unit_no)):
        found[asked[place - 1]] = row_id
    return found


@lru_cache(maxsize=512)
def held_text(table: str, columns: tuple[Column, ...]) -> str:
    """The statement that finds rows by the values of these columns, which come as one array each."""
    return (
        sql.SQL(
            "select k._at, t.id from unnest({arrays}) with ordinality as k({names}, _at)"
            " join {table} t on t.unit_no = %s::int and {tests}"
        )
        .format(
            arrays=sql.SQL(", ").join(
                sql.SQL("%s::{}[]").format(sql.SQL(column.db_type)) for column in columns
            ),
            names=sql.SQL(", ").join(sql.Identifier(column.key) for column in columns),
            table=sql.Identifier(table),
            tests=sql.SQL(" and ").join(
                sql.SQL("t.{0} = k.{0}").format(sql.Identifier(column.key)) for column in columns
            ),
        )
        .as_string()
    )


@action(title="写场景数据", roles=scopes.ROLES, reach=API)
def put_scene_rows(*, scene: str, dataset: str, rows: list[dict[str, Any]]) -> list[UUID]:
    """Write rows of a scene's dataset within the reach in which the acting role may write; returns their ids in order. What
    the reach is measured by is filled in where it has one value only. Raises NotFound for what is not the role's or lies
    out of its reach, BadInput naming row, column and mend."""
    sight = Sight(scene, dataset, is_write=True)
    wall = sight.wall()
    if wall is None:
        raise NotFound(_("没有可以写的范围"))
    kept = [dict(row) for row in rows]
    for test in wall:
        for row in kept:
            if test.column not in row and len(test.value) == 1 and not row.get("id"):
                row[test.column] = test.value[0]
            if str(row.get(test.column, test.value[0])) not in test.value:
                raise NotFound(_("有一行不在您的范围内"), fix=_("请只填自己范围内的"))
    if wall:
        refuse_others(sight, [row["id"] for row in kept if row.get("id")], wall)
    return put_rows(dataset=dataset, rows=kept)


def refuse_others(sight: Sight, ids: Sequence[Any], wall: Sequence[made.Filter]) -> None:
    """Raise NotFound unless the rows of these ids lie within the reach."""
    if not ids or sight.known.made is None:
        return
    table = made.find(*sight.known.made)
    tests = sql.SQL(" and ").join(
        sql.SQL("{} = any(%s::{}[])").format(
            sql.Identifier(one.column), sql.SQL(table.columns[one.column].db_type)
        )
        for one in wall
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select count(*) from {} where id = any(%s::uuid[]) and {}").format(
                sql.Identifier(table.table), tests
            ),
            [[str(one) for one in ids], *(one.value for one in wall)],
        )
        if cursor.fetchone()[0] != len({str(one) for one in ids}):
            raise NotFound(_("没有这一行"))
