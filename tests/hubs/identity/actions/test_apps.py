from __future__ import annotations

import pytest

from tests.hubs.identity.protocols.openid.conftest import signed_in, vendor
from tests.hubs.identity.protocols.openid.test_device import SCREEN, begin, poll, say

__all__ = ["signed_in", "vendor"]
LESS = [
    {"scopes": ("openid", "profile"), "agreed_scopes": ("openid", "profile")},
    {"agreed_scopes": ("openid", "profile")},
]


def kept_by(base, app):
    """The clerk's scope at the unit of an application, and its registration."""
    from jizuo.hubs.identity.actions import apps

    row = app.row()
    return base.scope(row.unit_no, stepped_up=True), apps.registration_of(row)


@pytest.mark.parametrize("less", LESS, ids=["scope", "word"])
def test_what_an_application_may_no_longer_know_it_cannot_read_on(base, vendor, signed_in, less):
    from dataclasses import replace

    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import apps, sign_on_tickets
    from jizuo.hubs.identity.models import AppSignOn, AuthorizationCode

    account, browser = signed_in("teacher")
    told = {"grants": ("authorization_code", "refresh_token", "client_credentials")}
    app, other = vendor(account.unit_no, **told), vendor(account.unit_no)
    asked = {"scope": "openid profile phone"}
    tokens, others = app.tokens(browser, **asked), other.tokens(browser, **asked)
    own = app.post("token", {"grant_type": "client_credentials"}).json()["access_token"]
    app.code(browser, **asked)
    pgt = sign_on_tickets.issue(
        "pgt", client_id=app.client_id, account_id=account.pk, sid=browser.session["sid"], scopes=["phone"],
        service="https://app.example.cn/pgt",
    )  # fmt: skip
    scope, before = kept_by(base, app)
    with scopes.use(scope):
        apps.change_app(client_id=app.client_id, registration=replace(before, name="阅读园"))
    assert app.is_live(tokens["access_token"]) and app.is_live(own), "another name takes nothing away"
    with scopes.use(scope):
        apps.change_app(client_id=app.client_id, registration=replace(before, **less))
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert not app.is_live(own)
    with pytest.raises(sign_on_tickets.BadTicket):
        sign_on_tickets.look(pgt)
    assert not AuthorizationCode.objects.filter(app_id=app.client_id).exists()
    assert AppSignOn.objects.get(app_id=app.client_id).ended_at is not None
    assert other.is_live(others["access_token"]), "the twin: another application goes on"


def test_what_a_switched_off_application_held_does_not_live_again(base, vendor, signed_in, clock):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import apps, sign_on_tickets

    account, browser = signed_in("teacher")
    app = vendor(account.unit_no, **SCREEN)
    waiting, agreed = begin(app), begin(app)
    say(browser, agreed)
    pgt = sign_on_tickets.issue(
        "pgt", client_id=app.client_id, account_id=account.pk, sid=browser.session["sid"], scopes=["openid"],
        service="https://app.example.cn/pgt",
    )  # fmt: skip
    sign_on_tickets.look(pgt)
    with scopes.use(kept_by(base, app)[0]):
        apps.switch_app(client_id=app.client_id, is_active=False)
        apps.switch_app(client_id=app.client_id, is_active=True)
    assert [poll(app, one) for one in (waiting, agreed)] == ["invalid_grant", "invalid_grant"]
    with pytest.raises(sign_on_tickets.BadTicket):
        sign_on_tickets.look(pgt)


def test_an_application_of_another_school_does_not_exist(base):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotAllowed, NotFound
    from jizuo.hubs.identity.actions import apps
    from jizuo.hubs.identity.rules.apps import Registration

    own, other = base.unit(), base.unit()
    told = Registration("阅读乐园", redirect_uris=("https://a.cn/",))
    with scopes.use(base.scope(own, stepped_up=True)):
        client_id = apps.register_app(unit_no=own, registration=told)
        assert len(apps.new_secret(client_id=client_id)) == 43
        with pytest.raises(NotFound):
            apps.register_app(unit_no=other, registration=told)
        with pytest.raises(BadInput):
            apps.register_app(unit_no=own, registration=Registration("x", kind="y"))
    with scopes.use(base.scope(other, stepped_up=True)):
        for call in (apps.new_secret, lambda **told: apps.switch_app(is_active=False, **told)):
            with pytest.raises(NotFound):
                call(client_id=client_id)
    with scopes.use(base.scope(own)), pytest.raises(NotAllowed):
        apps.new_secret(client_id=client_id)
    with scopes.use(base.scope(own, "teacher", stepped_up=True)), pytest.raises(NotAllowed):
        apps.new_secret(client_id=client_id)
