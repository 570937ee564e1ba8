"""The first sign-in of an application: each rule it breaks, and the way through."""

from __future__ import annotations

import re

from tests.hubs.identity.pages.apps.conftest import registered, secret_in
from tests.hubs.identity.protocols.openid.conftest import BACK, basic


def test_the_first_sign_in_names_the_rule_and_goes_through_once_mended(desk, vendor, signed_in, base):
    from jizuo.hubs.identity.protocols.openid import clients

    browser = desk()
    app = vendor(browser.unit_no)
    at = f"{browser.at}/{app.client_id}/first"
    person_browser = signed_in("teacher", browser.unit_no)[1]
    wrong = "https://app.example.cn/callback/"
    assert app.ask(person_browser, redirect_uri=wrong).status_code == 400
    page = browser.get(at).content.decode()
    assert "回调地址与登记的不是逐字相同" in page and "末尾的斜线" in page and wrong in page
    assert browser.post(at).status_code == 302
    clients.forget()
    app.ask(person_browser, code_challenge=None, code_challenge_method=None)
    assert "没有带 PKCE" in browser.get(f"{at}/seen").content.decode()
    code = app.code(person_browser)
    good, app.secret = app.secret, "wrong" * 8
    app.redeem(code)
    page = browser.get(f"{at}/seen").content.decode()
    assert "密钥不对" in page and "wrongwrong" not in page and code not in page and app.verifier not in page
    app.secret = good
    tokens = app.redeem(code).json()
    app.userinfo(tokens["access_token"])
    page = browser.get(f"{at}/seen").content.decode()
    assert "走通了" in page and page.count("收到，没有问题") >= 3
    for kept in (code, app.verifier, good, tokens["access_token"]):
        assert kept not in page
    app.redeem(code)
    page = browser.get(f"{at}/seen").content.decode()
    assert "授权码用了两次" in page and "走通了" not in page


def test_an_old_secret_is_told_from_a_wrong_one(desk, base):
    browser = desk()
    client_id = registered(browser)
    at = f"{browser.at}/{client_id}"
    first = secret_in(browser.post(f"{at}/secret").content.decode())
    browser.post(f"{at}/secret")
    made_at = re.search(r'name="made_at" value="([^"]+)"', browser.get(at).content.decode()).group(1)
    browser.post(f"{at}/do", {"act": "end_secret", "made_at": made_at})
    told = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK}
    base.client().post("/openid/token/", told, HTTP_AUTHORIZATION=basic(client_id, first))
    assert "已经作废的旧密钥" in browser.get(f"{at}/first").content.decode()
