"""The zip itself: opened with suspicion, never unpacked to disk.

A member is taken by its base name when it stands at the root or in the one folder all files share. Everything
that is not plainly a small set of CSV files is refused before a byte of it is parsed.
"""

import io
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from .report import Findings

Source = str | os.PathLike[str] | BinaryIO
"""A path, or an open binary file that can seek."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes after unpacking, members, and how many times a member may grow (looked at from 10 MB on)."""

    member_bytes: int = 1 << 30
    total_bytes: int = 2 << 30
    members: int = 200
    ratio: int = 200


_RATIO_FROM = 10_000_000
_CHUNK = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


class Archive:
    """An opened zip. `members` maps base name as written (e.g. "users.csv") to its entry."""

    def __init__(self, file: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], limits: Limits) -> None:
        self._file = file
        self.members = members
        self._limits = limits

    def read(self, name: str, findings: Findings) -> bytes | None:
        """The member's bytes, or None with the problem noted. The declared size is never trusted."""
        info = self.members[name]
        chunks = io.BytesIO()
        try:
            with self._file.open(info) as member:
                while chunk := member.read(_CHUNK):
                    chunks.write(chunk)
                    if chunks.tell() > min(self._limits.member_bytes, info.file_size):
                        _bomb(findings, name, chunks.tell())
                        return None
        except _DAMAGED:
            findings.note("zip_cut", name)
            return None
        # The buffer itself, not a copy of it.
        return chunks.getvalue()

    def close(self) -> None:
        self._file.close()


def open_archive(source: Source, findings: Findings, limits: Limits | None = None) -> Archive | None:
    """The archive, or None when it cannot be read at all. Missing files raise FileNotFoundError as usual."""
    limits = limits or Limits()
    try:
        file = zipfile.ZipFile(source)
    except zipfile.BadZipFile:
        _name_the_kind(_first_bytes(source), findings)
        return None
    infos = [info for info in file.infolist() if not info.is_dir()]
    if any(info.filename == "[Content_Types].xml" for info in infos):
        findings.note("not_a_zip", "", what_zh="是 Excel 或 Word 文档", what_en="an Office document")
        file.close()
        return None
    if len(infos) > limits.members:
        _bomb(findings, "", 0, f"{len(infos)} 个文件", f"{len(infos)} files")
        file.close()
        return None
    if sum(info.file_size for info in infos) > limits.total_bytes:
        _bomb(findings, "", sum(info.file_size for info in infos))
        file.close()
        return None
    kept = [info for info in infos if _is_safe(info, findings, limits)]
    return Archive(file, _by_name(kept, findings), limits)


def read_member(source: Source, name: str) -> bytes:
    """One file of an archive that has been checked, e.g. "results.csv". KeyError when it is not there."""
    findings = Findings()
    archive = open_archive(source, findings)
    if archive is None:
        raise KeyError(name)
    try:
        found = archive.read(name, findings)
    finally:
        archive.close()
    if found is None:
        raise KeyError(name)
    return found


def _is_safe(info: zipfile.ZipInfo, findings: Findings, limits: Limits) -> bool:
    # ZipInfo cuts names at a NUL and turns the local separator round; the original shows what was meant.
    name = info.orig_filename
    parts = PurePosixPath(name).parts
    if any(noise in name for noise in _NOISE):
        return False
    unsafe = (
        name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ":" in name
        or ".." in parts
        or len(parts) > 2
        or stat.S_ISLNK(info.external_attr >> 16)
    )
    if unsafe:
        findings.note("zip_path", name.replace("\0", "�"), value=name.replace("\0", "�"))
    elif info.flag_bits & 0x1:
        findings.note("zip_encrypted", name)
    elif info.compress_type not in _METHODS:
        findings.note("zip_method", name)
    elif info.file_size > limits.member_bytes or (
        info.file_size > _RATIO_FROM and info.file_size > limits.ratio * max(info.compress_size, 1)
    ):
        _bomb(findings, name, info.file_size)
    else:
        return True
    return False


def _by_name(infos: list[zipfile.ZipInfo], findings: Findings) -> dict[str, zipfile.ZipInfo]:
    folders = {PurePosixPath(info.filename).parent for info in infos}
    if len(folders) == 1 and folders != {PurePosixPath(".")}:
        findings.note("zip_folder", f"{folders.pop()}/")
    elif len(folders) > 1:
        for info in infos:
            if "/" in info.filename:
                findings.note("zip_path", info.filename, value=info.filename)
    members: dict[str, zipfile.ZipInfo] = {}
    for info in sorted(infos, key=lambda i: "/" in i.filename):
        name = PurePosixPath(info.filename).name
        if name.lower() in {known.lower() for known in members}:
            findings.note("file_doubled", name, value=info.filename)
        else:
            members[name] = info
    return members


def _bomb(findings: Findings, name: str, size: int, zh: str = "", en: str = "") -> None:
    text = f"{size / 1e6:,.0f} MB"
    findings.note("zip_bomb", name, limit_zh=zh or text, limit_en=en or text)


def _first_bytes(source: Source) -> bytes:
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            return file.read(4)
    source.seek(0)
    return source.read(4)


def _name_the_kind(head: bytes, findings: Findings) -> None:
    if head[:2] == b"PK":
        findings.note("zip_cut", "")
        return
    kinds = {
        b"": ("空文件", "empty"),
        b"\xd0\xcf\x11\xe0": ("是旧版 Excel 文档", "an old Excel document"),
        b"Rar!": ("是 RAR 压缩包", "a RAR archive"),
        b"7z\xbc\xaf": ("是 7z 压缩包", "a 7z archive"),
    }
    zh, en = kinds.get(head, ("内容不是 zip", "its content is something else"))
    findings.note("not_a_zip", "", what_zh=zh, what_en=en)
