"""The device authorization endpoint and its grant (RFC 8628): a classroom screen or a television asks for a code, and a
person types it on a phone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from jizuo.hubs.identity.actions import app_messages, device_codes
from jizuo.hubs.identity.actions.tokens import Made, Proof
from jizuo.hubs.identity.protocols.openid import clients, issuer, token, wire
from jizuo.hubs.identity.rules import device_codes as rules
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Refused

AUTHORIZATION = "/openid/device/"
#: Short, because people type it.
VERIFICATION = "/device/"


@wire.machine
def authorization(request: HttpRequest) -> HttpResponse:
    """RFC 8628 section 3.1: codes for one device."""
    told = wire.posted(request)
    openid.refuse_unsupported(told)
    proof = clients.proof_of(request, told)
    if rules.GRANT not in proof.client.grants:
        raise Refused("unauthorized_client", "this client may not use the device grant")
    scopes = openid.scopes_of(told.get("scope", ""), proof.client)
    if openid.STEP_UP_SCOPES & set(scopes):
        raise Refused("invalid_scope", "this client may not ask for scope admin on a device")
    begun = device_codes.begin(proof, scopes=scopes)
    app_messages.good(proof.client, "device", told)
    page = issuer.issuer(request) + VERIFICATION
    code = rules.show(begun.user_code)
    return wire.told(
        {
            "device_code": begun.device_code,
            "user_code": code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'code': code})}",
            "expires_in": begun.seconds,
            "interval": begun.interval,
        }
    )


def by_device(request: HttpRequest, told: dict[str, str], proof: Proof) -> Made:
    """The grant: what a device asks again and again."""
    if "device_code" not in told:
        raise Refused("invalid_request", "device_code is missing")
    return device_codes.fetch(proof, device_code=told["device_code"])


token.GRANTS[rules.GRANT] = by_device
issuer.GRANT_TYPES.append(rules.GRANT)
issuer.MORE_ENDPOINTS["device_authorization_endpoint"] = AUTHORIZATION
