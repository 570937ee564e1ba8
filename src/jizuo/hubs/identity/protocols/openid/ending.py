"""The end of a sign-on: asked for by an application (RP-Initiated Logout 1.0), told to every other (Back-Channel Logout
1.0)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import signing_keys
from jizuo.hubs.identity.actions.app_sign_ons import Ending, NotTold
from jizuo.hubs.identity.actions.tokens import fresh
from jizuo.hubs.identity.protocols import outgoing
from jizuo.hubs.identity.protocols.openid import claims, clients, hints, issuer, showing, tickets
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Client, Refused

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_SECONDS = 120


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """End the sign-on of this browser. The ID token of this very sign-on ends it at once; anybody else has the person
    asked first, so that no foreign page can sign people out."""
    if "confirmed" in request.POST:
        return _confirmed(request)
    given = dict((request.POST if request.method == "POST" else request.GET).lists())
    try:
        told = openid.one_each(given)
    except Refused:
        return showing.untold(request, "logout")
    hint = hints.read(told.get("id_token_hint", ""), issuer.issuer(request))
    client_id = told.get("client_id", "") or str((hint or {}).get("aud", ""))
    if hint is not None and hint.get("aud") != client_id:
        return showing.untold(request, "hint")
    client = clients.find(client_id)
    uri = told.get("post_logout_redirect_uri", "")
    if uri and (client is None or uri not in client.post_logout_uris):
        return showing.untold(request, "logout")
    following = back_to(uri, told.get("state", ""))
    sid = open_sid(request)
    if sid is not None and (hint is None or hint.get("sid") != str(sid)):
        return _ask(request, client, uri, told.get("state", ""))
    if sid is not None:
        logout(request)
    return _left(request, following)


def open_sid(request: HttpRequest) -> UUID | None:
    """The sid of the sign-on in this browser; None for nobody."""
    sign_on = getattr(request.session, "sign_on", None) if request.user.is_authenticated else None
    return sign_on.sid if sign_on is not None else None


def back_to(uri: str, state: str) -> str:
    """The registered address with the state; empty for none."""
    if not uri or not state:
        return uri
    parts = urlsplit(uri)
    return urlunsplit(
        parts._replace(query="&".join(filter(None, (parts.query, urlencode({"state": state})))))
    )


def _ask(request: HttpRequest, client: Client | None, uri: str, state: str) -> HttpResponse:
    get_token(request)
    context: dict[str, Any] = {
        "app": client.name if client else "",
        "client_id": client.client_id if client else "",
        "uri": uri,
        "state": state,
    }
    response = render(request, "identity/openid_leave.html", context)
    if uri:
        tickets.let_end_at(response, uri)
    return response


@csrf_protect
def _confirmed(request: HttpRequest) -> HttpResponse:
    """The person said so, on our own page."""
    try:
        told = openid.one_each(dict(request.POST.lists()))
    except Refused:
        return showing.untold(request, "logout")
    client, uri = clients.find(told.get("client_id", "")), told.get("post_logout_redirect_uri", "")
    if uri and (client is None or uri not in client.post_logout_uris):
        return showing.untold(request, "logout")
    if open_sid(request) is not None:
        logout(request)
    return _left(request, back_to(uri, told.get("state", "")))


def _left(request: HttpRequest, following: str) -> HttpResponse:
    if following:
        return HttpResponse(status=302, headers={"Location": following, "Cache-Control": "no-store"})
    return render(request, "identity/openid_left.html")


def tell(ending: Ending) -> str:
    """Post the logout token of one client; raises NotTold for whatever is no 2xx. The issuer is the one it knows."""
    try:
        status = outgoing.post_form(ending.address, {"logout_token": logout_token(ending)})
    except outgoing.Unreached as fault:
        raise NotTold(fault.code) from None
    # Section 2.8: 200 is meant, and frameworks answer 204.
    if not 200 <= status < 300:
        raise NotTold(f"status {status}")
    return f"status {status}"


def logout_token(ending: Ending) -> str:
    """The logout token (section 2.4): whose sign-on ended, with a `jti` of its own and never a nonce."""
    now = int(entry.now().timestamp())
    said = {
        "iss": ending.handle,
        "sub": claims.subject(ending.account_id, ending.sector),
        "aud": ending.client_id,
        "iat": now,
        "exp": now + LOGOUT_SECONDS,
        "jti": fresh(),
        "sid": str(ending.sid),
        "events": {EVENT: {}},
    }
    return signing_keys.sign(said, alg=ending.alg, typ="logout+jwt")
