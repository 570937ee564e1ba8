"""The order in which sources are believed: pure, whatever the base holds."""

from __future__ import annotations

from datetime import date

import pytest

from jizuo.hubs.data.owners import Line, Ownership
from jizuo.hubs.data.sources import SETTLED, Source

KNOWN = {
    name: Source(name, name, name, "system", rank)
    for name, rank in ((SETTLED, 0), ("register", 10), ("school", 30), ("family", 40))
}
DAY = date(2026, 9, 1)


def line(source, unit_no=None, begin_on=DAY, end_on=None, field="sex"):
    return Line("person", field, source, unit_no, begin_on, end_on)


def test_a_decision_stands_first_then_the_owner_then_the_rest_by_rank():
    told = Ownership({"sex": "school"}, [], KNOWN)
    assert told.order("sex") == (SETTLED, "school", "register", "family")
    assert told.order("phone") == (SETTLED, "register", "school", "family")
    assert told.stronger_than("family", "sex") == (SETTLED, "school", "register")
    assert told.stronger_than("school", "sex") == (SETTLED,)
    assert told.stronger_than("stranger", "sex") == told.order("sex")


def test_an_owner_nobody_registered_is_still_the_owner():
    assert Ownership({"sex": "old_system"}, [], KNOWN).order("sex")[:2] == (SETTLED, "old_system")


@pytest.mark.parametrize(
    ("lines", "whole", "own"),
    [
        ([], "register", "register"),
        ([line("school")], "school", "school"),
        ([line("school", 7)], "register", "school"),
        ([line("family"), line("school", 7)], "family", "school"),
        ([line("family", begin_on=date(2026, 9, 2)), line("school")], "family", "family"),
    ],
)
def test_a_unit_s_line_is_stronger_than_the_base_s_and_a_later_than_an_earlier(lines, whole, own):
    told = Ownership({"sex": "register"}, lines, KNOWN)
    assert (told.owner("sex"), told.owner("sex", 7), told.owner("sex", 8)) == (whole, own, whole)


@pytest.mark.parametrize(
    ("begin_on", "end_on", "holds"),
    [(DAY, None, True), (date(2026, 9, 2), None, False), (date(2026, 8, 1), DAY, False),
     (date(2026, 8, 1), date(2026, 9, 2), True)],
)  # fmt: skip
def test_a_line_holds_from_its_first_day_and_not_on_its_last(begin_on, end_on, holds):
    assert line("school", begin_on=begin_on, end_on=end_on).in_force(DAY) is holds
