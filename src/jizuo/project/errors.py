"""The pages of what goes wrong outside any door: a broken request, no such address, a bug."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jizuo.ground.errors import NotAllowed


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the acting role may not."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such address, or nothing of the acting role's."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Drawn without a request or a scope: whatever failed may fail again while a menu is drawn."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long or came from elsewhere."""
    fault = NotAllowed(
        _("这张表单已过期，没有写入"), fix=_("请回到上一页刷新后再提交；浏览器须允许本站的 Cookie。")
    )
    return render(request, "403.html", {"fault": fault}, status=403)
