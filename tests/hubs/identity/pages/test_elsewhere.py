"""Ways in from elsewhere on the own account."""

from __future__ import annotations

import re

from tests.hubs.identity.conftest import PASSWORD, sign_in
from tests.hubs.identity.elsewhere import path_of, phone_of, through, who


def test_linking_from_my_account_asks_the_password_and_unlinking_ends_its_sessions(
    base, source, provider, person
):
    row, account = source("oidc"), person("teacher")
    provider.person = {"sub": f"p-{phone_of()}"}
    client = base.client(account)
    told = {"act": "link", "about": str(row.pk)}
    assert client.post("/me/elsewhere/", {**told, "password": "wrong-wrong"}).status_code == 422
    page = client.post("/me/elsewhere/", {**told, "password": PASSWORD}).content.decode()
    from html import unescape

    address = unescape(re.search(r'href="([^"]+)" data-onward', page)[1])
    back = path_of(provider.visit(address))
    assert base.client(person("teacher")).get(back).status_code == 422, "another browser took the link"
    assert client.get(back)["Location"] == "/me/elsewhere/"
    there = base.client()
    through(there, provider, row)
    assert who(there) == str(account.pk)
    from jizuo.hubs.identity.models import OutsideSignIn

    link = OutsideSignIn.objects.get(account=account)
    stranger = base.client(person("teacher"))
    assert stranger.post(
        "/me/elsewhere/", {"act": "unlink", "about": str(link.pk), "password": PASSWORD}
    ).status_code in (404, 422)
    assert (
        client.post(
            "/me/elsewhere/", {"act": "unlink", "about": str(link.pk), "password": PASSWORD}
        ).status_code
        == 302
    )
    assert there.get("/me/").status_code == 302
    assert OutsideSignIn.objects.get(account=account).proved == "undone"
    assert str(link.pk) not in client.get("/me/elsewhere/").content.decode()


def test_a_schools_own_source_is_linked_with_a_warning(base, source, person, provider):
    """The base's own and a school's stand side by side; only the one that its school runs speaks for people by itself."""
    account = person("teacher")
    own, shared = source("oidc", account.unit_no), source("oidc")
    page = base.client(account).get("/me/elsewhere/").content.decode()
    forms = {
        one: page.split(f'name="about" value="{one.pk}"')[1].split("</form>")[0] for one in (own, shared)
    }
    assert ["以您的身份进入这个账号" in forms[one] for one in (own, shared)] == [True, False]


def test_the_page_that_ties_warns_too(base, source, person, provider, address):
    account = person("teacher")
    for unit_no, is_warned in ((account.unit_no, True), (0, False)):
        row = source("oidc", unit_no)
        provider.person = {"sub": f"p-{phone_of()}"}
        client = base.client(REMOTE_ADDR=address)
        through(client, provider, row)
        sign_in(client, account)
        page = client.get(f"/sign-in/from/{row.pk}/link/").content.decode()
        assert account.display_name in page and ("以您的身份进入这个账号" in page) is is_warned
