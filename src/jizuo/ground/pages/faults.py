"""A door's refusal as a page a person can read, with the status it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from jizuo.ground.errors import DoorError

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
        """The refusal's page; None leaves any other exception to Django."""
        return fault_page(request, exception) if isinstance(exception, DoorError) else None


def fault_page(request: HttpRequest, fault: DoorError) -> HttpResponse:
    """What happened, where, and how to mend it."""
    context: dict[str, Any] = {"fault": fault}
    response = render(request, TEMPLATES.get(fault.status, "500.html"), context, status=fault.status)
    response["Cache-Control"] = "no-store"
    return response
