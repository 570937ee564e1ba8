"""The authorization endpoint: from an application's request to a code, past sign-in, choice, second factor and consent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from jizuo.ground import acting
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.hubs.identity import entry, queries
from jizuo.hubs.identity.actions import consents, factors, passkeys, tokens
from jizuo.hubs.identity.protocols.openid import claims, clients, hints, issuer, showing, tickets
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Asked, Client, Holder, Refused, Step, Untold


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Core section 3.1.2. A request whose client or address is not proven gets a page and no redirect."""
    given = dict((request.POST if request.method == "POST" else request.GET).lists())
    client = clients.recent(openid.single(given, "client_id")) if given.get("client_id") else None
    try:
        redirect_uri = openid.address_of(given, client)
    except Untold as fault:
        return showing.untold(request, fault.rule)
    if client is None:
        return showing.untold(request, "client")
    try:
        asked = openid.read(given, client, acting.today(), entry.now().timestamp())
    except Refused as fault:
        state = openid.single(given, "state")[: openid.LONGEST]
        return deliver(request, redirect_uri, openid.response_mode(given), error_of(fault, state))
    ticket = Ticket(asked)
    if request.method == "POST":
        # The cookie of a lax sign-on does not come with a post from elsewhere; with the address after it, it does.
        return redirect(tickets.address(ticket))
    return go_on(request, client, ticket)


@never_cache
@require_http_methods(["GET", "HEAD"])
def carry_on(request: HttpRequest) -> HttpResponse:
    """Back from a page: the same request, looked at anew."""
    ticket = tickets.read(request.GET.get("ticket", ""))
    if ticket is None:
        return showing.untold(request, "ticket")
    client = clients.find(ticket.asked.client_id)
    # The application may have changed while the page was open.
    if client is None or ticket.asked.redirect_uri not in client.redirect_uris:
        return showing.untold(request, "client" if client is None else "redirect")
    return go_on(request, client, ticket)


def go_on(request: HttpRequest, client: Client, ticket: Ticket) -> HttpResponse:
    """The next page, or the answer."""
    asked = ticket.asked
    try:
        if not set(asked.scopes) <= set(client.scopes):
            raise Refused("invalid_scope", "a scope was taken from this client meanwhile")
        holder = holder_of(request, client, ticket)
        step = openid.next_step(asked, holder, entry.now())
        if step is Step.ANSWER and holder is not None:
            return answer(request, client, asked, holder)
    except Refused as fault:
        return deliver(request, asked.redirect_uri, asked.response_mode, error_of(fault, asked.state))
    return page(request, client, ticket, step)


def holder_of(request: HttpRequest, client: Client, ticket: Ticket) -> Holder | None:
    """The person signed in to this browser; None for nobody. A classroom screen is nobody."""
    sign_on = getattr(request.session, "sign_on", None) if request.user.is_authenticated else None
    if sign_on is None or sign_on.purpose:
        return None
    account_id = sign_on.account_id
    shown = queries.strength_of(sign_on.sid)
    is_same = ticket.holder == str(account_id)
    return Holder(
        subject=claims.subject(account_id, client.sector),
        authed_at=showing.authed_at(sign_on.sid),
        acr=shown.acr,
        amr=shown.amr,
        factor_is_fresh=acting.stepped_up(request),
        can=best_of(request, account_id) if wants_factor(ticket.asked) else shown.acr,
        agreed=consents.agreed_for(account_id, client),
        is_child=not set(ticket.asked.scopes) <= set(client.agreed_scopes) and consents.is_child(account_id),
        selected_at=ticket.selected_at if is_same else 0.0,
        agreed_at=ticket.agreed_at if is_same else 0.0,
        hinted=hints.subjects(ticket.asked.id_token_hint, issuer.issuer(request), client.client_id),
    )


def wants_factor(asked: Asked) -> bool:
    """Whether this request can lead to a second factor at all; the others need not ask whether there is one."""
    return bool(openid.STEP_UP_SCOPES & set(asked.scopes) or asked.acr_values or openid.essential_acr(asked))


def best_of(request: HttpRequest, account_id: UUID) -> str:
    """The highest `acr` that the account can reach at this address."""
    if passkeys.has_passkey(account_id, entry.host_of(request)):
        return openid.KEY
    return openid.TWO_FACTORS if factors.has_totp(account_id) else openid.ONE_FACTOR


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
    said = {"code": code} | ({"state": asked.state} if asked.state else {})
    return deliver(request, asked.redirect_uri, asked.response_mode, said)


def page(request: HttpRequest, client: Client, ticket: Ticket, step: Step) -> HttpResponse:
    """The page before the answer."""
    following = tickets.address(ticket)
    if step is Step.SIGN_IN:
        again = {"again": "1"} if request.user.is_authenticated else {}
        name = {"name": ticket.asked.login_hint[:80]} if ticket.asked.login_hint else {}
        return redirect(f"/sign-in/?{urlencode({'next': following, **again, **name})}")
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
    client = clients.find(ticket.asked.client_id)
    if client is None or ticket.asked.redirect_uri not in client.redirect_uris:
        return showing.untold(request, "client" if client is None else "redirect")
    asked, said = ticket.asked, request.POST.get("say", "")
    if said == "no":
        denied = Refused("access_denied", "the person said no")
        return deliver(request, asked.redirect_uri, asked.response_mode, error_of(denied, asked.state))
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
    with entry.as_self(request):
        try:
            consents.consent(
                account_id=account_id,
                client_id=client.client_id,
                scopes=list(asked.scopes),
                by_account_id=account_id,
            )
        except NotFound:
            raise NotAllowed(_("这个应用已停用"), fix=_("请联系学校")) from None


def error_of(fault: Refused, state: str) -> dict[str, str]:
    """The parameters of an error response (RFC 6749 section 4.1.2.1)."""
    return {"error": fault.code, "error_description": fault.words} | ({"state": state} if state else {})


def deliver(request: HttpRequest, uri: str, mode: str, said: dict[str, str]) -> HttpResponse:
    """The response at the registered address, with `iss` in each (RFC 9207), the way that was asked for."""
    said = {**said, "iss": issuer.issuer(request)}
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
        where = urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(said))))))
    # A native application's own scheme is a registered address too, which Django's redirect would refuse.
    return HttpResponse(status=302, headers={"Location": where, "Cache-Control": "no-store"})
