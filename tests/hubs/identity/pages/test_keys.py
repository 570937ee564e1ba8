"""The pages of passkeys: where they work, and what they answer without one."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.hubs.identity import keyring
from tests.hubs.identity.conftest import sign_in, totp_of, turn_on_totp


@pytest.mark.parametrize(
    ("host", "is_named"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("127.0.0.1", False),
        ("127.0.0.1:8000", False),
        ("[::1]:80", False),
    ],
)
def test_a_bare_address_is_told_why(base, host, is_named):
    page = base.client(HTTP_HOST=host).get("/sign-in/?by=passkey").content.decode()
    assert ("data-passkey=" in page) is is_named
    assert ("IP 地址" in page) is not is_named


def test_the_challenge_is_for_the_host_alone_and_names_nobody(base):
    client = base.client(HTTP_HOST="localhost:8000")
    asked, again = (client.post("/sign-in/options/").json()["publicKey"] for _ in range(2))
    assert asked["rpId"] == "localhost" and asked["userVerification"] == "required"
    assert not asked.get("allowCredentials") and asked["challenge"] != again["challenge"]
    assert client.get("/sign-in/options/").status_code == 405


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 1}', "x" * 40_000, '{"rawId":"AA","response":{}}']
)
def test_answers_that_are_none(base, person, address, answer):
    client = base.client(REMOTE_ADDR=address)
    client.post("/sign-in/options/")
    assert client.post("/sign-in/?by=passkey", {"answer": answer}).status_code == 422
    sign_in(client, person("teacher"))
    client.post("/me/passkeys/options/")
    assert client.post("/me/passkeys/add/", {"name": "x", "answer": answer}).status_code == 422


@pytest.fixture
def two_browsers(base, person, address):
    """Two sessions of one teacher, each begun with password and code."""
    account = person("teacher")
    turn_on_totp(account)
    made = []
    for steps in (-1, 0):
        client = base.client(REMOTE_ADDR=address, HTTP_HOST="localhost")
        sign_in(client, account)
        assert client.post("/sign-in/second/", {"code": totp_of(account, steps=steps)}).status_code == 302
        made.append(client)
    return account, *made


def asked_for(client):
    """The level that a door of keys asks this session for; 0 when it opened."""
    answer = client.post("/me/second-factor/recovery/")
    if answer.status_code == 200:
        return 0
    assert answer.status_code == 302 and answer["Location"].startswith("/me/step-up/"), answer.content
    return int(parse_qs(urlsplit(answer["Location"]).query).get("level", ["2"])[0])


def test_a_key_registered_in_another_session_is_asked_for_here(two_browsers):
    """A stolen code and a session found open would else go on opening what the key was registered for."""
    account, here, there = two_browsers
    device = keyring.Authenticator()
    assert asked_for(here) == 0
    assert keyring.add_to(there, device).status_code == 302
    assert asked_for(here) == 3
    again = here.post("/me/step-up/?level=3", {"code": totp_of(account, steps=1)})
    assert again.status_code == 422 and asked_for(here) == 3
    options = here.post("/me/step-up/options/").json()
    assert here.post("/me/step-up/?level=3", {"answer": device.answer(options)}).status_code == 302
    assert asked_for(here) == 0


def test_without_the_last_key_nobody_is_asked_for_one(two_browsers):
    """A session that still believed in the key would send its person round and round."""
    account, here, there = two_browsers
    device = keyring.Authenticator()
    keyring.add_to(there, device)
    assert (asked_for(here), asked_for(there)) == (3, 3)
    options = there.post("/me/step-up/options/").json()
    there.post("/me/step-up/?level=3", {"answer": device.answer(options)})
    from jizuo.hubs.identity.models import Passkey

    (held,) = Passkey.objects.filter(account_id=account.pk)
    assert there.post("/me/passkeys/", {"passkey": str(held.pk), "remove": "1"})["Location"] == "/me/"
    assert (asked_for(here), asked_for(there)) == (0, 0)


def test_changes_of_what_is_not_there(base, person, address):
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, person("teacher"))
    for told in ({"passkey": "x", "name": "y"}, {"name": "y"}, {}):
        assert client.post("/me/passkeys/", told)["Location"] == "/me/"
    assert client.post("/me/step-up/options/").status_code == 404
