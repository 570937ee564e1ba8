"""Pages that are applications by themselves, without a server: which origins may read what the endpoints answer (CORS of
the Fetch standard)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from jizuo.ground import prepared

View = Callable[[HttpRequest], HttpResponse]
ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?|https?://\[[0-9a-f:.]{2,45}\](:[0-9]{1,5})?")
KNOWN = """
select exists (select 1 from app, unnest(redirect_uris) one where kind = 'public' and is_active
  and (one = %(origin)s::text or starts_with(one, %(origin)s::text || '/') or starts_with(one, %(origin)s::text || '?')))
"""
#: A browser may keep the answer to its question for so long; an application that is switched off gets no token anyway.
KEPT_SECONDS = 600


def for_pages(view: View) -> View:
    """Let a page of a public client read the answer of `view`: one at the origin of a registered redirect address. No cookie
    counts here and none is let in. Whoever has a secret calls from a server, where no browser asks."""

    @functools.wraps(view)
    def call(request: HttpRequest) -> HttpResponse:
        origin = request.META.get("HTTP_ORIGIN", "")
        if not origin:
            return view(request)
        is_question = request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
        response = HttpResponse(status=204) if is_question else view(request)
        patch_vary_headers(response, ["Origin"])
        if not is_page(origin):
            return response
        response["Access-Control-Allow-Origin"] = origin
        if is_question:
            response["Access-Control-Allow-Methods"] = "GET, POST"
            response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response["Access-Control-Max-Age"] = str(KEPT_SECONDS)
        else:
            response["Access-Control-Expose-Headers"] = "WWW-Authenticate"
        return response

    return call


def is_page(origin: str) -> bool:
    """Whether a public client that is switched on has an address of this origin."""
    return bool(ORIGIN.fullmatch(origin)) and bool(prepared.rows(KNOWN, {"origin": origin})[0][0])
