"""Two people who are one keep one account; a merge taken back gives both back."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.hubs.identity.conftest import sign_in
from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_merging import act, pair
from tests.hubs.organisation.walking import deliver_facts


@pytest.fixture
def twice(base, person):
    """A pupil under two names at two schools, with an account at each; `merge()`, `undo()`, `held(account)`."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import follow
    from jizuo.hubs.identity.models import Account
    from jizuo.hubs.organisation.actions import merging
    from jizuo.project import rooms

    rooms.plates()
    district = given.district(base, schools=2, classes=1, pupils=2, staff=1)
    deliver_facts()
    one, two = district.schools
    kept, dropped = one.pupils[1][0], two.pupils[0][0]
    both = []
    for school, person_id in ((one, kept), (two, dropped)):
        account = person()
        Account.objects.filter(pk=account.pk).update(person_id=person_id)
        with scopes.use(base.scope(school.unit_no, "operator")):
            follow.follow_affiliations(unit_nos=[school.unit_no])
        both.append(account)
    scope = district.scope()
    made = SimpleNamespace(
        kept=kept, dropped=dropped, own=both[0], other=both[1], units=[one.unit_no, two.unit_no]
    )

    def merge():
        made.pair_id = pair(district, kept, dropped)
        act(scope, merging.merge, pair_id=made.pair_id, keep_id=kept)
        deliver_facts()

    def undo():
        act(scope, merging.undo_merge, pair_id=made.pair_id)
        deliver_facts()

    def held(account):
        with base.owner() as owner:
            rows = owner.execute(
                "select unit_no, role, person_id from acting_grant where account_id = %s"
                " and (end_on is null or end_on > %s) order by 1, 2",
                [account.pk, timezone.localdate()],
            ).fetchall()
        return [tuple(row) for row in rows]

    made.merge, made.undo, made.held = merge, undo, held
    return made


def fresh(account):
    from jizuo.hubs.identity.models import Account

    return Account.objects.get(pk=account.pk)


def test_the_kept_person_keeps_one_account_and_the_other_ends_at_once(base, twice, address):
    own, other = base.client(REMOTE_ADDR=address), base.client(REMOTE_ADDR=address)
    sign_in(own, twice.own)
    sign_in(other, twice.other)
    assert other.get("/me/").status_code == 200
    by_hand = base.grant(twice.other, twice.units[1], "clerk")
    before = {account.pk: twice.held(account) for account in (twice.own, twice.other)}
    twice.merge()
    assert fresh(twice.own).person_id == twice.kept and fresh(twice.own).is_active
    assert fresh(twice.other).person_id == twice.dropped and not fresh(twice.other).is_active
    assert own.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), twice.other).status_code != 302
    assert twice.held(twice.other) == []
    roles = twice.held(twice.own)
    assert {unit for unit, role, _person in roles if role == "clerk"} == {twice.units[1]}
    assert own.get(f"/as/{by_hand}/").status_code == 200
    twice.undo()
    assert fresh(twice.other).person_id == twice.dropped and fresh(twice.other).is_active
    assert {account.pk: twice.held(account) for account in (twice.own, twice.other)} == before
    assert sign_in(base.client(REMOTE_ADDR=address), twice.other).status_code == 302


def test_a_fact_told_twice_acts_once(base, twice):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import joining

    twice.merge()
    image = [
        (fresh(one).person_id, fresh(one).is_active, fresh(one).joined) for one in (twice.own, twice.other)
    ]
    with scopes.use(base.scope(twice.units[0], "operator")):
        assert joining.join_accounts(kept=twice.kept, dropped=twice.dropped) is False
        assert joining.join_accounts(kept=uuid4(), dropped=uuid4()) is False
        assert joining.part_accounts(kept=uuid4(), dropped=uuid4()) is False
    again = [
        (fresh(one).person_id, fresh(one).is_active, fresh(one).joined) for one in (twice.own, twice.other)
    ]
    assert again == image


def test_the_account_in_use_stays(base, twice):
    from jizuo.hubs.identity.models import Account

    Account.objects.filter(pk=twice.own.pk).update(activated_at=None)
    twice.merge()
    assert fresh(twice.other).person_id == twice.kept and fresh(twice.other).is_active
    assert fresh(twice.own).person_id == twice.dropped and not fresh(twice.own).is_active
    assert twice.held(twice.other) and not twice.held(twice.own)
    twice.undo()
    assert fresh(twice.other).person_id == twice.dropped
    assert fresh(twice.own).person_id == twice.kept and fresh(twice.own).is_active


def test_the_only_account_goes_over_and_comes_back(base, twice):
    from jizuo.hubs.identity.models import Account

    Account.objects.filter(pk=twice.own.pk).update(person_id=None)
    twice.merge()
    assert fresh(twice.other).person_id == twice.kept and fresh(twice.other).is_active
    twice.undo()
    assert fresh(twice.other).person_id == twice.dropped and fresh(twice.other).joined is None


def test_bindings_follow_and_come_back(base, twice):
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.models import GuardianBinding

    now = entry.now()
    binding = GuardianBinding.objects.create(
        unit_no=twice.units[1], org_id=uuid4(), state="confirmed", origin="invitation", account_id=twice.other.pk,
        made_at=now, expires_at=now,
    )  # fmt: skip
    twice.merge()
    binding.refresh_from_db()
    assert binding.account_id == twice.own.pk
    twice.undo()
    binding.refresh_from_db()
    assert binding.account_id == twice.other.pk
