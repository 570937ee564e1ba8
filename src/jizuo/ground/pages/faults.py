"""A door's refusal as a page a person can read, with the status it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg import DataError as DriverError

from jizuo.ground.errors import BadInput, DoorError

#: Which page words a status; the answer keeps its own status.
TEMPLATES = {400: "400.html", 403: "403.html", 404: "404.html", 409: "400.html", 422: "400.html"}


class Faults:
    """Middleware, outside the identity hub's gate (which sends a due second factor to its page first): a
    `DoorError` that a page let through becomes the page of its status, and so does the empty answer to a browser that
    opens the address of a form's button."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_bare = isinstance(response, HttpResponse) and response.status_code == 405 and not response.content
        if not is_bare or not request.accepts("text/html"):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response.headers.get("Allow", "POST")
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal's page; None leaves any other exception to Django. A value that no column keeps (NUL) is refused by
        the database wherever it was sent, and is the sender's fault; whatever else the database refuses is ours."""
        if isinstance(exception, DataError | DriverError) and has_nul(request):
            exception = BadInput(_("含有不能保存的字符"), fix=_("去掉它"))
        return fault_page(request, exception) if isinstance(exception, DoorError) else None


def has_nul(request: HttpRequest) -> bool:
    """Whether the address or the form of a request holds the sign NUL."""
    told = [*request.GET.lists(), *request.POST.lists()]
    return "\0" in request.path or any("\0" in text for name, values in told for text in (name, *values))


def fault_page(request: HttpRequest, fault: DoorError) -> HttpResponse:
    """What happened, where, and how to mend it."""
    context: dict[str, Any] = {"fault": fault}
    response = render(request, TEMPLATES.get(fault.status, "500.html"), context, status=fault.status)
    response["Cache-Control"] = "no-store"
    return response
