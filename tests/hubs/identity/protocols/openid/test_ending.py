"""Logout: asked for by an application, and told to every other."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from tests.hubs.identity.protocols.openid.conftest import LEFT, claims_of


def test_rp_initiated_logout_with_the_id_token_goes_back_with_its_state(vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    made = app.tokens(browser)
    told = {"id_token_hint": made["id_token"], "post_logout_redirect_uri": LEFT, "state": "s 1"}
    answer = browser.get("/openid/end-session/", told)
    assert answer.status_code == 302 and answer["Location"] == f"{LEFT}?state=s+1"
    assert "_auth_user_id" not in browser.session and not app.is_live(made["access_token"])
    assert browser.get("/openid/end-session/", told)["Location"].startswith(LEFT), "twice does no harm"


def test_rp_initiated_logout_without_proof_asks_the_person(base, vendor, signed_in):
    _account, browser = signed_in()
    app = vendor()
    told = {"client_id": app.client_id, "post_logout_redirect_uri": LEFT}
    page = browser.get("/openid/end-session/", told)
    assert page.status_code == 200 and "_auth_user_id" in browser.session
    _other, another = signed_in()
    hint = app.tokens(another)["id_token"]
    page = browser.get("/openid/end-session/", {**told, "id_token_hint": hint})
    assert page.status_code == 200 and "_auth_user_id" in browser.session, "somebody else's token"
    browser.handler.enforce_csrf_checks = True
    assert browser.post("/openid/end-session/", {**told, "confirmed": "1"}).status_code == 403
    browser.handler.enforce_csrf_checks = False
    assert browser.post("/openid/end-session/", {**told, "confirmed": "1"})["Location"] == LEFT
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("uri", ["https://evil.example/", LEFT + "?x=1", LEFT + "/", "javascript:alert(1)"])
def test_logout_goes_to_registered_addresses_only(vendor, signed_in, uri):
    _account, browser = signed_in()
    app = vendor()
    hint = app.tokens(browser)["id_token"]
    answer = browser.get("/openid/end-session/", {"id_token_hint": hint, "post_logout_redirect_uri": uri})
    assert answer.status_code == 400 and "Location" not in answer and "_auth_user_id" in browser.session
    assert "这次退出没有完成" in answer.content.decode()
    mixed = {"id_token_hint": hint, "client_id": vendor().client_id, "post_logout_redirect_uri": LEFT}
    assert browser.get("/openid/end-session/", mixed).status_code == 400
    assert browser.get("/openid/end-session/", {"post_logout_redirect_uri": LEFT}).status_code == 400


def test_an_old_id_token_still_logs_out(vendor, signed_in, clock):
    _account, browser = signed_in()
    hint = vendor().tokens(browser)["id_token"]
    clock.pass_(minutes=20)
    browser.get("/openid/end-session/", {"id_token_hint": hint})
    assert "_auth_user_id" not in browser.session


class Ear(BaseHTTPRequestHandler):
    """An application that listens for logout tokens and answers with `server.status`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.headers["Content-Type"], parse_qs(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_words) -> None:
        """Silent."""


@pytest.fixture
def ear(base, open_hosts):
    """A listening application on this machine, opened by the operator's word."""
    server = HTTPServer(("127.0.0.1", 0), Ear)
    server.heard, server.status = [], 200
    server.address = f"http://127.0.0.1:{server.server_port}/end"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    open_hosts(f"127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()


def waiting(app):
    from jizuo.hubs.identity.models import AppSignOn

    return AppSignOn.objects.get(app_id=app.client_id)


def test_back_channel_logout_posts_a_logout_token(vendor, signed_in, ear):
    from jizuo.hubs.identity import jobs

    _account, browser = signed_in()
    app = vendor(backchannel_logout_uri=ear.address)
    id_token = claims_of(app.tokens(browser)["id_token"])
    browser.post("/sign-out/")
    row = waiting(app)
    assert row.state == "pending" and jobs.tell_end(str(row.pk)) == "answered"
    ((kind, form),) = ear.heard
    assert kind == "application/x-www-form-urlencoded"
    (token,) = form["logout_token"]
    said = claims_of(token)
    assert {name: said[name] for name in ("iss", "sub", "aud", "sid")} == {
        name: id_token[name] for name in ("iss", "sub", "aud", "sid")
    }
    assert said["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert said["jti"] and said["exp"] - said["iat"] <= 120 and "nonce" not in said
    assert jobs.tell_end(str(row.pk)) == "nothing", "told once"
    assert waiting(app).state == "answered" and waiting(app).answered_at is not None


def test_back_channel_logout_tries_again_and_gives_up(vendor, signed_in, ear):
    from jizuo.hubs.identity import jobs
    from jizuo.hubs.identity.actions import app_sign_ons

    _account, browser = signed_in()
    app = vendor(backchannel_logout_uri=ear.address)
    app.tokens(browser)
    browser.post("/sign-out/")
    row = waiting(app)
    ear.status = 503
    states = [jobs.tell_end(str(row.pk)) for _ in range(len(app_sign_ons.WAITS) + 1)]
    assert states == ["pending"] * len(app_sign_ons.WAITS) + ["failed"]
    assert waiting(app).answer == "status 503" and jobs.tell_end(str(row.pk)) == "nothing"


def test_a_closed_address_is_not_called(vendor, signed_in, open_hosts):
    """This machine itself is closed to applications unless the operator opens it."""
    from jizuo.hubs.identity import jobs

    open_hosts()
    server = HTTPServer(("127.0.0.1", 0), Ear)
    server.heard = []
    _account, browser = signed_in()
    app = vendor(backchannel_logout_uri=f"http://127.0.0.1:{server.server_port}/end")
    app.tokens(browser)
    browser.post("/sign-out/")
    assert jobs.tell_end(str(waiting(app).pk)) == "pending"
    assert waiting(app).answer == "closed_host"
    server.server_close()


@pytest.mark.parametrize("way", ["sign_out", "owner", "others", "idle", "night", "password"])
def test_every_end_of_a_session_reaches_the_applications(base, vendor, signed_in, clock, way):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import sessions
    from tests.hubs.identity.conftest import PASSWORD, sign_in

    account, browser = signed_in()
    app = vendor(backchannel_logout_uri="https://app.example.cn/end")
    token = app.tokens(browser)["refresh_token"]
    second = base.client(REMOTE_ADDR="10.255.0.9")
    if way in ("owner", "others", "password"):
        sign_in(second, account)
    if way == "sign_out":
        browser.post("/sign-out/")
    elif way == "owner":
        second.post("/me/sessions/end/", {"sid": browser.session["sid"]})
    elif way == "others":
        second.post("/me/sessions/end/", {"all": "1"})
    elif way == "password":
        new = "qingshan-8-lvshui"
        second.post("/me/password/", {"old": PASSWORD, "password": new, "again": new})
    elif way == "idle":
        clock.pass_(minutes=31)
        browser.get("/me/")
    else:
        clock.pass_(hours=1)
        with scopes.use(scopes.base_scope()), scopes.open_transaction("test"):
            sessions.forget_old()
    assert waiting(app).state == "pending" and not app.is_live(token)
