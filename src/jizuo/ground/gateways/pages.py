"""The page of channels for whoever looks after the base, and the addresses that the providers' servers call."""

from __future__ import annotations

import logging
import secrets
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jizuo.ground import outside
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput
from jizuo.ground.files.jobs import whole_base
from jizuo.ground.gateways import actions, channels, crypt, events, jobs, queries
from jizuo.ground.gateways.crypt import BadSeal
from jizuo.ground.gateways.shapes import Event
from jizuo.ground.pages.admin import base_tabs, say
from jizuo.ground.pages.parts import Progress
from jizuo.ground.pages.shell import Page, to

log = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
#: A trial that has no record by then was never tried: no worker runs, or the unit's cap is reached.
TRIAL_SECONDS = 60
ADDRESS_HINTS = {
    "sms": gettext_lazy("手机号"), "mail": gettext_lazy("邮箱"), "wechat": gettext_lazy("自己的 openid"),
    "wechat_mini": gettext_lazy("自己在小程序里的 openid"), "wecom": gettext_lazy("自己的企业微信 userid"),
    "wecom_school": gettext_lazy("家校通讯录里的家长 userid"), "dingtalk": gettext_lazy("自己的钉钉 userid"),
}  # fmt: skip
STATE_TONES = {"accepted": "lv", "refused": "zhu", "unknown": "huang", "trying": "huang"}


