"""DingTalk (钉钉): work notices of an application to its corporation's people.

Pages of open.dingtalk.com followed here: 获取企业内部应用的accessToken (api.dingtalk.com/v1.0/oauth2/accessToken),
发送工作通知 (asyncsend_v2), 获取工作通知消息的发送结果 (getsendresult),
登录第三方网站 (oauth2/auth, userAccessToken, contact/users/me), 根据unionid获取用户userid (getbyunionid), 服务端API全局错误码.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jizuo.ground.gateways.line import answered, get, post_json
from jizuo.ground.gateways.shapes import Answer, Letter, Report, SendResult
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
STALE = frozenset({40001, 40014, 42001})
#: The most bytes of the msg object.
MOST_BYTES = 2048
WORK = "/topapi/message/corpconversation"
#: Lists of a send result that mean the notice did not arrive, and what the report calls them.
FAILED = {
    "invalid_user_id_list": "invalid-user",
    "forbidden_user_id_list": "forbidden",
    "failed_user_id_list": "failed",
}


def is_stale(told: Answer) -> bool:
    """Whether the provider no longer knows the token; 88 names the reason in sub_code."""
    code = errcode(told)
    if code == 88:
        return str(told.get("sub_code", "")) in {str(one) for one in STALE}
    return code in STALE


@dataclass(frozen=True, slots=True)
class DingTalk:
    """An application of a corporation (企业内部应用); addresses are userids. The same text reaches a person
    once a day: a second equal one is taken and dropped by the provider, its report then says forbidden."""

    app_key: str
    app_secret: str = field(repr=False)
    agent_id: int
    corp_id: str = ""
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    api_endpoint: str = "https://api.dingtalk.com"
    endpoint: str = "https://oapi.dingtalk.com"
    timeout_seconds: float = 8
    title: str = "钉钉"
    sign_in: str = "https://login.dingtalk.com/oauth2/auth"

    def sign_in_address(self, back: str, state: str) -> str:
        """Where DingTalk asks who is there and comes back with a code. back: an absolute address that the
        application names as its 重定向URL."""
        asked = {
            "redirect_uri": back, "response_type": "code", "client_id": self.app_key, "scope": "openid", "state": state,
            "prompt": "consent",
        }  # fmt: skip
        return f"{self.sign_in}?{urlencode(asked)}"

    def user_of(self, code: str) -> str | SendResult:
        """The userid behind a code, which counts once; else why nobody is known: a refusal, also for somebody who is
        not of the corporation. Three calls: the visitor's own token, the unionid, the userid here."""
        asked = {
            "clientId": self.app_key, "clientSecret": self.app_secret, "code": code, "grantType": "authorization_code",
        }  # fmt: skip
        address = f"{self.api_endpoint}/v1.0/oauth2/userAccessToken"
        token = read_token(
            post_json(address, asked, timeout=self.timeout_seconds), name="accessToken", life="expireIn"
        )
        if isinstance(token, SendResult):
            return token
        union = named(
            get(
                f"{self.api_endpoint}/v1.0/contact/users/me", timeout=self.timeout_seconds,
                headers={"x-acs-dingtalk-access-token": token.text},
            ),
            "unionId",
        )  # fmt: skip
        if isinstance(union, SendResult):
            return union
        answer = self._call("/topapi/user/getbyunionid", {"unionid": union})
        if isinstance(answer, SendResult):
            return answer
        told, status = answer
        found = told.get("result")
        # contact_type 0: of this corporation; 1: an outside contact.
        if errcode(told) == 0 and isinstance(found, dict) and found.get("contact_type") == 0:
            return str(found.get("userid", ""))
        known, words = refusal(told, status)
        return SendResult("refused", code=NO_MEMBER if known == "0" else known, words=words)

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def wanted(self, template: str) -> frozenset[str]:
        return frozenset({"title", "text"})

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        body = {
            "agent_id": self.agent_id,
            "userid_list": address,
            "to_all_user": False,
            "msg": message(letter),
        }
        return twice_at_most(lambda: self._send(body))

    def _send(self, body: Mapping[str, Any]) -> SendResult:
        answer = self._call(f"{WORK}/asyncsend_v2", body)
        if isinstance(answer, SendResult):
            return answer
        told, status = answer
        if (doubt := unclear(told, status)) is not None:
            return doubt
        code, words = refusal(told, status)
        if code == "0":
            return SendResult("accepted", str(told.get("task_id", "")), code)
        return SendResult("refused", code=str(told.get("sub_code") or code), words=words)

    def report(self, task_id: str) -> Report | None:
        """What became of a notice to one person, asked within 24 hours; None while nobody knows."""
        if not task_id.isdecimal():
            return None
        answer = self._call(f"{WORK}/getsendresult", {"agent_id": self.agent_id, "task_id": int(task_id)})
        if isinstance(answer, SendResult) or errcode(answer[0]) != 0:
            return None
        found = answer[0].get("send_result")
        result: dict[str, Any] = found if isinstance(found, dict) else {}
        for name, code in FAILED.items():
            if result.get(name):
                return Report("failed", code)
        if result.get("read_user_id_list") or result.get("unread_user_id_list"):
            return Report("delivered", "read" if result.get("read_user_id_list") else "unread")
        return None

    def _call(self, path: str, body: Mapping[str, Any]) -> tuple[Answer, int] | SendResult:
        return call(
            (self.api_endpoint, self.app_key, self.app_secret),
            self._fetch,
            lambda token: post_json(
                f"{self.endpoint}{path}?access_token={token}",
                body,
                timeout=self.timeout_seconds,
            ),
            is_stale,
        )

    def _fetch(self, _is_forced: bool) -> Token | SendResult:
        answer = post_json(
            f"{self.api_endpoint}/v1.0/oauth2/accessToken",
            {"appKey": self.app_key, "appSecret": self.app_secret},
            timeout=self.timeout_seconds,
        )
        return read_token(answer, name="accessToken", life="expireIn")


def named(answer: httpx.Response | SendResult, field: str) -> str | SendResult:
    """The text under `field` of an answer's JSON; else what went wrong."""
    if isinstance(answer, SendResult):
        return answer
    told = answered(answer)
    if isinstance(text := told.get(field), str) and text:
        return text
    code, words = refusal(told, answer.status_code)
    return SendResult("refused", code=code, words=words)


def message(letter: Letter) -> dict[str, Any]:
    """The msg object, within 2048 bytes: an OA card when there is something to open, else plain text."""
    title, text = letter.values["title"], letter.values["text"]
    while (
        len(json.dumps(shaped(title, text, letter.link), ensure_ascii=False).encode()) > MOST_BYTES and text
    ):
        text = text.removesuffix("…")[:-8] + "…" if len(text) > 9 else ""
    return shaped(title, text, letter.link)


def shaped(title: str, text: str, link: str) -> dict[str, Any]:
    """The msg object as it is."""
    if not link:
        return {"msgtype": "text", "text": {"content": f"{title}\n{text}"}}
    return {
        "msgtype": "oa",
        "oa": {
            "message_url": link,
            "head": {"bgcolor": "FF0E6B78", "text": title[:20]},
            "body": {"title": title, "content": text},
        },
    }
