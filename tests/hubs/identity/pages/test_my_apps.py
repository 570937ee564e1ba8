"""The own account's part about applications: withdrawn in one click, for a young child too, and what each session holds."""

from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.openid.conftest import decide, said_in, signed_in, vendor  # noqa: F401


@pytest.fixture
def asking(vendor):  # noqa: F811
    return vendor(agreed_scopes=("openid",), backchannel_logout_uri="https://app.example.cn/end")


def test_what_one_agreed_to_is_listed_and_withdrawn_in_one_click(base, asking, signed_in):  # noqa: F811
    from jizuo.hubs.identity.models import AppSignOn

    account, browser = signed_in("teacher")
    assert "没有。应用第一次要您的信息时会问您" in browser.get("/me/").content.decode()
    answer = browser.get(decide(browser, asking.ask(browser, scope="openid profile"), "yes")["Location"])
    tokens = asking.redeem(said_in(answer)["code"]).json()
    page = browser.get("/me/").content.decode()
    assert "阅读乐园" in page and "您的姓名" in page and "登录着的应用" in page
    stranger = signed_in("teacher")[1]
    told = {"account": str(account.pk), "app": asking.client_id}
    assert stranger.post("/me/apps/withdraw/", told).status_code == 404
    assert asking.is_live(tokens["access_token"])
    browser.post("/me/apps/withdraw/", told)
    page = browser.get("/me/").content.decode()
    assert "从现在起读不到这些信息" in page and "您的姓名" not in page
    assert not asking.is_live(tokens["access_token"])
    assert asking.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    (part,) = AppSignOn.objects.filter(account_id=account.pk)
    assert part.state == "pending", "the application is told, and the person stays signed in"
    assert asking.ask(browser, scope="openid profile").status_code == 200, "asked again"
    answer = browser.get(decide(browser, asking.ask(browser, scope="openid profile"), "yes")["Location"])
    assert "code" in said_in(answer)
    part.refresh_from_db()
    assert (part.state, part.ended_at) == ("none", None), (
        "a new part in the same session will be told of its end"
    )
    assert browser.post("/me/apps/withdraw/", {"account": "x", "app": "y"}).status_code == 404


def test_a_guardian_sees_and_withdraws_for_a_child_under_14(base, asking, signed_in, monkeypatch):  # noqa: F811
    from django.utils import timezone

    from jizuo.hubs.identity.actions import consents
    from jizuo.hubs.identity.models import Consent

    child, _hers = signed_in("pupil", name="陈以宁")
    parent, browser = signed_in("guardian", child.unit_no, child_ids=[child.person_id], name="陈家长")
    Consent.objects.create(
        account_id=child.pk, app_id=asking.client_id, scopes=["openid", "profile"], version=1, by="guardian",
        by_account_id=parent.pk, given_at=timezone.now(),
    )  # fmt: skip
    told = {"account": str(child.pk), "app": asking.client_id}
    assert "为陈以宁同意" in browser.get("/me/").content.decode()
    with monkeypatch.context() as older:
        older.setattr(consents, "is_child", lambda account_id: False)
        assert "陈以宁" not in browser.get("/me/").content.decode(), "from 14 on it is the child's own"
        assert browser.post("/me/apps/withdraw/", told).status_code == 404
    browser.post("/me/apps/withdraw/", told)
    assert Consent.objects.get(account_id=child.pk).withdrawn_at is not None
    assert "为陈以宁同意" not in browser.get("/me/").content.decode()


