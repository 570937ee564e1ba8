import threading
import time

import httpx
import pytest

from jizuo.ground.gateways import tokens
from jizuo.ground.gateways.shapes import SendResult
from jizuo.ground.gateways.tokens import Token


@pytest.fixture
def account(request):
    return ("https://x", request.node.name, "secret")


def test_a_token_is_held_until_five_minutes_before_its_end(account, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    given = []

    def fetch(_is_forced):
        given.append(now[0])
        return Token(f"t{len(given)}", 7200)

    assert tokens.held(account, fetch) == "t1"
    now[0] += 6899
    assert tokens.held(account, fetch) == "t1"
    now[0] += 1
    assert tokens.held(account, fetch) == "t2" and given == [1000.0, 7900.0]


def test_many_threads_renew_a_stale_one_once(account):
    asked = []

    def fetch(is_forced):
        asked.append(is_forced)
        time.sleep(0.05)
        return Token(f"t{len(asked)}", 7200)

    tokens.held(account, fetch)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(tokens.held(account, fetch, stale="t1")))
        for _n in range(5)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert found == ["t2"] * 5 and asked == [False, False]


def test_a_fault_is_not_held(account):
    answers = [SendResult("refused", code="40013"), Token("t", 7200)]
    assert tokens.held(account, lambda _f: answers[0]).code == "40013"
    assert tokens.held(account, lambda _f: answers[1]) == "t"


@pytest.mark.parametrize(
    ("status", "told", "code", "words"),
    [
        (200, b'{"errcode": 40013, "errmsg": "invalid appid"}', "40013", "invalid appid"),
        (
            400,
            '{"code": "invalidClientIdOrSecret", "message": "无效"}'.encode(),
            "invalidClientIdOrSecret",
            "无效",
        ),
        (502, b"<html>", "http-502", ""),
        (200, b'{"access_token": "", "expires_in": 7200}', "http-200", ""),
        (200, b'{"access_token": "t", "expires_in": "7200"}', "http-200", ""),
        (200, b"[]", "http-200", ""),
    ],
)
def test_what_is_no_token_refuses_the_message(status, told, code, words):
    answer = httpx.Response(status, content=told)
    found = tokens.read_token(answer, name="access_token", life="expires_in")
    assert found == SendResult("refused", code=code, words=words)


def test_a_line_that_broke_before_the_message_refuses_it():
    found = tokens.read_token(SendResult("unknown", code="timeout"), name="a", life="b")
    assert found == SendResult("refused", code="token-timeout")


@pytest.mark.parametrize(
    ("told", "status", "state"),
    [({"errcode": 0}, 200, None), ({"errcode": 45009}, 200, None), ({"errcode": -1}, 200, "unknown"),
     ({}, 200, "unknown"), ({"errcode": "0"}, 200, "unknown"), ({"errcode": True}, 500, "unknown")],
)  # fmt: skip
def test_what_decides_nothing_is_unknown(told, status, state):
    found = tokens.unclear(told, status)
    assert (found and found.state) == state


def test_twice_at_most():
    for states, wanted in (
        (["accepted"], "accepted"),
        (["refused"], "refused"),
        (["unknown", "accepted"], "accepted"),
        (["unknown", "unknown"], "unknown"),
        (["unknown", "refused"], "unknown"),
    ):
        left = [SendResult(state, code=state) for state in states]
        assert tokens.twice_at_most(lambda left=left: left.pop(0)).state == wanted and left == []
