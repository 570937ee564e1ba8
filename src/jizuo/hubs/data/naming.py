"""What people call the people and orgs that rows name: answered by the room that knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

Namer = Callable[[Iterable[UUID]], Mapping[UUID, str]]
_namers: dict[str, Namer] = {}
_in_sql: dict[str, str] = {}


def offer(kind: str, namer: Namer, *, in_sql: str = "") -> None:
    """Name who answers for ``person`` or ``org``: ids -> names of those in reach, in one read. Inside a door. in_sql: a
    sub-select that gives the name of the one whose id stands at ``{id}``, for statements that name one more."""
    _namers[kind] = namer
    if in_sql:
        _in_sql[kind] = in_sql


def names_of(kind: str, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """id -> name; what is out of reach is left out, and nothing is known of a kind that nobody offered."""
    wanted = {one for one in ids if one is not None}
    return _namers[kind](wanted) if wanted and kind in _namers else {}


def name_in_sql(kind: str, id_in_sql: str) -> str:
    """An SQL expression for the name of one, null for what is out of reach; id_in_sql: an expression of the base's own, or
    a parameter's place."""
    return f"({_in_sql[kind].format(id=id_in_sql)})" if kind in _in_sql else "null::text"
