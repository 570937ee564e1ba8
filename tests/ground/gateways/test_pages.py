"""The providers' servers call us over HTTP; the operator looks at the channels and tries one."""

import json
import re
from uuid import UUID

import pytest

from jizuo.ground.gateways import crypt
from tests.ground.gateways.push import WeChat, WeCom, running
from tests.ground.gateways.test_actions import told
from tests.ground.gateways.test_crypt import DING, WECHAT, WECOM
from tests.ground.gateways.test_message import message, settings

KEY, TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "callback-token"
OPENID = "oia2TjuEGTNoeX76QEjQNrcURxG8"
wechat, wecom = running(WeChat), running(WeCom)
KEYS = {"token": TOKEN, "aes_key": KEY}
ACCOUNT = {"app_id": "wx1", "secret": "s", **KEYS}


@pytest.fixture
def unit_no(base):
    return base.unit()


@pytest.fixture
def caller(base):
    return base.client(enforce_csrf_checks=True, raise_request_exception=False)


def event(name, at=1_790_000_000, who=OPENID, more=""):
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName><![CDATA[{who}]]></FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{more}</xml>"
    )


def call(caller, path, text, *, owner="wx1", key=KEY, token=TOKEN, form="xml", **change):
    """What the provider's server does: seal, sign, post."""
    sealed = crypt.seal(key, text, owner)
    query = {"timestamp": "1790000001", "nonce": "n1", "encrypt_type": "aes"}
    query["msg_signature"] = crypt.signature(token, query["timestamp"], query["nonce"], sealed)
    query["signature"] = crypt.signature(token, query["timestamp"], query["nonce"])
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    if form == "json":
        body = json.dumps({"ToUserName": "gh", "Encrypt": sealed})
    if form == "ding":
        body = json.dumps({"encrypt": sealed})
    address = f"{path}?" + "&".join(f"{name}={value}" for name, value in {**query, **change}.items())
    return caller.post(address, body, content_type="text/xml")


def test_a_follower_of_an_official_account(secrets, rows, caller, unit_no):
    secrets(f"wechat-{unit_no}", ACCOUNT)
    path = f"/callback/wechat/{unit_no}/"
    scan = event("subscribe", more="<EventKey>qrscene_bind7K2</EventKey>")
    for _time in range(3):
        answer = call(caller, path, scan)
        assert (answer.status_code, answer.content) == (200, b"success")
    assert call(caller, path, event("unsubscribe", 1_790_000_060), form="json").status_code == 200
    assert len(told(rows, unit_no, "ChannelFollowed")) == len(told(rows, unit_no, "ChannelLeft")) == 1
    ((scene, is_following),) = rows(unit_no, "select scene, is_following from channel_follower")
    assert (scene, is_following) == ("bind7K2", False)


def test_the_bases_account_speaks_of_every_units_messages(secrets, rows, caller, base, unit_no, wechat):
    secrets("wechat", {**settings(wechat), **KEYS})
    sent = message(unit_no, "wechat", "oFollower-1")
    more = f"<MsgID>{sent.provider_id}</MsgID><Status><![CDATA[success]]></Status>"
    for _time in range(2):
        answer = call(
            caller, "/callback/wechat/", event("TEMPLATESENDJOBFINISH", more=more), owner=wechat.app_id
        )
        assert answer.status_code == 200
    assert rows(unit_no, "select report from send_attempt where id = %s", [sent.attempt_id]) == [
        ("delivered",)
    ]
    assert told(rows, unit_no, "SendReported") == [
        {"attempt_id": str(sent.attempt_id), "state": "delivered", "code": ""}
    ]


def test_a_units_account_does_not_speak_of_another_units_messages(
    secrets, rows, caller, base, unit_no, wechat
):
    """Twin of the one before: the same message number, told by another unit's account."""
    other = base.unit()
    secrets("wechat", {**settings(wechat), **KEYS})
    secrets(f"wechat-{other}", ACCOUNT)
    sent = message(unit_no, "wechat", "oFollower-1")
    more = f"<MsgID>{sent.provider_id}</MsgID><Status>failed: system failed</Status>"
    assert (
        call(caller, f"/callback/wechat/{other}/", event("TEMPLATESENDJOBFINISH", more=more)).status_code
        == 200
    )
    assert rows(unit_no, "select report from send_attempt where id = %s", [sent.attempt_id]) == [("",)]


