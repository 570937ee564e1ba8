"""The district's queue of people who may be one."""

from __future__ import annotations

from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import deliver_facts, load_plates


def test_news_land_once_with_the_bureau_or_with_the_unit_itself(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.organisation.importers import queue

    load_plates()
    bureau = base.unit("教育局", kind="bureau")
    under, alone = base.unit(parent=bureau), base.unit()
    left, right = sorted((str(new_id()), str(new_id())))
    for unit_no in (under, alone):
        with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
            queue.tell_may_be_one(unit_no, right, left, new_id(), "same_name")
            queue.tell_may_be_one(unit_no, left, right, new_id(), "same_name")
    deliver_facts()
    for unit_no in (bureau, alone):
        assert rows_of(base, unit_no, "select left_id::text, right_id::text, state from same_person") == [
            (left, right, "open")
        ]
    assert rows_of(base, under, "select count(*) from same_person") == [(0,)]
