"""Passkeys over HTTP with an authenticator that signs for real: added, used, refused for each fault, looked after."""

from __future__ import annotations

import json

import pytest
from fido2.utils import websafe_encode

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp
from tests.hubs.identity.keyring import BE, UP, UV, Authenticator, add_to, sign_in_with


def browser(base, address, **more):
    return base.client(REMOTE_ADDR=address, HTTP_HOST="localhost", **more)


@pytest.fixture
def me(base, person, address):
    account = person("teacher", base.unit())
    client = browser(base, address)
    sign_in(client, account)
    client.account = account
    return client


def who(client):
    return client.session.get("_auth_user_id")


def test_a_passkey_signs_in_without_a_name_and_counts_for_two_factors(base, me, address):
    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.models import Passkey, SsoSession

    device = Authenticator(count=1)
    assert add_to(me, device)["Location"] == "/me/"
    held = Passkey.objects.get(account_id=me.account.pk)
    assert len(device.handle) == 32 and me.account.pk.bytes not in bytes(held.handle)
    assert (
        me.account.person_id.bytes not in device.handle and str(me.account.pk).encode() not in device.handle
    )
    assert "办公室电脑" in me.get("/me/").content.decode()
    other = browser(base, address)
    assert sign_in_with(other, device)["Location"] == "/"
    assert who(other) == str(me.account.pk)
    sign_on = SsoSession.objects.get(pk=other.session["sid"])
    assert sign_on.methods == ["key"]
    told = queries.strength_of(sign_on.sid)
    assert (told.acr, told.amr, told.auth_time) == ("3", ("hwk", "mfa", "user"), sign_on.created_at)
    held.refresh_from_db()
    assert held.sign_count == 2 and held.last_used_at is not None


def test_a_synced_passkey_says_so(base, me, address):
    from jizuo.hubs.identity import queries

    device = Authenticator(flags=UP | UV | BE)
    add_to(me, device)
    other = browser(base, address)
    sign_in_with(other, device)
    from uuid import UUID

    assert queries.strength_of(UUID(other.session["sid"])).amr == ("mfa", "swk", "user")


@pytest.mark.parametrize(
    "fault", ["origin", "rp_id", "unverified", "absent", "key", "handle", "signature", "unknown", "junk"]
)
def test_each_fault_signs_nobody_in_and_reads_the_same(base, me, address, fault):
    from jizuo.hubs.identity.models import SignInEvent

    device = Authenticator()
    add_to(me, device)
    more = {}
    if fault == "origin":
        device.origin = "http://localhost.evil.example"
    elif fault == "rp_id":
        device.rp_id = "evil.example"
    elif fault == "unverified":
        device.flags = UP
    elif fault == "absent":
        device.flags = UV
    elif fault == "key":
        device.key = Authenticator().key
    elif fault == "handle":
        more["handle"] = bytes(32)
    elif fault == "signature":
        more["signs"] = b"something else"
    elif fault == "unknown":
        device.credential_id = bytes(32)
    other = browser(base, address)
    options = other.post("/sign-in/options/").json()
    answer = "{not json" if fault == "junk" else device.answer(options, **more)
    refused = other.post("/sign-in/?by=passkey", {"answer": answer})
    assert refused.status_code == 422 and "没有通过" in refused.content.decode()
    assert who(other) is None
    assert SignInEvent.objects.filter(outcome="wrong", method="key").exists()


def test_twin_without_the_fault_the_same_answer_is_taken(base, me, address):
    device = Authenticator()
    add_to(me, device)
    other = browser(base, address)
    options = other.post("/sign-in/options/").json()
    assert other.post("/sign-in/?by=passkey", {"answer": device.answer(options)}).status_code == 302


def test_an_answer_counts_once_in_its_own_browser_and_for_five_minutes(base, me, address, clock):
    device = Authenticator()
    add_to(me, device)
    first, second = browser(base, address), browser(base, address)
    options = first.post("/sign-in/options/").json()
    answer = device.answer(options)
    assert second.post("/sign-in/?by=passkey", {"answer": answer}).status_code == 422
    assert first.post("/sign-in/?by=passkey", {"answer": answer}).status_code == 302
    first.post("/sign-out/")
    assert first.post("/sign-in/?by=passkey", {"answer": answer}).status_code == 422
    options = second.post("/sign-in/options/").json()
    clock.pass_(minutes=6)
    assert second.post("/sign-in/?by=passkey", {"answer": device.answer(options)}).status_code == 422


def test_a_counter_that_goes_back_is_refused_and_told(base, me, address):
    from jizuo.ground.models import Fact
    from jizuo.hubs.identity.models import Passkey, SignInAnomaly

    device = Authenticator(count=40)
    add_to(me, device)
    copy = Authenticator(count=4, handle=device.handle, credential_id=device.credential_id, key=device.key)
    other = browser(base, address)
    assert sign_in_with(other, copy).status_code == 422 and who(other) is None
    odd = SignInAnomaly.objects.get(kind="count_back", account_ids__contains=[me.account.pk])
    (fact,) = Fact.objects.filter(name="SignInAnomalyNoticed", payload__anomaly=str(odd.pk))
    assert fact.unit_no == me.account.unit_no and set(fact.payload) == {"anomaly", "kind"}
    assert Passkey.objects.get(account_id=me.account.pk).sign_count == 40
    assert sign_in_with(other, device).status_code == 302


def test_a_closed_account_is_not_opened_by_its_key(base, me, address):
    device = Authenticator()
    add_to(me, device)
    type(me.account).objects.filter(pk=me.account.pk).update(is_active=False)
    other = browser(base, address)
    assert sign_in_with(other, device).status_code == 422 and who(other) is None


