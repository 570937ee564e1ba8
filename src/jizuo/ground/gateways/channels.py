"""Which push channels this installation has, for whom, and the forms of their addresses.

``secrets/wechat.json`` is the base's own account; ``secrets/wechat-12.json`` that of unit 12, which then is used
for that unit. So for wechat, wechat_mini, wecom, wecom_school and dingtalk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import outside
from jizuo.ground.errors import BadInput
from jizuo.ground.gateways import mail, sms
from jizuo.ground.gateways.dingtalk import DingTalk
from jizuo.ground.gateways.wechat import MiniProgramme, OfficialAccount
from jizuo.ground.gateways.wecom import Wecom, WecomSchool

SMS, MAIL = "sms", "mail"
WECHAT, WECHAT_MINI, WECOM, WECOM_SCHOOL, DINGTALK = (
    "wechat",
    "wechat_mini",
    "wecom",
    "wecom_school",
    "dingtalk",
)
Push = OfficialAccount | MiniProgramme | Wecom | WecomSchool | DingTalk
KINDS: dict[str, type[Push]] = {
    WECHAT: OfficialAccount, WECHAT_MINI: MiniProgramme, WECOM: Wecom, WECOM_SCHOOL: WecomSchool,
    DINGTALK: DingTalk,
}  # fmt: skip
NEEDS: dict[str, tuple[str, ...]] = {
    WECHAT: ("app_id", "secret"),
    WECHAT_MINI: ("app_id", "secret"),
    WECOM: ("corp_id", "secret", "agent_id"),
    WECOM_SCHOOL: ("corp_id", "secret", "agent_id"),
    DINGTALK: ("app_key", "app_secret", "agent_id"),
}
TITLES = {
    SMS: gettext_lazy("短信"), MAIL: gettext_lazy("电子邮件"), WECHAT: gettext_lazy("微信公众号"),
    WECHAT_MINI: gettext_lazy("微信小程序"), WECOM: gettext_lazy("企业微信（教职工）"),
    WECOM_SCHOOL: gettext_lazy("企业微信家校通知"), DINGTALK: gettext_lazy("钉钉工作通知"),
}  # fmt: skip
ALL = tuple(TITLES)

#: One person's openid or userid. No comma, no bar, no @all: providers read those as several people, or everyone.
_ADDRESS = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Account:
    """A channel account: one registration at a provider. name: of its settings, ``wechat`` or ``wechat-12``;
    unit_no: whose, 0 the base's."""

    name: str
    channel: str
    unit_no: int
    push: Push


def account(channel: str, unit_no: int) -> Account | None:
    """The account that sends for `unit_no`: its own, else the base's, else None. Raises `BadSetting` in
    Chinese, and `KeyError` for a channel that is none."""
    own = own_account(channel, unit_no) if unit_no else None
    return own or own_account(channel, 0)


def own_account(channel: str, unit_no: int) -> Account | None:
    """The account of exactly this unit (0: the base), or None."""
    kind, name = KINDS[channel], f"{channel}-{unit_no}" if unit_no else channel
    told = outside.read(name, needs=NEEDS[channel])
    if told is None:
        return None
    if unknown := set(told) - set(kind.__dataclass_fields__):
        raise outside.BadSetting(f"{name}.json 里有不认识的项：{'、'.join(sorted(unknown))}。")
    if "templates" in kind.__dataclass_fields__:
        _check_templates(name, told.get("templates", {}))
    if "agent_id" in kind.__dataclass_fields__:
        if not str(told["agent_id"]).isdecimal():
            raise outside.BadSetting(f"{name}.json 的 agent_id 应是数字。")
        told["agent_id"] = int(told["agent_id"])
    if (key := told.get("aes_key", "")) and len(key) != 43:
        raise outside.BadSetting(f"{name}.json 的 aes_key 应是 43 个字符（EncodingAESKey）。")
    return Account(name, channel, unit_no, kind(**told))


def _check_templates(name: str, told: Any) -> None:
    for ours, one in told.items() if isinstance(told, dict) else [("", None)]:
        is_good = (
            isinstance(one, dict)
            and isinstance(one.get("id"), str)
            and isinstance(one.get("fields"), dict)
            and all(isinstance(value, str) for value in one["fields"].values())
            and one.get("kind", "template") in ("template", "notice")
            and not set(one) - {"id", "fields", "kind", "page"}
        )
        if not is_good:
            raise outside.BadSetting(
                f"{name}.json 的 templates 里“{ours}”应写成 "
                '{"id": "模板编号", "fields": {"thing1": "title"}}，公众号可加 "kind": "template" 或 "notice"。'
            )


def is_on(channel: str, unit_no: int = 0) -> bool:
    """Whether a message of `unit_no` would be sent by this channel. Raises `BadSetting`."""
    if channel == SMS:
        return not isinstance(sms.configured(), sms.NoGateway)
    if channel == MAIL:
        return mail.configured() is not None
    return account(channel, unit_no) is not None


def takes_events(push: Push) -> bool:
    """Whether the provider's server may tell us things: the two keys of its safe mode are set."""
    return bool(push.token and push.aes_key)


def owners(push: Push) -> tuple[str, ...]:
    """Whose name a sealed message of the provider's server ends with."""
    if isinstance(push, DingTalk):
        return tuple(name for name in (push.app_key, push.corp_id) if name)
    return (push.app_id,) if isinstance(push, OfficialAccount | MiniProgramme) else (push.corp_id,)


def normal_address(channel: str, text: str) -> str:
    """The address as its provider wants it. Raises `BadInput`."""
    if channel == SMS:
        return sms.normal_phone(text)
    if channel == MAIL:
        return mail.normal_address(text)
    plain = text.strip()
    if not _ADDRESS.fullmatch(plain) or plain.lower() in ("all", "@all"):
        raise BadInput(
            _("%(channel)s的接收人编号不对") % {"channel": TITLES[channel]},
            fix=_("微信填 openid，企业微信和钉钉填通讯录里的 userid，一次一个"),
        )
    return plain


def masked_address(channel: str, address: str) -> str:
    """An address for people to recognise, of which little can be told."""
    if channel == SMS:
        return sms.masked_phone(address)
    if channel == MAIL:
        return mail.masked_address(address)
    return f"{address[:3]}****{address[-3:]}" if len(address) > 12 else f"{address[:1]}****"


def check_values(wanted: frozenset[str], values: Mapping[str, str]) -> None:
    """Raise `BadInput` naming the values a template wants and the message has not."""
    if missing := sorted(name for name in wanted if not values.get(name)):
        raise BadInput(
            _("消息缺少 %(names)s") % {"names": "、".join(missing)},
            fix=_("请补上内容，或让管理员改正模板的对应关系"),
        )
