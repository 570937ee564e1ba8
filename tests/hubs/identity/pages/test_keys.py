"""The pages of passkeys: where they work, and what they answer without one."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from tests.hubs.identity.conftest import sign_in


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


def test_without_the_last_key_nobody_is_asked_for_one(base, person, address):
    """A session that still believed in the key would send its person round and round."""
    account, client = person("teacher"), base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    session = client.session
    session["has_key"] = True
    session["second_factor_at"], session["second_factor_seconds"] = time.time(), 3600
    session["second_factor_level"] = 3
    session.save()
    assert client.post("/me/passkeys/", {"passkey": str(uuid4()), "remove": "1"})["Location"] == "/me/"
    assert client.session["has_key"] is False


def test_changes_of_what_is_not_there(base, person, address):
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, person("teacher"))
    for told in ({"passkey": "x", "name": "y"}, {"name": "y"}, {}):
        assert client.post("/me/passkeys/", told)["Location"] == "/me/"
    assert client.post("/me/step-up/options/").status_code == 404
