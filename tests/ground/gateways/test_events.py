import json

import pytest

from jizuo.ground.gateways.crypt import BadSeal
from jizuo.ground.gateways.events import of_dingtalk, of_wechat, of_wecom, parsed
from jizuo.ground.gateways.shapes import Event, Report

HEAD = (
    "<ToUserName><![CDATA[gh_7f083739789a]]></ToUserName><FromUserName><![CDATA[oia2Tj]]></FromUserName>"
    "<CreateTime>1395658920</CreateTime><MsgType><![CDATA[event]]></MsgType>"
)
AT = 1395658920


def wechat(more):
    return of_wechat("wechat", parsed(f"<xml>{HEAD}{more}</xml>"))


@pytest.mark.parametrize(
    ("more", "event"),
    [
        ("<Event>subscribe</Event><EventKey></EventKey>", Event("followed", "wechat", "oia2Tj", AT)),
        (
            "<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_bind7K2]]></EventKey>",
            Event("followed", "wechat", "oia2Tj", AT, "bind7K2"),
        ),
        (
            "<Event>SCAN</Event><EventKey>bind7K2</EventKey>",
            Event("followed", "wechat", "oia2Tj", AT, "bind7K2"),
        ),
        ("<Event>unsubscribe</Event>", Event("left", "wechat", "oia2Tj", AT)),
        (
            "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>200163836</MsgID><Status>success</Status>",
            Event("reported", "wechat", "oia2Tj", AT, "", "200163836", Report("delivered")),
        ),
        (
            "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status><![CDATA[failed:user block]]></Status>",
            Event("reported", "wechat", "oia2Tj", AT, "", "1", Report("failed", "user block")),
        ),
        ("<Event>CLICK</Event>", Event("other")),
        ("", Event("other")),
    ],
)
def test_an_official_accounts_events(more, event):
    assert wechat(more) == [event]


def test_a_notice_that_was_sent_is_told_of_one_by_one():
    line = "<List><TemplateId>T</TemplateId><MsgID>{}</MsgID><ErrorCode>{}</ErrorCode><ErrorStatus>s</ErrorStatus></List>"
    head = "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent>"
    found = wechat(head + line.format("17", "0") + line.format("18", "43101") + "</SubscribeMsgSentEvent>")
    assert [(one.provider_id, one.report) for one in found] == [
        ("17", Report("delivered")),
        ("18", Report("failed", "43101")),
    ]
    assert [
        one.provider_id for one in wechat(head + line.format("19", "0") + "</SubscribeMsgSentEvent>")
    ] == ["19"]
    told = {
        "FromUserName": "o1", "CreateTime": AT, "MsgType": "event", "Event": "subscribe_msg_sent_event",
        "List": [{"TemplateId": "T", "MsgID": "20", "ErrorCode": 0, "ErrorStatus": "success"}],
    }  # fmt: skip
    (event,) = of_wechat("wechat_mini", parsed(json.dumps(told)))
    assert (event.channel, event.provider_id, event.report) == ("wechat_mini", "20", Report("delivered"))


def test_a_chat_message_is_no_event():
    told = parsed("<xml><MsgType>text</MsgType><Event>subscribe</Event><FromUserName>o</FromUserName></xml>")
    assert of_wechat("wechat", told) == [Event("other")]
    assert of_wecom("wecom", told) == [Event("other")]


def test_wecoms_events():
    head = "<ToUserName>corp</ToUserName><CreateTime>1403610513</CreateTime><MsgType>event</MsgType>"
    school = f"{head}<FromUserName>sys</FromUserName><Event>change_school_contact</Event>"

    def told(more):
        return of_wecom("wecom", parsed(f"<xml>{more}</xml>"))

    person = f"{head}<FromUserName>LuoWei</FromUserName>"
    at = 1403610513
    assert told(f"{person}<Event>subscribe</Event>") == [Event("followed", "wecom", "LuoWei", at)]
    assert told(f"{person}<Event>unsubscribe</Event>") == [Event("left", "wecom", "LuoWei", at)]
    for change, kind in (("subscribe", "followed"), ("unsubscribe", "left"), ("delete_parent", "left")):
        found = told(f"{school}<ChangeType>{change}</ChangeType><Id>parent1</Id>")
        assert found == [Event(kind, "wecom_school", "parent1", at)]
    assert told(f"{school}<ChangeType>create_student</ChangeType><Id>xiaoming</Id>") == [Event("other")]


def test_dingtalks_events():
    told = {"EventType": "user_leave_org", "TimeStamp": "1608001896814", "UserId": ["a", "b"], "CorpId": "c"}
    assert of_dingtalk("dingtalk", told) == [
        Event("left", "dingtalk", "a", 1608001896),
        Event("left", "dingtalk", "b", 1608001896),
    ]
    assert of_dingtalk("dingtalk", {**told, "EventType": "user_add_org"})[0].kind == "followed"
    assert of_dingtalk("dingtalk", {"EventType": "check_url"}) == [Event("other")]
    assert of_dingtalk("dingtalk", {"EventType": "user_leave_org"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<xml>",
        "{",
        '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>',
        "<xml><a></xml>",
    ],
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(BadSeal):
        parsed(text)


def test_odd_fields_do_not_stumble():
    assert parsed("{}") == {}
    told = parsed(
        "<xml><CreateTime>soon</CreateTime><MsgType>event</MsgType><Event>unsubscribe</Event></xml>"
    )
    assert of_wechat("wechat", told) == [Event("left", "wechat", "", 0)]
    nested = parsed(
        "<xml><MsgType>event</MsgType><Event>unsubscribe</Event><FromUserName><a>1</a></FromUserName></xml>"
    )
    assert of_wechat("wechat", nested) == [Event("left", "wechat", "", 0)]
    odd = {"MsgType": "event", "Event": "subscribe_msg_sent_event", "List": "x"}
    assert of_wechat("wechat", odd) == [Event("other")]
