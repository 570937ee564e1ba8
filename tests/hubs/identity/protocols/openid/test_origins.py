"""A page without a server signs people in by itself; no other page reads an answer."""

from __future__ import annotations

import pytest

PAGE = "https://app.example.cn"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def page(vendor):
    """A public client at `PAGE`; what others registered there is switched off."""
    from jizuo.hubs.identity.models import App

    App.objects.filter(kind="public").update(is_active=False)
    return vendor(kind="public", token_auth="none")


def question(base, path, origin=PAGE):
    """What a browser asks before it sends a token along."""
    asked = {
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "GET",
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "authorization",
    }
    return base.client(raise_request_exception=False).options(f"/openid/{path}/", HTTP_ORIGIN=origin, **asked)


def test_a_page_of_a_public_client_signs_in_by_itself(base, page, signed_in):
    _account, browser = signed_in()
    code = page.code(browser, scope="openid profile")
    told = {
        "grant_type": "authorization_code", "client_id": page.client_id, "code": code, "code_verifier": page.verifier,
        "redirect_uri": "https://app.example.cn/callback?from=jizuo",
    }  # fmt: skip
    client = base.client(HTTP_ORIGIN=PAGE)
    answer = client.post("/openid/token/", told)
    assert answer.status_code == 200 and answer[ALLOWED] == PAGE and "Origin" in answer["Vary"]
    asked = question(base, "userinfo")
    assert asked.status_code == 204 and asked[ALLOWED] == PAGE
    assert "authorization" in asked["Access-Control-Allow-Headers"].lower()
    token = answer.json()["access_token"]
    known = client.get("/openid/userinfo/", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert known.json()["name"] and known[ALLOWED] == PAGE
    again = client.post("/openid/token/", told)
    assert again.status_code == 400 and again[ALLOWED] == PAGE, "a refusal is read too"
    for one in (answer, asked, known, again):
        assert "Access-Control-Allow-Credentials" not in one, "no cookie counts"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "https://app.example.cn.evil.example", "https://app.example.c", "http://app.example.cn",
        "https://app.example.cn:8443", "https://APP.example.cn", "https://app.example.cn/", "null", "*", "https://%",
        "https://app.example.cn/callback", "é", "x" * 5_000,
    ],
)  # fmt: skip
def test_no_other_page_reads_an_answer(base, page, origin):
    assert ALLOWED not in question(base, "userinfo", origin)
    answer = base.client(HTTP_ORIGIN=origin).post("/openid/token/", {"grant_type": "refresh_token"})
    assert answer.status_code == 401 and ALLOWED not in answer


def test_whoever_has_a_secret_or_is_switched_off_is_no_page(base, page, vendor):
    assert ALLOWED in question(base, "token")
    page.change(is_active=False)
    vendor()
    assert ALLOWED not in question(base, "token"), "a confidential client at the same address"
    for path in ("introspect", "device", "authorize", "end-session"):
        page.change(is_active=True)
        assert ALLOWED not in question(base, path), path
