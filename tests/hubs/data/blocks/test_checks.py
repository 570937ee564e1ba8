"""A block without columns shows what is not sensitive, and a screen nothing that is marked."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack


def test_columns_left_out_are_weighed_too(base: Any) -> None:
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.shapes import Block, BlockPage
    from jizuo.hubs.data.blocks.checks import check_rows
    from jizuo.project import rooms

    rooms.plates()
    block = Block("table", data="outing")
    plain = reading.read(pack.FILES).pack
    assert plain is not None
    screen = BlockPage("页", (block,), place="screen")
    assert check_rows(plain, block, screen, "x") == [], "what is sensitive is not shown by itself"
    scored = (
        pack.FILES["standards/outing.yaml"]
        .replace("title: 小时", "title: 得分")
        .replace("scale: 1, grade: 2", "scale: 1, grade: 3")
    )
    told = reading.read(pack.FILES | {"standards/outing.yaml": scored}).pack
    assert told is not None
    assert ["得分" in one.what for one in check_rows(told, block, screen, "x")] == [True]
    assert check_rows(told, block, BlockPage("页", (block,)), "x") == []
