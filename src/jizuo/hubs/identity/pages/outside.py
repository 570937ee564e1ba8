"""Signing in from elsewhere: out to a source, back with an answer, unknown people, and sign-outs both ways."""

from __future__ import annotations

import base64
import logging
import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jizuo.ground.errors import DoorError
from jizuo.ground.scope import BASE_UNIT
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import asks, outside, passkeys, sessions, sources
from jizuo.hubs.identity.entry import Secret
from jizuo.hubs.identity.gate import safe_next
from jizuo.hubs.identity.pages.forms import PlainForm
from jizuo.hubs.identity.rules import strength
from jizuo.hubs.identity.rules import upstream as rules
from jizuo.hubs.identity.shapes import SourceLine
from jizuo.hubs.identity.upstream.kinds import KINDS
from jizuo.hubs.identity.upstream.shapes import Claimed, Refused, Source

log = logging.getLogger(__name__)
#: In the web session: whoever came back and is not known here, sealed, for a quarter of an hour.
HELD, HELD_SECONDS = "outside_held", 900
MOST_SIGNS = 4096


class AskSchool(PlainForm):
    """What a person whom a source vouches for tells a school."""

    unit_no = django_forms.TypedChoiceField(label=gettext_lazy("学校"), coerce=int)
    name = django_forms.CharField(label=gettext_lazy("您的姓名"), max_length=50)
    words = django_forms.CharField(
        label=gettext_lazy("给学校的话"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如“三（2）班班主任”“陈以宁的妈妈”，让教务员认得出您。"),
    )


def back_address(request: HttpRequest, source_id: UUID) -> str:
    """Where a source sends the browser back to; to be registered there."""
    return request.build_absolute_uri(reverse("outside-back", args=[source_id]))


def agent_of(request: HttpRequest) -> str:
    """What the browser says it is."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:400]


def is_in_app(request: HttpRequest) -> bool:
    """Whether the browser is that of WeChat, WeCom or DingTalk."""
    return bool(rules.fitting_kind(agent_of(request)))


def buttons(request: HttpRequest, following: str) -> list[tuple[SourceLine, str]]:
    """(source, address) of the ways in from elsewhere that the sign-in page offers; `school` of the address names a
    school whose own ones are shown too."""
    told = request.GET.get("school", "")
    unit_no = int(told) if told.isdecimal() and len(told) < 9 else None
    with entry.as_visitor(request):
        found = sources.offered(unit_no=unit_no, user_agent=agent_of(request))
    more = ({"next": following} if following else {}) | (
        {"again": "1"} if request.user.is_authenticated else {}
    )
    tail = f"?{urlencode(more)}" if more else ""
    return [(one, reverse("outside-start", args=[one.source_id]) + tail) for one in found]


def browser_of(request: HttpRequest) -> Secret:
    """What binds attempts to this browser: a random value in its web session."""
    if outside.BROWSER not in request.session:
        request.session[outside.BROWSER] = secrets.token_urlsafe(32)
    return Secret(request.session[outside.BROWSER])


def go_out(
    request: HttpRequest,
    source_id: UUID,
    following: str,
    *,
    account_id: UUID | None = None,
    is_again: bool = False,
) -> tuple[Source, str]:
    """(source, address) to send the browser to; is_again: for a new proof of who is signed in. Raises Refused, NotFound."""
    with entry.as_visitor(request):
        at = sources.source_for_sign_in(source_id=source_id)
        going = outside.begin_attempt(
            source_id=source_id,
            browser=browser_of(request),
            back=back_address(request, source_id),
            following=following,
            user_agent=agent_of(request),
            account_id=account_id,
            # Within a provider's own app on a phone the device is the person's own.
            is_own_device=bool(rules.fitting_kind(agent_of(request))),
            is_again=is_again,
        )
    return at, KINDS[at.kind].away(at, going)


def onward(request: HttpRequest, name: str, address: str) -> HttpResponse:
    """A page that leads on to a place elsewhere: the content policy lets no form end there, a link may."""
    return render(request, "identity/onward.html", {"name": name, "address": address})


@never_cache
def start(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Out to a source. `again`: from the page on which somebody signed in is asked once more who it is."""
    is_again = "again" in request.GET and request.user.is_authenticated
    try:
        _at, address = go_out(request, source_id, safe_next(request, ""), is_again=is_again)
    except Refused as fault:
        return fault_page(request, fault)
    return redirect(address)


def send_home(request: HttpRequest, source_id: UUID, following: str) -> HttpResponse:
    """Whose home is another base: there the password is asked."""
    try:
        at, address = go_out(request, source_id, following, is_again=request.user.is_authenticated)
    except Refused as fault:
        return fault_page(request, fault)
    context = {"name": at.name, "address": address, "is_home": True}
    return render(request, "identity/onward.html", context)


def fault_page(request: HttpRequest, fault: Refused | DoorError) -> HttpResponse:
    """Why nobody was signed in, and what can be done."""
    what: Any
    fix: Any
    if isinstance(fault, Refused):
        what, fix = fault.what, fault.fix
        log.info("sign-in from elsewhere refused: %s", fault.code[:40])
    else:
        first = fault.problems[0] if fault.problems else None
        what, fix = (first.what, first.fix) if first else (fault.detail, fault.fix)
    return render(request, "identity/outside_fault.html", {"what": what, "fix": fix}, status=422)


@csrf_exempt
@never_cache
def back(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Back from a source. A CAS server also posts its single logout here, to the service's own address."""
    if request.method == "POST":
        return _out(request, source_id, "cas")
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET", "POST"])
    query = {
        name: told[0] for name, told in request.GET.lists() if len(told) == 1 and len(told[0]) <= MOST_SIGNS
    }
    if len(query) != len(request.GET):
        # A doubled parameter has no meaning that both sides agree on.
        return fault_page(request, Refused("doubled", _("对方的答复读不懂"), _("请从登录页重新开始")))
    agent = agent_of(request)
    try:
        with entry.as_visitor(request):
            at = sources.source_for_sign_in(source_id=source_id)
            going, account_id, following, is_own = outside.take_attempt(
                source_id=source_id, state=Secret(query.get("state", "")), browser=browser_of(request),
                back=back_address(request, source_id), user_agent=agent,
            )  # fmt: skip
        claimed = KINDS[at.kind].finish(at, going, query)
        if account_id is not None:
            return _linked(request, at, claimed, account_id)
        return _arrived(request, at, claimed, following, is_own_device=is_own, is_again=going.is_again)
    except (Refused, DoorError) as fault:
        return fault_page(request, fault)


def _linked(request: HttpRequest, at: Source, claimed: Claimed, account_id: UUID) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != account_id:
        return fault_page(request, Refused("other", _("您已经换了账号"), _("请重新登录，再连接一次")))
    with entry.as_self(request):
        outside.link_mine(account_id=account_id, source_id=at.id, claimed=claimed)
    messages.success(request, _("已连接%(name)s。以后可以从那里登录。") % {"name": at.name})
    return redirect("my-elsewhere")


def _arrived(
    request: HttpRequest,
    at: Source,
    claimed: Claimed,
    following: str,
    *,
    is_own_device: bool,
    is_again: bool,
) -> HttpResponse:
    with entry.as_visitor(request):
        arrival = outside.arrive(source_id=at.id, claimed=claimed)
    if arrival.refused:
        return fault_page(request, Refused("refused", arrival.refused, _("请换一种方式登录，或找管理员")))
    if arrival.account_id is None:
        hold(request, at, claimed)
        return redirect("outside-unknown", source_id=at.id)
    from jizuo.hubs.identity.pages.signin import enter

    is_mine = request.user.is_authenticated and request.user.pk == arrival.account_id
    if is_mine and not arrival.is_new:
        # The sign-on there may have been open as long as the session here: it proves nothing about who sits there now.
        if is_again:
            what, fix = _("那边没有重新核对您是谁"), _("请用密码或通行密钥再登录一次")
            return fault_page(request, Refused("stale", what, fix))
        return redirect(following or "/")
    if request.user.is_authenticated and not is_mine:
        # Signing the other person out empties the web session: before the note of this arrival, not after it.
        logout(request)
    outside.note_arrival(request, at, claimed, arrival.account_id)
    # On a phone's own app the person confirms each time; a platform may have let a sign-on of this morning through.
    request.session.pop(sessions.PROVED, None)
    if claimed.authed_at is not None or KINDS[at.kind].is_platform:
        request.session[sessions.PROVED] = claimed.authed_at
    methods = [at.kind, strength.SECOND] if arrival.is_strong else [at.kind]
    return enter(request, arrival.account_id, methods, is_own_device=is_own_device, following=following)


def hold(request: HttpRequest, at: Source, claimed: Claimed) -> None:
    """Keep who came back, sealed, in the web session."""
    kept = {
        name: told for name, told in claimed.claims.items() if name in asks.SHOWN and isinstance(told, str)
    }
    told: dict[str, Any] = {
        "issuer": claimed.issuer, "subject": claimed.subject, "name": claimed.name, "claims": kept,
        "at": timezone.now().timestamp(),
    }  # fmt: skip
    request.session[HELD] = base64.b64encode(outside.seal(told, bound_to=f"held {at.id}")).decode()


def held(request: HttpRequest, source_id: UUID) -> Claimed | None:
    """Whom this browser came back as from that source within the last quarter of an hour."""
    from jizuo.ground.keys import KeyTrouble

    try:
        sealed = base64.b64decode(request.session.get(HELD, ""))
        told = outside.unseal(sealed, bound_to=f"held {source_id}")
    except (KeyTrouble, ValueError):
        return None
    if timezone.now().timestamp() - told["at"] > HELD_SECONDS:
        return None
    return Claimed(told["issuer"], told["subject"], told["name"], told["claims"])


@never_cache
def unknown(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Somebody whom the source knows and we do not: prove the own account, or ask the school."""
    claimed = held(request, source_id)
    if claimed is None:
        return redirect("account_login")
    with entry.as_visitor(request):
        at = sources.source_for_sign_in(source_id=source_id)
        schools = asks.schools_to_ask(source_id=source_id)
        asked = asks.my_ask(source_id=source_id, claimed=claimed)
    form = AskSchool(request.POST or None, initial={"name": claimed.name})
    form.fields["unit_no"].choices = schools  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            with entry.as_visitor(request):
                asks.ask_school(source_id=source_id, claimed=claimed, **form.cleaned_data)
        except DoorError as error:
            form.take(error)
        else:
            return redirect("outside-unknown", source_id=source_id)
    context = {
        "name": at.name, "claimed": claimed, "form": form, "asked": asked, "may_ask": bool(schools),
        "link": reverse("outside-link", args=[source_id]),
    }  # fmt: skip
    return render(request, "identity/outside_unknown.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def link(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Just signed in here: tie the source's subject to this account, after a look at both.

    As for a new passkey: whoever finds a session open here must not leave a way in of their own.
    """
    claimed = held(request, source_id)
    if claimed is None:
        return redirect("my-elsewhere")
    user: Any = request.user
    with entry.as_self(request):
        # Not inside the `try`: the gate leads whoever has nothing but an open session to the step-up, and back here.
        passkeys.look_fresh(account_id=user.pk)
        at = sources.source_for_sign_in(source_id=source_id)
    if request.method == "POST":
        try:
            with entry.as_self(request):
                outside.link_mine(account_id=user.pk, source_id=source_id, claimed=claimed)
        except DoorError as error:
            return fault_page(request, error)
        request.session.pop(HELD, None)
        messages.success(request, _("已连接%(name)s。以后可以从那里登录。") % {"name": at.name})
        return redirect("my-elsewhere")
    context = {
        "name": at.name, "claimed": replace(claimed, claims={}), "account": request.user,
        "is_school": at.unit_no != BASE_UNIT,
    }  # fmt: skip
    return render(request, "identity/outside_link.html", context)


@csrf_exempt
@never_cache
@require_POST
def out(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """A source says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0, 2.5; CAS single logout)."""
    return _out(request, source_id, "")


def _out(request: HttpRequest, source_id: UUID, only: str) -> HttpResponse:
    form = {name: told[0] for name, told in request.POST.lists() if len(told) == 1}
    try:
        with entry.as_visitor(request):
            at = sources.source_for_sign_in(source_id=source_id)
        ended_by = KINDS[at.kind].ended
        if ended_by is None or (only and at.kind != only):
            return JsonResponse({"error": "invalid_request"}, status=400)
        ended = ended_by(at, form)
        with entry.as_visitor(request):
            outside.end_from_upstream(source_id=source_id, ended=ended)
    except (Refused, DoorError) as fault:
        code = fault.code if isinstance(fault, Refused) else fault.slug
        return JsonResponse({"error": "invalid_request", "error_description": code}, status=400)
    return HttpResponse(status=200)


def farewell(request: HttpRequest) -> tuple[str, str] | None:
    """(name, address) of the sign-out at the source behind this session; None when there is none to make."""
    sign_on = getattr(request.session, "sign_on", None)
    if not request.user.is_authenticated or sign_on is None:
        return None
    with entry.as_self(request):
        came = outside.came_from(sid=sign_on.sid)
    if came is None:
        return None
    at, id_token = came
    leave = KINDS[at.kind].farewell
    try:
        back_to = request.build_absolute_uri(reverse("account_login"))
        address = leave(at, id_token, back_to) if leave else ""
    except Refused as fault:
        log.info("sign-out elsewhere: %s", fault.code[:40])
        return None
    return (at.name, address) if address else None


__all__ = ["back", "buttons", "farewell", "go_out", "link", "onward", "out", "send_home", "start", "unknown"]
