"""The merge worked out once more from the claims alone: after an owner changed, after an undo, or to prove that it holds.

`put` decides as words come in, row by row; this decides from all words together. Both follow
`owners.Ownership.order`, so they end in the same place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql
from psycopg.sql import Composable

from jizuo.ground import scope as scopes
from jizuo.hubs.data import owners
from jizuo.hubs.data.actions import claiming
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.owners import Ownership

#: The place of a source that nobody registered.
LAST = 9_999
#: Every visible word about the records of {ids}, and what was said of a shared person out of reach. The words are looked
#: up record by record: after a first load the statistics may not know yet that there are any. The unit is compared so that
#: no index by unit looks as good as the one by record.
SAID = """
select s.id, s.unit_no, c.source::text, c.unit_no as by_unit, c.as_of, c.fields from {ids} s cross join lateral (
  select c.source, c.unit_no, c.as_of, c.fields from claim c
  where c.dataset = {dataset} and c.record_id = s.id {of_unit} offset 0) c"""
SAID_ELSEWHERE = """
union all select e.record_id, null::int, e.source, null::int, e.as_of, e.fields
from claims_elsewhere({dataset}, array(select s.id from {ids} s), {units}) e"""
#: For each record: field -> the believed word, and field -> whose it is.
BEST = """
select b.id, jsonb_object_agg(b.key, b.value) as said, jsonb_object_agg(b.key, b.source) as held_by from (
  select distinct on (w.id, k.key) w.id, k.key, w.fields -> k.key as value, w.source
  from ({said}) w cross join unnest({fields}::text[]) k(key)
  left join believed o on o.field = k.key and o.source = w.source
    and o.unit_no is not distinct from case when w.unit_no = any({own_units}) then w.unit_no end
  where w.fields ? k.key
  order by w.id, k.key, coalesce(o.place, {last}), w.as_of desc, w.by_unit nulls last) b
group by b.id"""
#: The temporary table of what `BEST` found.
BEST_OF = sql.Identifier("best_of_claims")


@contextmanager
def believed(ownership: Ownership, fields: Sequence[str]):
    """The order of sources as the temporary table ``believed`` for the length of the block."""
    rows = [
        (name, source, unit_no, place)
        for unit_no in (None, *sorted(ownership.units))
        for name in fields
        for place, source in enumerate(ownership.order(name, unit_no))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table believed (field text, source text, unit_no int, place int) on commit drop"
        )
        with cursor.copy("copy believed from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("create index on believed (field, source); analyze believed")
        yield
        cursor.execute("drop table believed")


def best(dataset: Dataset, ids: Composable, fields: Sequence[str], ownership: Ownership) -> Composable:
    """SQL of `BEST` for the records of a table of (id, unit_no); reads ``believed``."""
    parts = {
        "ids": ids,
        "dataset": sql.Literal(dataset.name),
        "of_unit": sql.SQL("and c.unit_no is not distinct from s.unit_no" if dataset.has_unit else ""),
        "units": sql.SQL("{}::int[]").format(sql.Literal(list(scopes.current().units))),
    }
    said = sql.SQL(SAID if dataset.has_unit else SAID + SAID_ELSEWHERE).format(**parts)
    return sql.SQL(BEST).format(
        said=said,
        fields=sql.Literal(list(fields)),
        own_units=sql.SQL("{}::int[]").format(sql.Literal(sorted(ownership.units))),
        last=sql.Literal(LAST),
    )


def recompute(
    dataset: Dataset, ids: Composable, fields: Sequence[str] = (), *, batch_id: UUID | None = None
) -> tuple[int, int]:
    """Bring the records of `ids` (a table of id, unit_no) to what their claims say; returns (records changed,
    conflicts new or different). fields: all that are claimed when empty. A field that nobody claims any more and that
    was somebody's word becomes empty; one that was never claimed stays."""
    names = list(fields) or [name for name, field in dataset.fields.items() if field.is_claimed]
    ownership = owners.of(dataset.name)
    with connection.cursor() as cursor, believed(ownership, names):
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnotnull and not attisdropped",
            [dataset.table],
        )
        never_empty = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            sql.SQL("create temporary table {best} on commit drop as {words}").format(
                best=BEST_OF, words=best(dataset, ids, names, ownership)
            )
        )
        # Where the statistics know of no row yet, a plan that goes through all words for each record must not look cheap.
        cursor.execute(sql.SQL("create index on {best} (id); analyze {best} (id)").format(best=BEST_OF))
        cursor.execute(statement(dataset, ids, names, batch_id, never_empty))
        changed = cursor.rowcount
        cursor.execute(sql.SQL("drop table {best}").format(best=BEST_OF))
        found = claiming.compare(cursor, dataset, ids, batch_id)
    return changed, found


