"""What a browser posts of a form, as answers to be checked, without knowing the form. Names: ``key``, ``key[]`` for a list,
``lines[0].count`` for a cell; ``<key>.kept`` for files that are there already, ``<key>.file`` and ``<key>.photo`` for new ones,
``<key>.drawn`` for a signature as a PNG data address."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_LIST = re.compile(r"(?P<key>[a-z][a-z0-9_]*)\[\]")
_CELL = re.compile(r"(?P<key>[a-z][a-z0-9_]*)\[(?P<row>\d{1,5})\]\.(?P<cell>[a-z][a-z0-9_]*)(?P<list>\[\])?")
_FILE = re.compile(r"(?P<key>[a-z][a-z0-9_]*)\.(?P<how>kept|file|photo|drawn)")
#: Names of the page itself.
OWN = frozenset({"csrfmiddlewaretoken", "do", "at", "submit_key", "shown", "subject", "paper"})
#: A row further down than this is not read; checking says how many may be kept.
MOST_ROWS = 10_001
DRAWN = "data:image/png;base64,"
#: How a file comes -> its kind.
UPLOADS = {"file": "attachment", "photo": "picture"}
#: (stream, name, kind of file) -> id of the kept file.
Keep = Callable[[BinaryIO, str, str], str]


def posted(request: HttpRequest, keep: Keep | None = None) -> dict[str, Any]:
    """The answers of a posted form. keep: keeps what was uploaded; without it new files are left out."""
    told: dict[str, Any] = {}
    for name in request.POST:
        values = request.POST.getlist(name)
        if name in OWN:
            continue
        if _PLAIN.fullmatch(name):
            told[name] = next((value for value in reversed(values) if value), "")
        elif found := _LIST.fullmatch(name):
            told[found["key"]] = [value for value in values if value]
    for key, rows in cells_of(request.POST).items():
        told[key] = [rows[number] for number in sorted(rows)]
    for key in {found["key"] for name in [*request.POST, *request.FILES] if (found := _FILE.fullmatch(name))}:
        told[key] = _files(request, key, keep)
    return told


def cells_of(post: QueryDict) -> dict[str, dict[int, dict[str, Any]]]:
    """field -> row -> column -> value, of every name of a cell."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name in post:
        told = _CELL.fullmatch(name)
        if told is None or int(told["row"]) >= MOST_ROWS:
            continue
        values = [value for value in post.getlist(name) if value]
        row = found.setdefault(told["key"], {}).setdefault(int(told["row"]), {})
        row[told["cell"]] = values if told["list"] else values[-1] if values else ""
    return found


def _files(request: HttpRequest, key: str, keep: Keep | None) -> list[str]:
    dropped = set(request.POST.getlist(f"{key}.drop"))
    found = [value for value in request.POST.getlist(f"{key}.kept") if value and value not in dropped]
    if keep is None:
        return found
    for how, kind in UPLOADS.items():
        for upload in request.FILES.getlist(f"{key}.{how}"):
            if isinstance(upload, UploadedFile) and upload.size:
                found.append(keep(cast(BinaryIO, upload), upload.name or "", kind))
    drawn = request.POST.get(f"{key}.drawn", "")
    if drawn.startswith(DRAWN):
        try:
            content = base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
        except (ValueError, binascii.Error):
            content = b""
        if content:
            found = [keep(io.BytesIO(content), "signature.png", "picture")]
    return found


def row_change(told: dict[str, Any], do: str) -> bool:
    """Do ``add:<key>`` or ``drop:<key>:<row>`` to the rows of a table; False for any other word."""
    verb, _colon, rest = do.partition(":")
    key, _colon, number = rest.partition(":")
    if verb not in ("add", "drop") or not _PLAIN.fullmatch(key):
        return False
    rows = told.get(key) if isinstance(told.get(key), list) else []
    if verb == "add":
        told[key] = [*(rows or [{}]), {}]
    else:
        told[key] = [row for place, row in enumerate(rows or []) if str(place) != number]
    return True
