"""What the endpoints of CAS for programs share: parameters in, refusals out."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jizuo.hubs.identity.protocols.cas import answers, services
from jizuo.hubs.identity.protocols.cas.answers import Failure
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Refused

log = logging.getLogger(__name__)
#: Why a ticket did not hold, as the protocol says it.
FAULTS = {
    "ticket": (answers.INVALID_TICKET, "no such ticket: used, too old, or its sign-on has ended"),
    "renew": (answers.INVALID_TICKET, "renew is set and the ticket is not of a new sign-in"),
    "service": (answers.INVALID_SERVICE, "service differs from the one that the ticket was made for"),
}


def form_of(request: HttpRequest) -> str:
    """How the answer is written: what `format` asks for, XML where that is neither of the two."""
    wanted = request.GET.get("format", "XML").upper()
    return wanted if wanted in answers.FORMATS else "XML"


def parameters(request: HttpRequest) -> dict[str, str]:
    """The parameters, once each; raises Failure."""
    try:
        told = openid.one_each(dict(request.GET.lists()))
    except Refused as fault:
        raise Failure(answers.INVALID_REQUEST, fault.words) from None
    if told.get("format", "XML").upper() not in answers.FORMATS:
        raise Failure(answers.INVALID_REQUEST, "format must be XML or JSON")
    return told


def note(request: HttpRequest, fault: Failure) -> None:
    """Keep the refused message for its vendor."""
    given = dict(request.GET.lists())
    services.note(fault.client_id, openid.single(given, "service"), "cas", fault.code, fault.words, given)


def answering(
    view: Callable[[HttpRequest], HttpResponse], kind: str
) -> Callable[[HttpRequest], HttpResponse]:
    """A GET endpoint whose every refusal is an answer of the protocol; kind as in `answers.failure`. A database that
    does not answer is told in the protocol's own words too: clients read nothing else."""

    @functools.wraps(view)
    def call(request: HttpRequest) -> HttpResponse:
        try:
            try:
                return view(request)
            except Failure as fault:
                note(request, fault)
                return answers.failure(form_of(request), fault, kind=kind)
        except Error:
            log.exception("cas: the database failed")
            failed = Failure(answers.INTERNAL_ERROR, "try again later")
            return answers.failure(form_of(request), failed, kind=kind)

    return require_GET(call)
