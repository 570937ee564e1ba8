"""The one door to every channel, against real local servers."""

import threading
import time

import pytest

from jizuo.ground.gateways.shapes import SendResult
from tests.ground.gateways.provider import Provider, check_acs3
from tests.ground.gateways.push import LIMIT_SECONDS, Ding, WeChat, WeCom, running

wechat, wecom, ding = running(WeChat), running(WeCom), running(Ding)
VALUES = {"title": "语文作业", "text": "背诵第三课", "day": "2026-09-16 18:00", "child": "陈以宁"}
ROWS = (
    "select channel, key, gateway, template, state, masked, code, words, provider_id from send_attempt"
    " where unit_no = %s order by id"
)


def settings(server, **more):
    held = {"timeout_seconds": LIMIT_SECONDS, "endpoint": server.endpoint}
    if isinstance(server, WeChat):
        mapped = {"homework": {"id": "TM1", "fields": {"thing1": "title", "time2": "day"}}}
        return {**held, "app_id": server.app_id, "secret": server.secret, "templates": mapped, **more}
    if isinstance(server, WeCom):
        return {
            **held,
            "corp_id": server.corp_id,
            "secret": server.secret,
            "agent_id": server.agent_id,
            **more,
        }
    keys = {"app_key": server.app_key, "app_secret": server.app_secret, "agent_id": server.agent_id}
    return {**held, **keys, "api_endpoint": server.endpoint, **more}


@pytest.fixture
def unit_no(base):
    return base.unit()


def message(unit_no, channel, address, key="k1", **more):
    from jizuo.ground.gateways import send

    given = {"template": "homework", "values": VALUES, "link": "https://base.example/h/1"}
    return send.message(unit_no=unit_no, channel=channel, address=address, key=key, **{**given, **more})


def test_each_channel_by_one_door(secrets, rows, unit_no, wechat, wecom, ding):
    secrets("wechat", settings(wechat))
    secrets("wecom", settings(wecom))
    secrets("wecom_school", settings(wecom))
    secrets("dingtalk", settings(ding))
    people = {
        "wechat": "oFollower-1",
        "wecom": "LuoWei",
        "wecom_school": "parent_of_chen",
        "dingtalk": "luo01",
    }
    for channel, person in people.items():
        result = message(unit_no, channel, person)
        assert result.state == "accepted" and result.attempt_id is not None, channel
    assert (len(wechat.delivered), len(wecom.delivered), len(ding.delivered)) == (1, 2, 1)
    found = rows(unit_no, ROWS, [unit_no])
    assert [(row[0], row[2], row[4]) for row in found] == [(one, one, "accepted") for one in people]
    assert "陈以宁" not in str(wechat.delivered + wecom.delivered + ding.delivered), (
        "only what a template takes"
    )
    held = str(rows(unit_no, "select t::text from send_attempt t where unit_no = %s", [unit_no]))
    assert "oFollower-1" not in held and "parent_of_chen" not in held


def test_one_key_is_sent_once_whatever_came_of_it(secrets, rows, unit_no, wechat):
    secrets("wechat", settings(wechat))
    first = message(unit_no, "wechat", "oFollower-1")
    again = message(unit_no, "wechat", "oFollower-1")
    assert again == first and again.attempt_id == first.attempt_id
    refused = message(unit_no, "wechat", "oStranger-2", key="k2")
    assert (refused.state, refused.code, refused.words) == ("refused", "43004", "require subscribe")
    assert message(unit_no, "wechat", "oStranger-2", key="k2") == refused
    wechat.mishaps = ["hang", "hang"]
    unknown = message(unit_no, "wechat", "oFollower-1", key="k3")
    assert (unknown.state, unknown.code) == ("unknown", "timeout")
    time.sleep(1)
    calls = len(wechat.calls)
    assert message(unit_no, "wechat", "oFollower-1", key="k3") == unknown
    assert len(wechat.calls) == calls, "never again"
    assert len(wechat.delivered) == 2
    assert [row[4] for row in rows(unit_no, ROWS, [unit_no])] == ["accepted", "refused", "unknown"]


def test_the_attempt_stands_before_the_first_byte(secrets, rows, unit_no, wecom):
    secrets("wecom", settings(wecom, timeout_seconds=5))
    seen = []
    token = wecom.token

    def slow(query, body):
        seen.append(rows(unit_no, "select state from send_attempt where unit_no = %s", [unit_no]))
        return token(query, body)

    wecom.token = slow
    assert message(unit_no, "wecom", "LuoWei").state == "accepted"
    assert seen == [[("trying",)]]


