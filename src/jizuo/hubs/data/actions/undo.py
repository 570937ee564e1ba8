"""Undo of a batch: prior images come back where nobody touched the row since; the rest is listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions.replaying import recompute
from jizuo.hubs.data.datasets import Dataset

#: Tables of the hub itself that a batch writes besides the datasets.
OWN_TABLES = ("claim", "field_conflict")
MOST_LISTED = 200


@dataclass(slots=True)
class Undone:
    """What an undo did, in records. kept: (table, record id, label) of rows that changed since and stay, with
    the rows they refer to."""

    removed: int = 0
    restored: int = 0
    brought_back: int = 0
    kept_count: int = 0
    kept: list[tuple[str, str, str]] = field(default_factory=list)


def undo_rows(batch_id: UUID, tables: list[str], *, of_unit: int | None = None) -> Undone:
    """Take back what `batch_id` wrote into `tables` (in the order it wrote them). Inside a door only. of_unit: it did not
    come over the walk, so there are no claims, and it wrote rows of this one unit only, most of which stood before."""
    done = Undone()
    of_table = {dataset.table: dataset for dataset in datasets.all_datasets().values()}
    # A person is seen behind an affiliation, so people go before the affiliations that show them.
    people = [table for table in tables if of_table[table].wall == "person"]
    order = [*people[::-1], *(table for table in tables[::-1] if table not in people)]
    with connection.cursor() as cursor:
        said = remember_said(cursor, batch_id, of_table) if of_unit is None else {}
        for table in OWN_TABLES if of_unit is None else ():
            undo_table(cursor, batch_id, table, "''", "false", done)
        for table in order:
            told = of_table[table]
            undo_table(cursor, batch_id, table, told.label, told.undo_guard, done, of_unit)
        for ids, dataset in said.items():
            # Where others wrote since, the row stayed; what this batch alone had said goes out of it all the same.
            recompute(dataset, sql.Identifier(ids))
    return done


def remember_said(cursor: Any, batch_id: UUID, of_table: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """Lay by the records that a batch spoke of, before its claims go: temporary table of (id, unit_no) -> dataset."""
    found = {}
    for dataset in of_table.values():
        if not dataset.is_master:
            continue
        name = f"undone_{dataset.table}"
        cursor.execute(
            sql.SQL(
                "create temporary table {} on commit drop as select distinct c.record_id as id, {} as unit_no from claim c"
                " where c.batch_id = {} and c.dataset = {}"
            ).format(
                sql.Identifier(name),
                sql.SQL("c.unit_no" if dataset.has_unit else "null::int"),
                sql.Literal(batch_id),
                sql.Literal(dataset.name),
            )
        )
        cursor.execute(sql.SQL("analyze {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("select 1 from {} limit 1").format(sql.Identifier(name)))
        if cursor.fetchone():
            found[name] = dataset
    return found


def undo_table(
    cursor: Any,
    batch_id: UUID,
    table: str,
    label: str,
    guard: str,
    done: Undone,
    of_unit: int | None = None,
) -> None:
    """One table: restore updated rows, remove inserted ones, bring back deleted ones."""
    batch = sql.Literal(batch_id)
    names = {"table": sql.Identifier(table), "twin": sql.Identifier(f"{table}_history"), "batch": batch,
             "label": sql.SQL(label), "guard": sql.SQL(guard).format(batch=batch),
             "within": sql.SQL("true" if of_unit is None else f"t.unit_no = {of_unit}")}  # fmt: skip
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    image = sql.SQL(
        "(select distinct on (h.row_id) h.row_id, h.old, h.op from {twin} h where h.batch_id = {batch}"
        " order by h.row_id, h.valid_to, h.xid)"
    ).format(**names)
    # A row this batch wrote still names the batch; a later write by anyone names another or none.
    written = (
        "select h.row_id from {twin} h where h.old ->> 'batch_id' = {batch}::text and h.batch_id is distinct from {batch}"
        " and h.valid_to >= (select b.applied_at from batch b where b.id = {batch})"
        if of_unit is None
        else "select h.row_id from {image} h"
    )
    cursor.execute(
        sql.SQL(
            "create temporary table undo_kept on commit drop as select t.id, {label} as label from {table} t"
            f" where {{within}} and t.batch_id is distinct from {{batch}} and t.id in ({written})"
        ).format(image=image, **names)
    )
    cursor.execute("select count(*) from undo_kept")
    done.kept_count += cursor.fetchone()[0]
    cursor.execute("select id::text, label from undo_kept order by 2, 1 limit %s", [MOST_LISTED])
    done.kept += [(table, record_id, text) for record_id, text in cursor.fetchall()]
    cursor.execute("drop table undo_kept")
    cursor.execute(
        sql.SQL("create temporary table undo_ids on commit drop as select t.id from {table} t"
                " where {within} and t.batch_id = {batch}"
                " and not exists (select 1 from {image} h where h.row_id = t.id)"
                " and not ({guard}) and not ({referred})").format(
                    image=image, referred=referred(cursor, table, batch), **names)
    )  # fmt: skip
    settable = [name for name in columns if name not in ("id", "unit_no")]
    cursor.execute(
        sql.SQL(
            "update {table} t set ({columns}) = (select {old_columns} from jsonb_populate_record(null::{table}, h.old) r)"
            " from {image} h where h.row_id = t.id and h.op = 'U' and t.batch_id = {batch}"
        ).format(
            image=image,
            columns=sql.SQL(", ").join(map(sql.Identifier, settable)),
            old_columns=sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(name)) for name in settable),
            **names,
        )
    )
    done.restored += cursor.rowcount
    cursor.execute(sql.SQL("delete from {table} t using undo_ids u where u.id = t.id").format(**names))
    done.removed += cursor.rowcount
    cursor.execute("drop table undo_ids")
    cursor.execute(
        sql.SQL(
            "insert into {table} ({columns}) select {old_columns} from {image} h"
            " cross join lateral jsonb_populate_record(null::{table}, h.old) r where h.op = 'D'"
            " and not exists (select 1 from {table} t where t.id = h.row_id)"
        ).format(
            image=image,
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            old_columns=sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(name)) for name in columns),
            **names,
        )
    )
    done.brought_back += cursor.rowcount


def referred(cursor: Any, table: str, batch: sql.Composable) -> sql.Composable:
    """SQL over `t`, true for a row of `table` that a row still refers to. Tables are undone in the reverse order
    of their writing, so what still refers stays; within one table it is what another batch or a person wrote."""
    cursor.execute(
        "select k.conrelid::regclass::text, a.attname, cardinality(k.conkey) > 1 from pg_constraint k"
        " join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[array_length(k.conkey, 1)]"
        " where k.contype = 'f' and k.confrelid = %s::regclass and k.conparentid = 0",
        [table],
    )
    tests = [
        sql.SQL("exists (select 1 from {} c where {}c.{} = t.id{})").format(
            sql.Identifier(child),
            sql.SQL("c.unit_no = t.unit_no and " if has_unit else ""),
            sql.Identifier(column),
            sql.SQL(" and c.batch_id is distinct from {}").format(batch) if child == table else sql.SQL(""),
        )
        for child, column, has_unit in cursor.fetchall()
    ]
    return sql.SQL(" or ").join(tests) if tests else sql.SQL("false")
