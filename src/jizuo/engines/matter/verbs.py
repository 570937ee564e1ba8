"""The verbs of matters and their words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: What a button says.
BUTTONS = {
    "approve": _("同意"), "sign": _("签字"), "done": _("办好了"), "refuse": _("不同意"), "return": _("退回补正"),
}  # fmt: skip
#: What a timeline says was done.
WORDS = {
    "start": _("提交"), "approve": _("同意"), "sign": _("签字"), "done": _("办好"), "refuse": _("不同意"),
    "return": _("退回补正"), "resubmit": _("补正后再提交"), "withdraw": _("撤回"), "undo": _("取消"), "take_back": _("收回重办"),
    "delegate": _("转交"),
    "add_signer": _("加签"), "hand_over": _("转给别人"), "move": _("调整步骤"), "end": _("办结不再办"), "press": _("催办"),
    "rate": _("评价"), "skip": _("不用办"), "write": _("已记入"), "tell": _("已通知"), "decide": _("按规则判定"),
    "call": _("自动办理"), "children": _("发起下级事项"), "wait": _("等下级办完"), "document": _("生成文书"),
    "publish": _("公布"), "late": _("逾期"), "remind": _("到期前提醒"), "go": _("继续"),
}  # fmt: skip
STATES = {
    "open": _("办理中"), "waiting": _("待补正"), "done": _("办结"), "refused": _("未通过"), "withdrawn": _("已撤回"),
    "ended": _("不再办"),
}  # fmt: skip
TONES = {"open": "qing", "waiting": "huang", "done": "lv", "refused": "zhu", "withdrawn": "", "ended": ""}


def word_of(verb: str) -> str:
    """What a timeline calls a verb."""
    return str(WORDS.get(verb, verb))
