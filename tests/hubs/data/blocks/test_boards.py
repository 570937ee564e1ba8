"""Rows as lanes and as a month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.ground.packs.blocks import pack
from tests.hubs.data.blocks.given import ask
from tests.hubs.organisation import given


@pytest.fixture(scope="module")
def town(base: Any) -> given.District:
    return pack.town(base, rows=4)


def test_cards_stand_in_their_lanes_and_move_where_one_may_write(base: Any, town: given.District) -> None:
    school = town.schools[0]
    found = ask(base, school.unit_no, "head", "all", 0)
    assert [(lane["code"], len(lane["cards"])) for lane in found["lanes"]] == [("out", 3), ("back", 1)]
    assert not found["may_move"]
    assert ask(base, school.unit_no, "clerk", "all", 0)["may_move"]


def test_a_month_shows_each_day_of_a_span(base: Any, town: given.District) -> None:
    from jizuo.ground import acting

    school = town.schools[0]
    found = ask(base, school.unit_no, "head", "all", 1)
    days = {cell["day"]: cell for week in found["weeks"] for cell in week}
    today = acting.today()
    assert len(days[today]["cards"]) == 4 and days[today]["is_today"]
    before = today - timedelta(days=today.day + 5)
    empty = ask(base, school.unit_no, "head", "all", 1, f"month={before:%Y-%m}")
    assert empty["month"] == before.replace(day=1)
    assert sum(len(cell["cards"]) for week in empty["weeks"] for cell in week if not cell["is_out"]) == 0


def test_a_month_that_is_none_does_not_exist(base: Any, town: given.District) -> None:
    from jizuo.ground.errors import NotFound

    for month in ("2026-13", "1066-10", "x"):
        with pytest.raises(NotFound):
            ask(base, town.schools[0].unit_no, "head", "all", 1, f"month={month}")
