"""What a browser posts of a form, as answers to be checked. Names: ``key``, ``lines[0].count``; a file field ``<key>.kept``
for files that are there already, ``<key>.new`` for new ones, ``<key>.drawn`` for a signature as a PNG data address."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from jizuo.engines.matter.forms.asked import FILE_KINDS, LIST_KINDS, Asked, AskedPage, fields_of

_CELL = re.compile(r"^(?P<key>[a-z][a-z0-9_]*)\[(?P<row>\d{1,4})\]\.(?P<cell>[a-z][a-z0-9_]*)$")
#: Rows that a page reads at all; checking says how many may be kept.
MOST_ROWS = 10_001
DRAWN = "data:image/png;base64,"
#: (stream, name, kind of file) -> the file as a value.
Keep = Callable[[BinaryIO, str, str], dict[str, Any]]


def posted(
    request: HttpRequest,
    pages: Sequence[AskedPage],
    keep: Keep,
    columns_of: Callable[[Asked], Sequence[Asked]],
) -> dict[str, Any]:
    """The answers of a posted form. keep: keeps an upload and answers with its value; columns_of: the columns of a table
    field."""
    told: dict[str, Any] = {}
    rows = cells_of(request.POST)
    for one in fields_of(tuple(pages)):
        if not one.is_typed:
            continue
        if one.kind in ("table", "columns", "sheet"):
            if one.key in rows:
                columns = {each.key: each for each in columns_of(one)}
                told[one.key] = [
                    {cell: _plain(columns[cell], values) for cell, values in row.items() if cell in columns}
                    for _number, row in sorted(rows[one.key].items())
                ]
            continue
        if one.kind in FILE_KINDS:
            files = _files(request, one, keep)
            if files:
                told[one.key] = files
            continue
        if one.key in request.POST:
            told[one.key] = _plain(one, request.POST.getlist(one.key))
    return told


def cells_of(post: QueryDict) -> dict[str, dict[int, dict[str, list[str]]]]:
    """field -> row -> column -> values, of every name of a cell."""
    found: dict[str, dict[int, dict[str, list[str]]]] = {}
    for name in post:
        told = _CELL.match(name)
        if told is not None and int(told["row"]) < MOST_ROWS:
            found.setdefault(told["key"], {}).setdefault(int(told["row"]), {})[told["cell"]] = post.getlist(
                name
            )
    return found


def _plain(one: Asked, values: list[str]) -> Any:
    if one.kind in LIST_KINDS:
        return [value for value in values if value]
    value = next((value for value in reversed(values) if value), "")
    if one.kind == "yes_no":
        return {"yes": True, "no": False}.get(value, value)
    return value


def _files(request: HttpRequest, one: Asked, keep: Keep) -> list[Any]:
    dropped = set(request.POST.getlist(f"{one.key}.drop"))
    found: list[Any] = [
        value for value in request.POST.getlist(f"{one.key}.kept") if value and value not in dropped
    ]
    for upload in request.FILES.getlist(f"{one.key}.new"):
        if isinstance(upload, UploadedFile) and upload.size:
            found.append(
                keep(
                    cast(BinaryIO, upload),
                    upload.name or "",
                    "attachment" if one.kind == "file" else "picture",
                )
            )
    drawn = request.POST.get(f"{one.key}.drawn", "")
    if drawn.startswith(DRAWN):
        try:
            content = base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
        except (ValueError, binascii.Error):
            content = b""
        if content:
            found = [keep(io.BytesIO(content), "signature.png", "picture")]
    return found
