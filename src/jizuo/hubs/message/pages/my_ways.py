"""How I am reached: what is bound, how to bind, how to end it."""

from __future__ import annotations

import secrets
import time
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import DoorError, NotFound
from jizuo.ground.gateways import channels
from jizuo.ground.gateways.dingtalk import DingTalk
from jizuo.ground.gateways.tokens import NO_MEMBER
from jizuo.ground.gateways.wechat import OfficialAccount
from jizuo.ground.gateways.wecom import Wecom
from jizuo.ground.pages.shell import Page, here, to
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.rules import codes
from jizuo.hubs.message import rules, ways
from jizuo.hubs.message.actions import addresses as actions
from jizuo.hubs.message.pages.places import CHANNELS, inbox_path, said
from jizuo.hubs.message.queries import addresses as queries
from jizuo.hubs.message.queries.addresses import BINDERS, STAFF

#: In the web session: the QR code on the page, and the sign-in that was begun.
SCANNING, SIGNING = "way_scan", "way_sign_in"
SIGN_IN_SECONDS = 600


@never_cache
def page(request: ActingRequest) -> HttpResponse:
    """Every way in its state; a POST asks for a QR code, or ends a binding."""
    if request.method == "POST":
        return _acted(request)
    found = queries.my_ways()
    account: Any = request.user
    context = {
        "ways": [{"one": one, "title": CHANNELS[one.channel]} for one in found],
        "scan": _scan(request, found),
        "email": codes.mask_email(account.email),
        "has_mail": ways.is_on(rules.MAIL, scopes.current().unit_no),
        "is_family": scopes.current().role == scopes.GUARDIAN,
        "trail": [(_("消息"), to(inbox_path()))],
        "where": [request.unit_name],
    }
    return render(request, "message/my_ways.html", context)


@never_cache
def state(request: ActingRequest) -> HttpResponse:
    """What the page asks while its QR code waits to be scanned: nothing new, or come and look."""
    if not request.headers.get("HX-Request"):
        return redirect(to("message-ways"))
    held = request.session.get(SCANNING)
    if held and time.time() < held["until"] and not _is_scanned(held, queries.my_ways()):
        return HttpResponse(status=204)
    if held and time.time() < held["until"]:
        messages.success(request, _("微信已绑定，以后通知会发到微信。"))
    request.session.pop(SCANNING, None)
    return HttpResponse(status=204, headers={"HX-Redirect": to("message-ways")})


@never_cache
def sign_in(request: ActingRequest, channel: str) -> HttpResponse:
    """Go to WeCom or DingTalk, which says who is there and sends back."""
    account = ways.account(channel, scopes.current().unit_no) if channel in channels.KINDS else None
    if account is None or not isinstance(account.push, Wecom | DingTalk):
        raise NotFound(_("没有这个渠道"))
    mark = secrets.token_hex(16)
    request.session[SIGNING] = {
        "state": mark, "grant_no": scopes.current().grant_no, "channel": channel, "until": time.time() + SIGN_IN_SECONDS,
    }  # fmt: skip
    back_to = request.build_absolute_uri(reverse("way-back", args=[channel]))
    return redirect(account.push.sign_in_address(back_to, mark))


@login_required
@never_cache
def back(request: HttpRequest, channel: str) -> HttpResponse:
    """Where the provider sends back to, with a code; only the browser that went is heard, once."""
    begun = request.session.pop(SIGNING, None)
    given = request.GET.get("state", "")
    if not begun or begun["channel"] != channel or not secrets.compare_digest(
        begun["state"].encode(), given.encode()
    ) or time.time() > begun["until"]:  # fmt: skip
        raise NotFound(_("这次绑定不是从这里开始的，或已经过期"), fix=_("请回到“我的通知方式”再试一次"))
    account_id: Any = request.user.pk
    found = acting.scope_of(begun["grant_no"], account_id, acting.today())
    if found is None:
        raise NotFound(_("这个身份已经结束"))
    with scopes.use(found.scope):
        _bind(request, channel)
    return redirect(here(begun["grant_no"], "message-ways"))


def _bind(request: HttpRequest, channel: str) -> None:
    account = ways.account(channel, scopes.current().unit_no)
    if account is None or not isinstance(account.push, Wecom | DingTalk):
        raise NotFound(_("没有这个渠道"))
    user = account.push.user_of(request.GET.get("authCode") or request.GET.get("code", ""))
    if not isinstance(user, str):
        if user.code == NO_MEMBER:
            messages.error(request, _("您登录的账号不在本单位的通讯录里。请换用本单位的账号再试。"))
        else:
            messages.error(request, _("没有绑定：服务商说 %(code)s %(words)s。请再试一次。") % {
                "code": user.code, "words": user.words,
            })  # fmt: skip
        return
    try:
        actions.bind_address(channel=channel, address=Secret(user))
    except DoorError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("%(title)s已绑定。") % {"title": CHANNELS[channel]})


def _acted(request: ActingRequest) -> HttpResponse:
    try:
        if request.POST.get("drop"):
            actions.drop_address(channel=request.POST["drop"])
            messages.success(request, _("已解绑，以后不再发到那里。"))
            request.session.pop(SCANNING, None)
        else:
            _ask(request)
    except DoorError as error:
        messages.error(request, said(error))
    return redirect(to("message-ways"))


def _ask(request: ActingRequest) -> None:
    """Put the address of a new QR code into the session; the provider is asked outside the door."""
    scan = actions.ask_scan()
    account = ways.account(channels.WECHAT, scopes.current().unit_no)
    push = account.push if account else None
    if not isinstance(push, OfficialAccount):
        raise NotFound(_("没有这个渠道"))
    address = push.scene_address(scan.code, int(actions.SCAN_LIFE.total_seconds()))
    if isinstance(address, str):
        request.session[SCANNING] = {
            "address": address, "from": time.time(), "until": scan.until.timestamp(),
        }  # fmt: skip
    else:
        messages.error(
            request, _("现在要不到微信的码（%(code)s），请过一会儿再试。") % {"code": address.code}
        )


def _scan(request: ActingRequest, found: list[Any]) -> dict[str, str] | None:
    """The picture that waits to be scanned; None without one, and once it was scanned or is old."""
    held = request.session.get(SCANNING)
    if not held:
        return None
    if time.time() >= held["until"] or _is_scanned(held, found):
        request.session.pop(SCANNING, None)
        return None
    # A PNG: WeChat's own browser reads a code from a long press on one.
    return {"picture": segno.make(held["address"], error="m").png_data_uri(scale=8, border=3)}


def _is_scanned(held: dict[str, Any], found: list[Any]) -> bool:
    return any(
        one.channel == channels.WECHAT and one.is_on and one.since and one.since.timestamp() > held["from"]
        for one in found
    )


PAGES = (
    Page("message-ways", page, gettext_lazy("我的通知方式"), BINDERS, in_menu=False),
    Page("message-ways/state", state, gettext_lazy("我的通知方式"), BINDERS, in_menu=False),
    Page("message-ways/<slug:channel>", sign_in, gettext_lazy("我的通知方式"), STAFF, in_menu=False),
)
