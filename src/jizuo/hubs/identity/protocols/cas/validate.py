"""/validate, /serviceValidate, /proxyValidate and /p3/* of CAS 3.0 (sections 2.4 to 2.6 and 2.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jizuo.hubs.identity.actions import app_messages, sign_on_tickets
from jizuo.hubs.identity.actions.sign_on_tickets import BadTicket, Held
from jizuo.hubs.identity.protocols.cas import answers, proxy, wire
from jizuo.hubs.identity.protocols.cas.answers import Failure
from jizuo.hubs.identity.protocols.cas.login import is_set
from jizuo.hubs.identity.protocols.openid import claims, clients


@dataclass(frozen=True, slots=True)
class Told:
    """The parameters of a validation. form: XML | JSON."""

    service: str
    ticket: str
    renew: bool
    pgt_url: str
    form: str


def read(request: HttpRequest) -> Told:
    """The request; raises Failure with INVALID_REQUEST."""
    told = wire.parameters(request)
    for name in ("service", "ticket"):
        if name not in told:
            raise Failure(answers.INVALID_REQUEST, f"{name} is missing")
    return Told(
        told["service"], told["ticket"], is_set(told, "renew"), told.get("pgtUrl", ""), wire.form_of(request)
    )


def taken(told: Told, prefixes: tuple[str, ...]) -> Held:
    """What the ticket holds; it is gone afterwards, whatever the answer. Raises Failure."""
    if not told.ticket.startswith(prefixes):
        what = " or ".join(prefixes)
        raise Failure(answers.INVALID_TICKET_SPEC, f"this endpoint validates tickets that begin with {what}")
    try:
        held = sign_on_tickets.take(told.ticket, service=told.service, renew=told.renew)
    except BadTicket as fault:
        raise Failure(*wire.FAULTS[fault.why]) from None
    client = clients.recent(held.client_id)
    if client is not None:
        app_messages.good(client, "cas", {"service": told.service})
    return held


def _endpoint(prefixes: tuple[str, ...], *, has_attributes: bool) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        told = read(request)
        held = taken(told, prefixes)
        iou = proxy.grant(held, told.pgt_url) if told.pgt_url else ""
        user = claims.subject(held.account_id, held.sector)
        said = None
        if has_attributes:
            about = claims.of_person(held.account_id, held.sector, held.unit_no, held.scopes)
            said = answers.attributes(about, held)
        return answers.success(told.form, user, said, iou=iou, proxies=held.proxies)

    return wire.answering(view, "authentication")


#: CAS 2.0 answers with the user alone; attributes come with /p3/.
service_validate = _endpoint(("ST-",), has_attributes=False)
proxy_validate = _endpoint(("ST-", "PT-"), has_attributes=False)
p3_service_validate = _endpoint(("ST-",), has_attributes=True)
p3_proxy_validate = _endpoint(("ST-", "PT-"), has_attributes=True)


@require_GET
def validate(request: HttpRequest) -> HttpResponse:
    """CAS 1.0: two lines, ``yes`` and the user, or ``no``."""
    try:
        try:
            held = taken(read(request), ("ST-",))
        except Failure as fault:
            wire.note(request, fault)
            return answers.plain("no\n\n")
    except Error:
        wire.log.exception("cas: the database failed")
        return answers.plain("no\n\n")
    return answers.plain(f"yes\n{claims.subject(held.account_id, held.sector)}\n")
