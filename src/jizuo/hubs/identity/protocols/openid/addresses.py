"""The addresses of the provider, as its discovery document names them."""

from __future__ import annotations

from django.urls import path

from jizuo.hubs.identity.protocols import asking
from jizuo.hubs.identity.protocols.openid import authorize, device, ending, issuer, reading, token

urlpatterns = [
    path(".well-known/openid-configuration", issuer.discovery, name="openid-discovery"),
    path(".well-known/oauth-authorization-server", issuer.discovery, name="oauth-discovery"),
    path("openid/authorize/", authorize.authorize, name="openid-authorize"),
    path("openid/continue/", asking.carry_on, name="openid-continue"),
    path("openid/decide/", asking.decide, name="openid-decide"),
    path("openid/device/", device.authorization, name="openid-device"),
    path("openid/token/", token.token, name="openid-token"),
    path("openid/userinfo/", reading.userinfo, name="openid-userinfo"),
    path("openid/jwks/", issuer.jwks, name="openid-jwks"),
    path("openid/introspect/", reading.introspect, name="openid-introspect"),
    path("openid/revoke/", reading.revoke, name="openid-revoke"),
    path("openid/end-session/", ending.end_session, name="openid-end-session"),
]
