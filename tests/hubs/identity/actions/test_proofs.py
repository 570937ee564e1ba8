"""What was shown in a session, from what really happened in it."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp


@pytest.fixture
def me(base, person, address):
    account = person("teacher")
    client = base.client(REMOTE_ADDR=address)
    client.account = account
    return client


def told(client):
    from jizuo.hubs.identity import queries

    return queries.strength_of(UUID(client.session["sid"]))


def test_a_step_up_makes_the_session_stronger_and_its_time_newer(me, clock):
    turn_on_totp(me.account)
    sign_in(me, me.account)
    me.post("/sign-in/second/", {"code": totp_of(me.account, steps=-1)})
    first = told(me)
    assert (first.acr, first.amr) == ("2", ("mfa", "otp", "pwd"))
    clock.pass_(minutes=20)
    assert me.post("/me/step-up/", {"code": "000000"}).status_code == 422
    assert told(me) == first
    me.post("/me/step-up/", {"code": totp_of(me.account)})
    assert told(me).auth_time - first.auth_time >= clock.ahead


def test_a_remembered_device_proves_nothing(me):
    turn_on_totp(me.account)
    sign_in(me, me.account, own_device="on")
    me.post("/sign-in/second/", {"code": totp_of(me.account, steps=-1)})
    assert told(me).acr == "2"
    me.post("/sign-out/")
    sign_in(me, me.account, own_device="on")
    assert (told(me).acr, told(me).amr) == ("1", ("pwd",))


def test_two_sessions_of_one_account_are_as_strong_as_each_was(base, me, address):
    turn_on_totp(me.account)
    sign_in(me, me.account, own_device="on")
    me.post("/sign-in/second/", {"code": totp_of(me.account, steps=-1)})
    me.post("/sign-out/")
    sign_in(me, me.account, own_device="on")
    weak = told(me)
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, me.account)
    other.post("/sign-in/second/", {"code": totp_of(me.account)})
    assert told(other).acr == "2" and told(me) == weak


def test_a_password_given_again_is_fresh(me, clock):
    sign_in(me, me.account)
    clock.pass_(minutes=11)
    before = told(me)
    assert me.get("/me/passkeys/add/").status_code == 302
    me.post("/me/step-up/?level=1", {"password": PASSWORD, "next": "/me/passkeys/add/"})
    assert told(me).acr == "1" and told(me).auth_time > before.auth_time
    assert me.get("/me/passkeys/add/").status_code == 200


def test_a_session_that_is_not_there_is_no_proof(base):
    from jizuo.hubs.identity import queries

    told_of = queries.strength_of(UUID(int=7))
    assert (told_of.acr, told_of.amr, told_of.auth_time) == ("0", (), None)
