"""WeChat against a strict local server: QR code, official account, unionid, error codes."""

from __future__ import annotations

import pytest

from tests.hubs.identity.elsewhere import WECHAT, out, path_of, through, who, words
from tests.hubs.identity.upstream.provider import OFFICIAL


def link(row, account, issuer, subject):
    from django.utils import timezone

    from jizuo.hubs.identity.models import OutsideSignIn

    OutsideSignIn.objects.create(
        source=row, issuer=issuer, subject=subject, account=account, proved="local", since=timezone.now()
    )


def test_a_code_signs_in_once(base, source, provider, person):
    row, account = source("wechat"), person("guardian")
    link(row, account, f"{provider.url}/jizuo-test", "o-website")
    client = base.client()
    through(client, provider, row)
    assert who(client) == str(account.pk)
    from jizuo.hubs.identity.models import SsoSession

    assert SsoSession.objects.get(account=account).methods == ["wechat"]


def test_one_person_by_qr_code_and_inside_wechat(base, source, provider, person):
    row, account = source("wechat", settings={"official_id": OFFICIAL}), person("guardian")
    link(row, account, provider.url, "u-1")
    for more in ({}, WECHAT):
        client = base.client(**more)
        assert ("oauth2/authorize" in out(client, row)) is bool(more)
        through(client, provider, row)
        assert who(client) == str(account.pk)


def test_two_applications_without_a_unionid_are_refused(base, source, provider):
    row = source("wechat", settings={"official_id": OFFICIAL})
    provider.wechat["unionid"] = ""
    answer = through(base.client(), provider, row)
    assert answer.status_code == 422 and "unionid" in words(answer)


@pytest.mark.parametrize(
    ("more", "told"),
    [({"code": "wrong"}, "已经用过"), ({"code_life": -1}, "已经用过"), ({"code": ""}, "没有同意")],
)
def test_refusals_are_told(base, source, provider, more, told):
    row = source("wechat")
    client = base.client()
    answer = client.get(path_of(provider.visit(out(client, row), **more)))
    assert answer.status_code == 422 and told in words(answer) and who(client) is None


def test_a_used_code_and_a_wrong_secret_have_their_own_words(base, source, provider):
    from jizuo.hubs.identity.actions.sources import opened
    from jizuo.hubs.identity.upstream import wechat
    from jizuo.hubs.identity.upstream.shapes import Going, Refused

    at = opened(source("wechat"))
    going = Going("http://x/back/", "s" * 16, "n", "v")
    back = provider.visit(wechat.away(at, going))
    query = {"code": back.split("code=")[1].split("&")[0]}
    assert wechat.finish(at, going, query).subject == "o-website"
    with pytest.raises(Refused) as caught:
        wechat.finish(at, going, query)
    assert caught.value.code == "40163"
    assert [one.is_good for one in wechat.look(at, "")] == [True]
    wrong = opened(source("wechat", secrets={"secret": "wrong"}))
    assert [one.is_good for one in wechat.look(wrong, "")] == [False]