def statement(
    dataset: Dataset,
    ids: Composable,
    names: Sequence[str],
    batch_id: UUID | None,
    never_empty: Collection[str],
) -> Composable:
    """The one UPDATE of `recompute`, from the table `BEST_OF`. never_empty: columns that hold something in every row."""

    def new(name: str) -> Composable:
        field = dataset.fields[name]
        if name in never_empty and field.empty is None:
            return sql.SQL("case when m.said ? {0} then r.{1} else t.{1} end").format(
                sql.Literal(name), sql.Identifier(name)
            )
        return sql.SQL(
            "case when m.said ? {0} then r.{1} when t.held_by ? {0} then {2} else t.{1} end"
        ).format(sql.Literal(name), sql.Identifier(name), sql.SQL(field.empty or "null"))

    values = [new(name) for name in names]
    held_by = sql.SQL("(t.held_by - {}::text[]) || coalesce(m.held_by, '{{}}')").format(
        sql.Literal(list(names))
    )
    columns = [sql.Identifier(name) for name in names]
    return sql.SQL(
        "update {table} t set {sets}, held_by = {held_by}, batch_id = {batch}::uuid, changed_at = now()"
        " from {ids} s left join {best} m on m.id = s.id"
        " cross join lateral jsonb_populate_record(null::{table}, coalesce(m.said, '{{}}')) r"
        " where t.id = s.id and (row({old}) is distinct from row({new}) or t.held_by is distinct from {held_by})"
    ).format(
        table=sql.Identifier(dataset.table),
        sets=sql.SQL(", ").join(
            sql.SQL("{} = {}").format(column, value) for column, value in zip(columns, values, strict=True)
        ),
        held_by=held_by,
        batch=sql.Literal(batch_id),
        ids=ids,
        best=BEST_OF,
        old=sql.SQL(", ").join(sql.SQL("t.{}").format(column) for column in columns),
        new=sql.SQL(", ").join(values),
    )


@contextmanager
def chosen(
    dataset: Dataset, *, unit_no: int | None = None, after: UUID | None = None, limit: int | None = None
):
    """The records in reach, by id, as a temporary table of (id, unit_no); yields its name and the last id (None when
    there is none). unit_no: of this unit alone."""
    name = sql.Identifier(f"chosen_{dataset.table}")
    parts: dict[str, Any] = {
        "name": name,
        "table": sql.Identifier(dataset.table),
        "unit": sql.SQL("t.unit_no" if dataset.has_unit else "null::int"),
        "of_unit": sql.SQL("t.unit_no = {}").format(sql.Literal(unit_no))
        if unit_no is not None and dataset.has_unit
        else sql.SQL("true"),
        "after": sql.SQL("{}::uuid").format(sql.Literal(after)),
        "limit": sql.SQL("all") if limit is None else sql.Literal(limit),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "create temporary table {name} on commit drop as select t.id, {unit} as unit_no from {table} t"
                " where {of_unit} and ({after} is null or t.id > {after}) order by t.id limit {limit}"
            ).format(**parts)
        )
        cursor.execute(sql.SQL("create index on {name} (id); analyze {name}").format(**parts))
        cursor.execute(sql.SQL("select id from {name} order by id desc limit 1").format(**parts))
        row = cursor.fetchone()
        yield name, row[0] if row else None
        cursor.execute(sql.SQL("drop table {name}").format(**parts))
