"""Invented rows: of every type, without a table."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack


def test_each_kind_is_drawn_from_invented_rows(base: Any) -> None:
    from django.template.loader import render_to_string

    from jizuo.ground.packs import reading
    from jizuo.ground.packs.shapes import Block
    from jizuo.hubs.data.blocks import KINDS
    from jizuo.project import rooms

    rooms.plates()
    told = reading.read(pack.FILES).pack
    assert told is not None
    for name, kind in KINDS.items():
        assert kind.sample is not None
        block = Block(name, data="outing", lane="state", day="from_on")
        assert "陈以宁" in render_to_string(kind.template, dict(kind.sample(told, block))), name
        render_to_string(kind.template, dict(kind.sample(told, Block(name, data="nothing"))))
