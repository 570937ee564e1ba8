"""WeChat: template messages and subscription notices of an official account, subscription messages of a
mini-programme.

Pages of developers.weixin.qq.com followed here: 获取稳定版接口调用凭据 (getStableAccessToken), 发送模板消息
(sendTemplateMessage), 生成带参数的二维码 (qrcode/create), 发送订阅通知 (sendNewSubscribeMsg, bizsend),
发送订阅消息 (subscribeMessage.send), 全局返回码.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from jizuo.ground.gateways.line import post_json
from jizuo.ground.gateways.shapes import Answer, Letter, SendResult
from jizuo.ground.gateways.tokens import Token, call, errcode, read_token, refusal, twice_at_most, unclear

#: access_token wrong, not this account's, or past its life: the message was not read.
STALE = frozenset({40001, 40014, 42001})
#: A 事物 field (thing) holds 20 characters; a longer one refuses the whole message (47003).
THING_CHARACTERS = 20


def is_stale(told: Answer) -> bool:
    """Whether the provider no longer knows the token."""
    return errcode(told) in STALE


def fields_of(mapped: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The `data` of a message: the template's own field -> value, by the mapping of the settings."""
    return {name: {"value": fitted(name, values.get(ours, ""))} for name, ours in mapped["fields"].items()}


def fitted(name: str, value: str) -> str:
    """`value` as the field takes it: a thing is one line of at most 20 characters, cut with an ellipsis.
    Times, amounts and numbers are left alone: the provider says what is wrong with them."""
    if name.rstrip("0123456789") != "thing":
        return value
    line = " ".join(value.split())
    return line if len(line) <= THING_CHARACTERS else line[: THING_CHARACTERS - 1] + "…"


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """A 服务号. templates: our name -> {"id", "fields": {the template's field: our value's name}, "kind":
    "template" (模板消息, the default) | "notice" (订阅通知)}. token and aes_key: of the server's address (safe
    mode); without them events are not taken."""

    app_id: str
    secret: str = field(repr=False)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    endpoint: str = "https://api.weixin.qq.com"
    timeout_seconds: float = 8
    title: str = "微信公众号"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.templates)

    def wanted(self, template: str) -> frozenset[str]:
        mapped = self.templates.get(template)
        return frozenset(mapped["fields"].values()) if mapped else frozenset()

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        mapped = self.templates.get(letter.template)
        if mapped is None:
            return SendResult("refused", code="no-template")
        body: dict[str, Any] = {
            "touser": address,
            "template_id": mapped["id"],
            "data": fields_of(mapped, letter.values),
        }
        if mapped.get("kind", "template") == "notice":
            # A notice has no mark against a repeat, and one consent allows one notice: asked once.
            if letter.link:
                body["page"] = letter.link
            return self._send("/cgi-bin/message/subscribe/bizsend", body)
        if letter.link:
            body["url"] = letter.link
        # client_msg_id: within ten minutes the same one reaches the same openid once.
        body["client_msg_id"] = letter.mark
        return twice_at_most(lambda: self._send("/cgi-bin/message/template/send", body))

    def _send(self, path: str, body: Mapping[str, Any]) -> SendResult:
        return send(self, path, body)

    def scene_address(self, scene: str, seconds: int) -> str | SendResult:
        """What a QR code says that brings its scanner to this account with `scene` (at most 64 characters), for at
        most 30 days; else why there is none (生成带参数的二维码, QR_STR_SCENE)."""
        body = {
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        answer = ask(self, "/cgi-bin/qrcode/create", body)
        if isinstance(answer, SendResult):
            return answer
        told, status = answer
        if isinstance(address := told.get("url"), str) and address:
            return address
        code, words = refusal(told, status)
        return SendResult("refused", code=code, words=words)


@dataclass(frozen=True, slots=True)
class MiniProgramme:
    """A 小程序. templates as of an official account, with "page": the page it opens ("{link}" stands for the
    message's address, percent-encoded, as a web-view wants it). state: formal | trial | developer."""

    app_id: str
    secret: str = field(repr=False)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    state: str = "formal"
    endpoint: str = "https://api.weixin.qq.com"
    timeout_seconds: float = 8
    title: str = "微信小程序"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.templates)

    def wanted(self, template: str) -> frozenset[str]:
        mapped = self.templates.get(template)
        return frozenset(mapped["fields"].values()) if mapped else frozenset()

    def hand_over(self, address: str, letter: Letter) -> SendResult:
        mapped = self.templates.get(letter.template)
        if mapped is None:
            return SendResult("refused", code="no-template")
        body: dict[str, Any] = {
            "touser": address,
            "template_id": mapped["id"],
            "data": fields_of(mapped, letter.values),
            "miniprogram_state": self.state,
            "lang": "zh_CN",
        }
        if mapped.get("page"):
            body["page"] = mapped["page"].replace("{link}", quote(letter.link, safe=""))
        return send(self, "/cgi-bin/message/subscribe/send", body)


def ask(
    account: OfficialAccount | MiniProgramme, path: str, body: Mapping[str, Any]
) -> tuple[Answer, int] | SendResult:
    """One call with the account's token: the answer's JSON and status."""

    def fetch(is_forced: bool) -> Token | SendResult:
        asked = {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": account.secret,
            "force_refresh": is_forced,
        }
        answer = post_json(f"{account.endpoint}/cgi-bin/stable_token", asked, timeout=account.timeout_seconds)
        return read_token(answer, name="access_token", life="expires_in")

    return call(
        (account.endpoint, account.app_id, account.secret),
        fetch,
        lambda token: post_json(
            f"{account.endpoint}{path}?access_token={token}", body, timeout=account.timeout_seconds
        ),
        is_stale,
    )


def send(account: OfficialAccount | MiniProgramme, path: str, body: Mapping[str, Any]) -> SendResult:
    """One call of the message interface, with what its errcode means. 0 is accepted; -1 and no number decide
    nothing; every other number is a refusal before the message went anywhere."""
    answer = ask(account, path, body)
    if isinstance(answer, SendResult):
        return answer
    told, status = answer
    if (doubt := unclear(told, status)) is not None:
        return doubt
    code, words = refusal(told, status)
    if code == "0":
        return SendResult("accepted", str(told.get("msgid", "")), code)
    return SendResult("refused", code=code, words=words)
