"""Rows as cards in lanes of a code, and as a month."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.made import Filter
from jizuo.ground.packs.blocks import Done, PageAsk
from jizuo.ground.packs.shapes import Block
from jizuo.hubs.data import codes
from jizuo.hubs.data.actions.put_rows import put_scene_rows
from jizuo.hubs.data.blocks.rows import card_of, empty_word, fields_of, read_rows, sight_of, title_of
from jizuo.hubs.data.datasets import PERSONAL, Field
from jizuo.hubs.data.queries.rows import ROWS_BEFORE_FACTOR
from jizuo.hubs.data.queries.scene_rows import Sight

MOST_ON_BOARD = ROWS_BEFORE_FACTOR
MOST_OF_MONTH = 500


def weekdays() -> list[str]:
    """The heads of a month, from Monday on."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def ask_board(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """Cards in lanes of a code field; whoever may write moves them."""
    sight = sight_of(block, page)
    if sight is None:
        return None
    lane = sight.known.fields[block.lane]
    fields = [one for one in fields_of(block, sight) if one.key != block.lane]
    rows, following = read_rows(block, page, [*fields, lane], limit=MOST_ON_BOARD)
    lanes = [(one.code, one.name) for one in codes.tables().get(lane.code_table, ())]
    return {
        "title": title_of(block, sight),
        "lanes": [
            {
                "code": code,
                "name": name,
                "cards": [card_of(block, page, fields, row) for row in rows if row[block.lane] == code],
                "others": [one for one in lanes if one[0] != code],
            }
            for code, name in lanes
        ],
        "may_move": block.data in page.use.write and not page.is_screen,
        "is_cut": bool(following),
        "most": MOST_ON_BOARD,
    }


def move_card(block: Block, page: PageAsk, posted: Mapping[str, Any]) -> Done:
    """Move a card to another lane. Raises NotFound, BadInput."""
    try:
        row_id = UUID(str(posted.get("row", "")))
    except ValueError:
        raise NotFound(_("没有这一条")) from None
    put_scene_rows(
        scene=page.scene,
        dataset=block.data,
        rows=[{"id": str(row_id), block.lane: str(posted.get("lane", ""))}],
    )
    return Done(_("已移动"))


def ask_calendar(block: Block, page: PageAsk) -> dict[str, Any] | None:
    """A month with what falls on its days."""
    sight = sight_of(block, page)
    if sight is None:
        return None
    begin = month_of(page.query.get("month", ""))
    weeks = calendar.Calendar().monthdatescalendar(begin.year, begin.month)
    first, last = weeks[0][0], weeks[-1][-1]
    end = block.end or block.day
    fields = [one for one in fields_of(block, sight) if one.key not in (block.day, end)]
    dates = [sight.known.fields[key] for key in dict.fromkeys((block.day, end))]
    rows, following = read_rows(
        block, page, [*fields, *dates], order=block.day, is_descending=False, 
        limit=ROWS_BEFORE_FACTOR if has_personal(sight, fields) else MOST_OF_MONTH,
        more=[Filter(block.day, "le", last), Filter(end, "ge", first)],
    )  # fmt: skip
    of_day: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        day, until = max(row[block.day], first), min(row[end] or row[block.day], last)
        card = card_of(block, page, fields or dates, row)
        while day <= until:
            of_day.setdefault(day, []).append(card)
            day += timedelta(days=1)
    today = scopes.current().today
    back, forth = begin - timedelta(days=1), (begin + timedelta(days=32)).replace(day=1)
    return {
        "title": title_of(block, sight),
        "month": begin,
        "weekdays": weekdays(),
        "back": "" if page.is_screen else f"{page.address}?month={back:%Y-%m}",
        "forth": "" if page.is_screen else f"{page.address}?month={forth:%Y-%m}",
        "weeks": [
            [
                {
                    "day": day,
                    "is_out": day.month != begin.month,
                    "is_today": day == today,
                    "cards": of_day.get(day, []),
                }
                for day in week
            ]
            for week in weeks
        ],
        "empty": empty_word(block) if not rows else "",
        "is_cut": bool(following),
    }


def has_personal(sight: Sight, fields: Sequence[Field]) -> bool:
    """Whether personal values stand among the fields: then fewer rows come at once."""
    return any(one.grade >= PERSONAL for one in fields)


def month_of(text: str) -> date:
    """The first day of the month of an address, this month without one. Raises NotFound."""
    if not text:
        return scopes.current().today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise NotFound(_("没有这个月")) from None
    if not 2000 <= found.year <= 2100:
        raise NotFound(_("没有这个月"))
    return found
