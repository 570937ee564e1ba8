"""A home elsewhere, and registered identifiers."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import PASSWORD, sign_in
from tests.hubs.identity.elsewhere import through, who, words
from tests.hubs.identity.keyring import Authenticator, add_to, sign_in_with
from tests.hubs.identity.upstream.test_oidc import linked


def test_home_elsewhere_is_where_the_password_is_asked(base, source, provider, person, address):
    row, account = source("oidc"), person("teacher")
    linked(row, account, provider, f"p-{account.code}")
    client = base.client(account)
    home = {"act": "home", "about": str(row.pk), "password": PASSWORD}
    from jizuo.hubs.identity.actions import homes
    from jizuo.hubs.identity.models import PersonLink

    assert client.post("/me/elsewhere/", {**home, "password": "wrong-wrong"}).status_code == 422
    assert homes.home_of(account.pk) is None
    assert client.post("/me/elsewhere/", home).status_code == 302
    assert (
        homes.home_of(account.pk) == row.pk
        and PersonLink.objects.get(account=account).subject == f"p-{account.code}"
    )
    visitor = base.client(REMOTE_ADDR=address)
    answer = sign_in(visitor, account)
    assert (
        answer.status_code == 200
        and who(visitor) is None
        and f"{provider.url}/authorize" in answer.content.decode()
    )
    wrong = sign_in(base.client(REMOTE_ADDR=address), account, "bu-shi-zhege-mima")
    assert wrong.status_code == 422 and "账号或密码不对" in words(wrong)
    assert client.post("/me/elsewhere/", {"act": "here", "password": PASSWORD}).status_code == 302
    assert sign_in(visitor, account).status_code == 302 and who(visitor) == str(account.pk)


def test_a_registered_platform_identifier_opens_its_account(base, source, provider, person):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput, NotFound
    from jizuo.hubs.identity.actions import homes

    row, account, other = source("oidc", match_claim="sub", match_to="link"), person("head"), person("head")
    subject = f"nat-{account.code}"
    with scopes.use(scopes.base_scope(units=(0, account.unit_no, other.unit_no)).__class__(
        role="operator", unit_no=0, units=(0, account.unit_no, other.unit_no), stepped_up=True,
    )):  # fmt: skip
        assert homes.register_links(source_id=row.pk, lines=[(account.code, subject)], is_home=True) == 1
        assert homes.register_links(source_id=row.pk, lines=[(account.code, subject)], is_home=True) == 0
        with pytest.raises(BadInput):
            homes.register_links(source_id=row.pk, lines=[(other.code, subject)], is_home=True)
    with (
        scopes.use(
            scopes.Scope(role="clerk", unit_no=other.unit_no, units=(other.unit_no,), stepped_up=True)
        ),
        pytest.raises(NotFound),
    ):
        homes.register_links(source_id=row.pk, lines=[(account.code, "x")], is_home=True)
    provider.person = {"sub": subject}
    client = base.client()
    through(client, provider, row)
    assert who(client) == str(account.pk) and homes.home_of(account.pk) == row.pk


def at_home(row, account, subject="person-1"):
    from django.utils import timezone

    from jizuo.hubs.identity.models import PersonLink

    return PersonLink.objects.create(
        account=account, person_id=account.person_id, source=row, issuer=row.settings["issuer"], subject=subject,
        is_home=True, proved="school", since=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("case", ["admin", "elsewhere", "no-way-in"])
def test_a_home_that_lets_nobody_in_is_none(base, source, provider, person, address, case):
    """Registered by a school, and then the person may not come in through it, or never could: the password counts here."""
    from jizuo.hubs.identity.actions import homes

    unit_no = base.unit()
    role = "district_admin" if case == "admin" else "teacher"
    match = {} if case == "no-way-in" else {"match_claim": "sub", "match_to": "link"}
    row, account = source("oidc", unit_no, **match), person(role, unit_no)
    if case == "elsewhere":
        base.grant(account, base.unit(), "guardian", person_id=account.person_id)
    at_home(row, account)
    client = base.client(REMOTE_ADDR=address)
    assert homes.home_of(account.pk) is None
    assert sign_in(client, account).status_code == 302 and who(client) == str(account.pk)
    if case == "no-way-in":
        linked(row, account, provider)
        assert homes.home_of(account.pk) == row.pk


def test_a_home_that_lets_one_in_no_more_is_not_shown_and_not_chosen(base, source, provider, person):
    row, account = source("oidc", base.unit()), person("district_admin")
    linked(row, account, provider), at_home(row, account)
    client = base.client(account)
    assert "您的主基座就是这里" in words(client.get("/me/elsewhere/"))
    told = {"act": "home", "about": str(row.pk), "password": PASSWORD}
    answer = client.post("/me/elsewhere/", told)
    assert answer.status_code == 422 and "管理员账号不能" in words(answer)


def test_home_elsewhere_stops_a_passkey_too_and_no_slip(base, source, provider, person, address):
    row, account, device = source("oidc"), person("teacher"), Authenticator()
    client = base.client(REMOTE_ADDR=address, HTTP_HOST="localhost")
    sign_in(client, account)
    add_to(client, device)
    linked(row, account, provider), at_home(row, account)
    other = base.client(REMOTE_ADDR=address, HTTP_HOST="localhost")
    answer = sign_in_with(other, device)
    assert who(other) is None and f"{provider.url}/authorize" in answer.content.decode()
    page = words(client.get("/me/elsewhere/"))
    assert "密码、短信码和通行密钥在这里不再能登录" in page and "纸条" in page
    assert client.post("/me/elsewhere/", {"act": "here", "password": PASSWORD}).status_code == 302
    sign_in_with(other, device)
    assert who(other) == str(account.pk)
