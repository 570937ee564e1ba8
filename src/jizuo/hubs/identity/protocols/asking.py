"""A request for a sign-in on its way to the answer, whatever the protocol: past sign-in, choice of account, second factor and
consent. A protocol reads its own request into an `Asked`, and offers how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jizuo.ground import acting
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.hubs.identity import entry, queries
from jizuo.hubs.identity.actions import app_messages, consents, factors, passkeys
from jizuo.hubs.identity.protocols.openid import claims, hints, issuer, showing, tickets
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Asked, Client, Holder, Refused, Step, Untold


@dataclass(frozen=True, slots=True)
class Way:
    """How a protocol goes on after a page of ours.

    stands: the application of the request as it is now, and the request as it counts for it; raises Untold when its
    address is no longer registered. answer: the request is granted; raises Refused. refuse: it is not.
    """

    stands: Callable[[HttpRequest, Asked], tuple[Client, Asked]]
    answer: Callable[[HttpRequest, Client, Asked, Holder], HttpResponse]
    refuse: Callable[[HttpRequest, Asked, Refused], HttpResponse]


_ways: dict[str, Way] = {}


def answer_by(protocol: str, way: Way) -> None:
    """Offer how a protocol goes on."""
    _ways[protocol] = way


@never_cache
@require_http_methods(["GET", "HEAD"])
def carry_on(request: HttpRequest) -> HttpResponse:
    """Back from a page: the same request, looked at anew."""
    ticket = tickets.read(request.GET.get("ticket", ""))
    if ticket is None:
        return showing.untold(request, "ticket")
    return go_on(request, ticket)


def go_on(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The next page, or the answer."""
    try:
        # The application may have changed while the page was open.
        client, ticket = _standing(request, ticket)
    except Untold as fault:
        return showing.untold(request, fault.rule)
    asked = ticket.asked
    way = _ways[asked.protocol]
    try:
        if not set(asked.scopes) <= set(client.scopes):
            raise Refused("invalid_scope", "a scope was taken from this client meanwhile")
        holder = holder_of(request, client, ticket)
        step = openid.next_step(asked, holder, entry.now())
        if step is Step.ANSWER and holder is not None:
            return way.answer(request, client, asked, holder)
    except Refused as fault:
        app_messages.refused(client.client_id, "answer", fault.code, fault.words, {})
        return way.refuse(request, asked, fault)
    return page(request, client, ticket, step)


def _standing(request: HttpRequest, ticket: Ticket) -> tuple[Client, Ticket]:
    client, asked = _ways[ticket.asked.protocol].stands(request, ticket.asked)
    return client, tickets.asking(ticket, asked)


def holder_of(request: HttpRequest, client: Client, ticket: Ticket) -> Holder | None:
    """The person signed in to this browser; None for nobody. A classroom screen is nobody."""
    sign_on = open_sign_on(request)
    if sign_on is None:
        return None
    account_id = sign_on.account_id
    shown = queries.strength_of(sign_on.sid)
    is_same = ticket.holder == str(account_id)
    agreed = consents.agreed_for(account_id, client)
    authed_at, is_dated = showing.dated(sign_on.sid)
    return Holder(
        subject=claims.subject(account_id, client.sector),
        authed_at=authed_at,
        is_dated=is_dated,
        acr=shown.acr,
        amr=shown.amr,
        factor_is_fresh=acting.stepped_up(request),
        can=best_of(request, account_id) if wants_factor(ticket.asked) else shown.acr,
        agreed=agreed,
        is_child=_asks_word(ticket.asked, agreed) and consents.is_child(account_id),
        selected_at=ticket.selected_at if is_same else 0.0,
        agreed_at=ticket.agreed_at if is_same else 0.0,
        hinted=hints.subjects(ticket.asked.id_token_hint, issuer.issuer(request), client.client_id),
    )


def _asks_word(asked: Asked, agreed: frozenset[str]) -> bool:
    """Whether a word may be due at all; else nobody's age is looked at."""
    return not set(asked.scopes) <= agreed or "consent" in asked.prompt


