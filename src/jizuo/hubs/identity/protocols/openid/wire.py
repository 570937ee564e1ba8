"""What the machine endpoints share: parameters in, JSON out, errors as RFC 6749 section 5.2 words them."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from jizuo.hubs.identity.actions import app_messages
from jizuo.hubs.identity.actions.tokens import BadClient, BadGrant
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Refused

View = Callable[[HttpRequest], HttpResponse]


def told(values: Any, *, status: int = 200) -> HttpResponse:
    """JSON that nobody keeps."""
    response = HttpResponse(orjson.dumps(values), content_type="application/json", status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def posted(request: HttpRequest) -> dict[str, str]:
    """The parameters of the form, once each; raises Refused. Those of the address do not count: they end in logs."""
    if request.GET.keys() & {"client_secret", "client_assertion", "code", "refresh_token", "token"}:
        raise Refused("invalid_request", "parameters belong into the body of the request")
    return openid.one_each(dict(request.POST.lists()))


def machine(view: View) -> View:
    """A POST endpoint for programs: no cookie, no CSRF token, and every refusal an answer of the specification."""

    @functools.wraps(view)
    def call(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            response = told({"error": "invalid_request", "error_description": "use POST"}, status=405)
            response["Allow"] = "POST"
            return response
        try:
            return view(request)
        except Refused as fault:
            told_of = fault
        except BadClient:
            told_of = Refused("invalid_client", "no such client, or its secret is wrong", status=401)
        except BadGrant as fault:
            told_of = Refused("invalid_grant", fault.words)
        _keep(request, told_of)
        return refused(request, told_of)

    return csrf_exempt(call)


def _keep(request: HttpRequest, fault: Refused) -> None:
    """Keep the refused message for its vendor, where it names an application."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    is_plain = request.path.startswith("/plain/")
    own = ("app_id", "secret") if is_plain else ("client_id", "client_secret")
    named, secret = (request.POST.get(name, "") for name in own)
    if header[:6].lower() == "basic ":
        try:
            text = base64.b64decode(header[6:].strip() + "==").decode("utf-8", "replace")
        except ValueError:
            text = ""
        named, _colon, secret = (unquote_plus(part) for part in text.partition(":"))
    place = "plain" if is_plain else request.path.strip("/").rpartition("/")[2]
    given = dict(request.POST.lists()) | ({"Authorization": "Basic ***"} if header else {})
    app_messages.refused(named, place[:12], fault.code, fault.words, given, secret=secret)


def refused(request: HttpRequest, fault: Refused) -> HttpResponse:
    """The error of a refused request, with the header that its status asks for."""
    response = told({"error": fault.code, "error_description": fault.words}, status=fault.status)
    if fault.code in ("invalid_token", "insufficient_scope"):
        # RFC 6750 section 3: a token that does not do is told so in the header too.
        response["WWW-Authenticate"] = f'Bearer realm="jizuo", error="{fault.code}"'
    elif fault.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="jizuo"'
    return response
