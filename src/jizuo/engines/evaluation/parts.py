"""The indicators of a pack as a part."""

from __future__ import annotations

from jizuo.engines.evaluation.shapes import Indicator
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("indicators", "指标", Indicator, order=50))
