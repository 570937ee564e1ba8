"""Serving a file: parse the range, open the door, stream from the store.

The door's transaction has ended when the bytes flow (RLS-8): everything the answer needs is in `OpenFile`.
"""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jizuo.ground.errors import NotFound
from jizuo.ground.files import queries, store
from jizuo.ground.files.queries import OpenFile
from jizuo.plain.sniff import IMAGE, PDF, TYPES

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@require_safe
def download(request: HttpRequest, grant_no: int, file_id: UUID) -> HttpResponseBase:
    """``files/<id>`` under the acting role's address."""
    return serve(request, queries.get_file(file_id=file_id))


def serve(request: HttpRequest, opened: OpenFile) -> HttpResponseBase:
    """The answer for a file a door has opened: 200, 206, 304 or 416; one range (RFC 9110), ETag, name.

    Pictures and PDF are shown, all else is offered for saving. Grade 3 and up leaves no copy behind.
    """
    tag = f'"{opened.sha256}"'
    is_private = opened.grade >= queries.DISCLOSED_FROM_GRADE
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(opened.name, is_shown=may_show(opened.type)),
        "Cache-Control": "private, no-store" if is_private else "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if not is_private and _matches(request.headers.get("If-None-Match", ""), tag):
        return HttpResponse(status=304, headers=headers)
    span = (0, opened.size)
    asked = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", "")
    status = 200
    if asked and request.method == "GET" and condition in ("", tag):
        found = wanted(asked, opened.size)
        if found is None:
            headers["Content-Range"] = f"bytes */{opened.size}"
            return HttpResponse(status=416, headers=headers)
        if not isinstance(found, str):
            span, status = found, 206
            headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{opened.size}"
    headers["Content-Length"] = str(span[1] - span[0])
    if request.method == "HEAD":
        return HttpResponse(content_type=opened.type, headers=headers)
    try:
        parts = store.current().open(opened.sha256, *span)
    except store.Missing:
        raise NotFound(
            _("文件的内容不在库中"), fix=_("请联系系统管理员，用备份放回（jizuo doctor 会列出）")
        ) from None
    return StreamingHttpResponse(parts, status=status, content_type=opened.type, headers=headers)


def wanted(header: str, size: int) -> tuple[int, int] | str | None:
    """The half-open range that a Range header asks of `size` bytes; "whole" for what may be ignored (several
    ranges, another unit, nonsense); None when it lies outside (416)."""
    match = _RANGE.fullmatch(header.strip().replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return "whole"
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size
    else:
        begin, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < begin:
            return "whole"
    return (begin, end) if begin < end else None


def may_show(type_: str) -> bool:
    """Whether a browser may show it in place: raster pictures and PDF; a drawing could carry a script."""
    return type_ == PDF or TYPES.get(type_, ("",))[0] == IMAGE


def disposition(name: str, *, is_shown: bool) -> str:
    """Content-Disposition with the name in UTF-8 (RFC 6266, RFC 8187) and a plain one for old clients."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    how = "inline" if is_shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _matches(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in header.split(","))
