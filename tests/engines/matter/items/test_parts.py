"""The part of items is offered with its check, and its papers are found by their code."""

from __future__ import annotations


def test_the_part_is_offered_once(base):
    from jizuo.engines.matter.items import checking, documents
    from jizuo.engines.matter.items import parts as item_parts
    from jizuo.ground.packs import parts
    from jizuo.hubs.organisation.printing import codes
    from jizuo.project import rooms

    rooms.plates()
    item_parts.offer()
    assert parts.all_parts()["items"].check is checking.check
    assert codes._finders["matter"] is documents.found_document
