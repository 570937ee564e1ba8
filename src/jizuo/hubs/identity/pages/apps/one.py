"""One application: how to connect it, its secrets, who agreed, how sign-ons ended, and its switch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import to
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_desk, apps
from jizuo.hubs.identity.actions.app_desk import AppSeen
from jizuo.hubs.identity.pages.apps.words import BY, ENDS, KINDS, PROTOCOLS, WAYS
from jizuo.hubs.identity.protocols.openid import issuer
from jizuo.hubs.identity.protocols.openid.showing import word_of
from jizuo.hubs.identity.rules import apps as rules


def trail() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("应用接入"), to("apps"))]


@never_cache
def page(request: HttpRequest, client_id: str) -> HttpResponse:
    """The whole of one application."""
    return draw(request, client_id)


def draw(request: HttpRequest, client_id: str, *, shown: str = "", status: int = 200) -> HttpResponse:
    """The page; shown: a secret made this instant, here for the only time."""
    seen = app_desk.app_seen(client_id=client_id)
    told = seen.registration
    exempt = told.pkce_exempt_until
    context: dict[str, Any] = {
        "app": told,
        "seen": seen,
        "client_id": client_id,
        "kind": KINDS.get(told.kind, told.kind),
        "way": WAYS.get(told.token_auth, ""),
        "has_secret": told.token_auth in (rules.BY_HEADER, "client_secret_post"),
        "secrets": [(one, days_left(one.ends_at)) for one in seen.secrets],
        "shown": shown,
        "scopes": [
            (word_of(one), told.reasons.get(one, ""), one in told.agreed_scopes) for one in told.scopes
        ],
        "exempt_days": (exempt - acting.today()).days if exempt else None,
        "config": config(request, seen),
        "agreed": [(BY.get(by, by), count) for by, count in sorted(seen.agreed.items())],
        "ends": [(*ENDS.get(state, (state, "")), count) for state, count in sorted(seen.ends.items())],
        "trail": trail(),
        "main": Action(_("第一次登录"), href=to(f"apps/{client_id}/first")),
        "others": [Action(_("修改"), href=to(f"apps/{client_id}/edit"))],
    }
    response = render(request, "identity/apps/one.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def days_left(ends_at: datetime | None) -> int | None:
    """Whole days until then, at least 0; None for no end."""
    return None if ends_at is None else max((ends_at - entry.now()).days, 0)


def config(request: HttpRequest, seen: AppSeen) -> list[tuple[str, str]]:
    """(name of a protocol, lines to paste into the vendor's settings)."""
    base = issuer.issuer(request)
    told = seen.registration
    found = []
    if told.redirect_uris or told.kind == rules.SCREEN:
        lines = [
            f"issuer: {base}",
            f"discovery: {base}/.well-known/openid-configuration",
            f"client_id: {seen.client_id}",
            f"scope: {' '.join(told.scopes)}",
            f"id_token_signed_response_alg: {told.id_token_alg}",
            f"token_endpoint_auth_method: {told.token_auth}",
            *(f"redirect_uri: {uri}" for uri in told.redirect_uris),
            *(f"post_logout_redirect_uri: {uri}" for uri in told.post_logout_uris),
        ]
        if told.backchannel_logout_uri:
            lines.append(f"backchannel_logout_uri: {told.backchannel_logout_uri}")
        found.append(("OpenID Connect", "\n".join(lines)))
    if told.cas_services:
        lines = [
            f"server: {base}/cas",
            f"login: {base}/cas/login",
            f"validate: {base}/cas/p3/serviceValidate",
            *(f"service: {uri}" for uri in told.cas_services),
        ]
        found.append(("CAS 3.0", "\n".join(lines)))
    if told.plain_addresses:
        lines = [
            f"sign_in: {base}/plain/sign-in/",
            f"user: {base}/plain/user/",
            f"app_id: {seen.client_id}",
            *(f"redirect: {uri}" for uri in told.plain_addresses),
        ]
        if told.backchannel_logout_uri:
            lines.append(f"end: {told.backchannel_logout_uri}")
        found.append((str(_("简易接入")), "\n".join(lines)))
    return found


@never_cache
def secret(request: HttpRequest, client_id: str) -> HttpResponse:
    """A new secret, shown once."""
    if request.method != "POST":
        return redirect(to(f"apps/{client_id}"))
    try:
        made = apps.new_secret(client_id=client_id)
    except Conflict as error:
        messages.error(request, f"{error.detail}。{error.fix}。")
        return redirect(to(f"apps/{client_id}"))
    return draw(request, client_id, shown=made)


def do(request: HttpRequest, client_id: str) -> HttpResponse:
    """End a secret, or switch the application off or on."""
    back = redirect(to(f"apps/{client_id}"))
    act = request.POST.get("act", "") if request.method == "POST" else ""
    try:
        if act == "end_secret":
            apps.end_secret(client_id=client_id, made_at=_instant(request.POST.get("made_at", "")))
            messages.success(request, _("旧密钥已作废。"))
        elif act == "off":
            people = apps.switch_app(client_id=client_id, is_active=False)
            messages.success(request, _("已停用。%(n)s 人在这个应用里的登录已结束。") % {"n": people})
        elif act == "on":
            apps.switch_app(client_id=client_id, is_active=True)
            messages.success(request, _("已启用。"))
    except (BadInput, Conflict) as error:
        messages.error(request, f"{error.detail}。{error.fix}。")
    return back


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput(_("没有这个密钥"), fix=_("请从列表中选择"))
    return found


@never_cache
def people(request: HttpRequest, client_id: str) -> HttpResponse:
    """Who agreed, where one may know, and the sign-ons with what became of their end."""
    seen = app_desk.app_seen(client_id=client_id)
    may_know = scopes.current().role == scopes.CLERK
    context = {
        "app": seen.registration,
        "seen": seen,
        "may_know": may_know,
        "agreed": [(BY.get(by, by), count) for by, count in sorted(seen.agreed.items())],
        "people": [
            (one, BY.get(one.by, one.by)) for one in (app_desk.agreed_people(client_id=client_id) if may_know else [])
        ],
        "sign_ons": [
            (one, PROTOCOLS.get(one.protocol, one.protocol), *ENDS.get(one.state, (one.state, "")))
            for one in app_desk.app_sign_on_lines(client_id=client_id)
        ],
        "trail": [*trail(), (seen.registration.name, to(f"apps/{client_id}"))],
    }  # fmt: skip
    return render(request, "identity/apps/people.html", context)
