"""Numbers of quality: what is added up, and what is too small to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from tests.hubs.data.quality_given import build


def test_a_group_too_small_is_told_to_nobody_outside() -> None:
    from jizuo.hubs.data.queries.quality import smallest, told_count

    assert (
        smallest(is_published=True, outside=False) == 10 and smallest(is_published=False, outside=True) == 5
    )
    assert [told_count(count, 5) for count in (0, 1, 4, 5)] == [0, None, None, 5]
    assert told_count(1, smallest(is_published=False, outside=False)) == 1


def test_a_district_adds_up_and_a_trend_holds_until_the_next_change(base: Any) -> None:
    from jizuo.ground import acting
    from jizuo.hubs.data.queries import quality as queries

    town = build(base)
    today = acting.today()
    town.check(today=today - timedelta(days=30))
    town.write("update pupil set status = '07', changed_at = now() where id = any(%s)",
               [link for one in town.schools for _person, link in one.pupils])  # fmt: skip
    town.check()
    with scopes.use(base.scope(town.bureau, "district_leader", today=today)):
        now = queries.quality_now()
        with pytest.raises(NotFound):
            queries.quality_now(unit_no=base.unit())
    (pupils,) = [one for one in now.datasets if one.dataset == "pupil"]
    assert pupils.total.records == 24 and pupils.dimensions["consistency"].score == 0
    assert [score for _day, score in now.trend[:6]] == [None] * 6 or now.trend[0][1] is None
    known = [score for _day, score in now.trend if score is not None]
    assert known[0] > known[-1] and len(set(known[:-1])) == 1
    assert {one.unit_no for one in now.units} == {one.unit_no for one in town.schools}
    assert sum(one.records for one in now.sources) == now.records
    assert (
        now.worst[0].failing is not None and now.worst[0].failing >= now.worst[-1].failing
        if now.worst[-1].failing
        else True
    )
