"""The pages on which sources are declared and looked at."""

from __future__ import annotations

import pytest

from tests.hubs.identity.conftest import turn_on_totp
from tests.hubs.identity.elsewhere import words
from tests.hubs.identity.upstream.provider import SECRET


def stepped_up(base, account):
    client = base.client(account)
    session = client.session
    import time

    session["second_factor_at"] = time.time()
    session.save()
    return client


def test_a_clerk_declares_looks_and_never_sees_the_secret_again(base, person, provider, reachable):
    clerk = person("clerk")
    turn_on_totp(clerk)
    client, at = stepped_up(base, clerk), f"/as/{clerk.grant_no}/sign-in-sources"
    for kind in ("oidc", "cas", "wechat", "wecom", "dingtalk"):
        assert client.get(f"{at}/new/{kind}").status_code == 200
    told = {
        "name": "校平台",
        "tone": "lan",
        "client_id": "jizuo-test",
        "issuer": provider.url,
        "secret-secret": SECRET,
    }
    answer = client.post(f"{at}/new/oidc", told)
    assert answer.status_code == 302, words(answer)
    page = client.get(answer["Location"]).content.decode()
    assert SECRET not in page and "/back/" in page and "还没有人从真实的平台登录成功过" in page
    look = words(client.post(answer["Location"], {"act": "look"}))
    assert "公钥读到了" in look and "认得应用编号和密钥" in look
    assert "校平台" in words(client.get(at))
    stranger = person("clerk")
    there = answer["Location"].replace(f"/as/{clerk.grant_no}/", f"/as/{stranger.grant_no}/")
    assert stepped_up(base, stranger).get(there).status_code == 404


def test_a_bad_form_names_its_fields(base, person):
    clerk = person("clerk")
    client = stepped_up(base, clerk)
    answer = client.post(
        f"/as/{clerk.grant_no}/sign-in-sources/new/oidc",
        {"name": "x", "tone": "lan", "client_id": "c", "issuer": "http://plain.example"},
    )
    assert answer.status_code == 422 and "没有用 https" in words(answer)
    assert client.get(f"/as/{clerk.grant_no}/sign-in-sources/new/nothing").status_code == 404


@pytest.mark.parametrize(("role", "is_warned"), [("clerk", True), ("operator", False)])
def test_registering_who_is_who_at_a_schools_own_platform_warns(base, person, source, role, is_warned):
    keeper = person(role, None if role == "clerk" else base.unit(kind="bureau"))
    turn_on_totp(keeper)
    row = source("oidc", keeper.unit_no if role == "clerk" else 0)
    page = words(stepped_up(base, keeper).get(f"/as/{keeper.grant_no}/sign-in-sources/{row.pk}"))
    assert "登记谁是对方的谁" in page and ("等于能进入登记了的账号" in page) is is_warned
