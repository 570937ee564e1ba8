"""Somebody at the desk of applications, and an application registered through its form."""

from __future__ import annotations

import re

import pytest

from tests.hubs.identity.conftest import sign_in, totp_of, turn_on_totp
from tests.hubs.identity.protocols.openid.conftest import BACK, signed_in, vendor

__all__ = ["signed_in", "vendor"]
FORM = {
    "name": "阅读乐园", "kind": "confidential", "redirect_uris": BACK, "scope": ["profile", "class"],
    "why-profile": "称呼读者", "why-class": "按班排书单", "agreed": ["openid", "profile"],
    "token_auth": "client_secret_basic", "id_token_alg": "ES256",
}  # fmt: skip  # fmt: skip


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
