"""The staff of the own unit by name."""

from __future__ import annotations


def test_the_own_unit_only(town):
    from jizuo.engines.matter.queries import colleagues

    with town.as_("clerk"):
        names = {one.name for one in colleagues.colleague_list()}
    assert {"周敏", "杜师傅"} <= names and "孙静" not in names and "陈以宁" not in names
