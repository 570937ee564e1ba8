"""The list of the own unit's applications."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jizuo.ground.acting import ActingRequest
from jizuo.ground.pages.parts import Action
from jizuo.ground.pages.shell import to
from jizuo.hubs.identity.actions import app_desk
from jizuo.hubs.identity.actions.app_desk import AppLine
from jizuo.hubs.identity.pages.apps.words import KINDS


def page(request: ActingRequest) -> HttpResponse:
    """Search, the lines, or what to do when there are none."""
    text = request.GET.get("text", "")[:80]
    context: dict[str, Any] = {
        "lines": [(line, KINDS.get(line.kind, line.kind), protocols(line)) for line in app_desk.my_apps(text=text)],
        "text": text,
        "where": [request.unit_name],
        "main": Action(_("登记应用"), href=to("apps/new")),
    }  # fmt: skip
    return render(request, "identity/apps/list.html", context)


def protocols(line: AppLine) -> str:
    """The ways an application signs people in, in a row."""
    ways = ((line.has_openid, "OpenID"), (line.has_cas, "CAS"), (line.has_plain, _("简易接入")))
    return "、".join(str(word) for has, word in ways if has)
