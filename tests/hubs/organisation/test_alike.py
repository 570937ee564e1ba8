"""Searching for people without a common number, from the door to the queue, a merge and its undo."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_merging import act, image, number


@pytest.fixture
def place(base: Any) -> Any:
    """A district of two schools that list the same pupils, and its steward."""
    from jizuo.project import rooms

    rooms.plates()
    district = given.district(base, schools=2, classes=1, pupils=3, staff=1)
    account = base.account("沈知远")
    grant_no = base.grant(account, district.unit_no, "district_steward")
    steward = district.scope(grant_no=grant_no, account_id=account.pk)
    return SimpleNamespace(base=base, district=district, steward=steward)


def search(place: Any, kind: str = "pupil", **more: Any) -> Any:
    """Start a search and run its job."""
    from jizuo.ground import jobs
    from jizuo.hubs.data.actions.matching import start_matching
    from jizuo.hubs.data.queries.matching import match_runs

    ref = act(place.steward, start_matching, kind=kind, **more)
    jobs.run_job(job_id=str(ref.job_id), unit_no=place.steward.unit_no, grant_no=place.steward.grant_no)
    return act(place.steward, match_runs)[0]


def queue(place: Any, state: str = "open") -> list[Any]:
    from jizuo.hubs.organisation.actions.merging import pair_list

    return act(place.steward, pair_list, state=state)[0]


def same_child(place: Any, at: int = 1) -> tuple[Any, Any]:
    """One of the pupils that both schools list, first school first."""
    one, two = place.district.schools
    return one.pupils[at][0], two.pupils[at][0]


def test_a_search_puts_likely_pairs_into_the_queue_with_reasons(place):
    found = search(place)
    assert (found.state, found.records, found.kind) == ("done", 6, "pupil")
    pairs = {frozenset((one.left_id, one.right_id)): one for one in queue(place)}
    assert found.pairs == found.fresh == len(pairs) >= 3
    pair = pairs[frozenset(same_child(place))]
    assert pair.reason == "compared" and pair.probability >= 0.95
    assert pair.levels["name"] == "same" and pair.levels["phone"] == "same"
    assert search(place).fresh == 0, "what is in the queue is no news"


def test_what_was_decided_and_what_numbers_deny_is_not_asked_again(place):
    from jizuo.hubs.organisation.actions.merging import keep_apart

    left, right = same_child(place)
    number(place.district, left, "id:1", new_id().bytes)
    number(place.district, right, "id:1", new_id().bytes)
    search(place)
    pairs = queue(place)
    assert frozenset((left, right)) not in {frozenset((one.left_id, one.right_id)) for one in pairs}
    act(place.steward, keep_apart, pair_id=pairs[0].pair_id)
    search(place)
    assert pairs[0].pair_id not in [one.pair_id for one in queue(place)]
    assert [one.pair_id for one in queue(place, "apart")] == [pairs[0].pair_id]


def test_a_person_confirms_and_can_take_it_back(place):
    from jizuo.hubs.organisation.actions.merging import merge, undo_merge

    search(place)
    before = image(place.district)
    left, right = same_child(place)
    pair = next(one for one in queue(place) if {one.left_id, one.right_id} == {left, right})
    act(place.steward, merge, pair_id=pair.pair_id, keep_id=left)
    assert image(place.district) != before
    act(place.steward, undo_merge, pair_id=pair.pair_id)
    assert image(place.district) == before
    assert pair.pair_id in [one.pair_id for one in queue(place)]


def test_staff_and_guardians_are_compared_too(place):
    assert search(place, "guardian").pairs >= 3
    assert search(place, "staff").records == 2


def test_another_district_is_never_compared(base, place):
    other = given.district(base, schools=1, classes=1, pupils=3, staff=1)
    found = search(place)
    assert found.records == 6
    ids = {one for pair in queue(place) for one in (pair.left_id, pair.right_id)}
    assert not ids & {person for person, _link in other.schools[0].pupils}
    # The twin: with both districts in reach the same children are found there too.
    wide = replace(place.steward, units=(*place.steward.units, *other.scope().units))
    from jizuo.hubs.organisation.alike import pupils_to_compare

    assert act(wide, pupils_to_compare).height == 9


def test_the_page_says_why_and_starts_a_search(place):
    account = place.base.account("沈知远")
    no = place.base.grant(account, place.district.unit_no, "district_steward")
    client = place.base.client(account)
    search(place)
    page = client.get(f"/as/{no}/same-people").content.decode()
    assert "姓名相同" in page and "可能性" in page and "100" not in page.split("可能性")[1][:60]
    panel = f"/as/{no}/same-people/latest"
    assert panel in page and "开始比对" in client.get(panel).content.decode()
    assert client.post(f"/as/{no}/same-people/search", {"kind": "pupil"}).status_code == 302
    assert f"/as/{no}/same-people/progress" in client.get(panel).content.decode()
    assert client.get(f"/as/{no}/same-people/progress").status_code == 200


def test_scope_is_needed():
    from jizuo.hubs.organisation.alike import pupils_to_compare

    assert scopes.current_or_none() is None
    with pytest.raises(scopes.NoScope):
        pupils_to_compare()
