"""Signing in a screen from a phone (RFC 8628): each answer, single use, and a race of two phones."""

from __future__ import annotations

import re

import pytest

from jizuo.hubs.identity.rules import device_codes as rules
from tests.hubs.identity.protocols.openid.conftest import claims_of

SCREEN = {
    "kind": "screen",
    "token_auth": "none",
    "redirect_uris": (),
    "grants": (rules.GRANT, "refresh_token"),
}


@pytest.fixture
def screen(vendor):
    return vendor(**SCREEN)


def begin(app, **more):
    answer = app.post("device", {"scope": "openid profile", **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def poll(app, begun):
    told = {"grant_type": rules.GRANT, "device_code": begun["device_code"]}
    answer = app.post("token", told)
    return answer.json() if answer.status_code == 200 else answer.json()["error"]


def say(browser, begun, word="yes"):
    return browser.post("/device/", {"code": begun["user_code"], "say": word})


def test_discovery_names_the_endpoint_and_the_grant(base):
    told = base.client().get("/.well-known/openid-configuration").json()
    assert told["device_authorization_endpoint"].endswith("/openid/device/")
    assert rules.GRANT in told["grant_types_supported"]


def test_a_screen_is_signed_in_and_hangs_on_the_session(screen, signed_in, clock):
    account, browser = signed_in("teacher")
    begun = begin(screen)
    assert re.fullmatch(rf"[{rules.ALPHABET}]{{4}}-[{rules.ALPHABET}]{{4}}", begun["user_code"])
    assert not set("AEIOU01L") & set(rules.ALPHABET)
    assert begun["verification_uri_complete"].startswith(begun["verification_uri"] + "?code=")
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    assert poll(screen, begun) == "authorization_pending"
    page = browser.get("/device/", {"code": begun["user_code"].lower().replace("-", "")}).content.decode()
    assert "阅读乐园" in page and begun["user_code"] in page and "您的姓名" in page
    assert "可以用了" in say(browser, begun).content.decode()
    clock.pass_(seconds=5)
    tokens = poll(screen, begun)
    told = claims_of(tokens["id_token"])
    assert told["sid"] == browser.session["sid"] and told["amr"] == ["pwd"]
    assert screen.userinfo(tokens["access_token"]).json()["name"] == account.display_name
    assert poll(screen, begun) == "invalid_grant", "fetched once"
    browser.post("/sign-out/")
    assert screen.userinfo(tokens["access_token"]).status_code == 401
    assert screen.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_each_other_answer(screen, vendor, signed_in, clock):
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    assert poll(screen, begun) == "authorization_pending"
    assert poll(screen, begun) == "slow_down"
    clock.pass_(seconds=6)
    assert poll(screen, begun) == "slow_down", "ten seconds now"
    clock.pass_(seconds=16)
    assert poll(screen, begun) == "authorization_pending"
    assert "没有让它登录" in say(browser, begun, "no").content.decode()
    clock.pass_(seconds=16)
    assert poll(screen, begun) == "access_denied" and poll(screen, begun) == "invalid_grant"
    late = begin(screen)
    clock.pass_(minutes=10, seconds=1)
    assert poll(screen, late) == "expired_token"
    assert browser.get("/device/", {"code": late["user_code"]}).status_code == 422
    other, fresh = vendor(**SCREEN), begin(screen)
    assert poll(other, fresh) == "invalid_grant", "another client's code is none"
    assert poll(screen, fresh) == "authorization_pending"


def test_who_may_not_ask(vendor, screen):
    web = vendor()
    assert web.post("device", {"scope": "openid"}).json()["error"] == "unauthorized_client"
    assert screen.post("device", {"scope": "openid admin"}).json()["error"] == "invalid_scope"
    assert screen.post("device", {}).json()["error"] == "invalid_scope"
    assert screen.post("device", {"client_id": "nobody", "scope": "openid"}, proven=False).status_code == 401
    assert screen.post("token", {"grant_type": rules.GRANT}).json()["error"] == "invalid_request"
    screen.change(is_active=False)
    assert screen.post("device", {"scope": "openid"}).status_code == 401
