"""DingTalk against a strict local server."""

from __future__ import annotations

import time

from tests.hubs.identity.elsewhere import out, path_of, through, who, words


def test_a_person_signs_in_by_unionid_and_by_a_proven_phone(base, source, provider, person):
    phone = f"137{int(time.time() * 1000) % 10**8:08d}"
    account = person("teacher", phone=phone)
    provider.ding["mobile"] = phone
    row = source("dingtalk", match_claim="mobile", match_to="phone")
    client = base.client()
    through(client, provider, row)
    assert who(client) == str(account.pk)
    provider.ding["mobile"] = ""
    client = base.client()
    through(client, provider, row)
    assert who(client) == str(account.pk)


def test_a_foreign_number_and_a_bad_code_open_nothing(base, source, provider, person):
    phone = f"136{int(time.time() * 1000) % 10**8:08d}"
    person("teacher", phone=phone)
    provider.ding |= {"mobile": phone, "stateCode": "1", "unionId": f"u{phone}"}
    row = source("dingtalk", match_claim="mobile", match_to="phone")
    client = base.client()
    assert through(client, provider, row)["Location"].endswith("/unknown/") and who(client) is None
    answer = client.get(path_of(provider.visit(out(client, row), authCode="wrong")))
    assert answer.status_code == 422 and "已经用过" in words(answer)


def test_the_look_names_a_wrong_secret(base, source, provider):
    from jizuo.hubs.identity.actions.sources import opened
    from jizuo.hubs.identity.upstream import dingtalk

    assert [one.is_good for one in dingtalk.look(opened(source("dingtalk")), "")] == [True]
    wrong = opened(source("dingtalk", secrets={"secret": "wrong"}))
    assert [one.is_good for one in dingtalk.look(wrong, "")] == [False]
