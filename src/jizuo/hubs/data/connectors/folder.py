"""A folder that another system or person puts files into. A file is taken once it has stopped growing; what was applied
goes to ``done``, what could not be to ``failed`` with a note beside it."""

from __future__ import annotations

import fnmatch
import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from jizuo.hubs.data.connectors import addresses
from jizuo.hubs.data.connectors.feeds import Kind, Setting, SourceError

NAME = "folder"
DONE, FAILED = "done", "failed"
QUIET_SECONDS = 5.0
USUAL = "*.xlsx;*.xls;*.csv;*.txt;*.ods"
#: How other systems mark what they are still writing.
_HALF = ("~$*", ".*", "*.tmp", "*.part", "*.crdownload", "*.filepart")


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that has stopped growing. others: how many more are ready."""

    path: Path
    sha256: str
    others: int


def look(settings: Mapping[str, Any], unit_no: int, pause: Callable[[float], None]) -> Ready | None:
    """The oldest file that did not change between two looks; None when there is none. Raises SourceError."""
    place = addresses.folder(str(settings.get("path") or ""), unit_no)
    before = seen(place, str(settings.get("pattern") or USUAL))
    if not before:
        return None
    quiet = float(settings.get("quiet_seconds") or QUIET_SECONDS)
    pause(min(max(quiet, 0.0), 60.0))
    after = seen(place, str(settings.get("pattern") or USUAL))
    still = sorted((mark[1], path) for path, mark in after.items() if before.get(path) == mark)
    if not still:
        return None
    path = still[0][1]
    return Ready(path, digest(path), len(still) - 1)


def seen(place: Path, pattern: str) -> dict[Path, tuple[int, int]]:
    """Files of a folder that match -> (bytes, changed at in ns). Links are not followed out of the folder."""
    wanted = [one.strip().casefold() for one in pattern.split(";") if one.strip()]
    found = {}
    for path in place.iterdir():
        name = path.name.casefold()
        if path.is_symlink() or not path.is_file() or any(fnmatch.fnmatchcase(name, half) for half in _HALF):
            continue
        if any(fnmatch.fnmatchcase(name, one) for one in wanted):
            about = path.stat()
            if about.st_size:
                found[path] = (about.st_size, about.st_mtime_ns)
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file. Raises SourceError when it is gone."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        raise SourceError("gone", f"{path.name} 读不到了", "会按计划再看", is_passing=True) from None


def put_away(place: Path, name: str, sha256: str, *, stamp: str, note: str = "") -> None:
    """Move a taken file to ``done``, or with a note to ``failed``. A file that is gone or has changed since stays."""
    path = place / name
    if path.is_symlink() or not path.is_file() or digest(path) != sha256:
        return
    home = place / (FAILED if note else DONE)
    home.mkdir(exist_ok=True)
    target = home / f"{stamp} {name}"
    shutil.move(path, target)
    if note:
        target.with_name(target.name + ".txt").write_text(note + "\n", encoding="utf-8")


def check(told: Mapping[str, Any]) -> None:
    """Raise SourceError for settings that cannot be."""
    if "\0" in str(told.get("path", "")) or "/" in str(told.get("pattern", "")):
        raise SourceError("path", "文件夹或文件名的写法不对")


KIND = Kind(
    NAME, _("文件夹"), _("别的系统或同事把表放进一个文件夹，放好就取"),
    (
        Setting("path", _("文件夹"), hint=_("不填就是本单位的收件文件夹")),
        Setting("pattern", _("哪些文件"), usual=USUAL, hint=_("用分号隔开，例如 学生*.xlsx"), step="query"),
        Setting("quiet_seconds", _("多少秒没有变化才取"), "whole", usual="5", step="query"),
    ),
    None, check, mark="夹",
)  # fmt: skip
