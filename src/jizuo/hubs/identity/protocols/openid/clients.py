"""Who calls the machine endpoints: a client with its secret, its signed assertion, or only its name (RFC 6749 section
2.3, RFC 7523)."""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from jizuo.ground import prepared
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import tokens
from jizuo.hubs.identity.actions.tokens import Proof
from jizuo.hubs.identity.protocols import outgoing
from jizuo.hubs.identity.protocols.openid import issuer
from jizuo.hubs.identity.rules.openid import Client, Refused

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: Clocks of vendors run apart by so much, and an assertion lives for an hour at most.
SKEW_SECONDS, LONGEST_SECONDS = 60, 3_600
#: How long a process believes what it read of an application; every statement proves the client again.
KEPT_SECONDS = 1.0
#: How long the keys behind a `jwks_uri` are believed; an unknown `kid` fetches them anew, a minute apart at most.
JWKS_SECONDS, JWKS_PAUSE = 3_600.0, 60.0
MOST_KEPT = 2_000
READ = """
select client_id, unit_no, name, kind, token_auth, redirect_uris, post_logout_uris, backchannel_logout_uri, jwks, jwks_uri,
       sector, scopes, agreed_scopes, grants, id_token_alg, pkce_exempt_until, version, is_active, access_seconds,
       refresh_seconds, cas_services, plain_addresses, watched_until
from app where client_id = %s::text
"""
_kept: dict[str, tuple[float, Client]] = {}
_fetched: dict[str, tuple[float, Any]] = {}


def find(client_id: str) -> Client | None:
    """A client as the database has it now; None for none, and for one that is switched off."""
    if not client_id or len(client_id) > 64 or "\0" in client_id:
        return None
    found = prepared.rows(READ, (client_id,))
    if not found:
        return None
    row: list[Any] = [tuple(cell) if isinstance(cell, list) else cell for cell in found[0]]
    row[8] = tokens.value_of(row[8])
    client = Client(*row)
    return client if client.is_active else None


def recent(client_id: str) -> Client | None:
    """`find`, up to `KEPT_SECONDS` old: for machines, which ask hundreds of times a second."""
    held = _kept.get(client_id)
    if held is not None and time.monotonic() - held[0] < KEPT_SECONDS:
        return held[1]
    return current(client_id)


def current(client_id: str) -> Client | None:
    """`find`, and remembered for `recent`: for pages, where whoever has just switched an application off or changed its
    address looks at what comes of it."""
    client = find(client_id)
    if client is None:
        _kept.pop(client_id, None)
        return None
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[client_id] = (time.monotonic(), client)
    return client


def forget() -> None:
    """Believe nothing that was read."""
    _kept.clear()
    _fetched.clear()


def bad_client(words: str) -> Refused:
    """Client authentication failed (RFC 6749 section 5.2)."""
    return Refused("invalid_client", words, status=401)


