"""Registering and changing an application over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.hubs.identity.pages.apps.conftest import FORM, registered, secret_in
from tests.hubs.identity.protocols.openid.conftest import BACK


def test_the_second_factor_is_asked_for_before_the_form_is_filled_in(base, person, desk):
    client_id = registered(desk("clerk", unit_no := base.unit()))
    account = person("clerk", unit_no)
    at = f"/as/{account.grant_no}/apps"
    for path in ("new", f"{client_id}/edit"):
        answer = base.client(account).get(f"{at}/{path}")
        assert answer.status_code == 302 and answer["Location"].startswith("/me/step-up/")
        assert path.replace("/", "%2F") in answer["Location"]
    assert base.client(account).get(f"{at}/{client_id}").status_code == 200


def test_an_application_is_registered_with_a_reason_for_each_scope(desk):
    from jizuo.hubs.identity.models import App

    browser = desk()
    app = App.objects.get(pk=registered(browser))
    assert (app.unit_no, app.name, app.version) == (browser.unit_no, "阅读乐园", 1)
    assert app.scopes == ["openid", "profile", "class"] and app.agreed_scopes == ["openid", "profile"]
    assert app.reasons == {"profile": "称呼读者", "class": "按班排书单"}
    assert "阅读乐园" in browser.get(browser.at, {"text": "阅读"}).content.decode()
    assert "没有找到" in browser.get(browser.at, {"text": "别的"}).content.decode()
    page = browser.get(f"{browser.at}/{app.pk}").content.decode()
    assert "/.well-known/openid-configuration" in page and "用途：称呼读者" in page and BACK in page
    bare = browser.post(f"{browser.at}/new", {**FORM, "why-class": " "})
    assert bare.status_code == 422 and "没有写为什么要“您的班级”" in bare.content.decode()


def test_the_settings_for_the_vendor_name_every_address(desk):
    browser = desk()
    site = "https://app.example.cn"
    client_id = registered(
        browser, post_logout_uris=f"{site}/left", backchannel_logout_uri=f"{site}/ended", cas_services=f"{site}/sso/*",
        plain_addresses=f"{site}/enter",
    )  # fmt: skip
    page = browser.get(f"{browser.at}/{client_id}").content.decode()
    openid, cas, plain = re.findall(r'<pre class="app-lines"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert (
        f"redirect_uri: {BACK}\npost_logout_redirect_uri: {site}/left\nbackchannel_logout_uri: {site}/ended"
        in openid
    )
    assert f"service: {site}/sso/*" in cas
    assert f"redirect: {site}/enter\nend: {site}/ended" in plain


@pytest.mark.parametrize(
    "line, says",
    [
        ("http://app.example.cn/x", "没有加密"),
        ("https://app.example.cn/#x", "地址里有 #"),
        ("https://*.example.cn/x", "通配符"),
        ("app.example.cn/x", "完整的地址"),
        ("https://app.example.cn/" + "x" * 500, "太长"),
    ],
)
def test_a_bad_address_names_its_row_and_the_fix(desk, line, says):
    browser = desk()
    answer = browser.post(f"{browser.at}/new", {**FORM, "redirect_uris": f"{BACK}\n{line}"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "第 2 行" in page and says in page
    assert registered(browser, redirect_uris="http://127.0.0.1:8080/x")


def test_reaching_further_grows_the_version_and_says_who_is_asked_again(desk, base, person):
    from django.utils import timezone

    from jizuo.hubs.identity.models import App, Consent

    browser = desk()
    client_id = registered(browser)
    for _one in range(2):
        Consent.objects.create(
            account_id=person().pk, app_id=client_id, scopes=["openid"], version=1, given_at=timezone.now()
        )
    at = f"{browser.at}/{client_id}"
    assert "2 人同意过这个应用" in browser.get(f"{at}/edit").content.decode()
    browser.post(f"{at}/edit", {**FORM, "scope": ["profile"], "name": "阅读园"})
    assert (App.objects.get(pk=client_id).version, App.objects.get(pk=client_id).name) == (1, "阅读园")
    browser.post(f"{at}/edit", {**FORM, "redirect_uris": f"{BACK}\nhttps://new.example.cn/x"})
    assert App.objects.get(pk=client_id).version == 2
    assert "同意过的 2 人下次登录时会再问一次" in browser.get(at).content.decode()


def test_the_exception_from_pkce_is_counted_down(desk, base):
    from jizuo.ground import acting

    browser, today = desk(), acting.today()
    late = browser.post(f"{browser.at}/new", {**FORM, "pkce_exempt_until": today + timedelta(days=181)})
    assert late.status_code == 422 and "最长 180 天" in late.content.decode()
    client_id = registered(browser, pkce_exempt_until=today + timedelta(days=30))
    assert "例外还有 30 天" in browser.get(f"{browser.at}/{client_id}").content.decode()


def test_what_signs_people_out_is_said_before_it_is_saved(desk, base, vendor, signed_in):
    """The page says what saving does: fewer scopes, or the school's word taken back, end sign-ons; an address less does
    not."""
    from jizuo.hubs.identity.models import App
    from jizuo.hubs.identity.protocols.openid import clients
    from tests.hubs.identity.protocols.openid.conftest import Vendor

    browser = desk()
    assert "退出这个应用" not in browser.get(f"{browser.at}/new").content.decode()
    second = "https://app.example.cn/second"
    told = {**FORM, "redirect_uris": f"{BACK}\n{second}", "agreed": ["openid", "profile", "class"]}
    client_id = registered(browser, **told)
    secret = secret_in(browser.post(f"{browser.at}/{client_id}/secret").content.decode())
    app, at = Vendor(client_id, secret, base), f"{browser.at}/{client_id}/edit"
    _teacher, teachers = signed_in("teacher", browser.unit_no)

    def is_in_after(**change):
        token = app.tokens(teachers, scope="openid profile")["access_token"]
        assert "现在 1 人" in browser.get(at).content.decode()
        assert browser.post(at, {**told, **change}).status_code == 302
        clients.forget()
        return app.is_live(token)

    assert is_in_after(redirect_uris=BACK) is True
    assert App.objects.get(pk=client_id).redirect_uris == [BACK]
    assert is_in_after(redirect_uris=BACK, agreed=["openid", "profile"]) is False
    assert is_in_after(redirect_uris=BACK, agreed=["openid", "profile"], scope=["profile"]) is False
    assert "现在 0 人" in browser.get(at).content.decode()