@pytest.mark.parametrize(
    "change",
    [
        {"msg_signature": "0" * 40},
        {"msg_signature": ""},
        {"timestamp": "1790000002"},
        {"token": "another"},
        {"owner": "wx2"},
        {"key": "ABCDefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
    ],
)
def test_what_is_not_from_the_provider_changes_nothing(secrets, rows, caller, unit_no, change):
    secrets(f"wechat-{unit_no}", ACCOUNT)
    answer = call(caller, f"/callback/wechat/{unit_no}/", event("subscribe"), **change)
    assert answer.status_code == 403
    assert rows(unit_no, "select 1 from channel_follower") == []


def test_a_body_in_the_clear_is_not_taken(secrets, rows, caller, unit_no):
    """Its signature covers only the time: anyone who saw one could write the rest."""
    secrets(f"wechat-{unit_no}", ACCOUNT)
    given = crypt.signature(TOKEN, "1", "n")
    path = f"/callback/wechat/{unit_no}/?timestamp=1&nonce=n&signature={given}"
    for body in (event("subscribe"), "", "<xml>", "{}", '{"Encrypt": 1}', b"\xff\xfe"):
        assert caller.post(path, body, content_type="text/xml").status_code == 403
    assert caller.post(path, "x" * 70000, content_type="text/xml").status_code == 400
    assert rows(unit_no, "select 1 from channel_follower") == []


def test_the_trial_of_an_official_accounts_address(secrets, caller):
    secrets("wechat", ACCOUNT)
    given = crypt.signature(TOKEN, "1", "n")
    answer = caller.get(
        f"/callback/wechat/?signature={given}&timestamp=1&nonce=n&echostr=5927782489442352469"
    )
    assert answer.content == b"5927782489442352469" and answer["Content-Type"].startswith("text/plain")
    assert caller.get(f"/callback/wechat/?signature={given}&timestamp=2&nonce=n&echostr=1").status_code == 403


def test_the_trial_of_a_wecom_address_as_their_sample_has_it(secrets, caller):
    secrets(
        "wecom",
        {
            "corp_id": WECOM["owner"],
            "secret": "s",
            "agent_id": 1,
            "token": WECOM["token"],
            "aes_key": WECOM["key"],
        },
    )
    query = {
        "msg_signature": WECOM["signature"], "timestamp": WECOM["stamp"], "nonce": WECOM["nonce"],
        "echostr": WECOM["sealed"],
    }  # fmt: skip
    assert caller.get("/callback/wecom/", query).content == b"5927782489442352469"
    assert caller.get("/callback/wecom/", {**query, "nonce": "1"}).status_code == 403


def test_wechats_own_sample_is_heard_and_is_no_event(secrets, caller):
    secrets(
        "wechat", {**ACCOUNT, "app_id": WECHAT["owner"], "token": WECHAT["token"], "aes_key": WECHAT["key"]}
    )
    query = f"msg_signature={WECHAT['signature']}&timestamp={WECHAT['stamp']}&nonce={WECHAT['nonce']}"
    body = f"<xml><Encrypt><![CDATA[{WECHAT['sealed']}]]></Encrypt></xml>"
    assert caller.post(f"/callback/wechat/?{query}", body, content_type="text/xml").content == b"success"


def test_a_parent_of_a_school_leaves(secrets, rows, caller, unit_no):
    secrets(f"wecom-{unit_no}", {"corp_id": "ww1", "secret": "s", "agent_id": 1, **KEYS})
    text = event(
        "change_school_contact", who="sys", more="<ChangeType>unsubscribe</ChangeType><Id>parent_of_chen</Id>"
    )
    assert call(caller, f"/callback/wecom/{unit_no}/", text, owner="ww1").content == b"success"
    assert rows(unit_no, "select channel, account, is_following from channel_follower") == [
        ("wecom_school", f"wecom-{unit_no}", False)
    ]
    assert told(rows, unit_no, "ChannelLeft")[0]["channel"] == "wecom_school"


def test_dingtalk_gets_a_sealed_answer(secrets, rows, caller, unit_no):
    own = {
        "app_key": DING["owner"],
        "app_secret": "s",
        "agent_id": 1,
        "token": DING["token"],
        "aes_key": DING["key"],
    }
    secrets(f"dingtalk-{unit_no}", own)
    path = f"/callback/dingtalk/{unit_no}/"
    query = f"signature={DING['signature']}&timestamp={DING['stamp']}&nonce={DING['nonce']}"
    answer = caller.post(
        f"{path}?{query}", json.dumps({"encrypt": DING["sealed"]}), content_type="application/json"
    )
    assert answer.status_code == 200
    given = answer.json()
    assert set(given) == {"msg_signature", "timeStamp", "nonce", "encrypt"}
    assert crypt.is_signed(
        given["msg_signature"], DING["token"], given["timeStamp"], given["nonce"], given["encrypt"]
    )
    assert crypt.unseal(DING["key"], given["encrypt"], [DING["owner"]]) == "success"
    leave = json.dumps(
        {"EventType": "user_leave_org", "TimeStamp": "1790000000000", "UserId": ["luo01", "chen02"]}
    )
    keys = {"owner": DING["owner"], "key": DING["key"], "token": DING["token"]}
    for _time in range(2):
        assert call(caller, path, leave, form="ding", **keys).status_code == 200
    assert len(told(rows, unit_no, "ChannelLeft")) == 2
    assert call(caller, path, leave, form="ding", **{**keys, "token": "x"}).status_code == 403


def test_an_account_that_takes_no_events_is_not_there(secrets, caller, unit_no):
    paths = ("/callback/wechat/", f"/callback/wechat/{unit_no}/", "/callback/sms/", "/callback/pigeon/")
    for path in paths:
        assert call(caller, path, event("subscribe")).status_code == 404
    secrets("wechat", {**ACCOUNT, "token": ""})
    assert call(caller, "/callback/wechat/", event("subscribe")).status_code == 404
    secrets("wechat", "{")
    assert call(caller, "/callback/wechat/", event("subscribe")).status_code == 404
    secrets("wechat", ACCOUNT)
    assert call(caller, f"/callback/wechat/{unit_no}/", event("subscribe")).status_code == 404, (
        "the base's, not its"
    )
    assert caller.put("/callback/wechat/").status_code == 405


@pytest.fixture
def operator(base):
    bureau = base.unit("澜江区教育局", kind="bureau")
    account = base.account("沈知远")
    client = base.client(account)
    client.grant, client.unit = base.grant(account, bureau, "operator"), bureau
    return client


def page(client, path="channels"):
    answer = client.get(f"/as/{client.grant}/{path}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_any_setting_the_page_says_that_nothing_is_sent(secrets, operator):
    text = page(operator)
    assert "7 个渠道里设好了 0 个" in text and "什么也不会发出" in text
    assert text.count("没有设置，什么也不发") == 7 and "wecom_school.json" in text
    assert "试发一条" not in text


def test_the_page_shows_how_each_channel_stands(secrets, operator, wechat, wecom):
    secrets("wechat", {**settings(wechat), **KEYS})
    secrets(f"wecom-{operator.unit}", settings(wecom))
    secrets("dingtalk", {"app_key": "x"})
    message(operator.unit, "wechat", "oFollower-1", key="a")
    wechat.mishaps = [45009]
    message(operator.unit, "wechat", "oFollower-1", key="b")
    text = page(operator)
    assert "设好了 2 个" in text and "能收到回执" in text and "本单位自己的账号" in text
    assert "设置有错" in text and "缺少 app_secret" in text
    assert "45009 told 45009" in text and "次数已用完" in text and "o****" in text
    assert "oFollower-1" not in text and wechat.secret not in text and TOKEN not in text
    assert text.count("试发一条") == 2 and "<option>homework" in text


def test_a_trial_is_queued_and_followed_to_its_end(base, secrets, operator, wechat):
    from jizuo.ground.gateways import jobs

    secrets("wechat", settings(wechat))
    for openid, words in (("oFollower-1", "服务商已收下"), ("oStranger-2", "43004 require subscribe")):
        answer = operator.post(
            f"/as/{operator.grant}/channels/wechat/try",
            {"address": openid, "template": "homework"},
            follow=True,
        )
        text = answer.content.decode()
        assert "排队中" in text and openid not in text
        poll = re.search(r'hx-get="([^"]+)"', text)[1]
        assert "every 2s" in operator.get(poll).content.decode()
        with base.owner() as owner:
            (args,) = owner.execute(
                "select args from procrastinate_jobs where task_name = %s order by id desc limit 1",
                [jobs.TRY],
            ).fetchone()
        jobs.run_trial(**args)
        text = operator.get(poll).content.decode()
        assert words in text and "every 2s" not in text
    assert "请先关注" in text


def test_a_trial_nobody_ran_says_so(operator):
    old = UUID(int=(1_700_000_000_000 << 80) | (7 << 76) | (2 << 62) | 1)
    assert "任务进程" in page(operator, f"channels/wechat/trial/{old}")
    for wrong in ("wechat.x", "pigeon." + str(old)):
        assert operator.get(f"/as/{operator.grant}/channels?trial={wrong}").status_code == 422
    assert operator.get(f"/as/{operator.grant}/channels/pigeon/trial/{old}").status_code == 422


def test_a_wrong_trial_is_said_above_the_page(secrets, operator, wecom):
    secrets("wecom", settings(wecom))
    for channel, address, words in (
        ("wecom", "@all", "接收人编号不对"),
        ("mail", "a@b.cn", "什么也不会发出"),
    ):
        answer = operator.post(
            f"/as/{operator.grant}/channels/{channel}/try", {"address": address}, follow=True
        )
        assert words in answer.content.decode()
    assert wecom.calls == []


def test_only_the_operator_sees_the_channels(base, unit_no):
    account = base.account()
    client = base.client(account)
    grant = base.grant(account, unit_no, "head")
    assert client.get(f"/as/{grant}/channels").status_code == 403
    assert client.post(f"/as/{grant}/channels/wecom/try", {"address": "x"}).status_code == 403
