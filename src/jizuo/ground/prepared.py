"""Statements that every call runs: a connection reads and plans each of them once.

Their parameters travel beside the text, so that a parameter whose type the statement does not say needs a cast. One plan
serves every value: such a statement finds its rows by key.
"""

from __future__ import annotations

from typing import Any, Self

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


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
    connection.ensure_connection()
    connection.validate_thread_sharing()
    with connection.wrap_database_errors:
        made: Any = Cursor(connection.connection)
    return connection.make_debug_cursor(made) if connection.queries_logged else connection.make_cursor(made)
