"""WeCom (企业微信): application messages to staff, school notices (家校) to parents.

Pages of developer.work.weixin.qq.com followed here: 获取access_token (91039), 发送应用消息 (90236), 发送「学校通知」
(92321), 构造网页授权链接 (91022), 获取访问用户身份 (91023), 全局错误码 (90313).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jizuo.ground.gateways.line import get, post_json
from jizuo.ground.gateways.shapes import Answer, Letter, SendResult
from jizuo.ground.gateways.tokens import (
    NO_MEMBER,
    Token,
    call,
    errcode,
    read_token,
    refusal,
    twice_at_most,
    unclear,
)

if TYPE_CHECKING:
    import httpx

#: access_token wrong, or past its life: the message was not read.
STALE = frozenset({40014, 42001})
#: The same body within this time reaches nobody twice (enable_duplicate_check).
REPEAT_SECONDS = 1800


def is_stale(told: Answer) -> bool:
    """Whether the provider no longer knows the token."""
    return errcode(told) in STALE


@dataclass(frozen=True, slots=True)
class Wecom:
    """An application of a corporation; addresses are userids. token and aes_key: of 接收消息; without them
    events are not taken."""

    corp_id: str
    secret: str = field(repr=False)
    agent_id: int
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    endpoint: str = "https://qyapi.weixin.qq.com"
    timeout_seconds: float = 8
    title: str = "企业微信"
    sign_in: str = "https://open.weixin.qq.com/connect/oauth2/authorize"

    def sign_in_address(self, back: str, state: str) -> str:
        """Where WeCom's own browser asks who is there, silently, and comes back with a code. back: an absolute
        address in the application's trusted domain (可信域名)."""
        asked = {
            "appid": self.corp_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base", "state": state,
            "agentid": self.agent_id,
        }  # fmt: skip
        return f"{self.sign_in}?{urlencode(asked)}#wechat_redirect"

    def user_of(self, code: str) -> str | SendResult:
        """The userid behind a code, which counts once; else why nobody is known: a refusal, also for somebody who is
        no member of the corporation."""
        answer = ask(
            self,
            lambda token: get(
                f"{self.endpoint}/cgi-bin/auth/getuserinfo?{urlencode({'access_token': token, 'code': code})}",
                timeout=self.timeout_seconds,
            ),
        )
        if isinstance(answer, SendResult):
            return answer
        told, status = answer
        if errcode(told) == 0 and isinstance(user := told.get("userid"), str) and user:
            return user
        known, words = refusal(told, status)
        return SendResult("refused", code=NO_MEMBER if known == "0" else known, words=words)

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def wanted(self, template: str) -> frozenset[str]:
        return frozenset({"title", "text"})

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        body = {"touser": address, **card_or_text(letter), **_common(self.agent_id)}
        return twice_at_most(lambda: send(self, "/cgi-bin/message/send", body, address))


@dataclass(frozen=True, slots=True)
class WecomSchool:
    """An application that the school lets parents use (家长可使用的应用); addresses are parent_userids of the
    school's own 家校通讯录."""

    corp_id: str
    secret: str = field(repr=False)
    agent_id: int
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    endpoint: str = "https://qyapi.weixin.qq.com"
    timeout_seconds: float = 8
    title: str = "企业微信家校通知"

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def wanted(self, template: str) -> frozenset[str]:
        return frozenset({"title", "text"})

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        # toall 0 and one parent: never a department, never everybody.
        body = {"to_parent_userid": [address], "toall": 0, **news_or_text(letter), **_common(self.agent_id)}
        return twice_at_most(lambda: send(self, "/cgi-bin/externalcontact/message/send", body, address))


def _common(agent_id: int) -> dict[str, int]:
    return {
        "agentid": agent_id,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": REPEAT_SECONDS,
    }


def card_or_text(letter: Letter) -> dict[str, Any]:
    """A text card when there is something to open, else plain text; what is too long the provider cuts."""
    if not letter.link:
        return plain_text(letter)
    return {
        "msgtype": "textcard",
        "textcard": {
            "title": letter.values["title"],
            "description": letter.values["text"],
            "url": letter.link,
            "btntxt": "查看",
        },
    }


def news_or_text(letter: Letter) -> dict[str, Any]:
    """School notices know no text card: news with one article, or plain text."""
    if not letter.link:
        return plain_text(letter)
    article = {"title": letter.values["title"], "description": letter.values["text"], "url": letter.link}
    return {"msgtype": "news", "news": {"articles": [article]}}


def plain_text(letter: Letter) -> dict[str, Any]:
    """Title and text, one below the other."""
    return {"msgtype": "text", "text": {"content": f"{letter.values['title']}\n{letter.values['text']}"}}


def ask(
    account: Wecom | WecomSchool, once: Callable[[str], httpx.Response | SendResult]
) -> tuple[Answer, int] | SendResult:
    """One call with the application's token: the answer's JSON and status."""

    def fetch(_is_forced: bool) -> Token | SendResult:
        asked = urlencode({"corpid": account.corp_id, "corpsecret": account.secret})
        answer = get(f"{account.endpoint}/cgi-bin/gettoken?{asked}", timeout=account.timeout_seconds)
        return read_token(answer, name="access_token", life="expires_in")

    return call((account.endpoint, account.corp_id, account.secret), fetch, once, is_stale)


def send(account: Wecom | WecomSchool, path: str, body: Mapping[str, Any], address: str) -> SendResult:
    """One call of the message interface. An errcode of 0 that names the only addressee among the invalid ones
    is a refusal: nobody got it."""
    answer = ask(
        account,
        lambda token: post_json(
            f"{account.endpoint}{path}?access_token={token}", body, timeout=account.timeout_seconds
        ),
    )
    if isinstance(answer, SendResult):
        return answer
    told, status = answer
    if (doubt := unclear(told, status)) is not None:
        return doubt
    code, words = refusal(told, status)
    if code != "0":
        return SendResult("refused", code=code, words=words)
    for name in ("invaliduser", "unlicenseduser", "invalid_parent_userid"):
        # The provider gives the list in lower case.
        if address.lower() in named(told.get(name)):
            return SendResult("refused", code=name, words=words)
    return SendResult("accepted", str(told.get("msgid", "")), code)


def named(told: Any) -> set[str]:
    """The ids of an invalid list: joined by ``|``, or a JSON list; lower case."""
    found = told.split("|") if isinstance(told, str) else told if isinstance(told, list) else []
    return {str(one).lower() for one in found if one}