def open_sign_on(request: HttpRequest) -> Any:
    """The sign-on of this browser (`store.SignOn`); None for nobody, and for a classroom screen."""
    sign_on = getattr(request.session, "sign_on", None) if request.user.is_authenticated else None
    return None if sign_on is None or sign_on.purpose else sign_on


def best_of(request: HttpRequest, account_id: UUID) -> str:
    """The highest `acr` that the account can reach at this address."""
    if passkeys.has_passkey(account_id, entry.host_of(request)):
        return openid.KEY
    return openid.TWO_FACTORS if factors.has_totp(account_id) else openid.ONE_FACTOR


def wants_factor(asked: Asked) -> bool:
    """Whether this request can lead to a second factor at all; the others need not ask whether there is one."""
    return bool(openid.STEP_UP_SCOPES & set(asked.scopes) or asked.acr_values or openid.essential_acr(asked))


def page(request: HttpRequest, client: Client, ticket: Ticket, step: Step) -> HttpResponse:
    """The page before the answer."""
    following = tickets.address(ticket)
    if step is Step.SIGN_IN:
        again = {"again": "1"} if request.user.is_authenticated else {}
        return redirect(f"/sign-in/?{urlencode({'next': following, **again})}")
    if step is Step.STEP_UP:
        level = openid.wanted_acr(ticket.asked)
        return redirect(f"/me/step-up/?{urlencode({'next': following, 'level': level})}")
    return showing.ask(request, client, ticket, step)


@never_cache
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """What a person said on the page of an application: yes, no, this account, or another one."""
    ticket = tickets.read(request.POST.get("ticket", ""))
    if ticket is None:
        return showing.untold(request, "ticket")
    try:
        client, ticket = _standing(request, ticket)
    except Untold as fault:
        return showing.untold(request, fault.rule)
    asked, said = ticket.asked, request.POST.get("say", "")
    if said == "no":
        return _ways[asked.protocol].refuse(request, asked, Refused("access_denied", "the person said no"))
    if said == "other":
        logout(request)
        return redirect(f"/sign-in/?{urlencode({'next': tickets.address(ticket)})}")
    sign_on = getattr(request.session, "sign_on", None) if request.user.is_authenticated else None
    # The page was drawn for one account; an answer under another is no answer.
    if sign_on is None or request.POST.get("holder") != str(sign_on.account_id):
        return redirect(tickets.address(ticket))
    at = entry.now().timestamp()
    if said == "this":
        return redirect(tickets.address(tickets.selected(ticket, str(sign_on.account_id), at)))
    if said == "yes":
        _agree(request, client, asked, sign_on.account_id)
        return redirect(tickets.address(tickets.agreed(ticket, str(sign_on.account_id), at)))
    return redirect(tickets.address(ticket))


def _agree(request: HttpRequest, client: Client, asked: Asked, account_id: UUID) -> None:
    with entry.as_self(request, units=consents.pupil_units(account_id)):
        try:
            consents.consent(
                account_id=account_id,
                client_id=client.client_id,
                scopes=list(asked.scopes),
                by_account_id=account_id,
            )
        except NotFound:
            raise NotAllowed(_("这个应用已停用"), fix=_("请联系学校")) from None


def send(request: HttpRequest, uri: str, mode: str, said: dict[str, str]) -> HttpResponse:
    """An answer at a registered address. mode: query | fragment | form_post (a page that posts itself)."""
    if mode == "form_post":
        response = render(
            request, "identity/form_post.html", {"address": uri, "fields": sorted(said.items())}
        )
        tickets.let_end_at(response, uri)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response
    parts = urlsplit(uri)
    if mode == "fragment":
        where = urlunsplit(parts._replace(fragment=urlencode(said)))
    else:
        # An address may begin its query and say nothing in it; what a service is called by stays letter by letter.
        joint = "" if not said else "&" if parts.query else "" if uri.endswith("?") else "?"
        where = uri + joint + urlencode(said)
    # A native application's own scheme is a registered address too, which Django's redirect would refuse.
    return HttpResponse(status=302, headers={"Location": iri_to_uri(where), "Cache-Control": "no-store"})
