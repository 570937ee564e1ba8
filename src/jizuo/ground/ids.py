"""Identifiers that may leave the base."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A time-ordered UUIDv7 as a standard `uuid.UUID`."""
    return uuid7()
