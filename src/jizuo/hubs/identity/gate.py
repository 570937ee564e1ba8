"""What the identity hub does around every request: sends people to the second factor and remembers the role."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from jizuo.ground import grants
from jizuo.ground import scope as scopes
from jizuo.ground.acting import ActingRequest
from jizuo.ground.errors import NotAllowed
from jizuo.hubs.identity.actions import devices


class Gate:
    """Middleware, inside `ActingRole`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponseBase:
        scope = scopes.current_or_none()
        if scope and scope.grant_no and scope.account_id:
            is_start = request.path_info == f"/as/{scope.grant_no}/"
            if is_start and not request.is_last_role:
                grants.note_use(scope.grant_no, scope.account_id)
        response = self.get_response(request)
        devices.put_cookie(request, response)
        return response

    def process_exception(self, request: ActingRequest, exception: Exception) -> HttpResponse | None:
        """A door that asks for a second factor sends the person to the page that takes it, and back."""
        if (
            not isinstance(exception, NotAllowed)
            or not exception.step_up
            or not request.user.is_authenticated
        ):
            return None
        wanted = {"next": back_address(request)} | (
            {} if exception.level == 2 else {"level": exception.level}
        )
        address = f"{reverse('step-up')}?{urlencode(wanted)}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        if request.method != "GET":
            messages.info(request, _("验证好了会回到这一页，请再点一次刚才的按钮。"))
        return redirect(address)


def back_address(request: ActingRequest) -> str:
    """Where a person stood: the page itself, or for a post the page that held the form."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    came = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}):
        return "/"
    parts = urlsplit(came)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The `next` of the request when it stays on this base, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/")
    return wanted if is_ours else default
