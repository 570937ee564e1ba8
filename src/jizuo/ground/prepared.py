"""Statements that every call runs: a connection reads and plans each of them once.

Their parameters travel beside the text, so that a parameter whose type the statement does not say needs a cast. One plan
serves every value: such a statement finds its rows by key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

#: Where a psycopg connection keeps the cursor of its prepared statements.
_HELD = "jizuo_prepared"


class Cursor(psycopg.Cursor[Any]):
    """Prepares what it executes."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Self:
        """As psycopg's, prepared."""
        return super().execute(query, params, **{"prepare": True} | how)

    def _send_query_prepared(self, name: bytes, pgq: Any, **how: Any) -> None:
        # Whoever logs statements reads the last one from here, where psycopg leaves it only the first time.
        self._query = pgq
        super()._send_query_prepared(name, pgq, **how)


def cursor() -> CursorWrapper:
    """A cursor on Django's connection for statements of this kind; counted and logged like any other."""
    db = connections[DEFAULT_DB_ALIAS]
    db.ensure_connection()
    db.validate_thread_sharing()
    made: Any = Cursor(db.connection)
    return db.make_debug_cursor(made) if db.queries_logged else db.make_cursor(made)


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    """Run one statement that answers with rows; the short way where nobody counts or logs statements."""
    db = connections[DEFAULT_DB_ALIAS]
    if db.connection is None or db.queries_logged or db.execute_wrappers:
        with cursor() as line:
            line.execute(statement, values)
            return line.fetchall()
    db.validate_thread_sharing()
    db.validate_no_broken_transaction()
    held: Cursor | None = getattr(db.connection, _HELD, None)
    if held is None:
        held = Cursor(db.connection)
        setattr(db.connection, _HELD, held)
    with db.wrap_database_errors:
        return held.execute(statement, values).fetchall()


def array(values: Iterable[object]) -> str:
    """Numbers or ids as the text of an array, for a parameter with a cast (``%s::int[]``, ``%s::uuid[]``)."""
    return "{" + ",".join(map(str, values)) + "}"
