"""Proxy tickets (CAS 3.0 sections 2.5.4 and 2.7): a service that signs in at another one for the person."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse

from jizuo.hubs.identity.actions import consents, sign_on_tickets
from jizuo.hubs.identity.actions.sign_on_tickets import BadTicket, Held
from jizuo.hubs.identity.protocols import outgoing
from jizuo.hubs.identity.protocols.cas import answers, services, wire
from jizuo.hubs.identity.protocols.cas.answers import Failure
from jizuo.hubs.identity.protocols.openid import clients
from jizuo.hubs.identity.rules import cas, openid
from jizuo.hubs.identity.rules.openid import Untold


def grant(held: Held, callback: str) -> str:
    """Give a proxy-granting ticket to the callback of a service, and what stands for it in the answer; empty when the
    callback did not take it, as section 2.5.4 has it.

    The callback must be an address that the same application registered. It is https; http only where the entry itself
    says http (an application inside a school's own network). Raises Failure.
    """
    client = clients.find(held.client_id)
    entries = set(cas.entries_of(callback))
    if client is None or not entries & set(client.cas_services):
        raise Failure(
            answers.UNAUTHORIZED_SERVICE_PROXY, "pgtUrl is no registered service address of this application",
            client_id=held.client_id,
        )  # fmt: skip
    iou = sign_on_tickets.fresh("PGTIOU")
    try:
        ticket = sign_on_tickets.issue(
            sign_on_tickets.GRANTING, client_id=held.client_id, account_id=held.account_id, sid=held.sid,
            service=callback, scopes=held.scopes, proxies=held.proxies,
        )  # fmt: skip
    except BadTicket:
        raise Failure(*wire.FAULTS["ticket"]) from None
    said = urlencode({"pgtId": ticket, "pgtIou": iou})
    try:
        status = outgoing.get(f"{callback}{'&' if urlsplit(callback).query else '?'}{said}")
    except outgoing.Unreached as fault:
        sign_on_tickets.drop_one(ticket)
        words = f"pgtUrl cannot be reached: {fault.code}"
        raise Failure(answers.INVALID_PROXY_CALLBACK, words, client_id=held.client_id) from None
    if status != 200:
        sign_on_tickets.drop_one(ticket)
        return ""
    return iou


def _proxy(request: HttpRequest) -> HttpResponse:
    """A proxy ticket for another service. That service's application learns about the person only what the person or the
    school agreed to for it: nobody can be asked between two servers."""
    told = wire.parameters(request)
    for name in ("pgt", "targetService"):
        if name not in told:
            raise Failure(answers.INVALID_REQUEST, f"{name} is missing")
    try:
        held, callback = sign_on_tickets.look(told["pgt"])
    except BadTicket:
        raise Failure(
            answers.INVALID_TICKET, "no such proxy-granting ticket, or its sign-on has ended"
        ) from None
    target = told["targetService"]
    client = services.find(target, [held.unit_no])
    if client is None:
        raise _unauthorized("targetService is no registered service address", held)
    try:
        scopes = openid.all_scopes(client)
    except Untold:
        raise _unauthorized("the application of targetService may sign nobody in", held) from None
    if not set(scopes) <= consents.agreed_for(held.account_id, client):
        raise _unauthorized("the person has not agreed to the application of targetService", held)
    try:
        ticket = sign_on_tickets.issue(
            sign_on_tickets.PROXY, client_id=client.client_id, account_id=held.account_id, sid=held.sid,
            service=target, scopes=scopes, proxies=(callback, *held.proxies),
        )  # fmt: skip
    except BadTicket:
        raise Failure(*wire.FAULTS["ticket"]) from None
    return answers.proxied(wire.form_of(request), ticket)


def _unauthorized(words: str, held: Held) -> Failure:
    return Failure(answers.UNAUTHORIZED_SERVICE, words, client_id=held.client_id)


def proxy(request: HttpRequest) -> HttpResponse:
    """/proxy."""
    return wire.answering(_proxy, "proxy")(request)
