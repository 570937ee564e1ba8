"""The pages of what goes wrong outside any door: a broken request, no such address, a bug."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jizuo.ground.errors import BadInput, NotAllowed
from jizuo.ground.files.uploads import TooLarge

MB = 1024 * 1024


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read; 413: it was more than a page takes, and was not read to its end."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "400.html", {"fault": too_large(exception), "code": 413}, status=413)
    return render(request, "400.html", status=400)


def too_large(exception: Exception) -> BadInput:
    """What was too large, and what to do about it."""
    if isinstance(exception, TooLarge):
        named = {"name": exception.name[:80], "most": exception.most // MB}
        return BadInput(
            _("“%(name)s”超过 %(most)s MB，没有收。") % named,
            fix=_("请拆成几个文件或压缩图片后再传；回到上一页，填过的内容还在。"),
        )
    return BadInput(
        _("一次提交的内容太多，没有写入。"),
        fix=_("行数多的表请分几次提交；回到上一页，填过的内容还在。"),
    )


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
