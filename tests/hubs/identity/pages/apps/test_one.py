"""One application: alone its school's, its secrets, its switch."""

from __future__ import annotations

import re

from tests.hubs.identity.pages.apps.conftest import FORM, registered, secret_in
from tests.hubs.identity.protocols.openid.conftest import BACK, basic


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


def test_switching_off_ends_sign_ons_and_tokens_and_says_how_many(desk, vendor, signed_in):
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
