"""The request on its way past the sign-in page: signed and in the address, so that neither an idle page nor a lost
session loses it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core import signing
from django.http import HttpResponseBase

from jizuo.ground.pages import csp
from jizuo.hubs.identity.rules.openid import Asked

CONTINUE = "/openid/continue/"
SALT = "openid.ticket"
#: A page left open over night still works; one of last week does not.
MOST_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request and what the person said to it since. selected_at, agreed_at: seconds since 1970, 0 for not yet;
    holder: the account that said so, empty for nobody."""

    asked: Asked
    selected_at: float = 0.0
    agreed_at: float = 0.0
    holder: str = ""


def write(ticket: Ticket) -> str:
    """The ticket as text for an address."""
    told = asdict(ticket)
    told["asked"]["prompt"] = sorted(ticket.asked.prompt)
    return signing.dumps(told, salt=SALT, compress=True)


def read(text: str) -> Ticket | None:
    """The ticket of an address; None for one that is altered, not ours or of yesterday."""
    try:
        told: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MOST_SECONDS)
        asked = {one.name: told["asked"][one.name] for one in fields(Asked)}
        lists = {name: tuple(asked[name]) for name in ("scopes", "acr_values")}
        request = Asked(**{**asked, **lists, "prompt": frozenset(asked["prompt"])})
        return Ticket(request, told["selected_at"], told["agreed_at"], told["holder"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def address(ticket: Ticket) -> str:
    """Where the request goes on once the page before it is done."""
    return f"{CONTINUE}?{urlencode({'ticket': write(ticket)})}"


def of_address(following: str) -> Ticket | None:
    """The ticket in the `next` of a page; None for any other address."""
    parts = urlsplit(following)
    if parts.scheme or parts.netloc or parts.path != CONTINUE:
        return None
    found = parse_qs(parts.query).get("ticket", [])
    return read(found[0]) if len(found) == 1 else None


def let_through(response: HttpResponseBase, following: str) -> None:
    """Let the form of this page end at the application that sent the person: browsers hold `form-action` against the
    redirects of a form too."""
    ticket = of_address(following)
    if ticket is not None:
        let_end_at(response, ticket.asked.redirect_uri)


def let_end_at(response: HttpResponseBase, uri: str) -> None:
    """Let the form of this page end at the origin of a registered address."""
    parts = urlsplit(uri)
    source = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
    if not set(source) & set(" ;,'\""):
        csp.widen(response, "form-action", [source])


def asking(ticket: Ticket, asked: Asked) -> Ticket:
    """The same request as it counts now."""
    return replace(ticket, asked=asked)


def selected(ticket: Ticket, holder: str, at: float) -> Ticket:
    """The person chose the account that is signed in."""
    return replace(ticket, selected_at=at, holder=holder)


def agreed(ticket: Ticket, holder: str, at: float) -> Ticket:
    """The person agreed."""
    return replace(ticket, agreed_at=at, holder=holder)
