"""Who becomes whom, and what must not be taken over."""

from __future__ import annotations

import pytest

from tests.hubs.identity.elsewhere import claims, matching, phone_of, through, who


def test_a_verified_phone_links_once_and_an_unverified_one_never(base, source, provider, person):
    phone = phone_of()
    account = person("teacher", phone=phone)
    row = matching(source)
    claims(provider, phone, is_verified=False)
    client = base.client()
    assert through(client, provider, row)["Location"].endswith("/unknown/")
    claims(provider, phone)
    through(client, provider, row)
    assert who(client) == str(account.pk)
    # Another subject with the same phone does not get in: the account is tied to the first.
    provider.person["sub"] = "somebody-else"
    client = base.client()
    assert through(client, provider, row)["Location"].endswith("/unknown/") and who(client) is None


def test_a_name_alone_links_nobody(base, source, provider, person):
    person("teacher", name="陆晓岚")
    provider.person = {"sub": "p-name", "name": "陆晓岚"}
    row = source("oidc", match_claim="name", match_to="login_code")
    assert through(base.client(), provider, row)["Location"].endswith("/unknown/")


def test_a_shared_phone_links_nobody(base, source, provider, person):
    phone = phone_of()
    person("guardian", phone=phone), person("guardian", phone=phone)
    claims(provider, phone)
    assert through(base.client(), provider, matching(source))["Location"].endswith("/unknown/")


@pytest.mark.parametrize("case", ["own", "other-school", "both", "head", "admin"])
def test_a_schools_source_opens_only_its_own_people(base, source, provider, person, case):
    unit_no, other = base.unit(), base.unit()
    phone = phone_of()
    role = {"head": "head", "admin": "district_admin"}.get(case, "teacher")
    account = person(role, other if case == "other-school" else unit_no, phone=phone)
    if case == "both":
        base.grant(account, other, "teacher", person_id=account.person_id)
    claims(provider, phone)
    client = base.client()
    through(client, provider, matching(source, unit_no))
    assert (who(client) == str(account.pk)) is (case == "own")


def test_a_base_wide_source_of_the_operator_opens_what_a_schools_may_not(base, source, provider, person):
    """The twin of the walls above: the same head, by a source that may."""
    phone = phone_of()
    account = person("head", phone=phone)
    claims(provider, phone)
    client = base.client()
    through(client, provider, matching(source))
    assert who(client) == str(account.pk)
