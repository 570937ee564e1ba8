"""The own account over HTTP: roles, password, phone, second factor, sessions."""

from __future__ import annotations

import re
import time

import pytest

from tests.hubs.identity.conftest import PASSWORD, deliver, sign_in, totp_of, turn_on_totp

NEW = "qingshan-8-lvshui"


@pytest.fixture
def me(base, person, address):
    account = person()
    client = base.client(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120.0")
    sign_in(client, account, own_device="on")
    client.account = account
    return client


def test_roles_are_chosen_and_two_tabs_never_cross(base, person, address):
    from jizuo.ground.models import Grant

    account = person("teacher")
    other_unit = base.unit()
    second = base.grant(account, other_unit, "guardian", person_id=account.person_id)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    page = client.get("/").content.decode()
    assert f"/go/{account.grant_no}/" in page and f"/go/{second}/" in page
    client.get(f"/go/{second}/")
    page = client.get("/?choose=1").content.decode()
    assert page.index(f"/go/{second}/") < page.index(f"/go/{account.grant_no}/")
    assert Grant.objects.get(no=second).last_used_at is not None
    stranger = person("teacher")
    assert client.get(f"/as/{stranger.grant_no}/slips").status_code == 404


def test_somebody_without_a_role_is_told_what_to_do(me):
    page = me.get("/").content.decode()
    assert "现在没有身份" in page and "/bind/" in page


@pytest.mark.parametrize(
    "path", ["/me/", "/me/password/", "/me/phone/", "/me/second-factor/", "/me/step-up/", "/go/1/"]
)
def test_signed_out_people_are_sent_to_sign_in(base, path):
    answer = base.client().get(path)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


def test_a_changed_password_keeps_this_session_and_ends_the_others(base, me, address):
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, me.account)
    assert me.post("/me/password/", {"old": "bu-dui", "password": NEW, "again": NEW}).status_code == 422
    weak = me.post("/me/password/", {"old": PASSWORD, "password": "12345678", "again": "12345678"})
    assert weak.status_code == 422 and "id_password-wrong" in weak.content.decode()
    assert me.post("/me/password/", {"old": PASSWORD, "password": NEW, "again": NEW}).status_code == 302
    assert me.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert sign_in(base.client(REMOTE_ADDR=address), me.account, NEW).status_code == 302


def test_a_phone_is_proven_before_it_signs_in(base, me, address, messages_sent):
    phone = f"130{time.time_ns() % 10**8:08d}"
    assert me.post("/me/phone/", {"phone": "123"}).status_code == 422
    assert me.post("/me/phone/", {"phone": phone})["Location"] == "/me/phone/?sent=1"
    deliver()
    assert me.post("/me/phone/?sent=1", {"code": "1"}).status_code == 422
    assert (
        base.client(REMOTE_ADDR=address).post("/sign-in/", {"name": phone, "password": PASSWORD}).status_code
        == 422
    )
    assert me.post("/me/phone/?sent=1", {"code": messages_sent[-1][1]}).status_code == 302
    assert f"*******{phone[-4:]}" in me.get("/me/").content.decode()
    assert (
        base.client(REMOTE_ADDR=address).post("/sign-in/", {"name": phone, "password": PASSWORD}).status_code
        == 302
    )
    me.post("/me/phone/", {"drop": "1"})
    assert (
        base.client(REMOTE_ADDR=address).post("/sign-in/", {"name": phone, "password": PASSWORD}).status_code
        == 422
    )


def test_an_email_is_proven_and_belongs_to_one_account(base, me, person, address, monkeypatch):
    from jizuo.ground.gateways import send
    from jizuo.ground.gateways.shapes import SendResult

    sent = []
    monkeypatch.setattr(send, "mail", lambda **told: sent.append(told) or SendResult("accepted"))
    taken = person(email=f"zhou{time.time_ns()}@school.cn")
    for wanted, status in ((taken.email, 422), (f"LU{time.time_ns()}@School.cn", 302)):
        assert me.post("/me/email/", {"email": wanted})["Location"] == "/me/email/?sent=1"
        deliver()
        assert sent[-1]["to"] == wanted.lower()
        code = re.search(r"\d{6}", sent[-1]["text"])[0]
        assert me.post("/me/email/?sent=1", {"code": code}).status_code == status
    assert me.account.__class__.objects.get(pk=me.account.pk).email == wanted.lower()


