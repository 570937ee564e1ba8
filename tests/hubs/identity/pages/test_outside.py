"""Out to a source and back, over HTTP."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, totp_of, turn_on_totp
from tests.hubs.identity.elsewhere import out, path_of, phone_of, through, who, words
from tests.hubs.identity.protocols.openid.conftest import BACK, claims_of, said_in, vendor
from tests.hubs.identity.upstream.test_oidc import linked
from tests.hubs.identity.upstream.test_wechat import link

__all__ = ["vendor"]


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
    provider.signed_in_at = time.time() - 3600
    through(client, provider, row)
    before = SsoSession.objects.get(account=account).authed_at
    answer = client.get(path_of(provider.visit(silent(asked_again(row, client)))))
    assert answer.status_code == 422 and SsoSession.objects.get(account=account).authed_at == before
    # A link on the person's own desk at the source leads on without a word, and proves nothing.
    assert through(client, provider, row, next="/me/")["Location"] == "/me/"
    assert SsoSession.objects.get(account=account).authed_at == before
    back = client.get(path_of(provider.visit(asked_again(row, client))))
    proved_at = SsoSession.objects.get(account=account).authed_at
    assert back["Location"] == "/me/" and time.time() - proved_at.timestamp() < 60


def told_of(app: Any, client: Any, **more: Any) -> Any:
    """The `auth_time` that an application is told; the page instead where it gets no code at once."""
    answer = app.ask(client, **more)
    if not answer["Location"].startswith(BACK):
        return answer["Location"].partition("?")[0]
    return claims_of(app.redeem(said_in(answer)["code"]).json()["id_token"])["auth_time"]


@pytest.mark.parametrize(("ago", "told"), [(3 * 3600, 3 * 3600), (0, 0), (-40, 0)])
def test_an_application_hears_when_the_person_proved_it_at_the_source(
    base, source, provider, person, vendor, ago, told
):
    """The session here is new, and the proof is this morning's; a clock that is ahead there makes it no later than now."""
    row, account, app = source("oidc"), person("teacher"), vendor()
    linked(row, account, provider)
    provider.twist = lambda claims: claims.update(auth_time=int(time.time()) - ago)
    client = base.client()
    through(client, provider, row)
    now = time.time()
    assert now - told - 5 <= told_of(app, client) <= now - told
    assert (told_of(app, client, max_age="3600") == "/sign-in/") is (ago > 3600)
    assert (told_of(app, client, max_age="86400") == "/sign-in/") is False


@pytest.mark.parametrize(
    ("date", "is_known"),
    [("{0:%Y-%m-%dT%H:%M:%S.%fZ}", True), ("{0:%Y-%m-%dT%H:%M:%SZ}[UTC]", True), ("{0:%Y-%m-%d %H:%M:%S}", False), ("", False)],
)  # fmt: skip
def test_a_cas_server_says_when_or_nobody_knows(base, source, provider, person, vendor, date, is_known):
    """Of a sign-on of no known age an application that asks for none hears the start of our session, the latest it can
    have been; one that asks for an age has the person prove it again."""
    row, account, app = source("cas"), person("teacher"), vendor()
    linked(row, account, provider)
    at = datetime.now(UTC) - timedelta(hours=2)
    provider.person = {"sub": "person-1", "name": "岚", "authenticationDate": date.format(at)}
    client = base.client()
    through(client, provider, row)
    expected = at.timestamp() if is_known else time.time()
    assert abs(told_of(app, client) - expected) <= 5
    assert (told_of(app, client, max_age="86400") == "/sign-in/") is not is_known
    assert told_of(app, client, prompt="login") == "/sign-in/"
    # Asked anew the server may not answer in silence, and that is a proof of now.
    back = client.get(path_of(provider.visit(asked_again(row, client))))
    assert back["Location"] == "/me/" and time.time() - told_of(app, client, max_age="600") < 60


def test_what_was_shown_here_was_shown_now(base, source, provider, person, vendor, address):
    """A sign-in by a source that stopped at the second factor leaves no time behind for the next one by password, and the
    factor itself is a proof of now."""
    row, account, app = source("oidc"), person("teacher"), vendor()
    linked(row, account, provider)
    provider.twist = lambda claims: claims.update(auth_time=int(time.time()) - 7200)
    turn_on_totp(account)
    client = base.client(REMOTE_ADDR=address)
    assert "second" in through(client, provider, row)["Location"]
    client.post("/sign-in/second/", {"code": totp_of(account)})
    assert time.time() - told_of(app, client) < 60
    other = base.client(REMOTE_ADDR=address)
    through(other, provider, row)
    sign_in(other, account)
    other.post("/sign-in/second/", {"code": totp_of(account, steps=1)})
    assert time.time() - told_of(app, other) < 60


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
