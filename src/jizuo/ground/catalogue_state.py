"""Which state of the base's definitions (made tables, standards, code tables, the tree of units) this process last met.

Every outermost door reads it with the scope it sets, so that what a process keeps of them is thrown away at the next
door after a change, wherever the change was made.
"""

from __future__ import annotations

from django.db import connection

#: The state as one text; the name of the database parts the states of two bases met by one process.
STATE = (
    "(select current_database() || ' ' || string_agg(version::text, ' ' order by key) from base_state"
    " where key in ('catalogue', 'units'))"
)
_seen = ""


def note(state: str | None) -> None:
    """Keep what a door read."""
    global _seen
    _seen = state or ""


def seen() -> str:
    """The state that the last door of this process met; '' before the first."""
    return _seen


def raise_version() -> None:
    """Tell every process, when this transaction ends, that what it keeps of the definitions is stale."""
    with connection.cursor() as cursor:
        cursor.execute("update base_state set version = version + 1 where key = 'catalogue'")
