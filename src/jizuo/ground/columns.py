"""Columns of rows whose ids are known, written by an action that has checked them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb


def write_columns(table: str, ids: Sequence[UUID], **values: Any) -> None:
    """Write the same values into the rows of these ids, with the moment of the change; what lies out of reach stays.
    table and the names of columns come from the code, never from a person; a dict is written as JSON. Inside a door."""
    told = ", ".join(f"{name} = %s" for name in values)
    given: list[Any] = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} set {told}, changed_at = now() where id = any(%s)", [*given, list(ids)]
        )
