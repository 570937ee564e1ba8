"""The flows and decision tables of a pack as parts."""

from __future__ import annotations

from jizuo.engines.matter import checking, tables, upgrading
from jizuo.engines.matter.shapes import Flow
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part
from jizuo.plain.decisions import DecisionTable


def offer() -> None:
    """Offer both parts; called on the plate."""
    parts.offer(Part("decisions", "决策表", DecisionTable, check=tables.check, order=35))
    parts.offer(
        Part(
            "flows",
            "流程",
            Flow,
            check=checking.check,
            held=upgrading.held,
            compare=upgrading.compare,
            order=40,
        )
    )