def test_without_a_gateway_no_phone_is_asked_for(me):
    assert "还没有开通短信" in me.get("/me/phone/").content.decode()


def secret_on(client) -> str:
    page = client.get("/me/second-factor/").content.decode()
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")


def code_for(secret: str, steps: int = 0) -> str:
    from allauth.mfa.totp.internal import auth

    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + steps))


def test_a_second_factor_is_turned_on_kept_sealed_and_turned_off(me):
    from allauth.mfa.models import Authenticator

    secret = secret_on(me)
    assert me.post("/me/second-factor/", {"code": "000000", "password": PASSWORD}).status_code == 422
    assert me.post("/me/second-factor/", {"code": code_for(secret), "password": "bu-dui"}).status_code == 422
    done = me.post("/me/second-factor/", {"code": code_for(secret), "password": PASSWORD})
    assert done.status_code == 200 and len(re.findall(r"<code>\d{8}</code>", done.content.decode())) == 10
    held = Authenticator.objects.get(user_id=me.account.pk, type="totp")
    assert secret not in str(held.data)
    assert (
        len(re.findall(r"<code>\d{8}</code>", me.post("/me/second-factor/recovery/").content.decode())) == 10
    )
    me.post("/me/second-factor/off/")
    assert not Authenticator.objects.filter(user_id=me.account.pk).exists()


def test_turning_off_asks_for_the_factor_first(base, person, address):
    account = person("clerk")
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    client.post("/sign-in/second/", {"code": totp_of(account, steps=-1)})
    session = client.session
    session["second_factor_at"] = time.time() - 3600
    session.save()
    answer = client.post("/me/second-factor/off/", HTTP_REFERER="http://testserver/me/")
    assert answer["Location"] == "/me/step-up/?next=%2Fme%2F"
    assert client.post("/me/step-up/", {"code": "000000", "next": "/me/"}).status_code == 422
    assert client.post("/me/step-up/", {"code": totp_of(account), "next": "/me/"})["Location"] == "/me/"
    assert client.post("/me/second-factor/off/")["Location"] == "/me/"


def test_an_administrator_keeps_the_factor(base, person, address):
    from allauth.mfa.models import Authenticator

    account = person("operator")
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    client.post("/sign-in/second/", {"code": totp_of(account)})
    client.post("/me/second-factor/off/")
    assert Authenticator.objects.filter(user_id=account.pk, type="totp").exists()
    assert "必须保留" in client.get("/me/").content.decode()


def test_step_up_without_a_factor_leads_to_turning_one_on(me):
    page = me.get("/me/step-up/?next=/as/1/slips").content.decode()
    assert "/me/second-factor/?next=/as/1/slips" in page


def test_sessions_are_listed_and_ended_one_by_one_or_all(base, me, address):
    phone_browser = base.client(
        REMOTE_ADDR="2001:db8::7", HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"
    )
    third = base.client(REMOTE_ADDR=address)
    sign_in(phone_browser, me.account)
    sign_in(third, me.account)
    page = me.get("/me/").content.decode()
    assert "Windows · Chrome" in page and "微信" in page and "2001:db8::7" in page and "自己的设备" in page
    sids = re.findall(r'name="sid" value="([^"]+)"', page)
    assert len(sids) == 2
    from jizuo.hubs.identity.models import SsoSession

    wechat = SsoSession.objects.get(account_id=me.account.pk, device__startswith="微信")
    me.post("/me/sessions/end/", {"sid": str(wechat.pk)})
    assert phone_browser.get("/me/").status_code == 302 and third.get("/me/").status_code == 200
    me.post("/me/sessions/end/", {"all": "1"})
    assert third.get("/me/").status_code == 302 and me.get("/me/").status_code == 200
    wechat.refresh_from_db()
    assert wechat.ended_at is not None and wechat.why == "by_owner"


def test_nobody_ends_the_session_of_another(base, me, person, address):
    from jizuo.hubs.identity.models import SsoSession

    stranger = person()
    theirs = base.client(REMOTE_ADDR=address)
    sign_in(theirs, stranger)
    sid = SsoSession.objects.get(account_id=stranger.pk).pk
    for wanted in (str(sid), "no-id", ""):
        me.post("/me/sessions/end/", {"sid": wanted})
    assert theirs.get("/me/").status_code == 200
