"""The authorization endpoint: from an application's request to a code, past sign-in, choice, second factor and consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jizuo.ground import acting
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_messages, sessions, tokens
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.openid import clients, issuer, showing, tickets
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Asked, Client, Holder, Refused, Untold


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Core section 3.1.2. A request whose client or address is not proven gets a page and no redirect."""
    given = dict((request.POST if request.method == "POST" else request.GET).lists())
    client = clients.current(openid.single(given, "client_id")) if given.get("client_id") else None
    try:
        redirect_uri = openid.address_of(given, client)
    except Untold as fault:
        app_messages.refused(openid.single(given, "client_id"), "authorize", fault.rule, "", given)
        return showing.untold(request, fault.rule)
    if client is None:
        return showing.untold(request, "client")
    try:
        asked = openid.read(given, client, acting.today(), entry.now().timestamp())
    except Refused as fault:
        app_messages.refused(client.client_id, "authorize", fault.code, fault.words, given)
        state = openid.single(given, "state")[: openid.LONGEST]
        return deliver(request, redirect_uri, openid.response_mode(given), error_of(fault, state))
    app_messages.good(client, "authorize", given)
    if asked.login_hint:
        # It may be a phone number, and an address of ours is written down by every machine on the way.
        request.session[sessions.NAME] = asked.login_hint[:80]
        asked = replace(asked, login_hint="")
    ticket = Ticket(asked)
    if request.method == "POST":
        # The cookie of a lax sign-on does not come with a post from elsewhere; with the address after it, it does.
        return redirect(tickets.address(ticket))
    return asking.go_on(request, ticket)


def stands(request: HttpRequest, asked: Asked) -> tuple[Client, Asked]:
    """The client of a request, whose address is still registered; raises Untold."""
    client = clients.current(asked.client_id)
    if client is None:
        raise Untold("client")
    if asked.redirect_uri not in client.redirect_uris:
        raise Untold("redirect")
    return client, asked


def answer(request: HttpRequest, client: Client, asked: Asked, holder: Holder) -> HttpResponse:
    """A code, and back."""
    sign_on: Any = request.session.sign_on  # type: ignore[attr-defined]
    try:
        code = tokens.issue_code(
            issuer=issuer.issuer(request), client=client, account_id=sign_on.account_id, sid=sign_on.sid,
            redirect_uri=asked.redirect_uri, scopes=asked.scopes, nonce=asked.nonce, challenge=asked.challenge,
            authed_at=holder.authed_at, acr=holder.acr, amr=list(holder.amr), claims=asked.claims,
        )  # fmt: skip
    except tokens.BadGrant as fault:
        raise Refused("access_denied", fault.words) from None
    app_messages.good(client, "answer", {"scope": " ".join(asked.scopes), "redirect_uri": asked.redirect_uri})
    said = {"code": code} | ({"state": asked.state} if asked.state else {})
    return deliver(request, asked.redirect_uri, asked.response_mode, said)


def refuse(request: HttpRequest, asked: Asked, fault: Refused) -> HttpResponse:
    """The error at the registered address."""
    return deliver(request, asked.redirect_uri, asked.response_mode, error_of(fault, asked.state))


def error_of(fault: Refused, state: str) -> dict[str, str]:
    """The parameters of an error response (RFC 6749 section 4.1.2.1)."""
    return {"error": fault.code, "error_description": fault.words} | ({"state": state} if state else {})


def deliver(request: HttpRequest, uri: str, mode: str, said: dict[str, str]) -> HttpResponse:
    """The response at the registered address, with `iss` in each (RFC 9207), the way that was asked for."""
    return asking.send(request, uri, mode, {**said, "iss": issuer.issuer(request)})
