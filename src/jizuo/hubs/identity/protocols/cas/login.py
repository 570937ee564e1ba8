"""/login of CAS 3.0 section 2.1: from a service's request to a service ticket."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_messages, app_sign_ons, sign_on_tickets
from jizuo.hubs.identity.actions.sign_on_tickets import BadTicket
from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.cas import services
from jizuo.hubs.identity.protocols.openid import showing, tickets
from jizuo.hubs.identity.protocols.openid.tickets import Ticket
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Asked, Client, Holder, Refused, Untold

MODES = {"GET": "query", "POST": "form_post"}
#: Words that set no flag; section 2.1.1 has any other value set it and recommends ``true``.
UNSET = frozenset({"", "false"})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Send a signed-in person on with a ticket, others to the sign-in page first. An address that is no registered
    service gets a page and no redirect. `renew` has the person prove again who they are and goes before `gateway`,
    which asks nothing of anybody."""
    given = dict((request.POST if request.method == "POST" else request.GET).lists())
    try:
        told = openid.one_each(given)
    except Refused as fault:
        services.note("", openid.single(given, "service"), "authorize", fault.code, fault.words, given)
        return showing.untold(request, "service" if len(given.get("service", ())) > 1 else "unreadable")
    if "service" not in told:
        return redirect("/")
    mode = MODES.get(told.get("method", "GET").upper())
    if mode is None:
        services.note(
            "", told["service"], "authorize", "invalid_request", "method must be GET or POST", given
        )
        return showing.untold(request, "method")
    asked = Asked(
        client_id="",
        redirect_uri=told["service"],
        scopes=(),
        response_mode=mode,
        prompt=_prompt(told),
        asked_at=entry.now().timestamp(),
        protocol=app_sign_ons.CAS,
    )
    if request.method == "POST":
        # The cookie of a lax sign-on does not come with a post from elsewhere; with the address after it, it does.
        return redirect(tickets.address(Ticket(asked)))
    return asking.go_on(request, Ticket(asked))


def _prompt(told: dict[str, str]) -> frozenset[str]:
    if is_set(told, "renew"):
        return frozenset({"login"})
    return frozenset({"none"}) if is_set(told, "gateway") else frozenset()


def is_set(told: dict[str, str], name: str) -> bool:
    """Whether a flag of the protocol is set."""
    return told.get(name, "").lower() not in UNSET


def stands(request: HttpRequest, asked: Asked) -> tuple[Client, Asked]:
    """The application of the service, which hangs on the person where several schools have one at this address; and the
    request with all that it may know. Raises Untold."""
    client = services.find(asked.redirect_uri, services.units_of(request))
    if client is None:
        services.note("", asked.redirect_uri, "authorize", "service", "", {"service": asked.redirect_uri})
        raise Untold("service")
    try:
        scopes = openid.all_scopes(client)
    except Untold as fault:
        services.note(client.client_id, "", "authorize", fault.rule, "", {"service": asked.redirect_uri})
        raise
    if not asked.client_id:
        # Before our pages; after them the request is the same one.
        app_messages.good(client, "authorize", {"service": asked.redirect_uri})
    return client, replace(asked, client_id=client.client_id, scopes=scopes)


def answer(request: HttpRequest, client: Client, asked: Asked, holder: Holder) -> HttpResponse:
    """A service ticket, and back. It counts as of a new sign-in when the person proved who they are for this request."""
    sign_on = asking.open_sign_on(request)
    try:
        ticket = sign_on_tickets.issue(
            sign_on_tickets.SERVICE, client_id=client.client_id, account_id=sign_on.account_id, sid=sign_on.sid,
            service=asked.redirect_uri, scopes=asked.scopes, is_primary=openid.is_proven_since(holder, asked.asked_at),
        )  # fmt: skip
    except BadTicket:
        raise Refused("access_denied", "the sign-on has ended") from None
    app_messages.good(client, "answer", {"service": asked.redirect_uri})
    return asking.send(request, asked.redirect_uri, asked.response_mode, {"ticket": ticket})


def refuse(request: HttpRequest, asked: Asked, fault: Refused) -> HttpResponse:
    """`gateway` goes back without a ticket (section 2.1.1). CAS has no other word for a refusal, and a service that is
    called without a ticket would ask again at once: so the person reads it here."""
    if "none" in asked.prompt:
        return asking.send(request, asked.redirect_uri, "query", {})
    return showing.untold(request, "denied")
