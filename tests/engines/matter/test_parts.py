"""Flows and decision tables are read, and checked, as parts of a pack."""

from __future__ import annotations


def test_both_are_offered(town):
    from jizuo.engines.matter import checking
    from jizuo.engines.matter.shapes import Flow
    from jizuo.ground.packs import parts
    from jizuo.plain.decisions import DecisionTable

    known = parts.all_parts()
    assert known["flows"].shape is Flow and known["flows"].check is checking.check
    assert known["decisions"].shape is DecisionTable and known["decisions"].order < known["flows"].order