def test_a_guardian_agrees_on_the_own_page_and_the_child_gets_in(base, vendor, signed_in, aged, tied):  # noqa: F811
    child, hers = signed_in("pupil", name="陈以宁")
    aged(child, 13)
    parent, browser = signed_in("guardian", child.unit_no, child_ids=[child.person_id], name="陈家长")
    tied(parent, child)
    stranger = signed_in("guardian", child.unit_no, child_ids=[], name="别的家长")[1]
    told = {
        "scopes": ("openid", "profile"), "agreed_scopes": ("openid",), "reasons": {"profile": "在借阅页上称呼读者"},
    }  # fmt: skip
    app, foreign = vendor(child.unit_no, name="识字园", **told), vendor(base.unit(), name="别校的园", **told)
    page = browser.get("/me/").content.decode()
    assert "孩子的应用" in page and "识字园" in page and "别校的园" not in page
    assert "用途：在借阅页上称呼读者" in page, "whoever agrees reads why"
    assert "识字园" not in stranger.get("/me/").content.decode()
    asked = app.ask(hers, scope="openid profile").content.decode()
    assert "孩子的应用" in asked and "用途：在借阅页上称呼读者" in asked, "where to agree, and to what"
    said = {"account": str(child.pk), "app": app.client_id}
    assert stranger.post("/me/apps/agree/", said).status_code == 404
    assert browser.post("/me/apps/agree/", {**said, "app": foreign.client_id}).status_code == 404
    assert hers.post("/me/apps/agree/", said).status_code == 404, "not for oneself"
    assert app.ask(hers, scope="openid profile").status_code == 200
    assert browser.post("/me/apps/agree/", said)["Location"] == "/me/#apps"
    assert "code" in said_in(app.ask(hers, scope="openid profile"))
    page = browser.get("/me/").content.decode()
    assert "为陈以宁同意" in page and f'name="app" value="{app.client_id}" type="submit">同意' not in page
    browser.post("/me/apps/withdraw/", said)
    assert "需要家长同意" in app.ask(hers, scope="openid profile").content.decode()


def test_who_may_not_sign_for_the_child_agrees_to_nothing(base, vendor, signed_in, aged, tied):  # noqa: F811
    """A grandparent to whom the child is entrusted looks after it and is no guardian of its data."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotAllowed
    from jizuo.hubs.identity.actions import consents
    from jizuo.hubs.identity.models import Consent

    child, hers = signed_in("pupil", name="陈以宁")
    aged(child, 9)
    app = vendor(child.unit_no, name="识字园", scopes=("openid", "profile"), agreed_scopes=("openid",))
    told = {"role": "guardian", "unit_no": child.unit_no, "child_ids": [child.person_id]}
    (mother, mothers), (grandma, grandmas), (father, fathers) = (signed_in(**told) for _one in range(3))
    tied(mother, child)
    tied(grandma, child, may_sign=False, is_entrusted=True, is_legal=False, relation="99")
    tied(father, child, is_no_contact=True)
    said = {"account": str(child.pk), "app": app.client_id}
    for browser in (grandmas, fathers):
        assert "识字园" not in browser.get("/me/").content.decode()
        assert browser.post("/me/apps/agree/", said).status_code == 404
    scope = scopes.Scope(role="self", unit_no=0, units=(0, child.unit_no))
    for adult in (grandma, father):
        with scopes.use(scope), pytest.raises(NotAllowed):
            consents.consent(
                account_id=child.pk, client_id=app.client_id, scopes=["profile"], by_account_id=adult.pk
            )
    assert not Consent.objects.filter(account_id=child.pk).exists()
    assert mothers.post("/me/apps/agree/", said).status_code == 302
    assert "code" in said_in(app.ask(hers, scope="openid profile"))
    grandmas.post("/me/apps/withdraw/", said)
    assert "需要家长同意" in app.ask(hers, scope="openid profile").content.decode(), (
        "to take back is for all of them"
    )


def test_an_ended_session_says_which_applications_have_answered(base, vendor, signed_in, address):  # noqa: F811
    from jizuo.hubs.identity.models import AppSignOn
    from tests.hubs.identity.conftest import sign_in

    account, browser = signed_in("teacher")
    told = vendor(name="会回应的应用", backchannel_logout_uri="https://app.example.cn/end")
    silent = vendor(name="不收通知的应用")
    other = base.client(REMOTE_ADDR=address)
    sign_in(other, account)
    for app in (told, silent):
        app.tokens(other)
    page = browser.get("/me/").content.decode()
    assert "会回应的应用" in page and "刚退出的登录" not in page
    browser.post("/me/sessions/end/", {"sid": other.session["sid"]})
    page = browser.get("/me/").content.decode()
    assert "刚退出的登录" in page and "正在通知它退出" in page and "应用不收退出通知，它已读不到信息" in page
    AppSignOn.objects.filter(app_id=told.client_id).update(state="answered")
    assert "已退出，应用已回应" in browser.get("/me/").content.decode()
