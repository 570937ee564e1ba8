"""Out to a source and back, over HTTP."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, turn_on_totp
from tests.hubs.identity.elsewhere import out, path_of, phone_of, through, who, words
from tests.hubs.identity.upstream.test_oidc import linked
from tests.hubs.identity.upstream.test_wechat import link


def test_the_own_account_is_linked_after_signing_in_here(base, source, provider, person, address):
    row, account = source("oidc"), person("teacher")
    provider.person = {"sub": f"p-{phone_of()}", "name": "岚"}
    client = base.client(REMOTE_ADDR=address)
    page = client.get(through(client, provider, row)["Location"])
    assert "还不知道您是谁" in words(page)
    tie = f"/sign-in/from/{row.pk}/link/"
    assert client.get(tie).status_code == 302 and who(client) is None
    assert sign_in(client, account, next=tie)["Location"] == tie
    assert account.display_name in words(client.get(tie))
    assert client.post(tie).status_code == 302
    fresh = base.client()
    through(fresh, provider, row)
    assert who(fresh) == str(account.pk)


def test_an_open_session_alone_ties_nothing_to_the_account(base, source, provider, person, address, clock):
    row, account = source("oidc"), person("teacher")
    provider.person = {"sub": f"p-{phone_of()}"}
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    clock.pass_(minutes=11)
    tie = through(client, provider, row)["Location"].replace("/unknown/", "/link/")
    for answer in (client.get(tie), client.post(tie, HTTP_REFERER=f"http://testserver{tie}")):
        assert answer.status_code == 302 and answer["Location"].startswith("/me/step-up/?")
    from jizuo.hubs.identity.models import OutsideSignIn

    assert not OutsideSignIn.objects.filter(account=account).exists()
    shown = {"password": PASSWORD, "next": tie}
    assert client.post("/me/step-up/?level=1", shown)["Location"] == tie
    assert client.post(tie).status_code == 302
    assert OutsideSignIn.objects.get(account=account).subject == provider.person["sub"]


def test_a_second_factor_is_asked_unless_the_platform_showed_one(base, source, provider, person):
    account, admin = person("teacher"), person("operator", 0)
    turn_on_totp(account), turn_on_totp(admin)
    row = source("oidc", second_factor=["urn:mfa"])
    linked(row, account, provider, "a"), linked(row, admin, provider, "b")
    for subject, acr, is_in in (("a", "urn:pwd", False), ("a", "urn:mfa", True), ("b", "urn:mfa", False)):
        provider.person = {"sub": subject, "acr": acr}
        client = base.client()
        answer = through(client, provider, row)
        assert bool(who(client)) is is_in, (subject, acr)
        assert ("second" in answer["Location"]) is not is_in


@pytest.mark.parametrize("kind", ["same", "other"])
def test_signing_in_again_in_an_open_session_keeps_it_and_hangs_it_on_the_last_source(
    base, source, provider, person, kind
):
    row, account = source("oidc"), person("teacher")
    linked(row, account, provider)
    client = base.client()
    through(client, provider, row)
    sid = client.session["sid"]
    last = row
    if kind == "other":
        last = source("oidc")
        linked(last, account, provider)
    provider.person["sid"] = "there-2"
    assert through(client, provider, last).status_code == 302
    assert client.session["sid"] == sid and client.get("/me/").status_code == 200
    gone = {"logout_token": provider.logout_token(sid="there-2")}
    assert base.client().post(f"/sign-in/from/{last.pk}/out/", gone).status_code == 200
    assert client.get("/me/").status_code == 302


def test_a_sign_out_there_ends_a_session_begun_over_that_of_somebody_else(base, source, provider, person):
    row, account = source("oidc"), person("teacher")
    linked(row, account, provider)
    provider.person["sid"] = "there-1"
    client = base.client(person("teacher"))
    through(client, provider, row)
    assert who(client) == str(account.pk)
    gone = {"logout_token": provider.logout_token(sid="there-1")}
    assert base.client().post(f"/sign-in/from/{row.pk}/out/", gone).status_code == 200
    assert client.get("/me/").status_code == 302


def silent(address: str) -> str:
    """The address as whoever sits at the browser can make it: without what asks for a new proof."""
    return re.sub(r"&(prompt|max_age|renew)=[^&]*", "", address)


def test_a_silent_sign_on_there_stands_for_no_second_factor(base, source, provider, person):
    row, account = source("oidc", second_factor=["urn:mfa"]), person("teacher")
    turn_on_totp(account)
    linked(row, account, provider)
    provider.person["acr"], provider.signed_in_at = "urn:mfa", time.time() - 3600
    for change, is_in in ((silent, False), (str, True)):
        client = base.client()
        answer = client.get(path_of(provider.visit(change(out(client, row)))))
        assert bool(who(client)) is is_in and ("second" in answer["Location"]) is not is_in


def asked_again(row: Any, client: Any) -> str:
    """Where the button of the page leads that asks who is signed in to sign in again."""
    page = client.get("/sign-in/?again=1&next=/me/").content.decode()
    address = unescape(re.search(rf'href="(/sign-in/from/{row.pk}/[^"]*)"', page)[1])
    return client.get(address)["Location"]


@pytest.mark.parametrize("kind", ["oidc", "cas"])
def test_a_silent_sign_on_there_is_no_new_proof_in_an_open_session(base, source, provider, person, kind):
    from jizuo.hubs.identity.models import SsoSession

    row, account = source(kind), person("teacher")
    linked(row, account, provider)
    client = base.client()
    through(client, provider, row)
    provider.signed_in_at = time.time() - 3600
    before = SsoSession.objects.get(account=account).authed_at
    answer = client.get(path_of(provider.visit(silent(asked_again(row, client)))))
    assert answer.status_code == 422 and SsoSession.objects.get(account=account).authed_at == before
    # A link on the person's own desk at the source leads on without a word, and proves nothing.
    assert through(client, provider, row, next="/me/")["Location"] == "/me/"
    assert SsoSession.objects.get(account=account).authed_at == before
    back = client.get(path_of(provider.visit(asked_again(row, client))))
    assert back["Location"] == "/me/" and SsoSession.objects.get(account=account).authed_at > before


def test_wechat_which_never_says_when_it_asked_is_no_new_proof(base, source, provider, person):
    row, account = source("wechat"), person("guardian")
    link(row, account, f"{provider.url}/jizuo-test", "o-website")
    client = base.client(account)
    answer = client.get(path_of(provider.visit(asked_again(row, client))))
    assert (
        answer.status_code == 422 and "没有重新核对您是谁" in words(answer) and who(client) == str(account.pk)
    )


def test_no_passkey_is_made_on_the_word_of_a_source(base, source, provider, person):
    row, account = source("oidc"), person("teacher")
    linked(row, account, provider)
    client = base.client()
    through(client, provider, row)
    assert client.get("/me/passkeys/add/")["Location"].startswith("/me/step-up/?")
    client.post("/me/step-up/?level=1", {"password": PASSWORD, "next": "/me/passkeys/add/"})
    assert client.get("/me/passkeys/add/").status_code == 200
