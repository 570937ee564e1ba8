from __future__ import annotations

from tests.hubs.organisation.actions.test_merging import act
from tests.hubs.organisation.test_alike import place as place
from tests.hubs.organisation.test_alike import search


def test_searches_are_told_newest_first_and_to_their_own_unit(base, place):
    from jizuo.hubs.data.queries.matching import match_runs

    first, second = search(place), search(place, "staff")
    assert [one.run_id for one in act(place.steward, match_runs)][:2] == [second.run_id, first.run_id]
    other = base.scope(base.unit("另一个区教育局", kind="bureau"), "district_steward")
    assert act(other, match_runs) == []