def test_two_at_once_with_one_key_are_one(secrets, unit_no, wecom):
    from django.db import connection

    secrets("wecom", settings(wecom, timeout_seconds=5))
    results = []

    def one():
        results.append(message(unit_no, "wecom", "LuoWei"))
        connection.close()

    threads = [threading.Thread(target=one) for _n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(wecom.delivered) == 1 and wecom.counted("/cgi-bin/message/send") == 1
    assert {result.state for result in results} <= {"accepted", "unknown"}


def test_a_units_own_account_sends_for_it(secrets, rows, unit_no, base, wecom):
    other = base.unit()
    secrets("wecom", settings(wecom))
    secrets(f"wecom-{unit_no}", settings(wecom, agent_id=1))
    assert message(unit_no, "wecom", "LuoWei").code == "301002"
    assert message(other, "wecom", "LuoWei").state == "accepted"
    assert rows(unit_no, ROWS, [unit_no])[0][2] == f"wecom-{unit_no}"


def test_a_channel_that_is_not_set_up_sends_and_records_nothing(secrets, rows, unit_no):
    for channel, person in (("wechat", "o1"), ("dingtalk", "d"), ("sms", "13800138000"), ("mail", "a@b.cn")):
        assert message(unit_no, channel, person) == SendResult("refused", code="no-gateway")
    assert rows(unit_no, ROWS, [unit_no]) == []


def test_wrong_settings_refuse_and_say_so(secrets, rows, unit_no):
    secrets("wechat", {"app_id": "x"})
    result = message(unit_no, "wechat", "o1")
    assert (result.state, result.code) == ("refused", "bad-setting") and "缺少 secret" in result.words
    assert rows(unit_no, ROWS, [unit_no]) == []


def test_a_value_the_template_wants(secrets, rows, unit_no, wechat):
    from jizuo.ground.errors import BadInput

    secrets("wechat", settings(wechat))
    with pytest.raises(BadInput, match="缺少 day"):
        message(unit_no, "wechat", "oFollower-1", values={"title": "t", "text": "x"})
    assert rows(unit_no, ROWS, [unit_no]) == [] and wechat.calls == []
    result = message(unit_no, "wechat", "oFollower-1", template="unmapped")
    assert (result.state, result.code) == ("refused", "no-template")


def test_what_a_caller_may_not_ask(base, secrets, unit_no, wecom):
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput

    secrets("wecom", settings(wecom))
    for person in ("@all", "LuoWei|LuoWei2", ""):
        with pytest.raises(BadInput):
            message(unit_no, "wecom", person)
    for link in ("javascript:alert(1)", "/h/1", "https://"):
        with pytest.raises(ValueError, match="absolute"):
            message(unit_no, "wecom", "LuoWei", link=link)
    with pytest.raises(ValueError, match="80"):
        message(unit_no, "wecom", "LuoWei", key="k" * 81)
    inside = scopes.use(base.scope(unit_no))
    with inside, scopes.open_transaction("t"), pytest.raises(RuntimeError, match="outside a door"):
        message(unit_no, "wecom", "LuoWei")
    assert wecom.calls == []


def test_a_providers_words_do_not_carry_the_address(secrets, rows, unit_no, wecom):
    secrets("wecom", settings(wecom))
    wecom.message = lambda query, body: {"errcode": 60111, "errmsg": f"userid {body['touser']} not found"}
    result = message(unit_no, "wecom", "LuoWeiOfTheOffice")
    assert result.words == "userid Luo****ice not found"
    assert rows(unit_no, ROWS, [unit_no])[0][7] == "userid Luo****ice not found"


@pytest.mark.parametrize(
    ("fields", "sent"),
    [({}, {"day": "2026-09-16 18:00", "child": "陈以宁"}), ({"homework": ["child"]}, {"child": "陈以宁"})],
)
def test_a_short_message_by_the_same_door(secrets, unit_no, fields, sent):
    import json
    from urllib.parse import parse_qs, urlsplit

    server = Provider(check_acs3("s"))
    server.answer = lambda _r: (200, {"Code": "OK", "BizId": "B"})
    told = {"kind": "aliyun", "key_id": "i", "secret": "s", "sign": "校", "templates": {"homework": "SMS_1"}}
    secrets("sms", {**told, "endpoint": server.endpoint, "fields": fields})
    assert message(unit_no, "sms", "138 0013 8000").state == "accepted"
    (query,) = [parse_qs(urlsplit(one.path).query) for one in server.seen]
    assert json.loads(query["TemplateParam"][0]) == sent and query["PhoneNumbers"] == ["13800138000"]
    server.close()


def test_a_mail_by_the_same_door(secrets, rows, unit_no, monkeypatch):
    from tests.ground.gateways.test_mail import Smtp

    smtp = Smtp()
    secrets(
        "mail", {"host": "127.0.0.1", "port": smtp.port, "security": "none", "sender": "base@example.edu"}
    )
    assert message(unit_no, "mail", "luo@example.com").state == "accepted"
    ((_sender, to, content),) = smtp.received
    assert to == ["luo@example.com"]
    import email
    import email.policy

    found = email.message_from_bytes(content, policy=email.policy.default)
    assert found["Subject"] == "语文作业"
    assert found.get_content().replace("\r\n", "\n").strip() == "背诵第三课\n\nhttps://base.example/h/1"
    smtp.close()
