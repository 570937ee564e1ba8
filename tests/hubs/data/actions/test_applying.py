"""A batch is written as it was previewed or not at all, and goes back as far as nobody has touched it."""

from __future__ import annotations

import pytest

from tests.hubs.data.given import applied, campuses


def test_an_effect_that_changed_since_the_preview_goes_back_to_preview(desk):
    applied(desk, campuses(东校区="东门街 1 号"))
    walked = desk.bring(campuses(东校区="东门街 2 号"))
    applied(desk, campuses(东校区="东门街 3 号", 西校区="x"))
    walked.apply()
    # Same new value for the same record: only what would be written counts, so this one may go through.
    assert walked.state == "applied" and desk.orgs()["东校区"] == "东门街 2 号"

    late = desk.bring(campuses(南校区="南门街 1 号"))
    applied(desk, campuses(南校区="南门街 9 号"))
    late.apply()
    assert late.state == "ready", late.batch
    assert desk.orgs()["南校区"] == "南门街 9 号"
    (change,) = late.changes("changed")
    assert change.before == {"地点": "南门街 9 号"}
    late.apply()
    assert late.state == "applied" and desk.orgs()["南校区"] == "南门街 1 号"


def test_undo_keeps_and_lists_what_changed_since(desk):
    applied(desk, campuses(东校区="1", 西校区="1", 南校区="1"))
    second = applied(desk, campuses(东校区="2", 西校区="2", 北校区="2", 中校区="2"))
    # After the second batch: one changed row, and one row it had brought, are changed again.
    applied(desk, campuses(西校区="3", 中校区="3"))
    second.undo()
    assert second.state == "undone"
    assert desk.orgs() == {"东校区": "1", "西校区": "3", "南校区": "1", "中校区": "3"}
    undo = second.batch.receipt["undo"]
    assert (undo["removed"], undo["restored"], undo["kept_count"]) == (1, 1, 2)
    assert sorted((table, label) for table, _id, label in undo["kept"]) == [
        ("org", "中校区"),
        ("org", "西校区"),
    ]


def test_undo_in_the_reverse_order_goes_all_the_way_back(desk):
    first = applied(desk, campuses(东校区="1"))
    second = applied(desk, campuses(东校区="2"))
    second.undo()
    assert desk.orgs() == {"东校区": "1"}
    first.undo()
    assert desk.orgs() == {}


def test_an_undo_is_not_undone_and_not_made_twice(desk):
    from jizuo.ground.errors import Conflict

    walked = applied(desk, campuses("东校区"))
    walked.undo()
    for verb in ("undo_batch", "apply_batch", "recheck_batch"):
        with pytest.raises(Conflict, match="已撤销"):
            walked.step(verb)
    # The way forward is the file itself.
    applied(desk, campuses("东校区"))
    assert set(desk.orgs()) == {"东校区"}
