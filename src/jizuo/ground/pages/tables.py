"""Tables that carry the work, as ``{% table %}`` draws them.

A page declares columns and filters, reads the request into an `asks.Ask`, gives that to its source, and wraps
the rows it gets back in a `Table`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from jizuo.ground.pages import format
from jizuo.ground.pages.asks import Ask, Slice, value_of
from jizuo.ground.pages.parts import Action

KINDS = frozenset({"text", "short", "figure", "day", "moment", "tag"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    key: where the value stands in a row, and the column's name in addresses. kind: text, short (never broken
    over lines), figure (right-aligned, commas), day, moment, tag. sort: may the reader sort by it. shown: is
    it there until the reader chooses. href, tone, value: ask the row; `value` replaces the look-up by key.
    """

    key: str
    label: Any
    kind: str = "text"
    sort: bool = False
    shown: bool = True
    decimals: int = 0
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: no kind {self.kind!r}; one of {sorted(KINDS)}")

    def raw(self, row: Any) -> Any:
        """The value itself, None when missing."""
        return self.value(row) if self.value else value_of(row, self.key)

    def text(self, row: Any) -> str:
        """The cell in words; a missing value is empty in text and 无数据 in figures."""
        raw = self.raw(row)
        if self.kind == "figure":
            return format.figure(raw, self.decimals)
        if raw is None:
            return ""
        if self.kind == "moment" and isinstance(raw, datetime):
            return format.recent(raw)
        if isinstance(raw, date):
            return format.table_day(raw)
        return str(raw)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow a table: a key and the choices as (value, label); shown as chips once chosen."""

    key: str
    label: Any
    choices: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with the ticked rows: posts ``pick`` (row ids) to `post`. What else it needs is asked by fields
    of the page with ``form="t-<name>-bulk"``."""

    label: Any
    post: str
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """A table as drawn by ``{% table %}``.

    name: its id on the page (``t-<name>``), one word. address: the page's own path, without query. total: how
    many rows answer in all, None when not counted. export: the address that gives the same list as a file. whole: what
    can be done with every row that answers, shown or not: posts ``whole`` to `post` with the filters in its query.
    empty: what to do when nothing answers. pick: the id of a row, for bulk actions. row_actions: what can be
    done with one row. has_search: offer a text field, `search_hint` says what it finds. is_wide: a table with
    more columns than fit scrolls in its own box with its head kept in sight. is_fixed: nobody chooses its columns.
    """

    name: str
    title: Any
    columns: Sequence[Column]
    slice: Slice
    ask: Ask
    address: str = ""
    filters: Sequence[Filter] = ()
    total: int | None = None
    total_unit: Any = ""
    export: str = ""
    empty: Any = ""
    empty_actions: Sequence[Action] = ()
    pick: Callable[[Any], Any] | None = None
    bulk: Sequence[Bulk] = ()
    whole: Sequence[Bulk] = ()
    row_actions: Callable[[Any], Sequence[Action]] | None = None
    has_search: bool = False
    search_hint: Any = ""
    is_wide: bool = False
    is_fixed: bool = False

    @property
    def part_id(self) -> str:
        return f"t-{self.name}"

    @property
    def shown(self) -> list[Column]:
        return [column for column in self.columns if column.key in self.ask.columns]

    def link(self, ask: Ask | None = None, **cursor: str) -> str:
        """The address of this table asked differently; without a cursor it starts at the first page."""
        return f"{self.address}?{urlencode(self.pairs(ask or self.ask, **cursor))}"

    def pairs(self, ask: Ask, **cursor: str) -> list[tuple[str, str]]:
        """The query of `ask` as pairs; what is as usual is left out, so that addresses stay short."""
        pairs = [("sort", ask.sort_word)] if ask.sort else []
        pairs += [("q", ask.text)] if ask.text else []
        pairs += [(f"f.{key}", value) for key, value in ask.filters.items()]
        if set(ask.columns) != {column.key for column in self.columns if column.shown}:
            pairs += [("cols", key) for key in ask.columns]
        return pairs + list(cursor.items())

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Column heads: label, whether right-aligned, the address that sorts, the present order."""
        heads = []
        for column in self.shown:
            is_now = column.sort and column.key == self.ask.sort
            turned = replace(
                self.ask, sort=column.key, is_descending=not self.ask.is_descending if is_now else False
            )
            heads.append(
                {
                    "label": column.label,
                    "is_figure": column.kind == "figure",
                    "href": self.link(turned) if column.sort else "",
                    "order": ("descending" if self.ask.is_descending else "ascending") if is_now else "",
                }
            )
        return heads

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Rows as drawn: cells with text, kind, tone, href; the row's pick value and actions."""
        lines = []
        for row in self.slice.rows:
            cells = [
                {
                    "label": column.label,
                    "text": column.text(row),
                    "kind": column.kind,
                    "href": column.href(row) if column.href else "",
                    "tone": column.tone(row) if column.tone else "",
                    "is_first": place == 0,
                    "is_none": column.kind == "figure" and column.raw(row) is None,
                }
                for place, column in enumerate(self.shown)
            ]
            lines.append(
                {
                    "cells": cells,
                    "pick": str(self.pick(row)) if self.pick else "",
                    "actions": self.row_actions(row) if self.row_actions else (),
                }
            )
        return lines

    @property
    def chips(self) -> list[dict[str, Any]]:
        """Filters in force, each with the address that takes it away."""
        chips = []
        if self.ask.text:
            chips.append({"label": f"「{self.ask.text}」", "href": self.link(replace(self.ask, text=""))})
        for one in self.filters:
            value = self.ask.filters.get(one.key)
            if value is not None:
                rest = {key: kept for key, kept in self.ask.filters.items() if key != one.key}
                word = next(label for choice, label in one.choices if str(choice) == value)
                chips.append(
                    {"label": f"{one.label}：{word}", "href": self.link(replace(self.ask, filters=rest))}
                )
        return chips

    @property
    def menus(self) -> list[dict[str, Any]]:
        """Filters not in force, each with its choices as addresses."""
        return [
            {
                "label": one.label,
                "choices": [
                    {
                        "label": label,
                        "href": self.link(
                            replace(self.ask, filters={**self.ask.filters, one.key: str(choice)})
                        ),
                    }
                    for choice, label in one.choices
                ],
            }
            for one in self.filters
            if one.key not in self.ask.filters
        ]

    @property
    def kept_for_search(self) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs(self.ask) if pair[0] != "q"]

    @property
    def kept_for_columns(self) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs(self.ask) if pair[0] != "cols"]

    @property
    def column_choices(self) -> list[dict[str, Any]]:
        return [
            {"key": column.key, "label": column.label, "is_shown": column.key in self.ask.columns}
            for column in self.columns
        ]

    @property
    def next_href(self) -> str:
        return self.link(after=self.slice.last) if self.slice.has_next and self.slice.last else ""

    @property
    def previous_href(self) -> str:
        if not self.slice.has_previous:
            return ""
        return self.link(before=self.slice.first) if self.slice.first else self.link()

    @property
    def export_href(self) -> str:
        if not self.export:
            return ""
        query = urlencode(self.pairs(self.ask))
        return f"{self.export}{'&' if '?' in self.export else '?'}{query}" if query else self.export

    @property
    def whole_posts(self) -> list[dict[str, Any]]:
        """What can be done with every row that answers: label and address with the filters in force."""
        query = urlencode(self.pairs(self.ask))
        return [
            {"label": one.label, "post": f"{one.post}?{query}" if query else one.post} for one in self.whole
        ]

    @property
    def has_row_actions(self) -> bool:
        """Asked by the template, which would call a bare function."""
        return self.row_actions is not None

    @property
    def is_filtered(self) -> bool:
        return bool(self.ask.text or self.ask.filters)
