"""Rows as a table with filters, order and export; as short lines for a phone; one row, entry by entry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.made import Filter
from jizuo.ground.packs.blocks import PageAsk
from jizuo.ground.packs.shapes import Block
from jizuo.ground.pages import asks
from jizuo.ground.pages.asks import Ask, Slice
from jizuo.ground.pages.parts import Entry
from jizuo.ground.pages.tables import Column, Table
from jizuo.ground.pages.tables import Filter as Narrow
from jizuo.hubs.data import codes
from jizuo.hubs.data.blocks.rows import (
    UNIT,
    card_of,
    column_of,
    empty_word,
    fields_of,
    is_clear,
    read_rows,
    sight_of,
    text_of,
    title_of,
)  # fmt: skip
from jizuo.hubs.data.datasets import Field
from jizuo.hubs.data.queries.rows import ROWS_BEFORE_FACTOR
from jizuo.hubs.data.queries.scene_rows import WORD, Sight
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

MOST_CHOICES = 12
MOST_AT_ONCE = 500
MOST_IN_FILE = 10_000
SORTED = frozenset({"date", "moment", "number", "text", "code", "bool"})


def narrows(block: Block, sight: Sight, fields: Sequence[Field]) -> list[Narrow]:
    """The code fields one may narrow by: few codes, seen in clear, not fixed by the block itself."""
    fixed = {one.column for one in block.where if one.op == "eq"}
    found = []
    for field in fields:
        table = codes.tables().get(field.code_table) if field.code_table else None
        if table and len(table) <= MOST_CHOICES and field.key not in fixed and is_clear(sight, field):
            found.append(Narrow(field.key, field.word, [(one.code, one.name) for one in table]))
    return found


def table_parts(block: Block, page: PageAsk, sight: Sight) -> tuple[list[Field], list[Column], list[Narrow]]:
    """Fields, columns and filters of a table; on a screen, where nobody narrows or sorts it, no filters."""
    fields = fields_of(block, sight)
    columns = [
        column_of(
            field,
            is_sorted=field.kind in SORTED and is_clear(sight, field) and not page.is_screen,
            href=(lambda row: page.to(block.to, f"id={row['id']}")) if block.to and not place else None,
        )
        for place, field in enumerate(fields)
    ]
    if len(scopes.current().units) > 1:
        columns.insert(0, Column(f"{UNIT}{WORD}", _("学校"), "short"))
    return fields, columns, [] if page.is_screen else narrows(block, sight, fields)


def asked_of(block: Block, page: PageAsk, columns: Sequence[Column], filters: Sequence[Narrow]) -> Ask:
    """What the address asks of a table. Raises BadInput."""
    query = page.query if isinstance(page.query, QueryDict) else QueryDict(urlencode(page.query, doseq=True))
    first = block.order or "id"
    sort = f"-{first}" if block.newest or not block.order else first
    return Ask.read(query, columns, filters, sort=sort, size=block.limit)


def ask_table(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """The rows of a dataset as a table: filters, order, next page, export."""
    sight = sight_of(block, page)
    if sight is None:
        return None
    fields, columns, filters = table_parts(block, page, sight)
    ask = asked_of(block, page, columns, filters)
    rows, following = read_rows(
        block, page, fields, more=[Filter(key, "eq", value) for key, value in ask.filters.items()],
        order=ask.sort, is_descending=ask.is_descending, after=json.dumps(ask.after) if ask.after else "",
    )  # fmt: skip
    first_page = ask.after is None
    cut = Slice(
        rows, has_previous=not first_page, has_next=bool(following),
        last=asks.seal(*json.loads(following)) if following else "",
    )  # fmt: skip
    table = Table(
        f"b{page.place}", title_of(block, sight), columns, cut, ask, address=page.address, filters=filters,
        total=len(rows) if first_page and not following and not page.is_screen else None, total_unit=_("条"),
        export="" if page.is_screen else f"{page.address}?file=1", empty=empty_word(block), is_wide=len(columns) > 8,
        is_fixed=page.is_screen,
    )  # fmt: skip
    return {"table": table}


def file_of(block: Block, page: PageAsk) -> tuple[str, bytes]:
    """The rows of a table as a workbook of text cells. Raises NotFound, BadInput when there are too many, NotAllowed when
    so many want a second factor."""
    sight = sight_of(block, page)
    if sight is None:
        raise NotFound(_("没有这张表"))
    fields, columns, filters = table_parts(block, page, sight)
    ask = asked_of(block, page, columns, filters)
    narrowed = [Filter(key, "eq", value) for key, value in ask.filters.items()]
    rows: list[dict[str, Any]] = []
    after, limit = "", ROWS_BEFORE_FACTOR
    while True:
        found, after = read_rows(
            block, page, fields, more=narrowed, order=ask.sort, is_descending=ask.is_descending, after=after, limit=limit,
        )  # fmt: skip
        rows += found
        limit = MOST_AT_ONCE
        if not after:
            break
        if len(rows) >= MOST_IN_FILE:
            raise BadInput(
                _("一次最多导出 %(n)s 行") % {"n": f"{MOST_IN_FILE:,}"}, fix=_("先用上面的条件缩小范围")
            )
    now, title = timezone.localtime(), title_of(block, sight)
    sheet = ListSheet(
        title, [OutColumn(one.key, str(one.label)) for one in columns],
        [{one.key: one.text(row) for one in columns} for row in rows],
        subtitle=_("共 %(n)s 条，数据截至 %(at)s") % {"n": f"{len(rows):,}", "at": now.strftime("%Y-%m-%d %H:%M")},
    )  # fmt: skip
    return f"{title} {now:%Y-%m-%d}.xlsx", write_list([sheet], landscape=len(columns) > 6)


def ask_list(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """The rows as short lines for a phone: the first field leads, the others stand below."""
    sight = sight_of(block, page)
    if sight is None:
        return None
    fields = fields_of(block, sight)
    rows, following = read_rows(block, page, fields, after=page.query.get("after", ""))
    return {
        "title": title_of(block, sight),
        "lines": [card_of(block, page, fields, row) for row in rows],
        "empty": empty_word(block),
        "next": f"{page.address}?{urlencode({'after': following})}"
        if following and not page.is_screen
        else "",
    }


def ask_record(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """One row, entry by entry: the one the address names, else the newest."""
    sight = sight_of(block, page)
    if sight is None:
        return None
    fields = fields_of(block, sight)
    asked = page.query.get("id", "")
    if asked:
        rows, _next = read_rows(
            block, page, fields, order="id", is_descending=False, after=just_before(asked), limit=1
        )
        rows = [row for row in rows if str(row["id"]) == asked]
        if not rows:
            raise NotFound(_("没有这一条"), fix=_("可能已经改动，请回到列表再选"))
    else:
        rows, _next = read_rows(block, page, fields, limit=1)
    return {
        "title": title_of(block, sight),
        "entries": [Entry(field.word, text_of(field, rows[0])) for field in fields] if rows else [],
        "empty": empty_word(block),
    }


def just_before(row_id: str) -> str:
    """The cursor behind which the row of an id comes first. Raises NotFound for no id."""
    try:
        return json.dumps([None, str(UUID(int=max(UUID(row_id).int - 1, 0)))])
    except ValueError:
        raise NotFound(_("没有这一条")) from None
