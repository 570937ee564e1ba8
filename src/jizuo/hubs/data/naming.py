"""What people call the people and orgs that rows name: answered by the room that knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

Namer = Callable[[Iterable[UUID]], Mapping[UUID, str]]
_namers: dict[str, Namer] = {}


def offer(kind: str, namer: Namer) -> None:
    """Name who answers for ``person`` or ``org``: ids -> names of those in reach, in one read. Inside a door."""
    _namers[kind] = namer


def names_of(kind: str, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """id -> name; what is out of reach is left out, and nothing is known of a kind that nobody offered."""
    wanted = {one for one in ids if one is not None}
    return _namers[kind](wanted) if wanted and kind in _namers else {}
