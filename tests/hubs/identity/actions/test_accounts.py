"""Accounts in batches."""

from __future__ import annotations

from uuid import uuid4

import pytest


def newcomers(count, role="pupil", org_id=None):
    from jizuo.hubs.identity.shapes import Newcomer

    return [
        Newcomer(uuid4(), f"学生{place}", role, org_id=org_id, org_name="三（2）班", affiliation_id=uuid4())
        for place in range(count)
    ]


def make(base, unit_no, people, role="clerk", **more):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts

    with scopes.use(base.scope(unit_no, role)):
        return accounts.make_accounts(unit_no=unit_no, people=people, **more)


def test_each_person_gets_an_account_a_role_and_a_slip(base):
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.models import Account, OneTimeCode
    from jizuo.hubs.identity.rules import codes

    unit_no, org_id = base.unit("第九小学"), uuid4()
    people = newcomers(3, org_id=org_id)
    slips = make(base, unit_no, people)
    assert [slip.name for slip in slips] == [person.name for person in people]
    for slip, person in zip(slips, people, strict=True):
        account = Account.objects.get(person_id=person.person_id)
        assert codes.read(slip.login_code, 8) == account.login_code and slip.unit_name == "第九小学"
        grant = Grant.objects.get(account_id=account.pk)
        assert (grant.unit_no, grant.role, grant.org_ids) == (unit_no, "pupil", [org_id])
        assert grant.affiliation_id == person.affiliation_id
        kept = OneTimeCode.objects.get(account_id=account.pk)
        assert slip.code.encode() not in bytes(kept.code_hash) and account.password == ""


def test_a_person_of_two_schools_keeps_one_account(base):
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.models import Account

    first, second = base.unit(), base.unit()
    (person,) = newcomers(1)
    (one,) = make(base, first, [person])
    (two,) = make(base, second, [person])
    assert one.account_id == two.account_id and one.login_code == two.login_code
    assert Grant.objects.filter(account_id=one.account_id).count() == 2
    Account.objects.filter(pk=one.account_id).update(activated_at="2026-09-01T00:00:00Z")
    (three,) = make(base, second, [person])
    assert three.code == "" and three.expires_at is None


def test_two_roles_in_one_batch_are_one_account(base):
    from dataclasses import replace

    from jizuo.ground.models import Grant

    unit_no = base.unit()
    (person,) = newcomers(1, role="teacher")
    slips = make(base, unit_no, [person, replace(person, role="guardian", affiliation_id=None)])
    assert len(slips) == 1
    assert set(Grant.objects.filter(account_id=slips[0].account_id).values_list("role", flat=True)) == {
        "teacher",
        "guardian",
    }


@pytest.mark.parametrize(
    ("role", "made", "may"),
    [
        ("clerk", "pupil", True),
        ("clerk", "homeroom_teacher", True),
        ("clerk", "head", False),
        ("clerk", "clerk", False),
        ("district_admin", "head", True),
        ("district_admin", "district_admin", False),
        ("operator", "district_admin", True),
    ],
)
def test_who_may_open_which_accounts(base, role, made, may):
    from jizuo.ground.errors import NotAllowed

    unit_no = base.unit()
    if may:
        assert len(make(base, unit_no, newcomers(1, made), role)) == 1
    else:
        with pytest.raises(NotAllowed):
            make(base, unit_no, newcomers(1, made), role)


def test_another_unit_does_not_exist(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.identity.actions import accounts

    mine, theirs = base.unit(), base.unit()
    with scopes.use(base.scope(mine)), pytest.raises(NotFound):
        accounts.make_accounts(unit_no=theirs, people=newcomers(1))


def test_without_slips_no_codes_are_made(base):
    from jizuo.hubs.identity.models import Account, OneTimeCode

    people = newcomers(2)
    assert make(base, base.unit(), people, with_slips=False) == []
    made = Account.objects.filter(person_id__in=[person.person_id for person in people])
    assert made.count() == 2 and not OneTimeCode.objects.filter(account__in=made).exists()


def test_a_whole_school_is_opened_in_few_statements(base):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    people = newcomers(2000)
    with CaptureQueriesContext(connection) as asked:
        slips = make(base, base.unit(), people)
    assert len({slip.login_code for slip in slips}) == len({slip.code for slip in slips}) == 2000
    assert len(asked) < 60


def test_a_turned_off_account_is_out_at_once(base, person, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import accounts

    account = person("teacher")
    client = base.client(account, REMOTE_ADDR=address)
    assert client.get("/me/").status_code == 200
    with scopes.use(base.scope(account.unit_no, "district_admin", stepped_up=True)):
        accounts.turn_off_account(account_id=account.pk, reason="离职")
    assert client.get("/me/").status_code == 302
