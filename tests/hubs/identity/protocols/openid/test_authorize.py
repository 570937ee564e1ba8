"""Behaviours of an OpenID provider (specification, section 5), each a test named after it."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import unquote

from tests.hubs.identity.conftest import totp_of, turn_on_totp
from tests.hubs.identity.protocols.openid.conftest import (
    BACK,
    claims_of,
    decide,
    following,
    prove_again,
    said_in,
)


def test_prompt_login_asks_again_and_keeps_the_session(base, vendor, signed_in, clock):
    account, browser = signed_in()
    app, other = vendor(), vendor(backchannel_logout_uri="https://app.example.cn/end")
    held = other.tokens(browser)["access_token"]
    sid = browser.session["sid"]
    clock.pass_(minutes=2)
    answer = app.ask(browser, prompt="login")
    assert answer["Location"].startswith("/sign-in/")
    assert browser.get(following(answer))["Location"].startswith("/sign-in/"), "not before it was done"
    assert "code" in said_in(prove_again(browser, account, following(answer)))
    assert browser.session["sid"] == sid and other.is_live(held)


def test_prompt_none_signed_in_and_not(base, vendor, signed_in):
    app = vendor()
    assert said_in(app.ask(base.client(), prompt="none"))["error"] == "login_required"
    _account, browser = signed_in()
    assert "code" in said_in(app.ask(browser, prompt="none"))
    strict = vendor(agreed_scopes=())
    assert said_in(strict.ask(browser, prompt="none"))["error"] == "consent_required"
    assert said_in(app.ask(browser, prompt="none login"))["error"] == "invalid_request"
    assert said_in(app.ask(browser, prompt="none", max_age="0"))["error"] == "login_required"


def test_prompt_consent_asks_again_and_no_is_told(vendor, signed_in):
    _account, browser = signed_in("teacher")
    app = vendor()
    page = app.ask(browser, prompt="consent")
    assert page.status_code == 200 and "允许" in page.content.decode()
    assert said_in(decide(browser, page, "no"))["error"] == "access_denied"
    assert "code" in said_in(browser.get(decide(browser, page, "yes")["Location"]))


def test_prompt_select_account_lets_another_in(base, vendor, signed_in, person):
    _account, browser = signed_in()
    app, second = vendor(), person()
    page = app.ask(browser, prompt="select_account")
    assert "以哪个账号" in page.content.decode()
    assert "code" in said_in(browser.get(decide(browser, page, "this")["Location"]))
    answer = decide(browser, app.ask(browser, prompt="select_account"), "other")
    said = said_in(prove_again(browser, second, following(answer)))
    assert "code" in said and browser.session["_auth_user_id"] == str(second.pk)


def test_an_answer_under_another_account_is_none(vendor, signed_in):
    from jizuo.hubs.identity.models import Consent

    _first, browser = signed_in("teacher")
    second, hers = signed_in("teacher")
    app = vendor(agreed_scopes=())
    page = app.ask(browser)
    answer = decide(hers, page, "yes")
    assert answer.status_code == 302 and not Consent.objects.filter(account=second.pk).exists()


def test_id_token_hint_names_who_must_be_signed_in(base, vendor, signed_in, person):
    _account, browser = signed_in()
    app = vendor()
    hint = app.tokens(browser)["id_token"]
    assert "code" in said_in(app.ask(browser, prompt="none", id_token_hint=hint))
    _other, another = signed_in()
    assert said_in(app.ask(another, prompt="none", id_token_hint=hint))["error"] == "login_required"
    answer = app.ask(another, id_token_hint=hint)
    assert answer["Location"].startswith("/sign-in/")
    assert said_in(prove_again(another, _other, following(answer)))["error"] == "login_required"
    assert said_in(app.ask(browser, id_token_hint=hint[:-6] + "AAAAAA"))["error"] == "invalid_request"
    assert said_in(vendor().ask(browser, id_token_hint=hint))["error"] == "invalid_request"


def test_login_hint_stands_in_the_sign_in_form(base, vendor):
    browser = base.client()
    address = vendor().ask(browser, login_hint="lu@school.cn")["Location"]
    page = browser.get(address)
    assert re.search(r'name="name"[^>]*value="lu@school.cn"', page.content.decode())
    hidden = base64.b64encode(b"lu@school.cn").decode().rstrip("=")[:12]
    assert "school.cn" not in unquote(address) and hidden not in address


def test_a_hint_that_was_posted_stands_in_no_address_of_ours(base, vendor):
    browser, app = base.client(), vendor()
    answer = browser.post("/openid/authorize/", app.request(login_hint="13800138000"))
    seen = []
    while answer.status_code == 302:
        seen.append(answer["Location"])
        answer = browser.get(answer["Location"])
    assert re.search(r'name="name"[^>]*value="13800138000"', answer.content.decode())
    for address in seen:
        for piece in re.split(r"[^A-Za-z0-9_-]+", unquote(unquote(address))):
            told = base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)) if len(piece) % 4 != 1 else b""
            assert b"13800138000" not in told and "13800138000" not in piece


def test_essential_claims_come_in_the_id_token(vendor, signed_in):
    _account, browser = signed_in(name="苏晓禾")
    app = vendor()
    wanted = json.dumps({"id_token": {"name": {"essential": True}, "email": None}})
    said = claims_of(app.tokens(browser, scope="openid profile", claims=wanted)["id_token"])
    assert said["name"] == "苏晓禾" and "email" not in said
    assert "name" not in claims_of(app.tokens(browser, scope="openid profile")["id_token"])
    assert "name" not in claims_of(app.tokens(browser, claims=wanted)["id_token"]), "the scope is the consent"
    for bad in ("[]", "{", '{"id_token": 1}', '{"id_token": {"name": 3}}', '{"userinfo": []}', "nu"):
        assert said_in(app.ask(browser, claims=bad))["error"] == "invalid_request", bad


def test_an_essential_sub_must_be_the_one_signed_in(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    sub = claims_of(app.tokens(browser)["id_token"])["sub"]
    for value, word in ((sub, "code"), ("somebody", "error")):
        claims = json.dumps({"id_token": {"sub": {"value": value}}})
        assert word in said_in(app.ask(browser, prompt="none", claims=claims))


def test_acr_values_are_accepted_and_met_where_they_can_be(vendor, signed_in):
    account, browser = signed_in("clerk")
    app = vendor()
    assert claims_of(app.tokens(browser, acr_values="2 1")["id_token"])["acr"] == "1", "a wish"
    assert claims_of(app.tokens(browser, acr_values="urn:x")["id_token"])["acr"] == "1"
    must = json.dumps({"id_token": {"acr": {"essential": True, "values": ["2"]}}})
    assert said_in(app.ask(browser, claims=must))["error"] == "unmet_authentication_requirements"
    turn_on_totp(account)
    answer = app.ask(browser, acr_values="2")
    where = following(answer)
    assert answer["Location"].startswith("/me/step-up/")
    browser.post("/me/step-up/", {"code": totp_of(account), "next": where})
    assert "code" in said_in(browser.get(where))
    assert claims_of(app.tokens(browser, claims=must)["id_token"])["acr"] == "2"


def test_an_unknown_parameter_passes(vendor, signed_in):
    _account, browser = signed_in()
    assert "code" in said_in(vendor().ask(browser, extra="foobar", ui_locales="zh", display="page"))


def test_a_missing_response_type_is_refused(vendor, signed_in):
    _account, browser = signed_in()
    assert said_in(vendor().ask(browser, response_type=None))["error"] == "invalid_request"
    assert said_in(vendor().ask(browser, response_type="id_token"))["error"] == "unsupported_response_type"


def test_form_post_and_fragment(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    page = app.ask(browser, response_mode="form_post")
    html = page.content.decode()
    assert 'action="https://app.example.cn/callback?from=jizuo"' in html and 'name="code"' in html
    assert (
        'name="iss"' in html
        and "form-action 'self' https://app.example.cn" in page["Content-Security-Policy"]
    )
    where = app.ask(browser, response_mode="fragment")["Location"]
    assert where.startswith(BACK + "#") and "code=" in where
    assert said_in(app.ask(browser, response_mode="web_message"))["error"] == "invalid_request"


def test_a_request_by_post_answers_like_one_by_get(vendor, signed_in):
    _account, browser = signed_in()
    browser.handler.enforce_csrf_checks = True
    app = vendor()
    answer = browser.post("/openid/authorize/", app.request())
    assert "code" in said_in(browser.get(answer["Location"]))


def test_a_scope_not_allowed_is_refused_and_an_unknown_one_left_out(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor(scopes=("openid",), agreed_scopes=("openid",))
    assert said_in(app.ask(browser, scope="openid class"))["error"] == "invalid_scope"
    assert said_in(app.ask(browser, scope=None))["error"] == "invalid_scope"
    made = app.tokens(browser, scope="openid offline_access address")
    assert made["scope"] == "openid"


def test_a_client_that_is_switched_off_or_unknown_gets_a_page(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    assert browser.get("/openid/authorize/", app.request(client_id="nobody")).status_code == 400
    app.change(is_active=False)
    page = app.ask(browser)
    assert page.status_code == 400 and "client_id" in page.content.decode()


def test_a_doubled_parameter_is_refused(vendor, signed_in):
    from urllib.parse import urlencode

    _account, browser = signed_in()
    app = vendor()
    told = app.request()
    for name in told:
        answer = browser.get("/openid/authorize/?" + urlencode([*told.items(), (name, told[name])]))
        if name in ("client_id", "redirect_uri"):
            assert answer.status_code == 400 and "Location" not in answer
        else:
            assert said_in(answer)["error"] == "invalid_request", name


def test_an_application_switched_off_or_moved_is_so_at_once(vendor, signed_in):
    from jizuo.hubs.identity.models import App

    _account, browser = signed_in()
    app = vendor()
    # As another process of the web changes it: nobody tells this one.
    row = App.objects.filter(pk=app.client_id)
    assert "code" in said_in(app.ask(browser))
    row.update(redirect_uris=["https://app.example.cn/callback/new"])
    answer = app.ask(browser)
    assert answer.status_code == 400 and "redirect_uri" in answer.content.decode()
    assert "code" in said_in(app.ask(browser, redirect_uri="https://app.example.cn/callback/new"))
    row.update(is_active=False)
    answer = app.ask(browser, redirect_uri="https://app.example.cn/callback/new")
    assert answer.status_code == 400 and "已停用" in answer.content.decode()
