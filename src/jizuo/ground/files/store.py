"""Where the bytes of files lie: on disk or in any S3-compatible store, always sealed (see `sealed`).

The address is the SHA-256 of the plain content, and it is also the name at rest. A keyed name would hide from
a thief of the disk whether a document he already holds is among them; a plain one lets a copy be compared,
swept and repaired by its list of names alone, without the key, and a turn of the key renames nothing. We take
the second: the folder is 0700, the bucket private, and no file is named after what could be guessed from
outside without holding the very bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from jizuo.ground import bootstrap, outside
from jizuo.ground.files.sealed import HEADER, Damaged, Stored, Unsealer, seal
from jizuo.ground.keys import KeyRing, ring, sync_folder

ADDRESS = re.compile(r"[0-9a-f]{64}")


class Missing(LookupError):
    """Nothing is stored under this address."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored content as the store lists it. stored_at: aware, when the bytes were last put in place."""

    sha256: str
    stored_at: datetime


class Store(Protocol):
    """What a backend does. Every address is 64 lower-case hex digits; a malformed one is `Missing`."""

    def put(self, source: BinaryIO, *, most: int | None = None) -> Stored:
        """Reads `source` to its end and keeps it; the same bytes twice are kept once. Nothing stays behind
        when it fails. Raises `TooLong` past `most` bytes."""

    def open(self, sha256: str, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The plain bytes [begin, end), end None = to the last. Raises `Missing` or `Damaged` at once for
        the file, `Damaged` while reading for a chunk. A range past the end gives what there is."""

    def size(self, sha256: str) -> int:
        """Plain size in bytes, from the authenticated header."""

    def exists(self, sha256: str) -> bool:
        """Whether something lies under the address; does not say that it is whole."""

    def delete(self, sha256: str) -> None:
        """Removes the content; silent when there is none. Only the sweep calls it."""

    def iter_all(self) -> Iterator[Kept]:
        """Every stored content, in no order."""

    def verify(self, sha256: str) -> Stored:
        """Reads the whole content and compares it with its address. Raises `Missing` or `Damaged`."""

    def sweep_parts(self, before: datetime) -> int:
        """Removes what unfinished writes older than `before` left; returns how many."""


class SealedStore(ABC):
    """What both backends share: reading by header and span."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    @abstractmethod
    def _sealed(self, sha256: str, begin: int, end: int) -> BinaryIO:
        """A stream over the sealed bytes [begin, end). Raises `Missing`."""

    def _unsealer(self, sha256: str) -> Unsealer:
        if not ADDRESS.fullmatch(sha256):
            raise Missing(sha256)
        with self._sealed(sha256, 0, HEADER) as stream:
            return Unsealer(stream.read(HEADER), sha256, self._ring)

    def _holds(self, stored: Stored) -> bool:
        """Whether the content lies there and opens; a damaged one is written anew. A good one is never
        replaced, since a reader between header and chunks would meet another salt."""
        try:
            return self._unsealer(stored.sha256).size == stored.size
        except (Missing, Damaged):
            return False

    def open(self, sha256: str, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        unsealer = self._unsealer(sha256)
        end = unsealer.size if end is None else min(end, unsealer.size)
        if begin < 0:
            raise ValueError("begin must not be negative")
        if begin >= end:
            return iter(())
        return self._plain(sha256, unsealer, begin, end)

    def _plain(self, sha256: str, unsealer: Unsealer, begin: int, end: int) -> Iterator[bytes]:
        with self._sealed(sha256, *unsealer.span(begin, end)) as stream:
            yield from unsealer.plain(stream, begin, end)

    def size(self, sha256: str) -> int:
        return self._unsealer(sha256).size

    def verify(self, sha256: str) -> Stored:
        digest, size = hashlib.sha256(), 0
        for part in self.open(sha256):
            digest.update(part)
            size += len(part)
        if digest.hexdigest() != sha256:
            raise Damaged(sha256)
        return Stored(sha256, size)


class DiskStore(SealedStore):
    """Files under `folder`: ``ab/cd/<sha256>``, unfinished ones in ``part/``. Many processes may share it.

    A write is made whole in ``part/``, synced, then renamed: after kill -9 or a power cut a content is there
    entirely or not at all.
    """

    def __init__(self, folder: Path | str, ring: KeyRing) -> None:
        super().__init__(ring)
        self.folder = Path(folder)
        self._parts = self.folder / "part"
        self._parts.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, source: BinaryIO, *, most: int | None = None) -> Stored:
        part, handle = self._new_part()
        try:
            with os.fdopen(handle, "wb") as target:
                stored = seal(source, target, self._ring, most=most)
                target.flush()
                os.fsync(target.fileno())
                path = self._path(stored.sha256)
                if self._holds(stored):
                    return stored
                for folder in (path.parent.parent, path.parent):
                    if not folder.exists():
                        folder.mkdir(exist_ok=True)
                        sync_folder(folder.parent)
                os.replace(part, path)
                sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
        return stored

    def _new_part(self) -> tuple[Path, int]:
        """A part of one's own and its handle, locked until it is closed: the lock tells the sweep that somebody is
        still writing here. A part that a sweep took between its making and its lock is made anew."""
        while True:
            part = self._parts / secrets.token_hex(16)
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return part, handle
            os.close(handle)

    def _sealed(self, sha256: str, begin: int, end: int) -> BinaryIO:
        try:
            stream = self._path(sha256).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None
        stream.seek(begin)
        return stream

    def exists(self, sha256: str) -> bool:
        return bool(ADDRESS.fullmatch(sha256)) and self._path(sha256).exists()

    def delete(self, sha256: str) -> None:
        if ADDRESS.fullmatch(sha256):
            self._path(sha256).unlink(missing_ok=True)

    def iter_all(self) -> Iterator[Kept]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if ADDRESS.fullmatch(path.name):
                try:
                    stored_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except FileNotFoundError:
                    continue
                yield Kept(path.name, stored_at)

    def sweep_parts(self, before: datetime) -> int:
        removed = 0
        for part in self._parts.iterdir():
            try:
                with part.open("rb") as stream:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC) < before:
                        part.unlink()
                        removed += 1
            except (FileNotFoundError, BlockingIOError):
                continue
        return removed


def current() -> Store:
    """This installation's store: the bucket named in ``secrets/files.json`` (endpoint, bucket, access_key,
    secret_key; prefix and region may be left out), else the folder ``files`` in the data folder."""
    return _store_in(bootstrap.data_folder())


@lru_cache(maxsize=4)
def _store_in(data: Path) -> Store:
    told = outside.read("files", needs=("endpoint", "bucket", "access_key", "secret_key"))
    if told is None:
        return DiskStore(data / "files", ring())
    # Its client library weighs as much as the base; who keeps files on disk does not carry it.
    from jizuo.ground.files.s3 import S3Store

    return S3Store(
        told["endpoint"],
        told["bucket"],
        told["access_key"],
        told["secret_key"],
        ring(),
        prefix=told.get("prefix", ""),
        region=told.get("region", "us-east-1"),
    )
