"""The same file once more: when nothing it wrote has moved since, there is nothing to compare.

An apply leaves marks in its receipt: for each of its tables the rows in reach and the rows of the history twin.
An insert adds to the first, an update or delete to the second, whoever makes it and however long its transaction
lasts; so equal marks say that the base is as the apply left it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from psycopg import sql

import jizuo

#: How many receipts of the same bytes are looked at, the latest first.
MOST_RECEIPTS = 5


def marks(tables: Iterable[str]) -> dict[str, Any]:
    """``by``: this version of the base; ``tables``: name -> [rows in reach, rows of its history in reach], null
    for a table without history. In a transaction."""
    found: dict[str, list[int] | None] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("select to_regclass(%s) is not null", [f"{table}_history"])
            if not cursor.fetchone()[0]:
                found[table] = None
                continue
            cursor.execute(
                sql.SQL("select (select count(*) from {}), (select count(*) from {})").format(
                    sql.Identifier(table), sql.Identifier(f"{table}_history")
                )
            )
            found[table] = list(cursor.fetchone())
    return {"by": jizuo.__version__, "tables": found}


def settled(batch: dict[str, Any]) -> dict[str, dict[str, int]] | None:
    """The counts of a batch that repeats an applied one and has nothing to write: the same bytes, importer, source
    and choices, and equal marks. None where it must be compared."""
    for receipt in earlier_receipts(batch):
        kept = receipt.get("marks")
        if kept and None not in kept["tables"].values() and marks(kept["tables"]) == kept:
            return {name: nothing_new(count) for name, count in receipt["counts"].items()}
    return None


def earlier_receipts(batch: dict[str, Any]) -> list[dict[str, Any]]:
    """Receipts of applied batches of the same unit, bytes, importer, source and choices, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.receipt from batch e join batch b on b.id = %s where e.unit_no = b.unit_no"
            " and e.raw_sha256 = b.raw_sha256 and e.importer = b.importer and e.source = b.source"
            " and e.is_full = b.is_full"
            " and e.options - '{notes,cleaned,people,run_id}'::text[]"
            " = b.options - '{notes,cleaned,people,run_id}'::text[]"
            " and e.state = 'applied' and e.id <> b.id order by e.applied_at desc limit %s",
            [batch["id"], MOST_RECEIPTS],
        )
        return [json.loads(receipt) for (receipt,) in cursor.fetchall()]


def nothing_new(count: dict[str, int]) -> dict[str, int]:
    """A step's count when all it says is held: its new and changed rows are the same now, who left has left."""
    same = sum(count[key] for key in ("new", "changed", "same"))
    return {"new": 0, "changed": 0, "same": same, "gone": 0}
