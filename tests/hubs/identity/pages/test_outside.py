"""Out to a source and back, over HTTP."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in, turn_on_totp
from tests.hubs.identity.elsewhere import phone_of, through, who, words
from tests.hubs.identity.upstream.test_oidc import linked


def test_the_own_account_is_linked_after_signing_in_here(base, source, provider, person, address):
    row, account = source("oidc"), person("teacher")
    provider.person = {"sub": f"p-{phone_of()}", "name": "岚"}
    client = base.client(REMOTE_ADDR=address)
    page = client.get(through(client, provider, row)["Location"])
    assert "还不知道您是谁" in words(page)
    link = f"/sign-in/from/{row.pk}/link/"
    assert client.get(link).status_code == 302 and who(client) is None
    assert sign_in(client, account, next=link)["Location"] == link
    assert account.display_name in words(client.get(link))
    assert client.post(link).status_code == 302
    fresh = base.client()
    through(fresh, provider, row)
    assert who(fresh) == str(account.pk)


def test_an_open_session_alone_ties_nothing_to_the_account(base, source, provider, person, address, clock):
    row, account = source("oidc"), person("teacher")
    provider.person = {"sub": f"p-{phone_of()}"}
    client = base.client(REMOTE_ADDR=address)
    sign_in(client, account)
    clock.pass_(minutes=11)
    link = through(client, provider, row)["Location"].replace("/unknown/", "/link/")
    for answer in (client.get(link), client.post(link, HTTP_REFERER=f"http://testserver{link}")):
        assert answer.status_code == 302 and answer["Location"].startswith("/me/step-up/?")
    from jizuo.hubs.identity.models import OutsideSignIn

    assert not OutsideSignIn.objects.filter(account=account).exists()
    shown = {"password": PASSWORD, "next": link}
    assert client.post("/me/step-up/?level=1", shown)["Location"] == link
    assert client.post(link).status_code == 302
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
