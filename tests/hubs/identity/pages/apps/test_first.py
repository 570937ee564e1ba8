"""The first sign-in of an application: each rule it breaks, and the way through."""

from __future__ import annotations

import re

from tests.hubs.identity.pages.apps.conftest import registered, secret_in
from tests.hubs.identity.protocols.cas.conftest import SERVICE, Service, service
from tests.hubs.identity.protocols.openid.conftest import BACK, basic
from tests.hubs.identity.protocols.plain import conftest as plain

__all__ = ["service"]


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


def test_the_first_sign_in_by_cas_names_the_rule_and_goes_through(desk, service, signed_in, base):
    browser = desk()
    one = service(unit_no=browser.unit_no)
    at = f"{browser.at}/{one.app.client_id}/first"
    hers = signed_in("teacher", browser.unit_no)[1]

    def seen():
        return browser.get(f"{at}/seen").content.decode()

    mistyped = SERVICE.replace("/sso/", "/SSO/")
    assert one.ask(hers, service=mistyped).status_code == 400
    assert "服务地址与登记的不同" in seen() and mistyped.split("?")[0] in seen()
    browser.post(at)
    ticket = one.ticket(hers)
    page = seen()
    assert "应用验过票据" in page and "走通了" not in page and "应用换到令牌" not in page
    one.check(ticket, "proxyValidate", format="YAML")
    assert "有一个参数缺了或写错了" in seen()
    one.check("XX-1")
    assert "票据送错了地方" in seen()
    one.check(ticket)
    page = seen()
    assert "走通了" in page and ticket not in page
    one.check(ticket)
    page = seen()
    assert "票据不存在、已用过或超过了 60 秒" in page and "走通了" not in page
    one.check(one.ticket(hers), renew="true")
    assert "票据却来自已有的登录" in seen()
    one.check(one.ticket(hers), pgtUrl="https://elsewhere.example/pgt")
    assert "代理票据不能给" in seen()
    one.check("ST-1", "validate")
    assert seen().count("票据不存在") == 2
    assert one.check("ST-1", service="https://stranger.example/").status_code == 200
    assert "stranger.example" not in seen(), "of another host, so of somebody else"


def test_at_one_address_of_several_schools_only_who_watches_is_told(desk, vendor, service, signed_in):
    """What comes without a ticket that holds names no school."""
    from jizuo.hubs.identity.models import AppMessage

    browser = desk()
    one = service(unit_no=browser.unit_no)
    other = vendor(browser.unit_no, cas_services=(SERVICE,))
    one.check("ST-1")
    assert not AppMessage.objects.filter(app_id__in=[one.app.client_id, other.client_id]).exists()
    browser.post(f"{browser.at}/{other.client_id}/first")
    Service(other).check("ST-1")
    told = AppMessage.objects.filter(app_id__in=[one.app.client_id, other.client_id])
    assert [(line.app_id, line.rule) for line in told] == [(other.client_id, "ticket_used")]


def test_the_first_sign_in_by_the_plain_recipe(desk, vendor, signed_in, base):
    from jizuo.hubs.identity.protocols.openid import clients

    browser = desk()
    app = vendor(browser.unit_no, plain_addresses=(plain.ADDRESS,), redirect_uris=())
    at = f"{browser.at}/{app.client_id}/first"
    hers = signed_in("teacher", browser.unit_no)[1]

    def seen():
        return browser.get(f"{at}/seen").content.decode()

    assert plain.ask(app, hers, redirect=plain.ADDRESS + "&x=1").status_code == 400
    assert "简易接入地址" in seen()
    browser.post(at)
    clients.forget()
    ticket = plain.back(plain.ask(app, hers))["ticket"]
    assert "应用凭票据读到信息" in seen() and "走通了" not in seen()
    plain.redeem(app, ticket, secret="wrong" * 8)
    assert "密钥不对" in seen() and "wrongwrong" not in seen()
    plain.redeem(app, ticket)
    page = seen()
    assert "走通了" in page and ticket not in page and app.secret not in page
    plain.redeem(app, ticket)
    assert "票据不存在、已用过或超过了 60 秒" in seen() and "走通了" not in seen()
