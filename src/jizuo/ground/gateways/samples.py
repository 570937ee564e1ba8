"""Invented values with which a template is tried, in the form its fields ask for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jizuo.ground.gateways import channels, sms

#: WeChat's kinds of fields (订阅消息参数值内容限制说明) that take no free words.
FORMS = {
    "number": "1",
    "letter": "TEST",
    "symbol": "+",
    "character_string": "TEST-1",
    "time": "2026-09-16 10:00",
    "date": "2026-09-16",
    "amount": "1.00",
    "phone_number": "0571-00000000",
    "car_number": "浙A00000",
}


def of_field(name: str) -> str:
    """A value that a WeChat field of this name accepts: ``time2`` -> a time."""
    return FORMS.get(name.rstrip("0123456789"), _("试发"))


def of(channel: str, unit_no: int, template: str) -> dict[str, str]:
    """Our names -> invented values for a template of a channel; empty where `title` and `text` are all. A
    short message gets digits: most of its templates carry a code."""
    if channel == channels.SMS:
        return dict.fromkeys(sms.fields(template) or ("code",), "123456")
    if channel not in (channels.WECHAT, channels.WECHAT_MINI):
        return {}
    account = channels.account(channel, unit_no)
    mapped = getattr(account.push, "templates", {}).get(template) if account else None
    return {ours: of_field(name) for name, ours in mapped["fields"].items()} if mapped else {}
