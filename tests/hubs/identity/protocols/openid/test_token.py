"""The token endpoint and whatever may be thrown at the machine endpoints."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hubs.identity.protocols.openid.conftest import BACK, claims_of

NAMES = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "response_mode", "prompt", "max_age", "acr_values", "claims", "login_hint", "id_token_hint", "display", "request",
)  # fmt: skip
FORM = (
    "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret",
    "client_assertion", "client_assertion_type", "token", "token_type_hint", "access_token",
)  # fmt: skip
ODD = [
    "",
    " ",
    "\0",
    "\ud7ff",
    "a" * 9_000,
    "%00",
    "-1",
    "1e9",
    "[]",
    "{}",
    "null",
    "é中文😀",
    "\r\nX: y",
    "'; --",
    "{,}",
    "٣",
]
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def test_a_code_gives_tokens_that_open_userinfo(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    answer = app.redeem(app.code(browser, scope="openid profile"))
    made = answer.json()
    assert answer["Cache-Control"] == "no-store" and answer["Content-Type"] == "application/json"
    assert set(made) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    said = claims_of(made["id_token"])
    assert (said["iss"], said["aud"], said["nonce"]) == ("http://testserver", app.client_id, "n-1")
    assert app.userinfo(made["access_token"]).json()["sub"] == said["sub"]


def test_a_code_is_bound_to_its_client_address_and_time(vendor, signed_in, clock):
    _account, browser = signed_in()
    app, other = vendor(), vendor()
    code = app.code(browser)
    other.verifier = app.verifier
    assert other.redeem(code).json()["error"] == "invalid_grant"
    wrong = app.redeem(app.code(browser), redirect_uri=BACK + "&x=1").json()
    assert wrong["error"] == "invalid_grant" and "redirect_uri" in wrong["error_description"]
    code = app.code(browser)
    clock.pass_(seconds=61)
    assert app.redeem(code).json()["error"] == "invalid_grant"


def test_a_wrong_secret_burns_no_code(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    code, secret = app.code(browser), app.secret
    app.secret = "x" * 43
    assert app.redeem(code).status_code == 401
    app.secret = secret
    assert app.redeem(code).status_code == 200


def test_a_public_client_lives_by_pkce_alone(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor(kind="public", token_auth="none")
    made = app.redeem(app.code(browser))
    assert made.status_code == 200
    assert app.refresh(made.json()["refresh_token"]).status_code == 200
    app.change(grants=["client_credentials"])
    assert app.post("token", {"grant_type": "client_credentials"}).json()["error"] == "unauthorized_client"


def test_client_credentials_give_a_token_of_no_person(base, vendor):
    app = vendor(
        scopes=("openid", "profile", "grades.read"), agreed_scopes=(), grants=("client_credentials",)
    )
    answer = app.post("token", {"grant_type": "client_credentials", "scope": "grades.read"})
    made = answer.json()
    assert set(made) == {"access_token", "token_type", "expires_in", "scope"} and answer.status_code == 200
    said = app.post("introspect", {"token": made["access_token"]}).json()
    assert (said["active"], said["sub"], said["scope"]) == (True, app.client_id, "grades.read")
    assert "sid" not in said and app.userinfo(made["access_token"]).status_code == 401
    for about in ("openid", "profile", "grades.read profile", "openid admin"):
        refused = app.post("token", {"grant_type": "client_credentials", "scope": about})
        assert refused.json()["error"] == "invalid_scope", about


def test_a_refresh_may_ask_for_less_and_never_for_more(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    made = app.tokens(browser, scope="openid profile")
    more = app.refresh(made["refresh_token"], scope="openid profile class").json()
    assert more["error"] == "invalid_grant"
    less = app.refresh(made["refresh_token"], scope="openid").json()
    assert less["scope"] == "openid" and "name" not in app.userinfo(less["access_token"]).json()
    whole = app.refresh(less["refresh_token"]).json()
    assert whole["scope"] == "openid profile"


def test_an_account_switched_off_ends_its_tokens(vendor, signed_in):
    account, browser = signed_in()
    app = vendor()
    made = app.tokens(browser)
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert app.userinfo(made["access_token"]).status_code == 401
    assert app.refresh(made["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "authorization_code"}, "invalid_request"), ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": ["refresh_token", "refresh_token"], "refresh_token": "x"}, "invalid_request"),
    ],
)  # fmt: skip
def test_each_wrong_request_gets_its_error(vendor, told, error):
    answer = vendor().post("token", told)
    assert answer.status_code == 400 and answer.json()["error"] == error


def test_only_post(base):
    for path in ("token", "introspect", "revoke"):
        assert base.client().get(f"/openid/{path}/").status_code == 405


@pytest.mark.parametrize("name", NAMES)
def test_every_authorization_parameter_may_be_odd(vendor, signed_in, name):
    _account, browser = signed_in()
    browser.raise_request_exception = False
    app = vendor()
    for value in ODD:
        told = app.request(**{name: value})
        for answer in (browser.get("/openid/authorize/", told), browser.post("/openid/authorize/", told)):
            assert answer.status_code in (200, 302, 400), (name, value[:20])
        assert browser.get("/openid/authorize/", app.request(**{name: None})).status_code < 500
    raw = "&".join(f"{name}=%ff%fe" if key == name else f"{key}=x" for key in told)
    assert browser.get(f"/openid/authorize/?{raw}").status_code < 500


def test_whatever_comes_to_the_machine_endpoints_never_breaks_them(base, vendor):
    app = vendor()
    browser = base.client(raise_request_exception=False)
    values = st.one_of(
        st.sampled_from([*ODD, app.client_id, app.secret, "refresh_token", "authorization_code"]), st.text()
    )

    @SLOW
    @given(
        st.dictionaries(st.sampled_from(FORM), values),
        st.sampled_from(["token", "introspect", "revoke", "userinfo"]),
    )
    def throw(told, path):
        told = {name: value.encode("utf-8", "replace").decode() for name, value in told.items()}
        for header in ({}, {"HTTP_AUTHORIZATION": "Basic " + "eHg6eHg="}):
            answer = browser.post(f"/openid/{path}/", told, **header)
            assert answer.status_code in (200, 400, 401, 403), (path, told)
            assert path == "userinfo" or "error" in answer.json() or answer.status_code == 200

    throw()


@pytest.mark.parametrize(
    "path", ["authorize", "token", "introspect", "revoke", "userinfo", "end-session", "decide"]
)
def test_a_body_of_another_kind_is_no_fault_of_ours(base, path):
    browser = base.client(raise_request_exception=False)
    for kind, body in (
        ("application/json", b'{"grant_type": 1}'), ("text/plain", b"\xff\xfe"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff&&&=="),
        ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"), ("multipart/form-data; boundary=x", b"--x\r\n"),
    ):  # fmt: skip
        assert browser.post(f"/openid/{path}/", body, content_type=kind).status_code < 500, kind
    assert browser.generic("PUT", f"/openid/{path}/", b"x").status_code < 500


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", "é", "x" * 9_000, "\0"])
def test_a_ticket_that_is_none_of_ours_is_a_page(base, ticket):
    assert base.client().get("/openid/continue/", {"ticket": ticket}).status_code == 400
