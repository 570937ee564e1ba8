"""The items of a pack as a part."""

from __future__ import annotations

from jizuo.engines.matter.items import checking, documents, preview
from jizuo.engines.matter.shapes import Item
from jizuo.ground.packs import parts
from jizuo.ground.packs.parts import Part
from jizuo.hubs.organisation.printing import codes


def offer() -> None:
    """Offer the part, and who finds papers by their check code; called on the plate."""
    told = Part(
        "items",
        "办事事项",
        Item,
        check=checking.check,
        preview=preview.guide_html,
        compare=preview.compare,
        order=60,
    )
    parts.offer(told)
    codes.offer("matter", documents.found_document)
