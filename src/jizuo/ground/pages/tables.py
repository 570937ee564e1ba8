"""Tables that carry the work: what the reader asks for (`Ask`), the slice that answers it, how it is drawn.

A page declares columns and filters, reads the request into an `Ask`, gives that to its source, and wraps the
rows it gets back in a `Table` for ``{% table %}``. Paging goes by key, never by offset: the cursor holds the
sort value and the id of the last row seen.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.pages import format
from jizuo.ground.pages.parts import Action

SIZE = 50
MOST = 200
KINDS = frozenset({"text", "short", "figure", "day", "moment", "tag"})


def value_of(row: Any, key: str) -> Any:
    """`key` of a mapping, or the attribute of an object; a dot goes one deeper. None when missing."""
    for part in key.split("."):
        row = row.get(part) if isinstance(row, Mapping) else getattr(row, part, None)
    return row


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
class Ask:
    """What the reader asks of a table, read from the address and checked.

    sort: the column key; is_descending. after / before: the (sort value, id) of the row to go on from, at
    most one of them. filters: key -> value, only declared ones. text: the words searched for. columns: keys shown.
    size: rows a page.
    """

    sort: str = ""
    is_descending: bool = False
    after: tuple[Any, str] | None = None
    before: tuple[Any, str] | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    columns: tuple[str, ...] = ()
    size: int = SIZE

    @classmethod
    def read(
        cls,
        query: QueryDict,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        *,
        sort: str = "",
        size: int = SIZE,
    ) -> Ask:
        """Read the address. sort: the order when none is asked, "-" in front for descending.

        Raises BadInput naming the parameter for a column, filter value or cursor that does not exist.
        """
        problems: list[Problem] = []
        wanted = query.get("sort") or sort
        key = wanted.removeprefix("-")
        sortable = {column.key for column in columns if column.sort} | {sort.removeprefix("-")}
        if key not in sortable:
            problems.append(
                Problem("sort", _("没有「%(key)s」这一种排序") % {"key": key}, _("请从表头选择排序"))
            )
        chosen: dict[str, str] = {}
        for one in filters:
            value = query.get(f"f.{one.key}", "")
            if not value:
                continue
            if value in {str(choice) for choice, _label in one.choices}:
                chosen[one.key] = value
            else:
                problems.append(
                    Problem(
                        f"f.{one.key}",
                        _("「%(label)s」没有这一项") % {"label": one.label},
                        _("请从列出的各项里选"),
                    )
                )
        shown = tuple(name for name in query.getlist("cols") if name in {column.key for column in columns})
        after = before = None
        try:
            after = unseal(query["after"]) if query.get("after") else None
            before = unseal(query["before"]) if query.get("before") and after is None else None
        except ValueError:
            problems.append(Problem("after", _("翻页的位置读不出来"), _("请回到第一页再翻")))
        if problems:
            raise BadInput(_("表格的地址有误"), problems=problems)
        return cls(
            sort=key,
            is_descending=wanted.startswith("-"),
            after=after,
            before=before,
            filters=chosen,
            text=query.get("q", "").strip()[:100],
            columns=shown or tuple(column.key for column in columns if column.shown),
            size=min(size, MOST),
        )

    @property
    def sort_word(self) -> str:
        return f"-{self.sort}" if self.is_descending else self.sort


def seal(value: Any, row_id: Any) -> str:
    """A cursor for the address from the sort value and the id of one row. Dates are kept as ISO text."""
    plain = value.isoformat() if isinstance(value, date) else value
    packed = json.dumps([plain, str(row_id)], ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unseal(text: str) -> tuple[Any, str]:
    """The (sort value, id) in a cursor. Raises ValueError for anything that `seal` did not write."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, TypeError) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(row_id, str) or isinstance(value, list | dict):
        raise ValueError("not a cursor")
    return value, row_id


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, in the reader's order. first / last: cursors of the edge rows, empty without rows."""

    rows: Sequence[Any]
    has_previous: bool = False
    has_next: bool = False
    first: str = ""
    last: str = ""


def cut(rows: Sequence[Any], ask: Ask, *, sort_key: str, id_key: str = "id") -> Slice:
    """Make the slice from `ask.size` + 1 rows read in reading direction (backwards for `ask.before`)."""
    is_more = len(rows) > ask.size
    kept = list(rows[: ask.size])
    if ask.before is not None:
        kept.reverse()
    if not kept:
        return Slice((), has_previous=ask.after is not None, has_next=ask.before is not None)
    edges = [seal(value_of(row, sort_key), value_of(row, id_key)) for row in (kept[0], kept[-1])]
    return Slice(
        kept,
        has_previous=is_more if ask.before is not None else ask.after is not None,
        has_next=True if ask.before is not None else is_more,
        first=edges[0],
        last=edges[1],
    )


def seek(queryset: QuerySet[Any], ask: Ask, *, field_of: Mapping[str, str], id_field: str = "id") -> Slice:
    """Order, go to the cursor and read one page.

    field_of: column key -> database field to sort by (never null), so that a reader never names a field.
    """
    name = field_of[ask.sort]
    cursor = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    if cursor is not None:
        value, row_id = cursor
        step = "lt" if is_falling else "gt"
        try:
            queryset = queryset.filter(
                Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"{id_field}__{step}": row_id})
            )
        except (ValueError, TypeError) as error:
            raise BadInput(
                _("表格的地址有误"),
                problems=[Problem("after", _("翻页的位置读不出来"), _("请回到第一页再翻"))],
            ) from error
    order = [F(name).desc(), F(id_field).desc()] if is_falling else [F(name).asc(), F(id_field).asc()]
    return cut(
        list(queryset.order_by(*order)[: ask.size + 1]), ask, sort_key=_path(name), id_key=_path(id_field)
    )


def _path(name: str) -> str:
    return name.replace("__", ".")


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with the ticked rows: posts ``pick`` (row ids) to `post`."""

    label: Any
    post: str
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """A table as drawn by ``{% table %}``.

    name: its id on the page (``t-<name>``), one word. address: the page's own path, without query. total: how
    many rows answer in all, None when not counted. export: the address that gives the same list as a file.
    empty: what to do when nothing answers. pick: the id of a row, for bulk actions. row_actions: what can be
    done with one row. has_search: offer a text field, `search_hint` says what it finds. is_wide: a table with
    more columns than fit scrolls in its own box with its head kept in sight.
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
    row_actions: Callable[[Any], Sequence[Action]] | None = None
    has_search: bool = False
    search_hint: Any = ""
    is_wide: bool = False

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
    def is_filtered(self) -> bool:
        return bool(self.ask.text or self.ask.filters)