def proof_of(request: HttpRequest, told: dict[str, str]) -> Proof:
    """How the caller proves itself. A secret is not compared here: the statement that acts on it compares its hash.
    Raises Refused with ``invalid_client``, or ``invalid_request`` for two ways at once."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    is_basic = header[:6].lower() == "basic "
    ways = [is_basic, "client_secret" in told, "client_assertion" in told]
    if sum(ways) > 1:
        raise Refused("invalid_request", "more than one way of client authentication")
    if is_basic:
        client_id, secret = basic(header)
        if told.get("client_id", client_id) != client_id:
            raise bad_client("client_id differs from the Authorization header")
        return Proof(_of_way(client_id, "client_secret_basic"), tokens.hash_of(secret))
    if "client_assertion" in told:
        return Proof(by_assertion(request, told))
    if "client_secret" in told:
        client = _of_way(told.get("client_id", ""), "client_secret_post")
        return Proof(client, tokens.hash_of(told["client_secret"]))
    if "client_id" not in told:
        raise bad_client("no client authentication")
    return Proof(_of_way(told["client_id"], "none"))


def basic(header: str) -> tuple[str, str]:
    """Client id and secret of a Basic header: each form-encoded before they were joined (RFC 6749 section 2.3.1)."""
    try:
        text = base64.b64decode(header[6:].strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise bad_client("the Authorization header cannot be read") from None
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise bad_client("the Authorization header cannot be read")
    return unquote_plus(client_id), unquote_plus(secret)


def _of_way(client_id: str, way: str) -> Client:
    client = recent(client_id) if len(client_id) <= 64 and "\0" not in client_id else None
    if client is None:
        raise bad_client("no such client, or its secret is wrong")
    if client.token_auth != way:
        # Whoever knows only the name learns nothing that the client itself does not send in the open.
        raise bad_client(f"this client is registered for another way than {way}")
    return client


def by_assertion(request: HttpRequest, told: dict[str, str]) -> Client:
    """The client whose key signed the assertion. Only asymmetric algorithms are tried, so neither ``none`` nor an HMAC
    made with the public key passes."""
    if told.get("client_assertion_type") != JWT_BEARER:
        raise bad_client("client_assertion_type must be jwt-bearer")
    assertion = told["client_assertion"]
    try:
        # The name is needed to find the key; nothing is believed before the signature holds.
        body = assertion.split(".")[1]
        named = _json(body).get("sub")
    except (IndexError, ValueError, AttributeError, RecursionError):
        raise bad_client("the client assertion is no JWT") from None
    if not isinstance(named, str) or told.get("client_id", named) != named:
        raise bad_client("sub of the client assertion must be the client_id")
    client = _of_way(named, "private_key_jwt")
    claims = signed_by(client, assertion)
    now = entry.now().timestamp()
    audience = claims.get("aud")
    base = issuer.issuer(request)
    ours = {base, base + issuer.TOKEN, base + request.path}
    if not ours & {
        one for one in (audience if isinstance(audience, list) else [audience]) if isinstance(one, str)
    }:
        raise bad_client("aud of the client assertion must be the issuer or the token endpoint")
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise bad_client("iss and sub of the client assertion must be the client_id")
    times = {name: claims.get(name) for name in ("exp", "iat", "nbf")}
    if any(isinstance(at, bool) or not isinstance(at, int | float | None) for at in times.values()):
        raise bad_client("times of the client assertion must be numbers")
    exp = times["exp"]
    if exp is None or not now - SKEW_SECONDS <= exp <= now + LONGEST_SECONDS + SKEW_SECONDS:
        raise bad_client("the client assertion is too old, lasts for more than an hour, or has no exp")
    if any(times[name] is not None and times[name] > now + SKEW_SECONDS for name in ("iat", "nbf")):
        raise bad_client("the client assertion is of the future")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise bad_client("jti of the client assertion is missing")
    until = datetime.fromtimestamp(exp + 2 * SKEW_SECONDS, tz=UTC)
    if not tokens.note_assertion(client.client_id, jti, until):
        raise bad_client("the client assertion was used before")
    return client


def signed_by(client: Client, token: str) -> dict[str, Any]:
    """The claims of a JWT that a key of the client signed; raises Refused."""
    for held in _key_sets(client):
        try:
            keys = KeySet.import_key_set(held)
            told = jwt.decode(token, keys, algorithms=list(issuer.ASSERTION_ALGS))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        return dict(told.claims)
    raise bad_client("no registered key of this client made the signature")


def _key_sets(client: Client) -> Any:
    """The registered keys; those behind `jwks_uri` as last fetched, then anew."""
    if client.jwks:
        yield client.jwks
    if not client.jwks_uri:
        return
    held = _fetched.get(client.jwks_uri)
    age = time.monotonic() - held[0] if held else JWKS_SECONDS
    if held and age < JWKS_SECONDS:
        yield held[1]
        if age < JWKS_PAUSE:
            return
    try:
        told = outgoing.get_json(client.jwks_uri)
    except outgoing.Unreached:
        # Whoever sends a bad signature can bring a fetch about: one that fails takes nothing away.
        told = held[1] if held else {"keys": []}
    _fetched[client.jwks_uri] = (time.monotonic(), told)
    yield told


def _json(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
