"""Signing in a screen from a phone (RFC 8628): each answer, single use, and a race of two phones."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

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


def test_nothing_kept_opens_anything(screen):
    from jizuo.hubs.identity.models import DeviceCode

    begun = begin(screen)
    (row,) = DeviceCode.objects.filter(app_id=screen.client_id)
    for value in (bytes(row.device_hash), bytes(row.user_hash)):
        assert len(value) == 32
        assert (
            begun["device_code"].encode() not in value
            and begun["user_code"].replace("-", "").encode() not in value
        )


def test_the_confirm_form_needs_its_token_and_a_sign_in(base, screen, person):
    begun = begin(screen)
    sent = base.client().get("/device/", {"code": begun["user_code"]})
    assert sent["Location"].startswith("/sign-in/?next=/device/")
    strict = base.client(person("teacher"), enforce_csrf_checks=True)
    assert say(strict, begun).status_code == 403
    assert poll(screen, begun) == "authorization_pending"


def test_wrong_codes_lock_the_person_and_the_address(base, screen, signed_in, clock):
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    for number in range(10):
        assert browser.post("/device/", {"code": "BCDFBCDF"}).status_code == 422, number
    shut = browser.post("/device/", {"code": begun["user_code"]})
    assert shut.status_code == 429 and "输错的码太多" in shut.content.decode()
    clock.pass_(minutes=1, seconds=1)
    assert browser.post("/device/", {"code": begun["user_code"]}).status_code == 200, "the twin: open again"


def test_of_two_phones_at_once_one_is_believed(screen, signed_in, clock):
    from django.db import connection

    people = [signed_in("teacher") for _one in range(2)]
    for _round in range(3):
        begun = begin(screen)

        def press(browser, begun=begun):
            try:
                return say(browser, begun).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(press, [browser for _account, browser in people]))
        assert answers[0] == 200 and answers[1] in (409, 422), answers
        clock.pass_(seconds=5)
        tokens = poll(screen, begun)
        sids = {browser.session["sid"] for _account, browser in people}
        assert claims_of(tokens["id_token"])["sid"] in sids


def test_of_two_fetches_at_once_one_gets_tokens(screen, signed_in):
    from django.db import connection

    _account, browser = signed_in("teacher")
    begun = begin(screen)
    say(browser, begun)

    def ask(_number):
        try:
            return poll(screen, begun)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert sum(isinstance(one, dict) for one in answers) == 1, answers


def test_a_pupil_under_14_cannot_agree_alone(vendor, signed_in):
    app = vendor(**SCREEN, agreed_scopes=("openid",))
    _child, browser = signed_in("pupil")
    begun = begin(app)
    page = browser.get("/device/", {"code": begun["user_code"]}).content.decode()
    assert "请家长" in page and 'value="yes"' not in page
    assert say(browser, begun).status_code == 403
    assert poll(app, begun) == "authorization_pending"


def test_what_a_teacher_agreed_on_the_phone_is_kept_as_a_consent(vendor, signed_in):
    from jizuo.hubs.identity.models import Consent

    app = vendor(**SCREEN, agreed_scopes=("openid",))
    account, browser = signed_in("teacher")
    say(browser, begin(app))
    assert Consent.objects.get(account_id=account.pk, app_id=app.client_id).scopes == ["openid", "profile"]


def test_a_sign_out_before_the_fetch_leaves_nothing(screen, signed_in):
    _account, browser = signed_in("teacher")
    begun = begin(screen)
    say(browser, begun)
    browser.post("/sign-out/")
    assert poll(screen, begun) == "invalid_grant"
