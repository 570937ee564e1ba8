"""requests-oauthlib, which knows nothing of us, signs a person in over HTTP: code with PKCE, userinfo, refresh."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import requests
from requests_oauthlib import OAuth2Session

from tests.hubs.identity.conftest import PASSWORD, address, person
from tests.hubs.identity.protocols.openid.conftest import BACK, vendor

__all__ = ["address", "person", "vendor"]
pytestmark = pytest.mark.outside


def test_an_ordinary_client_signs_in_refreshes_and_is_refused_a_replay(
    live, base, vendor, person, monkeypatch
):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    account = person("teacher", name="顾知夏")
    app = vendor()
    told = requests.get(f"{live.url}/.well-known/openid-configuration", timeout=30).json()
    assert told["issuer"] == live.url
    client = OAuth2Session(app.client_id, redirect_uri=BACK, scope=["openid", "profile"], pkce="S256")
    address, state = client.authorization_url(told["authorization_endpoint"])
    back = sign_in(live, account, address)
    assert back.startswith(BACK) and f"state={state}" in back
    tokens = client.fetch_token(told["token_endpoint"], authorization_response=back, client_secret=app.secret)
    assert tokens["scope"] == ["openid", "profile"]
    assert client.get(told["userinfo_endpoint"]).json()["name"] == "顾知夏"
    basic = requests.auth.HTTPBasicAuth(app.client_id, app.secret)
    renewed = client.refresh_token(told["token_endpoint"], auth=basic)
    assert renewed["refresh_token"] != tokens["refresh_token"]
    replay = requests.post(
        told["token_endpoint"], auth=basic, timeout=30,
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
    )  # fmt: skip
    assert replay.json()["error"] == "invalid_grant"
    assert client.get(told["userinfo_endpoint"]).status_code == 401


def sign_in(live, account, address: str) -> str:
    """What a person's browser does with the client's address; where it comes back to the application."""
    browser = requests.Session()
    page = browser.get(address, timeout=30)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    form = {
        **hidden,
        "name": account.code,
        "password": PASSWORD,
        "next": hidden["next"].replace("&amp;", "&"),
    }
    answer = browser.post(
        page.url.split("?")[0], form, headers={"Referer": page.url}, allow_redirects=False, timeout=30
    )
    while answer.status_code == 302 and not answer.headers["Location"].startswith(BACK):
        where = urlsplit(answer.headers["Location"])
        answer = browser.get(f"{live.url}{where.path}?{where.query}", allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    return answer.headers["Location"]
