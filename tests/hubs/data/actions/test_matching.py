from __future__ import annotations

import pytest

from jizuo.ground.errors import BadInput, Conflict, NotAllowed
from tests.hubs.organisation.actions.test_merging import act
from tests.hubs.organisation.test_alike import place as place
from tests.hubs.organisation.test_alike import queue


def test_only_the_steward_searches_and_only_known_kinds(place):
    from jizuo.hubs.data.actions.matching import start_matching

    for role in ("clerk", "head", "district_leader"):
        with pytest.raises(NotAllowed):
            act(place.district.scope(role), start_matching, kind="pupil")
    with pytest.raises(BadInput):
        act(place.steward, start_matching, kind="ghost")
    with pytest.raises(BadInput):
        act(place.steward, start_matching, kind="pupil", threshold=0.2)
    act(place.steward, start_matching, kind="pupil")
    with pytest.raises(Conflict):
        act(place.steward, start_matching, kind="pupil")


def test_a_search_that_waits_can_be_cancelled(place):
    from jizuo.ground import jobs
    from jizuo.ground.actions import cancel_job
    from jizuo.hubs.data.actions.matching import start_matching
    from jizuo.hubs.data.queries.matching import match_runs

    ref = act(place.steward, start_matching, kind="pupil")
    act(place.steward, cancel_job, job_id=ref.job_id)
    jobs.run_job(job_id=str(ref.job_id), unit_no=place.steward.unit_no, grant_no=place.steward.grant_no)
    found = act(place.steward, match_runs)[0]
    assert (found.state, found.pairs) == ("cancelled", 0)
    assert queue(place) == []
