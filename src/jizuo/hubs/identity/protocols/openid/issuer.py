"""Where the provider stands: its issuer is the base's own address, and every endpoint hangs below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from jizuo.hubs.identity.actions import signing_keys
from jizuo.hubs.identity.rules import openid

AUTHORIZE, TOKEN, USERINFO = "/openid/authorize/", "/openid/token/", "/openid/userinfo/"
JWKS, INTROSPECT, REVOKE = "/openid/jwks/", "/openid/introspect/", "/openid/revoke/"
END_SESSION = "/openid/end-session/"
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
#: Grant types that the token endpoint knows; a module that adds one adds it here and in `token.GRANTS`.
GRANT_TYPES = ["authorization_code", "refresh_token", "client_credentials"]
#: More of the discovery document, by a module that adds an endpoint: name -> path below the issuer.
MORE_ENDPOINTS: dict[str, str] = {}
ASSERTION_ALGS = ("ES256", "RS256", "PS256", "EdDSA")
CLAIMS = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "name", "roles", "admin_roles", "orgs",
    "classes", "stages", "guardian_of", "email", "email_verified", "phone_tail", "phone_number_verified",
)  # fmt: skip


def issuer(request: HttpRequest) -> str:
    """``https://host`` without a slash at its end. The host is one of ALLOWED_HOSTS, or Django refuses the request."""
    return f"{request.scheme}://{request.get_host()}"


@require_safe
def discovery(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0 and RFC 8414: what this provider offers and where."""
    base = issuer(request)
    told: dict[str, Any] = {
        "issuer": base,
        "authorization_endpoint": base + AUTHORIZE,
        "token_endpoint": base + TOKEN,
        "userinfo_endpoint": base + USERINFO,
        "jwks_uri": base + JWKS,
        "introspection_endpoint": base + INTROSPECT,
        "revocation_endpoint": base + REVOKE,
        "end_session_endpoint": base + END_SESSION,
        **{name: base + path for name, path in MORE_ENDPOINTS.items()},
        "scopes_supported": list(openid.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": list(openid.RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": list(signing_keys.ALGS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        "introspection_endpoint_auth_methods_supported": list(AUTH_METHODS[:3]),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": sorted(openid.PROMPTS),
        "acr_values_supported": list(openid.ACR_VALUES),
        "claim_types_supported": ["normal"],
        "claims_supported": list(CLAIMS),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": False,
        "ui_locales_supported": ["zh-CN", "en"],
    }
    return _open(JsonResponse(told))


@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys: those in use, those to come and those just put down."""
    return _open(JsonResponse({"keys": signing_keys.published()}))


def _open(response: JsonResponse) -> JsonResponse:
    """Public documents may be read by a page of any origin and kept for an hour."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response
