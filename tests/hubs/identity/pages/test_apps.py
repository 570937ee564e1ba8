"""The desk of applications over HTTP: each school its own, secrets shown once, rotation, and the first sign-in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.hubs.identity.conftest import sign_in, totp_of, turn_on_totp
from tests.hubs.identity.protocols.openid.conftest import BACK, basic, signed_in, vendor  # noqa: F401

FORM = {
    "name": "阅读乐园", "kind": "confidential", "redirect_uris": BACK, "scope": ["profile", "class"],
    "why-profile": "称呼读者", "why-class": "按班排书单", "agreed": ["openid", "profile"],
    "token_auth": "client_secret_basic", "id_token_alg": "ES256",
}  # fmt: skip


@pytest.fixture
def desk(base, person, address):
    """`desk(role, unit_no)`: somebody at the desk, with a fresh second factor."""

    def make(role="clerk", unit_no=None):
        unit_no = base.unit() if unit_no is None else unit_no
        account = person(role, unit_no, name="周教务")
        turn_on_totp(account)
        client = base.client(REMOTE_ADDR=address)
        sign_in(client, account)
        client.post("/sign-in/second/", {"code": totp_of(account, steps=-1)})
        client.at, client.account, client.unit_no = f"/as/{account.grant_no}/apps", account, unit_no
        return client

    return make


def registered(browser, **more):
    """The client id of an application registered through the form."""
    answer = browser.post(f"{browser.at}/new", {**FORM, **more})
    assert answer.status_code == 302, re.findall(
        r"field-wrong[^>]*>([^<]+)|note[^>]*>([^<]+)", answer.content.decode()
    )
    return answer["Location"].rpartition("/")[2]


def secret_in(page):
    return re.search(r'<code id="secret">([^<]+)</code>', page).group(1)


def test_an_empty_desk_says_what_to_do(desk):
    page = desk().get
    browser = desk()
    page = browser.get(browser.at).content.decode()
    assert "还没有接入应用" in page and "先登记应用" in page and f'href="{browser.at}/new"' in page


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


def test_another_schools_application_looks_like_none(desk):
    own, twin, district = desk(), desk(), desk("district_admin")
    client_id = registered(own)
    none = "x" * 43
    for browser in (twin, district):
        for path in ("", "/edit", "/people", "/first", "/first/seen"):
            answers = [browser.get(f"{browser.at}/{one}{path}") for one in (client_id, none)]
            assert [one.status_code for one in answers] == [404, 404], path
            texts = [re.sub(r"x{43}|" + re.escape(client_id), "", one.content.decode()) for one in answers]
            assert _plain(texts[0]) == _plain(texts[1])
        for path, told in (("/secret", {}), ("/do", {"act": "off"}), ("/edit", FORM), ("/first", {})):
            answers = [
                browser.post(f"{browser.at}/{one}{path}", told).status_code for one in (client_id, none)
            ]
            assert answers == [404, 404], path
        assert client_id not in browser.get(browser.at).content.decode()
    assert own.get(f"{own.at}/{client_id}").status_code == 200, "the twin: one's own is there"


def _plain(html):
    return re.sub(r'(&quot;|")[A-Za-z0-9]{64}(&quot;|")|nonce="[^"]*"', "", html)


def test_a_secret_is_shown_once_and_two_hold_while_the_vendor_changes_over(desk, base, clock):
    from jizuo.hubs.identity.models import AppSecret

    browser = desk()
    client_id = registered(browser)
    at = f"{browser.at}/{client_id}"
    first = secret_in(browser.post(f"{at}/secret").content.decode())
    assert first not in browser.get(at).content.decode()
    assert bytes(AppSecret.objects.get(app_id=client_id).secret_hash) != first.encode()
    second = secret_in(browser.post(f"{at}/secret").content.decode())

    def code_of(secret):
        told = {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK}
        return (
            base.client()
            .post("/openid/token/", told, HTTP_AUTHORIZATION=basic(client_id, secret))
            .json()["error"]
        )

    assert {code_of(one) for one in (first, second)} == {"invalid_grant"}, "both are believed"
    page = browser.get(at).content.decode()
    assert "还有 6 天作废" in page and f"…{first[-4:]}" in page
    assert (
        browser.post(f"{at}/secret").status_code == 302
        and "已经有两个密钥" in browser.get(at).content.decode()
    )
    made_at = re.search(r'name="made_at" value="([^"]+)"', page).group(1)
    browser.post(f"{at}/do", {"act": "end_secret", "made_at": made_at})
    assert (code_of(first), code_of(second)) == ("invalid_client", "invalid_grant")
    last = AppSecret.objects.get(app_id=client_id, ends_at=None).made_at.isoformat()
    browser.post(f"{at}/do", {"act": "end_secret", "made_at": last})
    assert code_of(second) == "invalid_grant" and "唯一的密钥" in browser.get(at).content.decode()


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


def test_switching_off_ends_sign_ons_and_tokens_and_says_how_many(desk, vendor, signed_in):  # noqa: F811
    browser = desk()
    app = vendor(browser.unit_no)
    tokens = [app.tokens(signed_in("pupil", browser.unit_no)[1]) for _one in range(2)]
    assert all(app.is_live(one["access_token"]) for one in tokens)
    at = f"{browser.at}/{app.client_id}"
    assert "现在登录着的 2 人会被退出" in browser.get(at).content.decode()
    browser.post(f"{at}/do", {"act": "off"})
    assert "2 人在这个应用里的登录已结束" in browser.get(at).content.decode()
    browser.post(f"{at}/do", {"act": "on"})
    app.change(is_active=True)
    assert not any(app.is_live(one["access_token"]) for one in tokens), "and on again they stay dead"
    people = browser.get(f"{at}/people").content.decode()
    assert people.count("应用不收退出通知") == 2


def test_without_a_fresh_second_factor_nothing_is_changed(desk):
    browser = desk()
    client_id = registered(browser)
    session = browser.session
    session["second_factor_at"] = 0
    session.save()
    for path in ("secret", "do", "edit"):
        answer = browser.post(f"{browser.at}/{client_id}/{path}", {**FORM, "act": "off"})
        assert answer["Location"].startswith("/me/step-up/"), path


def test_who_may_not_stand_at_the_desk(base, person):
    teacher = person("teacher")
    browser = base.client()
    sign_in(browser, teacher)
    assert browser.get(f"/as/{teacher.grant_no}/apps").status_code == 403


def test_names_of_who_agreed_are_for_the_clerk_of_the_school(desk, base, person):
    from django.utils import timezone

    from jizuo.hubs.identity.models import Consent

    clerk = desk()
    client_id = registered(clerk)
    inside, outside = person("pupil", clerk.unit_no, name="陈以宁"), person("pupil", name="外校人")
    for account in (inside, outside):
        Consent.objects.create(
            account_id=account.pk, app_id=client_id, scopes=["openid"], version=1, given_at=timezone.now()
        )
    page = clerk.get(f"{clerk.at}/{client_id}/people").content.decode()
    assert "本人同意 2 人" in page and "陈以宁" in page and "外校人" not in page
    district = desk("district_admin", clerk.unit_no)
    page = district.get(f"{district.at}/{client_id}/people").content.decode()
    assert "本人同意 2 人" in page and "陈以宁" not in page


def test_the_first_sign_in_names_the_rule_and_goes_through_once_mended(desk, vendor, signed_in, base):  # noqa: F811
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


def test_messages_are_kept_for_a_week_and_a_hundred_at_most(desk, vendor, base, clock):  # noqa: F811
    from jizuo.hubs.identity.actions import app_messages
    from jizuo.hubs.identity.models import AppMessage

    app = vendor()
    for _one in range(app_messages.MOST + 5):
        app_messages.refused(
            app.client_id, "token", "invalid_grant", "no such code", {"code": "geheim", "a": "\0"}
        )
    held = AppMessage.objects.filter(app_id=app.client_id)
    assert held.count() == app_messages.MOST and "geheim" not in str(held.first().said)
    app_messages.refused("nobody", "token", "invalid_client", "no such client", {})
    assert not AppMessage.objects.filter(app_id="nobody").exists()
    clock.pass_(days=7, minutes=1)
    app_messages.forget_old()
    assert not held.exists()


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


def test_the_keys_are_the_operators_and_the_next_one_is_shown_ahead(desk, base, clock):
    from jizuo.hubs.identity.actions import signing_keys

    clerk, operator = desk(), desk("operator")
    assert clerk.get(f"{clerk.at}/keys").status_code == 403
    signing_keys.published()
    at = f"{operator.at}/keys"
    assert "正在签名" in operator.get(at).content.decode()
    before = signing_keys.current("ES256").kid
    old = signing_keys.sign({"x": 1}, alg="ES256")
    operator.post(at, {"alg": "ES256"})
    page = operator.get(at).content.decode()
    assert "已公布，未启用" in page and len(signing_keys.published()) == 3
    assert signing_keys.current("ES256").kid == before, "published, not used"
    operator.post(at, {"alg": "ES256"})
    assert "下一把密钥已经公布了" in operator.get(at).content.decode()
    clock.pass_(hours=26)
    signing_keys.forget()
    assert signing_keys.current("ES256").kid != before
    assert signing_keys.verify(old) == {"x": 1}
    assert operator.post(at, {"alg": "none"}).status_code in (302, 404)
