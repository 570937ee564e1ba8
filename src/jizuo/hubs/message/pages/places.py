"""Addresses and words that the pages share."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError, NotFound
from jizuo.hubs.message import rules
from jizuo.hubs.message.shapes import NoticeLine, NoticeView

AUDIENCES = {
    rules.FAMILIES: gettext_lazy("家长"),
    rules.PUPILS: gettext_lazy("学生"),
    rules.STAFF: gettext_lazy("全体教职工"),
}
NEEDS = {
    rules.NONE: gettext_lazy("不用回执"),
    rules.READ: gettext_lazy("点“已阅”"),
    rules.CHOICE: gettext_lazy("选一项"),
}
STATES = {
    rules.DRAFT: (gettext_lazy("草稿"), ""),
    rules.SENDING: (gettext_lazy("正在发送"), "lan"),
    rules.SENT: (gettext_lazy("已发送"), "lv"),
    rules.ENDED: (gettext_lazy("已结束"), ""),
}
WAYS = {"phone": gettext_lazy("手机"), "paper": gettext_lazy("纸条"), "call": gettext_lazy("电话")}
CHANNELS = {
    "wechat": gettext_lazy("微信公众号"), "wechat_mini": gettext_lazy("微信小程序"), "wecom": gettext_lazy("企业微信"),
    "wecom_school": gettext_lazy("企业微信家校"), "dingtalk": gettext_lazy("钉钉"), "mail": gettext_lazy("邮件"),
    "sms": gettext_lazy("短信"),
}  # fmt: skip
DELIVERIES = {
    rules.WAITING: gettext_lazy("等着发"), rules.TRYING: gettext_lazy("正在发"), rules.ACCEPTED: gettext_lazy("已交给服务商"),
    rules.REFUSED: gettext_lazy("没发出去"), rules.UNKNOWN: gettext_lazy("不知道有没有发到"),
    rules.CAPPED: gettext_lazy("本月短信已用完，没发"), rules.DROPPED: gettext_lazy("收件人已不该收到，没发"),
}  # fmt: skip


def inbox_path() -> str:
    """Where the acting role finds what it was told: a school's office beside its notices, to keep the menu short."""
    return "notices/inbox" if scopes.current().role in scopes.SCHOOL_ROLES else "messages"


def answer_word(answer: str) -> str:
    """How an answer is shown; '' while there is none."""
    return _("已阅") if answer == rules.READ else answer


def due_word(notice: NoticeLine | NoticeView) -> str:
    """Until when answers are taken."""
    return timezone.localtime(notice.due_at).strftime("%m-%d %H:%M") if notice.due_at else _("不限")


def id_in(text: str) -> UUID | None:
    """The id in a request, None for none. Raises NotFound for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("没有这一项")) from None


def ids_in(texts: Iterable[str]) -> tuple[UUID, ...]:
    """The ids posted, in order and once; what is none is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return tuple(found)


def said(error: DoorError) -> str:
    """An error as one line for a person."""
    what = "；".join(f"{one.what}。{one.fix}".rstrip("。") for one in error.problems)
    return f"{error.detail}：{what}" if what else f"{error.detail}。{error.fix}".rstrip("。")
