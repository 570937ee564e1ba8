"""JupyterHub with oauthenticator's GenericOAuthenticator, in Chromium; nobody's server is started.

Its switch for development is the plain http of both sides. It knows no back-channel logout, so an end of ours cannot
reach it: the list of sign-ons says so, and what it holds opens nothing.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from pathlib import Path

import pytest
import requests

from tests.hubs.identity.conftest import PASSWORD
from tests.live import free_port
from tests.outside.programs import MODULES, node, python, running
from tests.outside.standing import states_of

pytestmark = [pytest.mark.outside, pytest.mark.browser]
CONFIG = Path(__file__).parent / "hub.py"


@contextlib.contextmanager
def jupyterhub(folder: Path, live, vendor):
    """A hub that lets teachers in: its address, its registration, the token of its API, what it wrote."""
    port, inner, hub = free_port(), free_port(), f"http://127.0.0.1:{free_port()}"
    site, reader = f"http://127.0.0.1:{port}", secrets.token_hex(16)
    app = vendor(redirect_uris=(f"{site}/hub/oauth_callback",), post_logout_uris=(f"{site}/hub/login",))
    proxy = (node(), MODULES / "configurable-http-proxy" / "bin" / "configurable-http-proxy")
    at = (
        "--ip",
        "127.0.0.1",
        "--port",
        port,
        "--api-ip",
        "127.0.0.1",
        "--api-port",
        inner,
        "--default-target",
        hub,
    )
    shared = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16)}
    told = {
        "BASE": live.url, "SITE": site, "HUB": hub, "CLIENT_ID": app.client_id, "CLIENT_SECRET": app.secret,
        "PROXY_API": f"http://127.0.0.1:{inner}", "READER": reader, "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
    }  # fmt: skip
    command = (python(), "-m", "jupyterhub", "-f", CONFIG)
    with (
        running((*proxy, *at), folder / "proxy", site, below=600, **shared),
        running(command, folder, f"{site}/hub/api/", **told, **shared) as words,
    ):
        yield site, app, reader, words


def sign_in(page, account, site: str) -> None:
    """From the hub's first page through ours."""
    page.goto(f"{site}/hub/login")
    page.locator("a[href*=oauth_login]").click()
    page.wait_for_url("**/sign-in/**")
    page.fill("input[name=name]", account.code)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form button[type=submit]").first.click()


def test_sign_in_with_groups_and_both_ways_out(live, vendor, person, browser, tmp_path):
    account = person("teacher", name="顾知夏")
    with jupyterhub(tmp_path, live, vendor) as (site, app, reader, words):
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        sign_in(page, account, site)
        page.wait_for_url(f"{site}/hub/token")
        api = {"headers": {"Authorization": f"token {reader}"}, "timeout": 30}
        (user,) = requests.get(f"{site}/hub/api/users", **api).json()
        held = requests.get(f"{site}/hub/api/users/{user['name']}", **api).json()["auth_state"]
        assert held["oauth_user"]["name"] == "顾知夏" and held["oauth_user"]["roles"] == ["teacher"]
        assert user["name"] == held["oauth_user"]["sub"].lower() and len(user["name"]) == 22
        bearer = {"Authorization": f"Bearer {held['access_token']}"}
        assert requests.get(f"{live.url}/openid/userinfo/", headers=bearer, timeout=30).status_code == 200
        # From the client to us: it sends no ID token along, so we ask the person.
        page.goto(f"{site}/hub/logout")
        page.wait_for_url(f"{live.url}/openid/end-session/**")
        assert "阅读乐园" in page.inner_text("main, body")
        page.get_by_role("button", name="退出", exact=True).click()
        page.wait_for_url(f"{site}/hub/login")
        page.goto(f"{live.url}/me/")
        assert "/sign-in/" in page.url, words()
        # What the hub still holds of the ended sign-on opens nothing, and it has no ear for the end.
        assert requests.get(f"{live.url}/openid/userinfo/", headers=bearer, timeout=30).status_code == 401
        assert states_of(app) == ["cannot"]
        # From us: the hub's own session goes on until it asks again, and then we ask too.
        sign_in(page, account, site)
        page.wait_for_url(f"{site}/hub/token")
        page.goto(f"{live.url}/openid/end-session/")
        page.get_by_role("button", name="退出", exact=True).click()
        page.wait_for_load_state()
        assert states_of(app) == ["cannot", "cannot"]
        context.clear_cookies(name=re.compile("jupyterhub"))
        page.goto(f"{site}/hub/oauth_login")
        assert "/sign-in/" in page.url
        context.close()


def test_a_person_of_no_group_stays_outside(live, vendor, person, browser, tmp_path):
    account = person("guardian")
    with jupyterhub(tmp_path, live, vendor) as (site, _app, _reader, words):
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        sign_in(page, account, site)
        page.wait_for_url(f"{site}/hub/oauth_callback**")
        assert "403" in page.inner_text("body"), words()
        context.close()
