"""ID tokens that come back as hints: of ours, of whatever age, believed for whom they name and for nothing else."""

from __future__ import annotations

from typing import Any

from jizuo.hubs.identity.actions import signing_keys
from jizuo.hubs.identity.rules.openid import Refused


def read(token: str, issuer: str) -> dict[str, Any] | None:
    """The claims of an ID token that this issuer made; None for anything else."""
    told = signing_keys.verify(token) if token and token.count(".") == 2 else None
    is_ours = told is not None and told.get("iss") == issuer and "sub" in told and "events" not in told
    return told if is_ours else None


def subjects(token: str, issuer: str, client_id: str) -> tuple[str, ...]:
    """The subject that a request's `id_token_hint` names; raises Refused for a hint that is none of ours."""
    if not token:
        return ()
    told = read(token, issuer)
    if told is None or told.get("aud") != client_id:
        raise Refused("invalid_request", "id_token_hint is no ID token of this client")
    return (str(told["sub"]),)
