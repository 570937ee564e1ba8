"""The token endpoint: one function a grant type, in `GRANTS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from jizuo.hubs.identity.actions import app_messages, tokens
from jizuo.hubs.identity.actions.tokens import Made, Proof
from jizuo.hubs.identity.protocols.openid import claims, clients, issuer, origins, wire
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.apps import NO_SECRET
from jizuo.hubs.identity.rules.openid import Refused

Grant = Callable[[HttpRequest, dict[str, str], Proof], Made]


def by_code(request: HttpRequest, told: dict[str, str], proof: Proof) -> Made:
    """A code of the authorization endpoint, with the verifier of its challenge."""
    if "code" not in told:
        raise Refused("invalid_request", "code is missing")
    if "redirect_uri" not in told:
        raise Refused("invalid_request", "redirect_uri is missing")
    verifier = told.get("code_verifier", "")
    if verifier and not openid.VERIFIER.fullmatch(verifier):
        raise Refused("invalid_grant", "code_verifier must be 43 to 128 unreserved signs")
    return tokens.redeem(proof, code=told["code"], redirect_uri=told["redirect_uri"], verifier=verifier)


def by_refresh(request: HttpRequest, told: dict[str, str], proof: Proof) -> Made:
    """A refresh token, good once."""
    if "refresh_token" not in told:
        raise Refused("invalid_request", "refresh_token is missing")
    wanted = openid.scopes_of(told["scope"], proof.client) if "scope" in told else None
    return tokens.refreshed(proof, token=told["refresh_token"], scopes=wanted)


def by_client(request: HttpRequest, told: dict[str, str], proof: Proof) -> Made:
    """A token for the application itself. Scopes about a person mean nothing here."""
    if proof.client.token_auth == NO_SECRET:
        raise Refused("unauthorized_client", "a public client has no token of its own")
    wanted = openid.scopes_of(told.get("scope", ""), proof.client, needs_one=False)
    if personal := [word for word in wanted if word in openid.SCOPES]:
        raise Refused("invalid_scope", f"scope {personal[0]} is about a person, and there is none")
    return tokens.client_token(proof, scopes=wanted)


#: grant_type -> what answers it, after the client was found and before it is believed: the statement proves it.
GRANTS: dict[str, Grant] = {
    "authorization_code": by_code,
    "refresh_token": by_refresh,
    "client_credentials": by_client,
}


@origins.for_pages
@wire.machine
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.2."""
    told = wire.posted(request)
    wanted = told.get("grant_type")
    if wanted is None:
        raise Refused("invalid_request", "grant_type is missing")
    grant = GRANTS.get(wanted)
    if grant is None:
        raise Refused("unsupported_grant_type", "this grant_type is not offered")
    proof = clients.proof_of(request, told)
    if wanted not in proof.client.grants:
        raise Refused("unauthorized_client", "this client may not use this grant_type")
    made = grant(request, told, proof)
    app_messages.good(proof.client, "token", told)
    return wire.told(answer(request, proof, made))


def answer(request: HttpRequest, proof: Proof, made: Made) -> dict[str, Any]:
    """The token response: with an ID token where the person asked to be known (scope openid)."""
    said: dict[str, Any] = {
        "access_token": made.access,
        "token_type": "Bearer",
        "expires_in": made.seconds,
        "scope": " ".join(made.scopes),
    }
    if made.refresh:
        said["refresh_token"] = made.refresh
    if made.account_id is not None and openid.OPENID in made.scopes:
        said["id_token"] = claims.id_token(issuer.issuer(request), proof.client, made)
    return said
