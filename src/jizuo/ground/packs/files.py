"""The files of a pack, from a folder or a zip, within bounds: names that cannot leave the pack, text only, small."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec
from django.utils.translation import gettext as _

from jizuo.ground.errors import Problem

MOST_FILES, MOST_FILE, MOST_ALL, MOST_RATIO = 200, 256 * 1024, 2 * 1024 * 1024, 50
ENDINGS = (".yaml", ".csv", ".md")
SIGNATURE = "signature.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,59}")


class BadPack(ValueError):
    """Files that are no pack; `problems` name each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.what}" for one in problems))
        self.problems = problems


def name_problem(path: str) -> Problem | None:
    """Why a path cannot be one of a pack; None for a good one."""
    shown = path[:80]
    parts = path.split("/")
    if "\\" in path or ":" in path or path.startswith("/") or ".." in parts or "" in parts or "." in parts:
        return Problem(shown, _("文件名指到包的外面"), _("只用包内的相对路径，如 forms/leave.yaml"))
    if len(parts) > 2 or not all(_NAME.fullmatch(part) for part in parts):
        return Problem(shown, _("文件名不合规"), _("最多一层文件夹，名字只用英文字母、数字、下划线和点"))
    if not path.endswith(ENDINGS):
        return Problem(
            shown, _("包里不能有这种文件"), _("只收 %(kinds)s；不收程序") % {"kinds": "、".join(ENDINGS)}
        )
    return None


def checked(files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """path -> text of files as they came, in order of path. Raises BadPack naming every fault."""
    found: dict[str, str] = {}
    folded: dict[str, str] = {}
    problems: list[Problem] = []
    total = 0
    for count, (path, content) in enumerate(files, 1):
        total += len(content)
        if count > MOST_FILES or total > MOST_ALL:
            problems.append(Problem(path[:80], _("包太大"), _("最多 %(n)s 个文件、2 MB") % {"n": MOST_FILES}))
            break
        wrong = name_problem(path)
        if wrong is not None:
            problems.append(wrong)
            continue
        alike = folded.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
        if alike != path or path in found:
            problems.append(Problem(path, _("和 %(other)s 重名") % {"other": alike}, _("去掉一个")))
            continue
        if len(content) > MOST_FILE:
            problems.append(Problem(path, _("文件太大"), _("一个文件最大 256 KB")))
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(path, _("不是 UTF-8 文字"), _("另存为 UTF-8")))
            continue
        if "\0" in text:
            problems.append(Problem(path, _("含有不能保存的字符"), _("另存为纯文字")))
            continue
        found[path] = text.replace("\r\n", "\n")
    if problems:
        raise BadPack(problems)
    return dict(sorted(found.items()))


def of_folder(folder: Path) -> dict[str, str]:
    """The files of a folder. Raises BadPack; links are not followed."""
    found = []
    problems = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(Problem(inner, _("是一个链接"), _("放文件本身")))
        elif path.is_file() and "__pycache__" not in path.parts:
            if path.stat().st_size > MOST_ALL:
                raise BadPack([Problem(inner, _("文件太大"), _("一个文件最大 256 KB"))])
            found.append((inner, path.read_bytes()))
    if problems:
        raise BadPack(problems)
    return checked(found)


def of_zip(content: bytes) -> tuple[dict[str, str], str]:
    """(files, signature) of a zip, '' where it is not signed; one folder around everything is taken off. Nothing is
    unpacked beyond the bounds. Raises BadPack."""
    if len(content) > MOST_ALL:
        raise BadPack([Problem("zip", _("包太大"), _("最多 %(n)s 个文件、2 MB") % {"n": MOST_FILES})])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_FILES + 1:
                raise BadPack([Problem("zip", _("包太大"), _("最多 %(n)s 个文件、2 MB") % {"n": MOST_FILES})])
            problems = [problem for one in entries if (problem := _entry_problem(one)) is not None]
            if problems:
                raise BadPack(problems)
            read = [(one.filename, _unpacked(archive, one)) for one in entries]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise BadPack([Problem("zip", _("不是完整的 zip 文件"), _("重新下载后再试"))]) from None
    tops = {PurePosixPath(path).parts[0] for path, _bytes in read}
    if len(tops) == 1 and all("/" in path for path, _bytes in read):
        (top,) = tops
        read = [(path.removeprefix(f"{top}/"), one) for path, one in read]
    signature = next((one for path, one in read if path == SIGNATURE), b"")
    return checked((path, one) for path, one in read if path != SIGNATURE), signature[:4000].decode(
        "utf-8", "replace"
    )


def _entry_problem(one: zipfile.ZipInfo) -> Problem | None:
    mode = one.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return Problem(one.filename[:80], _("是一个链接"), _("放文件本身"))
    if one.flag_bits & 0x1:
        return Problem(one.filename[:80], _("有密码"), _("去掉密码再打包"))
    if one.file_size > MOST_FILE or one.file_size > max(one.compress_size, 64) * MOST_RATIO:
        return Problem(one.filename[:80], _("解开后太大"), _("一个文件最大 256 KB"))
    path = one.filename
    if "\\" in path or path.startswith("/") or ".." in path.split("/") or ":" in path:
        return name_problem(path)
    return None


def _unpacked(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """The content, never more than the head of the entry said."""
    with archive.open(one) as stream:
        content = stream.read(MOST_FILE + 1)
    if len(content) > one.file_size or len(content) > MOST_FILE:
        raise BadPack([Problem(one.filename[:80], _("解开后太大"), _("一个文件最大 256 KB"))])
    return content


def to_zip(files: Mapping[str, str], folder: str, signature: str = "") -> bytes:
    """A zip of the files in one folder, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {**files, **({SIGNATURE: signature} if signature else {})}
        for path, text in sorted(told.items()):
            entry = zipfile.ZipInfo(f"{folder}/{path}", (2026, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over paths and texts, hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(dict(files), order="deterministic")).hexdigest()
