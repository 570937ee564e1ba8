"""Kinds of blocks: one of each name, and an address only where the reader may go."""

from __future__ import annotations

from typing import Any

import pytest


def test_two_rooms_cannot_offer_one_kind(base: Any) -> None:
    from jizuo.ground.packs import blocks
    from jizuo.ground.packs.blocks import BlockKind
    from jizuo.project import rooms

    rooms.plates()
    known = blocks.all_kinds()
    assert {"text", "form", "table", "list", "record", "board", "calendar", "number", "chart", "roll"} <= set(
        known
    )
    blocks.offer("table", known["table"])
    with pytest.raises(ValueError, match="table"):
        blocks.offer("table", BlockKind(known["table"].ask, "other.html", frozenset()))


def test_a_block_leads_only_to_pages_of_the_reader(base: Any) -> None:
    from types import SimpleNamespace

    from jizuo.ground.packs.blocks import PageAsk
    from jizuo.ground.packs.shapes import Block, BlockPage, Use

    page: Any = BlockPage("页", (Block("text"),))
    held: Any = SimpleNamespace(scene="leave")
    ask = PageAsk(held, Use(pages=("all",)), "today", page, 0, home="/as/1/s/leave/")
    assert ask.to("all", "id=1") == "/as/1/s/leave/all?id=1" and ask.to("all") == "/as/1/s/leave/all"
    assert ask.to("other") == ""
    screen = PageAsk(held, Use(pages=("all",)), "today", page, 0, is_screen=True)
    assert screen.to("all") == ""
