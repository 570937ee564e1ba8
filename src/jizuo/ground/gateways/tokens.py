"""The short-lived tokens with which push providers are called.

A token is held in this process until shortly before its end. Every provider here gives the same token to all
who ask within its life (WeChat: the stable token), so processes need not share it. A token that the provider
no longer knows is renewed once per message; of many threads that notice, one fetches.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jizuo.ground.gateways.line import answered
from jizuo.ground.gateways.shapes import Answer, SendResult

if TYPE_CHECKING:
    import httpx

#: Seconds before its end from which on a token is no longer used: the providers' own time of overlap.
MARGIN_SECONDS = 300
#: Our own code for a visitor who is not of the corporation whose application asks who is there.
NO_MEMBER = "no-member"


@dataclass(frozen=True, slots=True)
class Token:
    """text as given; life_seconds from now, 7200 as a rule."""

    text: str
    life_seconds: int


#: Asks the provider for a token; with True one that replaces the present one, where it knows the difference.
#: A refusal comes back as the result of the message that needed it.
Fetch = Callable[[bool], Token | SendResult]


class _Held:
    def __init__(self) -> None:
        self.lock, self.text, self.good_until = threading.Lock(), "", 0.0


_all: dict[tuple[str, ...], _Held] = {}
_all_lock = threading.Lock()


def held(account: tuple[str, ...], fetch: Fetch, *, stale: str = "") -> str | SendResult:
    """The token of `account` (endpoint, id and secret), fetched when none is held or it nears its end.
    stale: the token the provider has just refused; another one is given, or the same when it has no other."""
    with _all_lock:
        mine = _all.setdefault(account, _Held())
    with mine.lock:
        if mine.text and mine.text != stale and time.monotonic() < mine.good_until:
            return mine.text
        given = fetch(False)
        if isinstance(given, Token) and given.text == stale:
            given = fetch(True)
        if isinstance(given, SendResult):
            return given
        mine.text = given.text
        life = max(given.life_seconds - MARGIN_SECONDS, given.life_seconds // 2)
        mine.good_until = time.monotonic() + life
        return mine.text


def read_token(answer: httpx.Response | SendResult, *, name: str, life: str) -> Token | SendResult:
    """A token out of an answer whose JSON calls it `name` and its life `life`. Anything else refuses the
    message, for which nothing was handed over yet: also a line that broke."""
    if isinstance(answer, SendResult):
        return replace(answer, state="refused", code=f"token-{answer.code}")
    told = answered(answer)
    text, seconds = told.get(name), told.get(life)
    if isinstance(text, str) and text and isinstance(seconds, int) and seconds > 0:
        return Token(text, seconds)
    code, words = refusal(told, answer.status_code)
    return SendResult("refused", code=code, words=words)


def refusal(told: Answer, status: int) -> tuple[str, str]:
    """The provider's code and sentence, whatever it calls them."""
    code = told.get("errcode", told.get("code", ""))
    words = told.get("errmsg", told.get("message", ""))
    return str(code) if code not in ("", None) else f"http-{status}", str(words)


def call(
    account: tuple[str, ...],
    fetch: Fetch,
    ask: Callable[[str], httpx.Response | SendResult],
    is_stale: Callable[[Answer], bool],
) -> tuple[Answer, int] | SendResult:
    """Ask with a token: the answer's JSON and status. An answer that is_stale says the token is unknown, so
    the message was not read: it is asked once more with another token, and no third time."""
    token = held(account, fetch)
    if isinstance(token, SendResult):
        return token
    answer = ask(token)
    if isinstance(answer, SendResult):
        return answer
    told = answered(answer)
    if not is_stale(told):
        return told, answer.status_code
    fresh = held(account, fetch, stale=token)
    if isinstance(fresh, SendResult):
        return fresh
    if fresh == token:
        return told, answer.status_code
    answer = ask(fresh)
    return answer if isinstance(answer, SendResult) else (answered(answer), answer.status_code)


def twice_at_most(hand_over: Callable[[], SendResult]) -> SendResult:
    """Hand over, and once more when nobody knows what came of it: only for a provider whose rule drops the
    repeat of the same message. Accepted when it says so; otherwise unknown stays unknown."""
    first = hand_over()
    if first.state != "unknown":
        return first
    second = hand_over()
    return second if second.state == "accepted" else replace(second, state="unknown")


def errcode(told: Answer) -> int | None:
    """The number of an answer in Tencent's and DingTalk's manner; None when there is none."""
    code = told.get("errcode")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def unclear(told: Answer, status: int) -> SendResult | None:
    """Unknown for an answer that decides nothing: no number, or -1, the provider's own trouble. None for one
    that does."""
    code = errcode(told)
    if code is not None and code != -1:
        return None
    name, words = refusal(told, status)
    return SendResult("unknown", code=name, words=words)
