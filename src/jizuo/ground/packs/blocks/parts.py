"""The pages of a pack as a part."""

from __future__ import annotations

from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part
from jizuo.ground.packs.shapes import BlockPage


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("pages", "页面", BlockPage, order=70))
