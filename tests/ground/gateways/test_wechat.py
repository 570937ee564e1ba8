import time

import pytest

from jizuo.ground.gateways.shapes import Letter, SendResult
from jizuo.ground.gateways.wechat import MiniProgramme, OfficialAccount, fitted
from tests.ground.gateways.push import LATE_SECONDS, LIMIT_SECONDS, WeChat, running

TEMPLATE, NOTICE, MINI = (
    "/cgi-bin/message/template/send",
    "/cgi-bin/message/subscribe/bizsend",
    "/cgi-bin/message/subscribe/send",
)
TOKEN = "/cgi-bin/stable_token"
OPENID = "oFollower-1"
LETTER = Letter(
    "homework",
    {"title": "语文作业：背诵第三课", "day": "2026-09-16 18:00"},
    "a" * 32,
    "https://base.example/h/1",
)
server = running(WeChat)


def account(server, **more):
    given = {
        "app_id": server.app_id,
        "secret": server.secret,
        "templates": {
            "homework": {"id": "TM1", "fields": {"thing1": "title", "time2": "day"}},
            "notice": {"id": "NT1", "kind": "notice", "fields": {"thing1": "title", "time2": "day"}},
            "gone": {"id": "TM9", "fields": {"thing1": "title", "time2": "day"}},
        },
    }
    return OfficialAccount(**{**given, "endpoint": server.endpoint, "timeout_seconds": LIMIT_SECONDS, **more})


def mini(server, **more):
    templates = {
        "homework": {"id": "MP1", "fields": {"thing1": "title", "date3": "day"}, "page": "web?u={link}"}
    }
    given = {"app_id": server.app_id, "secret": server.secret, "templates": templates}
    return MiniProgramme(**{**given, "endpoint": server.endpoint, "timeout_seconds": LIMIT_SECONDS, **more})


def letter(template="homework", **more):
    return Letter(template, {**LETTER.values, **more}, LETTER.mark, LETTER.link)


def test_a_template_message_arrives_as_the_page_says(server):
    assert account(server).hand_over(OPENID, LETTER) == SendResult("accepted", str(server.number), "0")
    assert server.delivered == [
        {
            "touser": OPENID,
            "template_id": "TM1",
            "data": {"thing1": {"value": "语文作业：背诵第三课"}, "time2": {"value": "2026-09-16 18:00"}},
            "url": "https://base.example/h/1",
            "client_msg_id": "a" * 32,
        }
    ]


def test_one_token_serves_many_messages_and_is_fetched_once_by_many_threads(server):
    from concurrent.futures import ThreadPoolExecutor

    gateway = account(server, timeout_seconds=5)
    with ThreadPoolExecutor(6) as pool:
        marks = [Letter("homework", LETTER.values, f"{n:032d}") for n in range(12)]
        states = list(pool.map(lambda one: gateway.hand_over(OPENID, one).state, marks))
    assert states == ["accepted"] * 12 and len(server.delivered) == 12
    assert server.counted(TOKEN) == 1


def test_a_token_near_its_end_is_not_used(server):
    server.life = 2
    gateway = account(server)
    gateway.hand_over(OPENID, LETTER)
    time.sleep(1.1)
    gateway.hand_over(OPENID, letter(title="别的"))
    assert server.counted(TOKEN) == 2


@pytest.mark.parametrize("how", ["expired", "unknown"])
def test_a_token_that_is_refused_is_renewed_once_and_the_message_goes_out_once(server, how):
    gateway = account(server)
    gateway.hand_over(OPENID, LETTER)
    server.expire() if how == "expired" else server.tokens.clear()
    other = Letter("homework", LETTER.values, "b" * 32)
    assert gateway.hand_over(OPENID, other).state == "accepted"
    assert (server.counted(TOKEN), server.counted(TEMPLATE), len(server.delivered)) == (2, 3, 2)


def test_a_token_that_the_provider_still_gives_and_refuses_is_forced(server):
    gateway = account(server)
    server.mishaps = [40001]
    assert gateway.hand_over(OPENID, LETTER).state == "accepted"
    assert (server.counted(TOKEN), server.forced) == (3, 1)


def test_a_token_refused_again_ends_it(server):
    server.mishaps = [40001, 42001]
    result = account(server).hand_over(OPENID, LETTER)
    assert (result.state, result.code, server.counted(TEMPLATE)) == ("refused", "42001", 2)
    assert server.delivered == []


@pytest.mark.parametrize(
    ("mishap", "code"),
    [(40164, "40164"), ("500", "http-500"), ("hang", "token-timeout"), ("drop", "token-RemoteProtocolError")],
)
def test_without_a_token_nothing_was_sent(server, mishap, code):
    server.token_mishaps = [mishap]
    result = account(server).hand_over(OPENID, LETTER)
    assert (result.state, result.code, server.counted(TEMPLATE)) == ("refused", code, 0)


def test_a_wrong_secret_is_said_in_the_providers_words(server):
    result = account(server, secret="other").hand_over(OPENID, LETTER)
    assert result == SendResult("refused", code="40125", words="invalid appsecret")


