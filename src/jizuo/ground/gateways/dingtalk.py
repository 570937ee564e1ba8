"""DingTalk (钉钉): work notices of an application to its corporation's people.

Pages of open.dingtalk.com followed here: 获取企业内部应用的accessToken (api.dingtalk.com/v1.0/oauth2/accessToken),
发送工作通知 (asyncsend_v2), 获取工作通知消息的发送结果 (getsendresult), 服务端API全局错误码.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jizuo.ground.gateways.line import post_json
from jizuo.ground.gateways.shapes import Answer, Letter, Report, SendResult
from jizuo.ground.gateways.tokens import Token, call, errcode, read_token, refusal, twice_at_most, unclear

#: access_token wrong, or past its life: the message was not read.
STALE = frozenset({40001, 40014, 42001})
#: The most bytes of the msg object.
MOST_BYTES = 2048
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
        answer = self._call("asyncsend_v2", body)
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
        answer = self._call("getsendresult", {"agent_id": self.agent_id, "task_id": int(task_id)})
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

    def _call(self, name: str, body: Mapping[str, Any]) -> tuple[Answer, int] | SendResult:
        return call(
            (self.api_endpoint, self.app_key, self.app_secret),
            self._fetch,
            lambda token: post_json(
                f"{self.endpoint}/topapi/message/corpconversation/{name}?access_token={token}",
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
