"""Changing rows of every unit from a migration: the owner, too, sees nothing without a scope (RLS-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from jizuo.ground import scope as scopes


class TouchedNothing(RuntimeError):
    """A backfill changed no row where rows were expected: most likely it ran outside a scope."""


def run(statement: str | sql.Composable, values: Sequence[Any] = (), *, may_be_empty: bool = False) -> int:
    """Run one UPDATE, DELETE or INSERT for each unit in a transaction of its own; returns the rows touched in all.

    may_be_empty: the caller knows that there may be nothing to do (a new base). Otherwise no row at all raises
    `TouchedNothing`, because under FORCE a statement without a scope touches nothing and says nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("select unit_no from unit order by unit_no")
        units = [unit_no for (unit_no,) in cursor.fetchall()]
    touched = 0
    for unit_no in units:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(scopes.SET_SCOPE, [scopes.units_text((unit_no,)), "", "backfill", ""])
            cursor.execute(statement, list(values))
            touched += max(0, cursor.rowcount)
    if not touched and not may_be_empty:
        raise TouchedNothing(str(statement))
    return touched