def test_an_old_session_proves_again_before_it_leaves_a_key(base, me, clock):
    from jizuo.hubs.identity.models import Passkey

    clock.pass_(minutes=11)
    sent = me.get("/me/passkeys/add/")
    assert sent["Location"] == "/me/step-up/?next=%2Fme%2Fpasskeys%2Fadd%2F&level=1"
    assert me.post("/me/passkeys/options/").status_code == 302
    assert me.post(sent["Location"], {"password": "bu-dui"}).status_code == 422
    again = me.post(sent["Location"], {"password": PASSWORD, "next": "/me/passkeys/add/"})
    assert again["Location"] == "/me/passkeys/add/"
    assert me.get("/me/passkeys/add/").status_code == 200
    assert add_to(me, Authenticator()).status_code == 302
    # From now on the password alone is not enough to leave another.
    assert me.get("/me/passkeys/add/")["Location"].endswith("level=3")
    assert Passkey.objects.filter(account_id=me.account.pk).count() == 1


def test_a_key_is_added_once_and_by_its_own_challenge(base, me):
    device = Authenticator()
    options = me.post("/me/passkeys/options/").json()
    made = device.make(options)
    told = {"name": "手机", "answer": made}
    assert me.post("/me/passkeys/add/", told).status_code == 302
    assert me.post("/me/passkeys/add/", told).status_code == 422
    stepped(me, device)
    assert add_to(me, device).status_code == 422
    options = me.post("/me/passkeys/options/").json()
    assert options["publicKey"]["excludeCredentials"][0]["id"] == websafe_encode(device.credential_id)
    assert options["publicKey"]["user"]["id"] == websafe_encode(device.handle)
    broken = json.loads(Authenticator().make(options))
    broken["response"]["attestationObject"] = websafe_encode(b"\xa3broken")
    assert me.post("/me/passkeys/add/", {"name": "x", "answer": json.dumps(broken)}).status_code == 422


def stepped(client, device):
    """Step up with the device's passkey."""
    options = client.post("/me/step-up/options/").json()
    answer = client.post("/me/step-up/?level=3", {"answer": device.answer(options), "next": "/me/"})
    assert answer["Location"] == "/me/"


def test_a_door_of_level_three_wants_the_key_of_whoever_has_one(base, me, address):
    from uuid import UUID

    from jizuo.hubs.identity import queries
    from jizuo.hubs.identity.models import Passkey

    turn_on_totp(me.account)
    device = Authenticator()
    sent = me.get("/me/passkeys/add/")
    assert sent["Location"] == "/me/step-up/?next=%2Fme%2Fpasskeys%2Fadd%2F"
    me.post(sent["Location"], {"code": totp_of(me.account, steps=-1)})
    assert queries.strength_of(UUID(me.session["sid"])).acr == "2"
    add_to(me, device)
    held = Passkey.objects.get(account_id=me.account.pk)
    told = {"passkey": str(held.pk), "remove": "1"}
    sent = me.post("/me/passkeys/", told)
    assert sent["Location"].endswith("level=3")
    page = me.get(sent["Location"]).content.decode()
    assert "data-passkey" in page and 'name="code"' not in page
    assert me.post(sent["Location"], {"code": totp_of(me.account)}).status_code == 422
    assert me.post("/me/passkeys/", told).status_code == 302 and Passkey.objects.filter(pk=held.pk).exists()
    stepped(me, device)
    assert queries.strength_of(UUID(me.session["sid"])).acr == "3"
    me.post("/me/passkeys/", {"passkey": str(held.pk), "name": "新名字"})
    assert "新名字" in me.get("/me/").content.decode()
    me.post("/me/passkeys/", told)
    assert not Passkey.objects.filter(pk=held.pk).exists()
    assert sign_in_with(browser(base, address), device).status_code == 422


def test_another_account_cannot_touch_or_borrow_a_key(base, me, person, address):
    from jizuo.hubs.identity.models import Passkey

    device = Authenticator()
    add_to(me, device)
    held = Passkey.objects.get(account_id=me.account.pk)
    thief = person("teacher", me.account.unit_no)
    other = browser(base, address)
    sign_in(other, thief)
    own = Authenticator()
    add_to(other, own)
    stepped(other, own)
    other.post("/me/passkeys/", {"passkey": str(held.pk), "remove": "1"})
    other.post("/me/passkeys/", {"passkey": str(held.pk), "name": "偷"})
    held.refresh_from_db()
    assert held.name == "办公室电脑"
    options = other.post("/me/step-up/options/").json()
    assert other.post("/me/step-up/", {"answer": device.answer(options)}).status_code == 422


def test_the_second_factor_of_an_administrator_may_be_a_key(base, person, address):
    account = person("district_admin", base.unit(kind="bureau"))
    client = browser(base, address)
    sign_in(client, account)
    device = Authenticator()
    add_to(client, device)
    client.post("/sign-out/")
    assert sign_in(client, account)["Location"] == "/sign-in/second/"
    assert "data-passkey" in client.get("/sign-in/second/").content.decode()
    options = client.post("/sign-in/second/options/").json()
    assert client.post("/sign-in/second/", {"answer": Authenticator().answer(options)}).status_code == 422
    assert who(client) is None
    options = client.post("/sign-in/second/options/").json()
    assert client.post("/sign-in/second/", {"answer": device.answer(options)}).status_code == 302
    assert who(client) == str(account.pk)
    page = client.get(f"/as/{account.grant_no}/grants")
    assert page.status_code == 200


def test_a_teacher_with_a_key_still_signs_in_with_a_password(base, me, address):
    add_to(me, Authenticator())
    other = browser(base, address)
    assert sign_in(other, me.account)["Location"] == "/"
