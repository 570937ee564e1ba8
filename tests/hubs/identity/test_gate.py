"""The second factor in the middle of work: there and back."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import sign_in, totp_of, turn_on_totp


@pytest.fixture
def admin(base, person, address):
    account = person("district_admin", base.unit(kind="bureau"))
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    client.post("/sign-in/second/", {"code": totp_of(account, steps=-1)})
    client.account, client.at = account, f"/as/{account.grant_no}"
    return client


def test_a_grant_by_hand_goes_there_and_back(base, admin, person, clock):
    from jizuo.ground.models import Grant

    colleague = person()
    told = {
        "login_code": colleague.code, "unit_no": str(admin.account.unit_no), "role": "district_leader",
        "reason": "分管副局长",
    }  # fmt: skip
    page = f"{admin.at}/grants"
    session = admin.session
    session["second_factor_at"] = 0
    session.save()
    sent = admin.post(page, told, HTTP_REFERER=f"http://testserver{page}?x=1")
    assert sent["Location"] == f"/me/step-up/?next=%2Fas%2F{admin.account.grant_no}%2Fgrants%3Fx%3D1"
    assert not Grant.objects.filter(account_id=colleague.pk).exists()
    back = admin.post(sent["Location"], {"code": totp_of(admin.account), "next": f"{page}?x=1"})
    assert back["Location"] == f"{page}?x=1"
    assert "请再点一次" in admin.get(page).content.decode()
    assert admin.post(page, told)["Location"] == page
    grant = Grant.objects.get(account_id=colleague.pk)
    assert (grant.role, grant.given_by, grant.origin) == ("district_leader", admin.account.grant_no, "person")
    shown = admin.get(page).content.decode()
    assert colleague.display_name in shown
    admin.post(f"{page}/end", {"grant": str(grant.no), "reason": "调离"})
    grant.refresh_from_db()
    assert grant.end_on is not None


def test_the_factor_wears_off(base, admin, clock):
    clock.pass_(minutes=6)
    assert admin.post(f"{admin.at}/grants/end", {"grant": "1", "reason": "x"})["Location"].startswith(
        "/me/step-up/"
    )


def test_htmx_is_sent_there_too(base, admin):
    session = admin.session
    session["second_factor_at"] = 0
    session.save()
    answer = admin.post(
        f"{admin.at}/grants/end", {"grant": "1", "reason": "x"}, HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL=f"http://testserver{admin.at}/grants",
    )  # fmt: skip
    assert answer["HX-Redirect"].endswith("grants") and "/me/step-up/" in answer["HX-Redirect"]


@pytest.mark.parametrize("came", ["https://evil.example/x", "", "//evil.example"])
def test_a_foreign_referer_leads_home(base, admin, came):
    session = admin.session
    session["second_factor_at"] = 0
    session.save()
    answer = admin.post(f"{admin.at}/grants/end", {"grant": "1", "reason": "x"}, HTTP_REFERER=came)
    assert answer["Location"] == "/me/step-up/?next=%2F"


def test_bad_grants_are_explained(base, admin, person):
    told = {"login_code": "ABC", "unit_no": str(admin.account.unit_no), "role": "clerk", "reason": "代课"}
    for change, words in (
        ({}, "8 位"),
        ({"login_code": "22222222"}, "没有这个登录码"),
        ({"login_code": person().code, "end_on": "2020-01-01"}, "已经过去"),
        ({"login_code": person().code, "end_on": "9999-12-31"}, "日期太远"),
        ({"role": "operator"}, "role"),
    ):
        answer = admin.post(f"{admin.at}/grants", told | change)
        assert answer.status_code == 422 and words in answer.content.decode()


def test_a_lost_factor_is_taken_off_with_a_reason(base, admin, person, address):
    from allauth.mfa.models import Authenticator

    lost = person("clerk", admin.account.unit_no)
    turn_on_totp(lost)
    admin.post(f"{admin.at}/grants/factor", {"login_code": lost.code, "reason": ""})
    assert Authenticator.objects.filter(user_id=lost.pk).exists()
    admin.post(f"{admin.at}/grants/factor", {"login_code": lost.code, "reason": "本人持证到场"})
    assert not Authenticator.objects.filter(user_id=lost.pk).exists()
    stranger = person("clerk")
    turn_on_totp(stranger)
    admin.post(f"{admin.at}/grants/factor", {"login_code": stranger.code, "reason": "本人持证到场"})
    assert Authenticator.objects.filter(user_id=stranger.pk).exists()


def test_the_home_of_a_role_is_remembered(base, person, address):
    from jizuo.ground.models import Grant

    account = person("clerk")
    client = base.client(account, REMOTE_ADDR=address, raise_request_exception=False)
    client.get(f"/as/{account.grant_no}/")
    assert Grant.objects.get(no=account.grant_no).last_used_at is not None
