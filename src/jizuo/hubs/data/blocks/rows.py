"""The rows behind a block: which fields, how far, in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.made import Filter
from jizuo.ground.packs.blocks import PageAsk, word_of
from jizuo.ground.packs.shapes import Block
from jizuo.ground.pages.shell import to
from jizuo.ground.pages.tables import Column
from jizuo.hubs.data.datasets import PERSONAL, SENSITIVE, Field
from jizuo.hubs.data.queries.scene_rows import WORD, Sight, filters_of, scene_rows

UNIT = "unit_no"
#: What the rows of a block are narrowed by, in the words of `shapes.Block`.
WORDS = frozenset({"data", "columns", "where", "order", "newest", "limit", "to"})


def sight_of(block: Block, page: PageAsk) -> Sight | None:
    """How far the reader sees the block's dataset; None where the role may not read it at all. Raises NotFound while its
    table is being built."""
    return Sight(page.scene, block.data) if block.data in page.use.read else None


def fields_of(block: Block, sight: Sight) -> list[Field]:
    """The fields a block shows: those it names, or every one that is not sensitive."""
    known = sight.known.fields
    if block.columns:
        return [known[key] for key in block.columns if key in known]
    return [one for one in known.values() if one.grade < SENSITIVE and one.key != sight.standard.mine]


def is_clear(sight: Sight, field: Field) -> bool:
    """Whether a field may sort and narrow: what is masked may not."""
    return field.grade < PERSONAL or sight.is_open(field)


def shown(field: Field, row: Mapping[str, Any]) -> Any:
    """A value as people read it: names for people, orgs and codes, words for yes and no."""
    value = row.get(field.key)
    if f"{field.key}{WORD}" in row:
        return row[f"{field.key}{WORD}"]
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return value


def text_of(field: Field, row: Mapping[str, Any]) -> str:
    """The same as text; '' for nothing."""
    return column_of(field).text(row)


def column_of(field: Field, *, is_sorted: bool = False, href: Callable[[Any], str] | None = None) -> Column:
    """The column of a field."""
    kind = {"number": "figure", "date": "day", "moment": "moment", "code": "short", "bool": "short"}
    decimals = field.db_type.rpartition(",")[2].strip(" )") if field.db_type.startswith("numeric") else "0"
    if field.kind == "id" and field.refers not in ("person", "org"):
        return Column(
            field.key, field.word, "short",
            value=lambda row: _("附件") if row.get(field.key) else None,
            href=lambda row: to(f"files/{row[field.key]}") if row.get(field.key) else "",
        )  # fmt: skip
    return Column(
        field.key, field.word, kind.get(field.kind, "text"), sort=is_sorted, decimals=int(decimals),
        value=lambda row: shown(field, row), href=href,
    )  # fmt: skip


def units_named(rows: Sequence[dict[str, Any]]) -> None:
    """Put the name of its unit beside each row, where the reader reaches several."""
    if len(scopes.current().units) < 2 or not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no, coalesce(nullif(short_name, ''), name) from unit where unit_no = any(%s)",
            [list({row[UNIT] for row in rows})],
        )
        names = dict(cursor.fetchall())
    for row in rows:
        row[f"{UNIT}{WORD}"] = names.get(row[UNIT], "")


def read_rows(
    block: Block, page: PageAsk, fields: Sequence[Field], *, more: Sequence[Filter] = (), order: str = "",
    is_descending: bool | None = None, after: str = "", limit: int = 0,
) -> tuple[list[dict[str, Any]], str]:  # fmt: skip
    """A page of the block's rows with words, and the cursor behind it; nothing when a word of its tests has no answer."""
    filters = filters_of(block.where)
    if filters is None:
        return [], ""
    found = scene_rows(
        scene=page.scene, dataset=block.data, columns=[one.key for one in fields], filters=[*filters, *more],
        order_by=order or block.order or "id",
        is_descending=(block.newest or not block.order) if is_descending is None else is_descending,
        after=after, limit=limit or block.limit,
    )  # fmt: skip
    units_named(found.rows)
    return found.rows, found.next


def empty_word(block: Block) -> str:
    """What an empty block says."""
    return block.empty or _("还没有内容。")


def title_of(block: Block, sight: Sight) -> str:
    """A block's heading: its own, or the dataset's."""
    return word_of(block.title, block.english) if block.title else sight.known.word


def card_of(block: Block, page: PageAsk, fields: Sequence[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a line or card: its first field, then the others with their titles."""
    unit = row.get(f"{UNIT}{WORD}", "")
    return {
        "id": row["id"],
        "words": text_of(fields[0], row) or "—",
        "details": [one for one in [unit, *(text_of(field, row) for field in fields[1:])] if one],
        "href": page.to(block.to, f"id={row['id']}") if block.to else "",
    }
