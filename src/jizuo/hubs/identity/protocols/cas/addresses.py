"""The addresses of the CAS server; its clients are given ``https://host/cas/``."""

from __future__ import annotations

from django.urls import path

from jizuo.hubs.identity.protocols.cas import ending, login, proxy, validate

urlpatterns = [
    path("cas/login", login.login, name="cas-login"),
    path("cas/logout", ending.logout, name="cas-logout"),
    path("cas/validate", validate.validate, name="cas-validate"),
    path("cas/serviceValidate", validate.service_validate, name="cas-service-validate"),
    path("cas/proxyValidate", validate.proxy_validate, name="cas-proxy-validate"),
    path("cas/p3/serviceValidate", validate.p3_service_validate, name="cas-p3-service-validate"),
    path("cas/p3/proxyValidate", validate.p3_proxy_validate, name="cas-p3-proxy-validate"),
    path("cas/proxy", proxy.proxy, name="cas-proxy"),
]
