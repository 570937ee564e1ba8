import pytest

from jizuo.ground.gateways.shapes import Letter, SendResult
from jizuo.ground.gateways.wecom import Wecom, WecomSchool, named
from tests.ground.gateways.push import LIMIT_SECONDS, WeCom, running

SEND, SCHOOL, TOKEN = "/cgi-bin/message/send", "/cgi-bin/externalcontact/message/send", "/cgi-bin/gettoken"
LETTER = Letter(
    "notice", {"title": "下周一调课", "text": "三（2）班第二节改为数学"}, "a" * 32, "https://base.example/n/1"
)
PLAIN = Letter("notice", LETTER.values, "b" * 32)
server = running(WeCom)


def staff(server, **more):
    given = {"corp_id": server.corp_id, "secret": server.secret, "agent_id": server.agent_id}
    return Wecom(**{**given, "endpoint": server.endpoint, "timeout_seconds": LIMIT_SECONDS, **more})


def parents(server, **more):
    given = {"corp_id": server.corp_id, "secret": server.secret, "agent_id": server.agent_id}
    return WecomSchool(**{**given, "endpoint": server.endpoint, "timeout_seconds": LIMIT_SECONDS, **more})


def test_a_text_card_to_one_person(server):
    assert staff(server).hand_over("LuoWei", LETTER) == SendResult("accepted", "M-1", "0")
    assert server.delivered == [
        {
            "touser": "LuoWei",
            "msgtype": "textcard",
            "agentid": 1000002,
            "textcard": {
                "title": "下周一调课",
                "description": "三（2）班第二节改为数学",
                "url": "https://base.example/n/1",
                "btntxt": "查看",
            },
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }
    ]


def test_a_school_notice_to_one_parent(server):
    assert parents(server).hand_over("parent_of_chen", LETTER).state == "accepted"
    (body,) = server.delivered
    assert (body["to_parent_userid"], body["toall"]) == (["parent_of_chen"], 0)
    assert body["news"]["articles"] == [
        {"title": "下周一调课", "description": "三（2）班第二节改为数学", "url": "https://base.example/n/1"}
    ]


def test_without_anything_to_open_it_is_plain_text(server):
    staff(server).hand_over("LuoWei", PLAIN)
    parents(server).hand_over("parent_of_chen", PLAIN)
    assert [body["text"]["content"] for body in server.delivered] == [
        "下周一调课\n三（2）班第二节改为数学"
    ] * 2


@pytest.mark.parametrize("mishap", [40014, 42001, None])
def test_an_expired_token_is_renewed_once(server, mishap):
    gateway = staff(server)
    gateway.hand_over("LuoWei", PLAIN)
    server.expire() if mishap is None else server.tokens.clear()
    assert gateway.hand_over("LuoWei", LETTER).state == "accepted"
    assert (server.counted(TOKEN), server.counted(SEND), len(server.delivered)) == (2, 3, 2)


def test_the_same_token_again_ends_it(server):
    """gettoken gives the same token while it lives: asking with it once more would change nothing."""
    server.mishaps = [42001]
    result = staff(server).hand_over("LuoWei", LETTER)
    assert (result.state, result.code, server.counted(SEND)) == ("refused", "42001", 1)


@pytest.mark.parametrize(
    ("make", "person", "code"),
    [(staff, "Nobody", "81013"), (parents, "nobody", "invalid_parent_userid")],
)
def test_nobody_of_that_name(server, make, person, code):
    result = make(server).hand_over(person, LETTER)
    assert (result.state, result.code, server.delivered) == ("refused", code, [])


def test_an_invalid_user_is_a_refusal_though_the_code_is_zero(server):
    """The list comes back in lower case, and errcode stays 0."""
    server.people.add("LUOWEI2")
    server._deliver = lambda body: None
    server.message = lambda query, body: {
        "errcode": 0,
        "errmsg": "ok",
        "invaliduser": "luowei2",
        "msgid": "M",
    }
    result = staff(server).hand_over("LuoWei2", LETTER)
    assert (result.state, result.code) == ("refused", "invaliduser")


def test_another_applications_secret(server):
    result = staff(server, agent_id=1).hand_over("LuoWei", LETTER)
    assert (result.state, result.code) == ("refused", "301002")
    assert staff(server, secret="x").hand_over("LuoWei", LETTER).code == "40001"
    assert staff(server, corp_id="x").hand_over("LuoWei", LETTER).code == "40013"


@pytest.mark.parametrize("mishap", ["hang", "drop", "500", "busy", "lost"])
@pytest.mark.parametrize(("make", "person"), [(staff, "LuoWei"), (parents, "parent_of_chen")])
def test_of_unknown_outcome_it_is_asked_again_and_reaches_once(server, make, person, mishap):
    server.mishaps = [mishap]
    assert make(server).hand_over(person, LETTER).state == "accepted"
    assert len(server.delivered) == 1, "enable_duplicate_check drops the repeat"


def test_unknown_twice_stays_unknown(server):
    server.mishaps = ["hang", "500"]
    assert staff(server).hand_over("LuoWei", LETTER).state == "unknown"
    assert server.counted(SEND) == 2


def test_nobody_there_is_refused(server):
    gateway = staff(server)
    server.close()
    assert gateway.hand_over("LuoWei", LETTER) == SendResult("refused", code="token-unreachable")


@pytest.mark.parametrize(
    ("told", "found"),
    [("A|b", {"a", "b"}), (["P1"], {"p1"}), ("", set()), (None, set()), ({}, set()), (7, set())],
)
def test_the_lists_of_the_invalid(told, found):
    assert named(told) == found


def test_no_secret_is_logged(server, caplog):
    caplog.set_level("DEBUG")
    staff(server).hand_over("LuoWei", LETTER)
    assert server.secret not in caplog.text + repr(staff(server)) and "LuoWei" not in caplog.text


def test_who_signed_in_is_a_member_or_nobody(server):
    made = staff(server)
    address = made.sign_in_address("https://base.example/ways/back/wecom/", "s1")
    path, _mark, fragment = address.partition("#")
    assert fragment == "wechat_redirect" and path.startswith("https://open.weixin.qq.com/connect/oauth2/")
    assert "redirect_uri=https%3A%2F%2Fbase.example%2Fways%2Fback%2Fwecom%2F" in path
    assert "appid=ww0123456789abcdef" in path and "agentid=1000002" in path and "state=s1" in path
    server.visitors = {"C1": "LuoWei", "C2": "<oOutside-1>"}
    assert made.user_of("C1") == "LuoWei"
    assert made.user_of("C1").code == "40029", "a code counts once"
    assert made.user_of("C2").code == "no-member"
    server.mishaps = ["500"]
    assert made.user_of("C3") == SendResult("refused", code="http-500")
    server.mishaps = ["lost"]
    assert made.user_of("C3").code == "timeout"
