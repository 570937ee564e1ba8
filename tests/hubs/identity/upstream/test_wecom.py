"""WeCom against a strict local server: both ways in, the kept token, members only."""

from __future__ import annotations

import time

import pytest

from tests.hubs.identity.elsewhere import WECOM, out, path_of, through, who, words


@pytest.mark.parametrize("more", [{}, WECOM])
def test_a_member_signs_in_and_the_token_is_kept(base, source, provider, person, more):
    from tests.hubs.identity.upstream.test_wechat import link

    row, account = source("wecom"), person("teacher")
    link(row, account, f"{provider.url}/jizuo-test", "luxiaolan")
    for _time in range(2):
        client = base.client(**more)
        assert ("wwlogin" in out(client, row)) is not bool(more)
        through(client, provider, row)
        assert who(client) == str(account.pk)
    assert provider.calls.count("/cgi-bin/gettoken") <= 1


def test_a_token_that_is_no_longer_known_is_renewed(base, source, provider):
    row = source("wecom")
    assert through(base.client(), provider, row).status_code == 302
    provider.tokens["corp"] = "renewed by somebody else"
    assert through(base.client(), provider, row).status_code == 302


def test_a_visitor_and_a_bad_code_are_refused(base, source, provider):
    row = source("wecom")
    client = base.client()
    answer = client.get(path_of(provider.visit(out(client, row), code="wrong")))
    assert answer.status_code == 422 and "已经用过" in words(answer)
    provider.member["userid"] = ""
    assert "不是这个企业微信的成员" in words(through(base.client(), provider, row))


def test_a_phone_that_wecom_proves_opens_the_account(base, source, provider, person):
    phone = f"138{int(time.time() * 1000) % 10**8:08d}"
    account = person("teacher", phone=phone)
    provider.member["mobile"] = phone
    row = source("wecom", match_claim="mobile", match_to="phone")
    client = base.client(**WECOM)
    through(client, provider, row)
    assert who(client) == str(account.pk)


def test_the_look_names_a_wrong_secret(base, source, provider):
    from jizuo.hubs.identity.actions.sources import opened
    from jizuo.hubs.identity.upstream import wecom

    assert [one.is_good for one in wecom.look(opened(source("wecom")), "")] == [True]
    wrong = opened(source("wecom", secrets={"secret": "wrong"}))
    assert [one.is_good for one in wecom.look(wrong, "")] == [False]