@pytest.mark.parametrize(
    ("openid", "template", "code"),
    [("oStranger-2", "homework", "43004"), ("oNobody", "homework", "40003"), (OPENID, "gone", "40037")],
)
def test_a_refusal_is_final(server, openid, template, code):
    result = account(server).hand_over(openid, letter(template))
    assert (result.state, result.code, server.delivered) == ("refused", code, [])
    assert server.counted(TEMPLATE) == 1


def test_the_days_limit_is_a_refusal(server):
    server.mishaps = [45009]
    assert account(server).hand_over(OPENID, LETTER) == SendResult(
        "refused", code="45009", words="told 45009"
    )


@pytest.mark.parametrize("mishap", ["hang", "drop", "500", "busy", "lost"])
def test_a_template_message_of_unknown_outcome_is_asked_again_and_reaches_once(server, mishap):
    server.mishaps = [mishap]
    assert account(server).hand_over(OPENID, LETTER).state == "accepted"
    assert server.counted(TEMPLATE) == 2
    assert len(server.delivered) == 1, "client_msg_id drops the repeat"


@pytest.mark.parametrize("second", ["hang", "500", 43004])
def test_no_third_time(server, second):
    server.mishaps = ["hang", second]
    result = account(server).hand_over(OPENID, LETTER)
    time.sleep(LATE_SECONDS)
    assert (result.state, server.counted(TEMPLATE), len(server.delivered)) == ("unknown", 2, 1)


@pytest.mark.parametrize(
    ("mishap", "code"),
    [("hang", "timeout"), ("drop", "RemoteProtocolError"), ("500", "http-500"), ("busy", "-1")],
)
def test_a_notice_of_unknown_outcome_is_never_repeated(server, mishap, code):
    server.consents = [(OPENID, "NT1")] * 2
    server.mishaps = [mishap]
    result = account(server).hand_over(OPENID, letter("notice"))
    time.sleep(LATE_SECONDS if mishap == "hang" else 0)
    assert (result.state, result.code) == ("unknown", code)
    assert server.counted(NOTICE) == 1


def test_a_notice_takes_one_consent(server):
    gateway = account(server)
    assert gateway.hand_over(OPENID, letter("notice")).code == "43101"
    server.consents = [(OPENID, "NT1")]
    assert gateway.hand_over(OPENID, letter("notice")).state == "accepted"
    assert gateway.hand_over(OPENID, letter("notice")).code == "43101"
    assert server.delivered[0]["page"] == LETTER.link


def test_a_mini_programme_message(server):
    server.consents = [(OPENID, "MP1")]
    assert mini(server).hand_over(OPENID, LETTER) == SendResult("accepted", "", "0")
    (body,) = server.delivered
    assert body["page"] == "web?u=https%3A%2F%2Fbase.example%2Fh%2F1"
    assert (body["miniprogram_state"], body["lang"]) == ("formal", "zh_CN")
    server.mishaps = ["500"]
    assert mini(server).hand_over(OPENID, LETTER).state == "unknown"
    assert server.counted(MINI) == 2, "no mark, no repeat"


def test_an_answer_given_twice_counts_once(server):
    server.mishaps = ["twice", "twice"]
    gateway = account(server)
    assert gateway.hand_over(OPENID, LETTER).state == "accepted"
    assert gateway.hand_over(OPENID, letter(title="别的")).state == "accepted"
    assert server.counted(TEMPLATE) == 2


def test_a_template_that_is_not_mapped_is_refused_without_a_call(server):
    assert account(server).hand_over(OPENID, letter("other")) == SendResult("refused", code="no-template")
    assert mini(server).hand_over(OPENID, letter("other")) == SendResult("refused", code="no-template")
    assert server.calls == []


def test_what_a_template_takes(server):
    assert account(server).wanted("homework") == {"title", "day"} and account(server).wanted("x") == set()
    assert mini(server).names == ("homework",) and "gone" in account(server).names


def test_a_thing_is_one_line_of_twenty():
    assert fitted("thing1", "一" * 30) == "一" * 19 + "…"
    assert fitted("thing12", "三\n 班") == "三 班"
    assert (
        fitted("time2", "2026-09-16 18:00, and more than twenty") == "2026-09-16 18:00, and more than twenty"
    )


def test_neither_secret_nor_openid_is_logged(server, caplog):
    caplog.set_level("DEBUG")
    gateway = account(server, token="callback-token")
    gateway.hand_over(OPENID, LETTER)
    for value in (server.secret, OPENID, "callback-token", *server.tokens):
        assert value not in caplog.text + repr(gateway)


def test_a_code_with_a_scene_leads_to_the_account(server):
    address = account(server).scene_address("12.ABCD", 600)
    assert isinstance(address, str) and address.startswith("http://weixin.qq.com/q/")
    assert server.scenes == ["12.ABCD"]
    assert account(server).scene_address("x" * 65, 600).code == "40053"
    server.mishaps = ["500"]
    assert account(server).scene_address("12.ABCD", 600) == SendResult("refused", code="http-500")
    server.expire()
    assert isinstance(account(server).scene_address("12.EFGH", 600), str)
