"""What every kind of source gives: rows in small parts, and one kind of error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

#: Rows that are held at once while a source is read.
AT_ONCE = 1_000


class SourceError(Exception):
    """The source cannot be read as it stands. reason and fix are Chinese; code is stable; is_passing: trying again later
    may help without anybody's doing."""

    def __init__(self, code: str, reason: str, fix: str = "", *, is_passing: bool = False) -> None:
        super().__init__(reason)
        self.code, self.reason, self.fix, self.is_passing = code, reason, fix, is_passing


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a source. mark: from which value of the incremental column on, None for everything; most: rows,
    where a trial wants only the first few (0: all); seconds: for one statement or answer; pause: how a retry waits."""

    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    unit_no: int
    increment: Mapping[str, Any] = field(default_factory=dict)
    mark: Any = None
    most: int = 0
    seconds: int = 300
    pause: Callable[[float], None] = time.sleep


class Feed(Protocol):
    """Rows of a source in the order it gives them, in lists of at most `AT_ONCE`.

    columns: their names, or None where rows are mappings; notes: what is worth telling; is_ordered: by the incremental
    column, so that a long list can be cut.
    """

    columns: list[str] | None
    notes: list[str]
    is_ordered: bool

    def __iter__(self) -> Iterator[list[Any]]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that a person fills in. kind: text | whole | long | choice | flag | secret."""

    key: str
    title: Any
    kind: str = "text"
    hint: Any = ""
    usual: str = ""
    options: tuple[tuple[str, Any], ...] = ()
    is_required: bool = False
    step: str = "connection"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source. remark: said on its page; has_query: its rows come of a SELECT; can_cut: a long list may be cut
    by the incremental column; check: raises SourceError for settings that cannot be."""

    name: str
    title: Any
    about: Any
    settings: tuple[Setting, ...]
    open: Callable[[Ask], AbstractContextManager[Feed]] | None
    check: Callable[[Mapping[str, Any]], None]
    remark: Any = ""
    mark: str = ""

    @property
    def gives_rows(self) -> bool:
        """False where files are taken as they are."""
        return self.open is not None

    def read(self, ask: Ask) -> AbstractContextManager[Feed]:
        """The rows of a source. Raises SourceError, TypeError for a kind that gives files."""
        if self.open is None:
            raise TypeError(f"{self.name} gives files")
        return self.open(ask)

    @property
    def secrets(self) -> frozenset[str]:
        """Keys whose values are sealed and never shown again."""
        return frozenset(one.key for one in self.settings if one.kind == "secret")
