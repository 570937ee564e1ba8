"""What a source says of records that keep the word of another: held and said side by side, before anything is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from psycopg import sql

from jizuo.hubs.data.actions import weighing
from jizuo.hubs.data.actions.staging import Staged


@dataclass(frozen=True, slots=True)
class Beside:
    """A record that holds other words than the staged rows say. holder: the source that is believed; held, said: the
    differing fields that it holds, as text."""

    record_id: UUID
    label: str
    holder: str
    held: dict[str, str | None]
    said: dict[str, str | None]


def beside(staged: Staged, most: int) -> list[Beside]:
    """Where staged rows differ from a value that stays because its source is believed before theirs; of at most `most`
    records, in the order of their names. Inside a door."""
    if not staged.dataset.is_master or not staged.count or not staged.claimed:
        return []

    def differs(name: str) -> sql.Composable:
        column = sql.Identifier(name)
        return sql.SQL("({} = {} and not {} and p.{} is distinct from t.{})").format(
            staged.standing(name), sql.Literal(weighing.BELIEVED), staged.is_empty(name, "p"), column, column
        )

    fields = sql.SQL(", ").join(
        sql.SQL("({0}, t.held_by ->> {0}, t.{1}::text, p.{1}::text, {2})").format(
            sql.Literal(name), sql.Identifier(name), differs(name)
        )
        for name in staged.claimed
    )
    with connection.cursor() as cursor:
        cursor.execute(
            staged.sql(
                "with few as materialized (select t.id, {label} as label from {temp} p join {table} t on {join}"
                " where {any} order by 2, 1 limit {most})"
                " select t.id, few.label, v.holder, jsonb_object_agg(v.f, v.held)::text, jsonb_object_agg(v.f, v.said)::text"
                " from few join {table} t on t.id = few.id join {temp} p on {join}"
                " cross join lateral (values {fields}) as v(f, holder, held, said, is_other) where v.is_other"
                " group by t.id, few.label, v.holder order by few.label, t.id, v.holder",
                label=sql.SQL(staged.dataset.label),
                any=sql.SQL(" or ").join(differs(name) for name in staged.claimed),
                most=sql.Literal(most),
                fields=fields,
            )
        )
        return [
            Beside(record_id, label, holder, json.loads(held), json.loads(said))
            for record_id, label, holder, held, said in cursor.fetchall()
        ]
