"""Who becomes whom, and what must not be taken over."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import PASSWORD
from tests.hubs.identity.elsewhere import claims, matching, phone_of, through, who, words
from tests.hubs.identity.upstream.test_oidc import linked
from tests.hubs.identity.upstream.test_wechat import link as tie


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


def test_what_its_owner_undid_no_claim_ties_again(base, source, provider, person):
    """The account there is in other hands; the phone that it names is not."""
    from jizuo.hubs.identity.models import OutsideSignIn

    phone = phone_of()
    account = person("teacher", phone=phone)
    row = matching(source)
    claims(provider, phone)
    first = base.client()
    through(first, provider, row)
    assert who(first) == str(account.pk)
    held = OutsideSignIn.objects.get(account_id=account.pk)
    owner = base.client(account)
    told = {"act": "unlink", "about": str(held.pk), "password": PASSWORD}
    assert owner.post("/me/elsewhere/", told).status_code == 302
    for subject in (provider.person["sub"], "another-subject"):
        provider.person["sub"] = subject
        client = base.client()
        assert through(client, provider, row)["Location"].endswith("/unknown/") and who(client) is None
    assert str(held.pk) not in owner.get("/me/elsewhere/").content.decode()


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


@pytest.mark.parametrize("proved", ["claim", "school", "link", "local"])
@pytest.mark.parametrize("case", ["school", "base"])
def test_what_others_tied_opens_nobody_with_a_foot_elsewhere(base, source, provider, person, proved, case):
    """A link outlives the day it was made: the person took a role at another school since."""
    unit_no = base.unit()
    row, account = source("oidc", unit_no if case == "school" else 0), person("teacher", unit_no)
    tie = linked(row, account, provider)
    type(tie).objects.filter(pk=tie.pk).update(proved=proved)
    through(client := base.client(), provider, row)
    assert who(client) == str(account.pk)
    base.grant(account, base.unit(), "guardian", person_id=account.person_id)
    answer = through(client := base.client(), provider, row)
    is_in = case == "base" or proved == "local"
    assert (who(client) == str(account.pk)) is is_in
    assert is_in or "别的单位也有身份" in words(answer)


def test_the_owners_own_word_makes_a_tie_of_others_her_own(base, source, provider, person):
    from jizuo.ground import scope as scopes
    from jizuo.hubs.identity.actions import outside
    from jizuo.hubs.identity.upstream.shapes import Claimed

    unit_no = base.unit()
    row, account = source("oidc", unit_no), person("teacher", unit_no)
    base.grant(account, base.unit(), "guardian", person_id=account.person_id)
    tie = linked(row, account, provider)
    type(tie).objects.filter(pk=tie.pk).update(proved="school")
    with scopes.use(scopes.Scope(role="self", unit_no=0, units=(0,), account_id=account.pk)):
        claimed = Claimed(tie.issuer, tie.subject)
        outside.link_mine(account_id=account.pk, source_id=row.pk, claimed=claimed)
    through(client := base.client(), provider, row)
    assert who(client) == str(account.pk)


@pytest.mark.parametrize(
    ("kind", "issuer", "subject"),
    [
        ("wechat", "https://open.weixin.qq.com", "o-website"),
        ("wecom", "https://qyapi.weixin.qq.com/jizuo-test", "luxiaolan"),
        ("dingtalk", "https://api.dingtalk.com", "ding-u-1"),
    ],
)
def test_another_endpoint_is_another_issuer(base, source, provider, person, kind, issuer, subject):
    """Whoever may write the address of a source could let an own server say that it were anybody linked before."""
    row = source(kind)
    held = f"{issuer}/jizuo-test" if kind == "wechat" else issuer
    tie(row, person("teacher"), held, subject)
    client = base.client()
    assert through(client, provider, row)["Location"].endswith("/unknown/") and who(client) is None
    from jizuo.hubs.identity.actions.sources import opened
    from jizuo.hubs.identity.upstream import dingtalk, wechat, wecom

    at = opened(source(kind, settings={"endpoint": ""}))
    assert {"wechat": wechat, "wecom": wecom, "dingtalk": dingtalk}[kind].issuer_of(at) == issuer
