"""The addresses of the plain recipe."""

from __future__ import annotations

from django.urls import path

from jizuo.hubs.identity.protocols.plain import sign_in, user

urlpatterns = [
    path("plain/sign-in/", sign_in.sign_in, name="plain-sign-in"),
    path("plain/user/", user.user, name="plain-user"),
]
