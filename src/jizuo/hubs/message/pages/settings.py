"""How a school sends, and how it says things."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.pages.shell import Page, to
from jizuo.hubs.message import rules, ways, wording
from jizuo.hubs.message.actions import settings as actions
from jizuo.hubs.message.pages.places import said
from jizuo.hubs.message.queries import settings as queries
from jizuo.hubs.message.queries.settings import SETTING_ROLES
from jizuo.hubs.message.shapes import Setting
from jizuo.hubs.message.wording import LANGUAGES, Words

LANGUAGE_WORDS = {"zh": gettext_lazy("中文"), "en": gettext_lazy("英文")}


def page(request: HttpRequest) -> HttpResponse:
    """Both forms; each posts by itself."""
    if request.method == "POST":
        try:
            if request.POST.get("form") == "words":
                words = Words(request.POST.get("title", ""), request.POST.get("text", ""))
                actions.change_words(
                    template=request.POST.get("template", ""), language=request.POST.get("language", ""), words=words
                )  # fmt: skip
            else:
                actions.change_setting(setting=posted(request))
        except BadInput as error:
            messages.error(request, said(error))
        else:
            messages.success(request, _("已保存。"))
        return redirect(to("message-settings"))
    setting, own = queries.message_setting()
    templates = [
        {
            "key": one.key,
            "title": one.title,
            "fields": "　".join(
                f"{{{word}}}" for word, field in rules.FIELDS.items() if field in one.fields and not word.isascii()
            ),
            "words": [
                (language, LANGUAGE_WORDS[language], own.get((one.key, language)), one.words[language])
                for language in LANGUAGES
            ],
        }
        for one in wording.templates().values()
    ]  # fmt: skip
    context = {
        "setting": setting,
        "templates": templates,
        "languages": LANGUAGE_WORDS.items(),
        "price": ways.price_fen() / 100,
        "has_sms": ways.is_on(rules.SMS, 0),
        "trail": [(_("通知"), to("notices"))],
    }
    return render(request, "message/settings.html", context)


def posted(request: HttpRequest) -> Setting:
    """The setting in the form. Raises BadInput."""
    told = request.POST
    try:
        return Setting(
            told.get("is_sms_on") == "1", int(told.get("sms_month_cap", "")), time.fromisoformat(told.get("quiet_from", "")),
            time.fromisoformat(told.get("quiet_to", "")), time.fromisoformat(told.get("digest_at", "")),
            int(told.get("remind_hours", "")), told.get("language", "zh"),
        )  # fmt: skip
    except ValueError:
        raise BadInput(
            _("设置没有保存"),
            problems=[Problem(_("数字或时间"), _("有一格读不出来"), _("数字填整数，时间填如 22:00"))],
        ) from None


PAGES = (Page("message-settings", page, gettext_lazy("消息设置"), SETTING_ROLES, in_menu=False),)
