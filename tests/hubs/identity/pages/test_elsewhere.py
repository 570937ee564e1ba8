"""Ways in from elsewhere on the own account."""

from __future__ import annotations

import re

from tests.hubs.identity.conftest import PASSWORD
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
