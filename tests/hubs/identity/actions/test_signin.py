"""The door behind the sign-in form. The form itself: tests/hubs/identity/pages/test_signin.py."""

from __future__ import annotations

import time

import pytest

from tests.hubs.identity.conftest import PASSWORD


def attempt(name, password, address):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions import signin
    from jizuo.hubs.identity.entry import Secret

    with scopes.use(scopes.Scope(role=entry.VISITOR, unit_no=0, units=(0,))):
        return signin.sign_in(
            name=signin.read_name(name), password=Secret(password), address=address, form_age_seconds=0
        )


def test_each_try_leaves_one_entry(base, person, address):
    account = person()
    attempt(account.code, "bu-dui", address)
    attempt(account.code, PASSWORD, address)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', '{0}', false)")
        notes = [
            note
            for (note,) in owner.execute(
                "select note from audit_entry where door = 'identity.sign_in' and note like %s order by id",
                [f"%{account.pk}%"],
            )
        ]
    assert notes == [
        f"password wrong, account {account.pk}, failures 1",
        f"password right, account {account.pk}",
    ]


def test_only_a_visitor_signs_in(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.identity.actions import signin
    from jizuo.hubs.identity.entry import Secret

    with scopes.use(base.scope(base.unit())), pytest.raises(NotAllowed):
        signin.sign_in(
            name=signin.read_name("22222222"), password=Secret("x"), address="", form_age_seconds=0
        )


def test_a_shared_phone_is_nobodys_name(base, person, address):
    phone = f"139{time.time_ns() % 10**8:08d}"
    person(phone=phone)
    assert attempt(phone, PASSWORD, address).account_ids
    person(phone=phone)
    assert not attempt(phone, PASSWORD, address).account_ids


def test_a_name_that_cannot_be_is_explained(base):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.identity.actions import signin

    with pytest.raises(BadInput) as caught:
        signin.read_name("ABCD")
    assert caught.value.problems[0].where == "name"
