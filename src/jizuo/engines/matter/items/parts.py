"""The items of a pack as a part."""

from __future__ import annotations

from jizuo.engines.matter.shapes import Item
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("items", "办事事项", Item, order=60))
