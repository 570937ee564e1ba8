"""Endpoints that read or end a token: userinfo (Core section 5.3), introspection (RFC 7662), revocation (RFC 7009)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from jizuo.hubs.identity.actions import app_messages, tokens
from jizuo.hubs.identity.protocols.openid import claims, clients, issuer, origins, wire
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.apps import NO_SECRET
from jizuo.hubs.identity.rules.openid import Client, Refused

#: A resource server that may look at other clients' tokens has this scope.
INTROSPECT = "introspect"


@origins.for_pages
@csrf_exempt
def userinfo(request: HttpRequest) -> HttpResponse:
    """Claims about the person behind an access token."""
    try:
        if request.method not in ("GET", "POST", "HEAD"):
            raise Refused("invalid_request", "use GET or POST", status=405)
        seen = tokens.look(bearer(request))
        if seen is None or seen.account_id is None:
            raise Refused("invalid_token", "the access token is over, revoked or of no person", status=401)
        if openid.OPENID not in seen.scopes:
            raise Refused("insufficient_scope", "the access token has no scope openid", status=403)
    except Refused as fault:
        return wire.refused(request, fault)
    client = clients.recent(seen.client_id)
    if client is not None:
        app_messages.good(client, "userinfo", {"scope": " ".join(seen.scopes)})
    about = claims.of_person(seen.account_id, seen.sector, seen.unit_no, seen.scopes)
    return wire.told({"sub": claims.subject(seen.account_id, seen.sector), **about})


def bearer(request: HttpRequest) -> str:
    """The access token of a request (RFC 6750): in the header or the form, never in the address."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    in_form = request.POST.getlist("access_token") if request.method == "POST" else []
    if "access_token" in request.GET:
        raise Refused("invalid_request", "the access token does not belong into the address")
    if (header and in_form) or len(in_form) > 1:
        raise Refused("invalid_request", "the access token is given twice")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    if in_form:
        return in_form[0]
    raise Refused("invalid_token", "no access token", status=401)


@wire.machine
def introspect(request: HttpRequest) -> HttpResponse:
    """Whether a token is live and what it may do: for the client it belongs to and for resource servers."""
    told = wire.posted(request)
    client = proven(request, told)
    if client.token_auth == NO_SECRET:
        raise clients.bad_client("a public client may not introspect")
    return wire.told(state_of(request, client, _token(told)))


def state_of(request: HttpRequest, client: Client, token: str) -> dict[str, Any]:
    """The introspection answer; another client's token is as dead as one that never was."""
    base = issuer.issuer(request)
    seen = tokens.look(token)
    may_see = {client.client_id} if INTROSPECT not in client.scopes else None
    if seen is not None and (may_see is None or seen.client_id in may_see):
        said: dict[str, Any] = {
            "active": True, "token_type": "Bearer", "iss": base, "client_id": seen.client_id,
            "scope": " ".join(seen.scopes), "exp": int(seen.expires_at.timestamp()), "iat": int(seen.made_at.timestamp()),
        }  # fmt: skip
        said["sub"] = (
            claims.subject(seen.account_id, seen.sector) if seen.account_id is not None else seen.client_id
        )
        if seen.sid is not None:
            said["sid"] = str(seen.sid)
        return said
    refresh = tokens.look_refresh(token)
    if refresh is not None and refresh[0] == client.client_id:
        client_id, scopes, ends, account_id, sector = refresh
        return {
            "active": True, "token_type": "refresh_token", "iss": base, "client_id": client_id,
            "scope": " ".join(scopes), "exp": int(ends.timestamp()), "sub": claims.subject(account_id, sector),
        }  # fmt: skip
    return {"active": False}


@origins.for_pages
@wire.machine
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token. One that is unknown is ended already, so the answer is the same."""
    told = wire.posted(request)
    client = proven(request, told)
    tokens.revoke(client.client_id, _token(told))
    return wire.told({})


def proven(request: HttpRequest, told: dict[str, str]) -> Client:
    """The client that proved itself; raises Refused or BadClient."""
    proof = clients.proof_of(request, told)
    if not tokens.is_proven(proof):
        raise tokens.BadClient
    return proof.client


def _token(told: dict[str, str]) -> str:
    if "token" not in told:
        raise Refused("invalid_request", "token is missing")
    return told["token"]
