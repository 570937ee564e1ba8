"""Which SMS gateway this installation has, and the forms of a phone number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext as _

from jizuo.ground import outside
from jizuo.ground.errors import BadInput
from jizuo.ground.gateways.aliyun import AliyunSms
from jizuo.ground.gateways.shapes import SendResult, SmsGateway
from jizuo.ground.gateways.tencent import TencentSms

NO_GATEWAY = "no-gateway"
DAILY_CAP = 500


class NoGateway:
    """No provider is set up: every message is refused, and the caller offers a printed code instead."""

    @property
    def title(self) -> str:
        """What the settings page says."""
        return _("没有短信网关，请使用纸质验证码")

    def send(self, phone: str, template: str, params: Mapping[str, str]) -> SendResult:
        return SendResult("refused", code=NO_GATEWAY)


def configured() -> SmsGateway:
    """The gateway named in ``secrets/sms.json``, or `NoGateway`. Raises `BadSetting` in Chinese.

    kind: aliyun (key_id, secret, sign, templates) or tencent (the same and app_id, region); price_fen,
    endpoint, daily_cap and fields may be left out. templates: our name -> the provider's template; fields: our
    name -> the values it takes, in its order.
    """
    told = outside.read("sms")
    if told is None:
        return NoGateway()
    kinds: dict[str, type[AliyunSms | TencentSms]] = {"aliyun": AliyunSms, "tencent": TencentSms}
    made = kinds.get(told.get("kind", ""))
    if made is None:
        raise outside.BadSetting("sms.json 的 kind 应是 aliyun 或 tencent。")
    more = ("app_id",) if made is TencentSms else ()
    outside.read("sms", needs=("key_id", "secret", "sign", "templates", *more))
    given = {name: value for name, value in told.items() if name not in ("kind", "daily_cap", "fields")}
    if unknown := set(given) - set(made.__dataclass_fields__):
        raise outside.BadSetting(f"sms.json 里有不认识的项：{'、'.join(sorted(unknown))}。")
    return made(**given)


def daily_cap() -> int:
    """Most messages a unit may send on one day."""
    told = outside.read("sms") or {}
    return int(told.get("daily_cap", DAILY_CAP))


def fields(template: str) -> tuple[str, ...] | None:
    """The names of the values a template takes, in its order, when the settings say so; else None."""
    told = (outside.read("sms") or {}).get("fields", {}).get(template)
    return tuple(told) if isinstance(told, list) else None


_MAINLAND = re.compile(r"1[3-9]\d{9}")
_WORLD = re.compile(r"\+[1-9]\d{6,14}")


def normal_phone(text: str) -> str:
    """E.164 of what a person typed: full width, spaces and hyphens go, 0086 and bare mainland numbers become
    +86. Raises `BadInput`."""
    plain = re.sub(r"[\s\-()（）·]", "", unicodedata.normalize("NFKC", text))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if plain.startswith("86") and _MAINLAND.fullmatch(plain[2:]):
        plain = "+" + plain
    if _MAINLAND.fullmatch(plain):
        return "+86" + plain
    is_good = _MAINLAND.fullmatch(plain[3:]) if plain.startswith("+86") else _WORLD.fullmatch(plain)
    if not plain.isascii() or not is_good:
        raise BadInput(_("手机号不对"), fix=_("请填写 11 位手机号，境外号码请以 + 和国家代码开头"))
    return plain


def masked_phone(phone: str) -> str:
    """138****8000 for +8613800138000; of another number the last four digits only."""
    bare = phone.removeprefix("+86")
    return f"{bare[:3]}****{bare[-4:]}" if phone.startswith("+86") else f"****{phone[-4:]}"
