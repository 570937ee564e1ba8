"""What a reader asks of a table, and the slice that answers it.

Paging goes by key, never by offset: the cursor in the address holds sort value and id of the edge row.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem

if TYPE_CHECKING:
    from jizuo.ground.pages.tables import Column, Filter

SIZE = 50
MOST = 200


def value_of(row: Any, key: str) -> Any:
    """`key` of a mapping, or the attribute of an object; a dot goes one deeper. None when missing."""
    for part in key.split("."):
        row = row.get(part) if isinstance(row, Mapping) else getattr(row, part, None)
    return row


@dataclass(frozen=True, slots=True)
class Ask:
    """What the reader asks of a table, read from the address and checked.

    sort: the column key; is_descending. after / before: the (sort value, id) of the row to go on
    from, at most one. filters: key -> value, only declared ones. text: the words searched for. columns: keys
    shown. size: rows a page.
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
            after = unseal(query.get("after", "")) if query.get("after") else None
            before = unseal(query.get("before", "")) if query.get("before") and after is None else None
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
