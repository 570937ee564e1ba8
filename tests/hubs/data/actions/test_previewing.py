"""What a preview says before anything is written, and who must see it."""

from __future__ import annotations

import pytest

from tests.hubs.data.given import applied, campuses, counts
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import clerk

NAMES = [f"第{n}校区" for n in range(12)]


def test_the_preview_shows_old_and_new_value(desk):
    applied(desk, campuses(东校区="东门街 1 号"))
    walked = desk.bring(campuses(东校区="东门街 2 号"))
    (change,) = walked.changes("changed")
    assert (change.before, change.after) == ({"地点": "东门街 1 号"}, {"地点": "东门街 2 号"})


def test_the_same_file_again_says_nothing_new(desk):
    applied(desk, campuses("东校区"))
    before = rows_of(desk.base, desk.unit_no, "select id, xmin::text, changed_at from org")
    again = desk.bring(campuses("东校区"))
    assert again.state == "applied" and again.batch.receipt["is_nothing"] is True
    assert counts(again) == {"same": 1}
    assert rows_of(desk.base, desk.unit_no, "select id, xmin::text, changed_at from org") == before


def test_a_fault_is_mended_in_place_and_the_raw_file_stays(desk):
    from jizuo.ground.errors import Conflict

    walked = desk.bring(campuses("!", "西校区"))
    assert walked.state == "faulty"
    (problem,) = walked.problems("error")
    assert (problem.row_no, problem.column, problem.value) == (1, "A", "!")
    with pytest.raises(Conflict):
        walked.step("apply_batch")
    raw = walked.batch.raw_file
    walked.mend(("", 1, "A", "东校区"))
    assert walked.state == "ready" and walked.problems() == [] and walked.batch.raw_file == raw
    walked.apply()
    assert set(desk.orgs()) == {"东校区", "西校区"}


def test_too_many_gone_waits_for_a_second_person(desk):
    from jizuo.ground.errors import Conflict, NotAllowed

    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:6]), is_full=True)
    assert walked.state == "held"
    assert "6" in walked.batch.hold_reason and "12" in walked.batch.hold_reason
    assert len(walked.changes("gone")) == 6
    with pytest.raises(Conflict):
        walked.step("apply_batch")
    with pytest.raises(NotAllowed, match="需要另一个人批准"):
        walked.step("approve_batch")
    # The head's role of the same account is the same person.
    from jizuo.hubs.identity.models import Account

    account = Account.objects.get(pk=desk.scope.account_id)
    head = desk.base.grant(account, desk.unit_no, "head")
    with pytest.raises(NotAllowed):
        walked.step(
            "approve_batch", desk.base.scope(desk.unit_no, "head", grant_no=head, account_id=account.pk)
        )
    walked.step("approve_batch", clerk(desk.base, desk.unit_no, "head", "沈知远"))
    assert walked.state == "ready"
    walked.apply()
    assert set(desk.orgs()) == set(NAMES[:6])
    walked.undo()
    assert set(desk.orgs()) == set(NAMES)


def test_few_gone_need_nobody(desk):
    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:8]), is_full=True)
    assert walked.state == "ready" and counts(walked) == {"same": 8, "gone": 4}


def test_an_approval_counts_for_what_was_seen(desk):
    """After the base moved, more would leave than was approved: the second person is asked again."""
    applied(desk, campuses(*NAMES))
    walked = desk.bring(campuses(*NAMES[:6]), is_full=True)
    walked.step("approve_batch", clerk(desk.base, desk.unit_no, "head", "沈知远"))
    applied(desk, campuses("新校区"))
    walked.apply()
    assert walked.state == "held", walked.batch
    assert "7" in walked.batch.hold_reason
    assert len(desk.orgs()) == 13
