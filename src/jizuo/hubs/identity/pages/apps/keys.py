"""The issuer's keys, for the operator of the base."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jizuo.ground.errors import Conflict
from jizuo.ground.pages.format import table_day
from jizuo.ground.pages.shell import to
from jizuo.hubs.identity.actions import app_desk, signing_keys
from jizuo.hubs.identity.pages.apps.words import KEYS
from jizuo.hubs.identity.protocols.openid import issuer


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The keys and their times; a new one is published a day before it signs."""
    if request.method == "POST":
        try:
            begins = app_desk.rotate_key(alg=request.POST.get("alg", ""))
        except Conflict as error:
            messages.error(request, f"{error.detail}。{error.fix}。")
        else:
            messages.success(request, _("新密钥已公布，%(day)s 起用它签名。") % {"day": table_day(begins)})
        return redirect(to("apps/keys"))
    lines = [(one, *KEYS[one.state]) for one in app_desk.key_lines()]
    context = {
        "lines": lines,
        "algs": signing_keys.ALGS,
        "address": issuer.issuer(request) + issuer.JWKS,
        "trail": [(_("应用接入"), to("apps"))],
    }
    return render(request, "identity/apps/keys.html", context)
