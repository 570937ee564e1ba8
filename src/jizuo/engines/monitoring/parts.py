"""The alerts of a pack as a part."""

from __future__ import annotations

from jizuo.engines.monitoring.shapes import Alert
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part


def offer() -> None:
    """Offer the part; called on the plate."""
    parts.offer(Part("alerts", "预警", Alert, order=55))
