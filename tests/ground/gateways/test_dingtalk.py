import json

import pytest

from jizuo.ground.gateways.dingtalk import DingTalk, message
from jizuo.ground.gateways.shapes import Letter, Report, SendResult
from tests.ground.gateways.push import LIMIT_SECONDS, Ding, running

SEND = "/topapi/message/corpconversation/asyncsend_v2"
RESULT = "/topapi/message/corpconversation/getsendresult"
TOKEN = "/v1.0/oauth2/accessToken"
LETTER = Letter("notice", {"title": "名册待核", "text": "有 3 行要看"}, "a" * 32, "https://base.example/n/1")
server = running(Ding)


def gateway(server, **more):
    given = {"app_key": server.app_key, "app_secret": server.app_secret, "agent_id": server.agent_id}
    ends = {"api_endpoint": server.endpoint, "endpoint": server.endpoint, "timeout_seconds": LIMIT_SECONDS}
    return DingTalk(**{**given, **ends, **more})


def test_a_work_notice_and_its_report(server):
    made = gateway(server)
    result = made.hand_over("luo01", LETTER)
    assert result == SendResult("accepted", "456000", "0")
    (body,) = server.delivered
    assert body["msg"] == {
        "msgtype": "oa",
        "oa": {
            "message_url": "https://base.example/n/1",
            "head": {"bgcolor": "FF0E6B78", "text": "名册待核"},
            "body": {"title": "名册待核", "content": "有 3 行要看"},
        },
    }
    assert made.report("456000") == Report("delivered", "unread")
    server.tasks[456000] = {"read_user_id_list": ["luo01"]}
    assert made.report("456000") == Report("delivered", "read")
    server.tasks[456000] = {"failed_user_id_list": ["luo01"]}
    assert made.report("456000") == Report("failed", "failed")
    server.tasks[456000] = {}
    assert made.report("456000") is None


def test_the_same_text_twice_a_day_is_taken_and_dropped_by_the_provider(server):
    made = gateway(server)
    made.hand_over("luo01", LETTER)
    again = made.hand_over("luo01", LETTER)
    assert again.state == "accepted" and len(server.delivered) == 1
    assert made.report(again.provider_id) == Report("failed", "forbidden")


@pytest.mark.parametrize("task", ["", "12", "abc"])
def test_a_task_nobody_knows_has_no_report(server, task):
    assert gateway(server).report(task) is None


def test_a_report_that_does_not_come_is_none(server):
    made = gateway(server)
    task = made.hand_over("luo01", LETTER).provider_id
    for mishap in ("500", "hang", "busy"):
        server.mishaps = [mishap]
        assert made.report(task) is None


@pytest.mark.parametrize("how", ["expired", "unknown", "88"])
def test_an_expired_token_is_renewed_once(server, how):
    made = gateway(server)
    made.hand_over("luo01", LETTER)
    server.expire() if how == "expired" else server.tokens.clear()
    if how == "88":
        fault = server.token_fault
        server.token_fault = lambda query: fault(query) and {
            "errcode": 88, "sub_code": "40014", "errmsg": "ding talk error",
        }  # fmt: skip
    assert made.hand_over("luo01", Letter("n", {"title": "b", "text": "c"}, "b")).state == "accepted"
    assert (server.counted(TOKEN), server.counted(SEND), len(server.delivered)) == (2, 3, 2)


def test_refusals_in_the_providers_words(server):
    assert gateway(server).hand_over("nobody", LETTER) == SendResult(
        "refused", code="33012", words="无效的USERID"
    )
    result = gateway(server, app_secret="x").hand_over("luo01", LETTER)
    assert (result.code, result.words) == ("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
    assert gateway(server, agent_id=1).hand_over("luo01", LETTER).code == "60011"


@pytest.mark.parametrize("mishap", ["hang", "drop", "500", "busy", "lost"])
def test_of_unknown_outcome_it_is_asked_again_and_reaches_once(server, mishap):
    server.mishaps = [mishap]
    assert gateway(server).hand_over("luo01", LETTER).state == "accepted"
    assert len(server.delivered) == 1, "the same text reaches a person once a day"


def test_unknown_twice_stays_unknown(server):
    server.mishaps = ["busy", "drop"]
    assert gateway(server).hand_over("luo01", LETTER).state == "unknown"
    assert server.counted(SEND) == 2


@pytest.mark.parametrize("link", ["", "https://base.example/" + "x" * 60])
def test_a_long_text_is_cut_to_what_fits(server, link):
    long = Letter("n", {"title": "通知", "text": "校" * 3000}, "a", link)
    made = message(long)
    assert 1900 < len(json.dumps(made, ensure_ascii=False).encode()) <= 2048
    assert "…" in json.dumps(made, ensure_ascii=False)
    assert gateway(server).hand_over("luo01", long).state == "accepted"


def test_no_secret_is_logged(server, caplog):
    caplog.set_level("DEBUG")
    gateway(server).hand_over("luo01", LETTER)
    assert server.app_secret not in caplog.text + repr(gateway(server)) and "luo01" not in caplog.text


def test_who_signed_in_is_of_the_corporation_or_nobody(server):
    made = gateway(server)
    address = made.sign_in_address("https://base.example/ways/back/dingtalk/", "s1")
    assert address.startswith(
        "https://login.dingtalk.com/oauth2/auth?redirect_uri=https%3A%2F%2Fbase.example"
    )
    assert "client_id=ding0123456789" in address and "state=s1" in address
    server.unions["U-guest"] = "<guest>"
    server.visitors = {"C1": "U-luo", "C2": "U-nobody", "C3": "U-guest"}
    assert made.user_of("C1") == "luo01"
    assert made.user_of("C1").code == "invalidParameter.authCode.notFound", "a code counts once"
    assert made.user_of("C2").code == "60121"
    assert made.user_of("C3").code == "no-member"
    server.visitors["C4"] = "U-luo"
    server.mishaps = ["500"]
    assert made.user_of("C4").state == "refused"
