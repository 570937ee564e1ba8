"""From an application's link to a ticket in its own address."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_messages, app_sign_ons, sign_on_tickets
from jizuo.hubs.identity.actions.sign_on_tickets import BadTicket
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.openid import clients, showing
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.apps import CONFIDENTIAL
from jizuo.hubs.identity.rules.openid import Asked, Client, Holder, Refused, Untold


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """``/plain/sign-in/?app_id=...&redirect=...&state=...``: back to the address with ``ticket`` and ``state``. An
    address that is not registered gets a page and no redirect."""
    given = dict(request.GET.lists())
    try:
        told = openid.one_each(given)
    except Refused as fault:
        app_messages.refused(openid.single(given, "app_id"), "authorize", fault.code, fault.words, given)
        return showing.untold(request, "unreadable")
    asked = Asked(
        client_id=told.get("app_id", ""),
        redirect_uri=told.get("redirect", ""),
        scopes=(),
        state=told.get("state", ""),
        asked_at=entry.now().timestamp(),
        protocol=app_sign_ons.PLAIN,
    )
    try:
        client, _asked = stands(request, asked)
    except Untold as fault:
        app_messages.refused(asked.client_id, "authorize", fault.rule, "", given)
        return showing.untold(request, fault.rule)
    app_messages.good(client, "authorize", given)
    return asking.go_on(request, Ticket(asked))


def stands(request: HttpRequest, asked: Asked) -> tuple[Client, Asked]:
    """The application, whose address is still registered, and all that it may know. Raises Untold. An application without
    a server has no secret to show, so it has no part in this."""
    client = clients.current(asked.client_id)
    if client is None or client.kind != CONFIDENTIAL:
        raise Untold("app_id")
    if asked.redirect_uri not in client.plain_addresses:
        raise Untold("plain")
    return client, replace(asked, scopes=openid.all_scopes(client))


def answer(request: HttpRequest, client: Client, asked: Asked, holder: Holder) -> HttpResponse:
    """A ticket, and back."""
    sign_on = asking.open_sign_on(request)
    try:
        ticket = sign_on_tickets.issue(
            sign_on_tickets.PLAIN, client_id=client.client_id, account_id=sign_on.account_id, sid=sign_on.sid,
            service=asked.redirect_uri, scopes=asked.scopes,
        )  # fmt: skip
    except BadTicket:
        raise Refused("access_denied", "the sign-on has ended") from None
    app_messages.good(client, "answer", {"redirect": asked.redirect_uri})
    return _back(request, asked, {"ticket": ticket})


def refuse(request: HttpRequest, asked: Asked, fault: Refused) -> HttpResponse:
    """The address is the application's own: it is told why."""
    return _back(request, asked, {"error": fault.code})


def _back(request: HttpRequest, asked: Asked, said: dict[str, str]) -> HttpResponse:
    more = {"state": asked.state} if asked.state else {}
    return asking.send(request, asked.redirect_uri, "query", {**said, **more})
