"""The one call between servers: a ticket for who signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from jizuo.hubs.identity.actions import app_messages, sign_on_tickets
from jizuo.hubs.identity.actions.sign_on_tickets import BadTicket
from jizuo.hubs.identity.actions.tokens import BadGrant
from jizuo.hubs.identity.protocols.openid import claims, clients, wire
from jizuo.hubs.identity.protocols.plain import ending
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Refused


@wire.machine
def user(request: HttpRequest) -> HttpResponse:
    """``app_id``, ``secret`` and ``ticket`` as a form: ``sub`` and the claims, ``session`` and ``end_key``.

    The secret itself travels, over https and in the body. A signature made with it would need the secret, or what serves
    as one, on our side; what stands here is its hash, which opens nothing.
    """
    if request.GET.keys() & {"secret", "ticket"}:
        raise Refused("invalid_request", "secret and ticket belong into the body of the request")
    told = openid.one_each(dict(request.POST.lists()))
    for name in ("app_id", "secret", "ticket"):
        if name not in told:
            raise Refused("invalid_request", f"{name} is missing")
    client = clients.recent(told["app_id"])
    if client is None:
        raise clients.bad_client("no such app_id, or its secret is wrong")
    try:
        held, session = sign_on_tickets.take_plain(client, told["secret"], told["ticket"])
    except BadTicket:
        raise BadGrant("no such ticket: used, too old, of another app_id, or its sign-on has ended") from None
    app_messages.good(client, "plain", told)
    said: dict[str, Any] = {
        "sub": claims.subject(held.account_id, held.sector),
        **claims.of_person(held.account_id, held.sector, held.unit_no, held.scopes),
        "signed_in_at": int(held.authed_at.timestamp()),
        "session": session,
        "end_key": ending.key_of(client.client_id, session),
    }
    return wire.told(said)
