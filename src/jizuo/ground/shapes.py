"""Shapes that every room's doors share."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec

T = TypeVar("T")
#: The calendar year in which a school year begins.
Year = Annotated[int, msgspec.Meta(ge=1900, le=2100)]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list. next: the key to ask the following page with, '' at the end; count: all rows in
    reach under the same filters, None where counting would cost more than the page."""

    rows: list[T]
    next: str = ""
    count: int | None = None


class JobRef(msgspec.Struct, frozen=True):
    """A long job that was started: watch it at ``ground.job``."""

    job_id: UUID
    title: str


class FileRef(msgspec.Struct, frozen=True):
    """A file in the store, served at ``files/<id>``."""

    file_id: UUID
    name: str
    size: int
    type: str
