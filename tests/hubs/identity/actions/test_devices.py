"""Remembered devices: listed, forgotten one by one or all, over when the password changes; hashes only."""

from __future__ import annotations

import hashlib

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1"


@pytest.fixture
def me(base, person, address):
    """A clerk whose browser is remembered."""
    account = person("clerk")
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address, HTTP_USER_AGENT=AGENT)
    sign_in(client, account, own_device="on")
    client.post("/sign-in/second/", {"code": totp_of(account, steps=-1)})
    client.account = account
    return client


def asks_again(client):
    """Whether the same browser is asked for the second factor at its next sign-in."""
    client.post("/sign-out/")
    return sign_in(client, client.account, own_device="on")["Location"] == "/sign-in/second/"


def test_a_device_is_listed_and_only_its_hash_is_kept(me):
    from jizuo.hubs.identity.models import RememberedDevice

    page = me.get("/me/").content.decode()
    assert "记住的设备" in page and "iPhone · Safari" in page and "就是这台" in page
    cookie = me.cookies["jizuo_device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and len(cookie.value) == 43
    held = RememberedDevice.objects.get(account_id=me.account.pk)
    assert bytes(held.mark) == hashlib.sha256(cookie.value.encode()).digest()
    assert (held.expires_at - held.since).days == 14
    assert asks_again(me) is False


@pytest.mark.parametrize("how", ["one", "all", "password", "time", "cookie"])
def test_it_ends(me, clock, how):
    from jizuo.hubs.identity.models import RememberedDevice

    held = RememberedDevice.objects.get(account_id=me.account.pk)
    if how == "one":
        me.post("/me/devices/forget/", {"device": str(held.pk)})
    elif how == "all":
        me.post("/me/devices/forget/", {"all": "1"})
    elif how == "password":
        new = "qingshan-8-lvshui"
        assert me.post("/me/password/", {"old": PASSWORD, "password": new, "again": new}).status_code == 302
        me.post("/sign-out/")
        assert sign_in(me, me.account, new, own_device="on")["Location"] == "/sign-in/second/"
        return
    elif how == "time":
        clock.pass_(days=15)
    else:
        me.cookies["jizuo_device"] = "A" * 43
    assert asks_again(me) is True


def test_nobody_forgets_another_persons_device(base, me, person, address):
    from jizuo.hubs.identity.models import RememberedDevice

    held = RememberedDevice.objects.get(account_id=me.account.pk)
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, person())
    other.post("/me/devices/forget/", {"device": str(held.pk)})
    other.post("/me/devices/forget/", {"all": "1"})
    assert RememberedDevice.objects.filter(pk=held.pk).exists()
    # The cookie of one browser opens nothing for another account.
    thief = person("clerk")
    turn_on_totp(thief)
    me.post("/sign-out/")
    assert sign_in(me, thief, own_device="on")["Location"] == "/sign-in/second/"


def test_all_sessions_end_at_once(base, me, address):
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, me.account)
    other.post("/sign-in/second/", {"code": totp_of(me.account)})
    assert other.get("/me/").status_code == 200
    assert me.post("/me/sessions/end/", {"all": "here"})["Location"] == "/sign-in/"
    assert me.get("/me/").status_code == 302 and other.get("/me/").status_code == 302
