"""One page of a list after another, by key: the rows are asked for with one more than are shown, and the key of the last
one shown leads on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.shapes import Page

T = TypeVar("T")
MOST = 500
Row = Sequence[Any]


def page_size(limit: int) -> int:
    """`limit` as asked; raises BadInput outside 1 to 500."""
    if not 1 <= limit <= MOST:
        raise BadInput(_("每页行数不对"), problems=[Problem("limit", _("应在 1 到 500 之间"))])
    return limit


def key_of(after: str) -> UUID | None:
    """The id in an `after`; None for the first page. Raises BadInput."""
    try:
        return UUID(after) if after else None
    except ValueError:
        raise BadInput(_("翻页位置不对"), problems=[Problem("after", _("请从第一页重新开始"))]) from None


def page_of(
    rows: Sequence[Row], limit: int, read: Callable[[Row], T], *, key: int = 0, count: int | None = None
) -> Page[T]:
    """The first `limit` of rows that were asked for with one more, each read by `read`. key: the place of the column
    that leads on."""
    shown = rows[:limit]
    leads_on = str(shown[-1][key]) if len(rows) > limit else ""
    return Page(rows=[read(row) for row in shown], next=leads_on, count=count)


def newest(
    table: str, columns: str, read: Callable[[Row], T], *, state: str, after: UUID | None, limit: int
) -> Page[T]:
    """Rows of a table of things that have a state, newest first, with how many there are. table, columns: names of the
    code, the id first; state: '' for all; after: the `next` of the page before. Inside a door."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {columns} from {table} where (%s = '' or state = %s) and (%s::uuid is null or id < %s::uuid)"
            " order by id desc limit %s",
            [state, state, after, after, limit + 1],
        )
        rows = cursor.fetchall()
        cursor.execute(f"select count(*) from {table} where (%s = '' or state = %s)", [state, state])
        (count,) = cursor.fetchone()
    return page_of(rows, limit, read, count=count)