@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Every channel: set up or not, the newest success and failure, and a trial."""
    found = queries.channel_states()
    lines = [
        {"channel": one, "hint": ADDRESS_HINTS[one.channel], "file": f"{one.channel}.json"} for one in found
    ]
    trial = request.GET.get("trial", "")
    context = {
        "lines": lines,
        "on_count": sum(one.is_on for one in found),
        "trial": _progress(trial) if trial else None,
        "tabs": base_tabs("channels"),
    }
    return render(request, "ground/admin/channels.html", context)


@require_http_methods(["POST"])
def try_one(request: HttpRequest, channel: str) -> HttpResponse:
    """Queue a trial and go back to the page, which follows it."""
    try:
        trial_id = actions.try_channel(
            channel=channel,
            address=request.POST.get("address", ""),
            template=request.POST.get("template", ""),
        )
    except BadInput as error:
        say(request, error)
        return redirect(to("channels"))
    messages.success(request, _("已交给发送，结果马上在这一页显示。"))
    return redirect(f"{to('channels')}?trial={channel}.{trial_id}")


@never_cache
def trial(request: HttpRequest, channel: str, trial_id: UUID) -> HttpResponse:
    """How far a trial is, as the page polls it."""
    return render(request, "parts/_progress.html", {"progress": _progress(f"{channel}.{trial_id}")})


def _progress(named: str) -> Progress:
    channel, _dot, text = named.partition(".")
    try:
        trial_id = UUID(text)
    except ValueError:
        raise BadInput(_("没有这次试发"), fix=_("请回到渠道页再试一次")) from None
    if channel not in channels.ALL:
        raise BadInput(_("没有这次试发"), fix=_("请回到渠道页再试一次"))
    words = _("试发：%(channel)s") % {"channel": channels.TITLES[channel]}
    poll = to(f"channels/{channel}/trial/{trial_id}")
    sent = queries.sent(channel=channel, key=jobs.trial_key(trial_id))
    if sent is None:
        # A UUID of version 7 begins with its millisecond.
        age = time.time() - (trial_id.int >> 80) / 1000
        if age > TRIAL_SECONDS:
            return Progress(
                words,
                state="failed",
                detail=_("一分钟内没有发出，请看任务进程是否在运行、今天的短信是否用完。"),
            )
        return Progress(words, state="waiting", poll=poll)
    if sent.state == "trying":
        return Progress(words, state="running", poll=poll)
    if sent.state == "accepted":
        return Progress(
            words, 100, state="done", detail=_("服务商已收下，请看 %(to)s 收到没有。") % {"to": sent.masked}
        )
    told = " ".join(part for part in (sent.code, sent.words) if part)
    detail = _("服务商说：%(told)s。%(fix)s") % {"told": told, "fix": sent.fix}
    return Progress(words, state="failed", detail=detail)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, channel: str, unit_no: int = 0) -> HttpResponse:
    """What a provider's server tells an account: 404 when the account takes no events, 403 for what is not
    signed by the provider or not for us. Anything heard is answered at once, news or not."""
    account = _listening(channel, unit_no)
    if account is None:
        raise Http404
    if len(request.body) > MOST_BYTES:
        return HttpResponseBadRequest("too long", content_type="text/plain")
    push = account.push
    stamp, nonce = request.GET.get("timestamp", ""), request.GET.get("nonce", "")
    try:
        if channel == channels.DINGTALK:
            given = request.GET.get("msg_signature") or request.GET.get("signature", "")
            told = _opened(push, given, stamp, nonce, _sealed_of(request))
            _note(account, events.of_dingtalk(channel, told))
            return _sealed_success(push)
        if request.method == "GET":
            return HttpResponse(_echo(push, channel, request.GET), content_type="text/plain")
        told = _opened(push, request.GET.get("msg_signature", ""), stamp, nonce, _sealed_of(request))
    except BadSeal as fault:
        log.warning("callback of %s: %s", account.name, fault)
        return HttpResponse("not accepted", status=403, content_type="text/plain")
    of = events.of_wechat if channel in (channels.WECHAT, channels.WECHAT_MINI) else events.of_wecom
    _note(account, of(channel, told))
    return HttpResponse("success", content_type="text/plain")


def _listening(channel: str, unit_no: int) -> channels.Account | None:
    if channel not in channels.KINDS:
        return None
    try:
        account = channels.own_account(channel, unit_no)
    except outside.BadSetting as fault:
        log.warning("callback of %s: %s", channel, fault)
        return None
    return account if account and channels.takes_events(account.push) else None


def _sealed_of(request: HttpRequest) -> str:
    """The sealed text in a body of XML or JSON. Bodies in the clear are not taken: their signature does not
    cover them."""
    try:
        told = events.parsed(request.body.decode())
    except UnicodeDecodeError:
        raise BadSeal("text") from None
    sealed = told.get("Encrypt") or told.get("encrypt")
    if not isinstance(sealed, str):
        raise BadSeal("nothing sealed")
    return sealed


def _opened(push: channels.Push, given: str, stamp: str, nonce: str, sealed: str) -> dict[str, Any]:
    if not crypt.is_signed(given, push.token, stamp, nonce, sealed):
        raise BadSeal("signature")
    return events.parsed(crypt.unseal(push.aes_key, sealed, channels.owners(push)))


def _echo(push: channels.Push, channel: str, query: Any) -> str:
    """The answer to the trial of an address: WeChat asks in the clear, WeCom sealed."""
    stamp, nonce, echo = query.get("timestamp", ""), query.get("nonce", ""), query.get("echostr", "")
    if channel in (channels.WECHAT, channels.WECHAT_MINI):
        if not crypt.is_signed(query.get("signature", ""), push.token, stamp, nonce):
            raise BadSeal("signature")
        return str(echo)
    if not crypt.is_signed(query.get("msg_signature", ""), push.token, stamp, nonce, echo):
        raise BadSeal("signature")
    return crypt.unseal(push.aes_key, echo, channels.owners(push))


def _sealed_success(push: channels.Push) -> HttpResponse:
    stamp, nonce = str(int(datetime.now(UTC).timestamp() * 1000)), secrets.token_hex(4)
    sealed = crypt.seal(push.aes_key, "success", channels.owners(push)[0])
    told = {
        "msg_signature": crypt.signature(push.token, stamp, nonce, sealed),
        "timeStamp": stamp,
        "nonce": nonce,
        "encrypt": sealed,
    }
    return JsonResponse(told)


def _note(account: channels.Account, told: list[Event]) -> None:
    """Write news down. The base's account speaks of messages of every unit, a unit's only of its own."""
    heard = [event for event in told if event.kind != "other"]
    if not heard:
        return
    unit_no = account.unit_no
    scope = scopes.Scope(role=scopes.OPERATOR, unit_no=unit_no, units=(unit_no,)) if unit_no else whole_base()
    with scopes.use(scope):
        for event in heard:
            actions.note_event(account=account.name, event=event)


OPERATOR = frozenset({scopes.OPERATOR})
PAGES = [
    Page(
        "channels",
        overview,
        gettext_lazy("发送渠道"),
        OPERATOR,
        group="base",
        icon="发",
        order=65,
        on_phone=False,
    ),
    Page("channels/<slug:channel>/try", try_one, gettext_lazy("试发"), OPERATOR, in_menu=False),
    Page(
        "channels/<slug:channel>/trial/<uuid:trial_id>", trial, gettext_lazy("试发"), OPERATOR, in_menu=False
    ),
]
