"""Numbers and titles of matters that begin."""

from __future__ import annotations

import pytest


def test_numbers(base):
    from jizuo.engines.matter import starting

    assert starting.number_of("QJ{year}{n:05}", 2026, 12) == "QJ202600012"
    with pytest.raises(ValueError):
        starting.number_of("QJ{month}", 2026, 1)
    with pytest.raises(ValueError):
        starting.number_of("{n.__class__.x}", 2026, 1)


def test_numbers_follow_each_other(town):

    first, second = (town.view("clerk", town.start(on_day=f"2027-03-0{n}")).no for n in (1, 2))
    assert int(second[-4:]) == int(first[-4:]) + 1
