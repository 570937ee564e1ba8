"""The form of a stored file at rest: AES-256-GCM in chunks of 64 KiB, so that a part can be read alone.

Layout: a header of 64 bytes, then the chunks in order, each 65,536 plain bytes (the last one what is left,
none for an empty file) followed by its tag of 16 bytes.

Header: magic ``JZF1`` (4), key id (4), salt (32), plain size as a big-endian integer (8), tag (16).
Each file has a key of its own, HKDF of the base's file key with the random salt, so a chunk's nonce and its
associated data are simply its index. The header's tag covers the header and the SHA-256 the file is asked by:
a file cut short, altered, reordered or put under another file's name does not open.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jizuo.ground.keys import KEY_ID_BYTES, KeyRing, Purpose, hkdf

MAGIC = b"JZF1"
CHUNK = 65_536
TAG = 16
SALT = 32
_FRONT = struct.Struct(f">4s{KEY_ID_BYTES}s{SALT}sQ")
HEADER = _FRONT.size + TAG
_HEADER_NONCE = b"\xff" * 12


class Damaged(RuntimeError):
    """The stored bytes are not what was stored under this address."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored. sha256: 64 lower-case hex digits of the plain content; size: plain bytes."""

    sha256: str
    size: int


def seal(source: BinaryIO, target: BinaryIO, ring: KeyRing, *, most: int | None = None) -> Stored:
    """Reads `source` to its end and writes the sealed form to the seekable `target`.

    Raises `TooLong` as soon as more than `most` bytes have come.
    """
    key_id, salt = ring.current_id(Purpose.FILES), secrets.token_bytes(SALT)
    cipher = _cipher(ring, key_id, salt)
    digest, size, index = hashlib.sha256(), 0, 0
    target.write(b"\0" * HEADER)
    while chunk := _read_full(source, CHUNK):
        size += len(chunk)
        if most is not None and size > most:
            raise TooLong(most)
        digest.update(chunk)
        target.write(cipher.encrypt(_nonce(index), chunk, _nonce(index)))
        index += 1
    front = _FRONT.pack(MAGIC, key_id, salt, size)
    target.seek(0)
    target.write(front + cipher.encrypt(_HEADER_NONCE, b"", front + digest.digest()))
    return Stored(digest.hexdigest(), size)


class TooLong(ValueError):
    """More than ``most`` bytes came."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


class Unsealer:
    """Opens one sealed file by its header. `size` is the plain size in bytes."""

    def __init__(self, header: bytes, sha256: str, ring: KeyRing) -> None:
        if len(header) < HEADER or header[:4] != MAGIC:
            raise Damaged(sha256)
        _magic, key_id, salt, self.size = _FRONT.unpack(header[: _FRONT.size])
        self._cipher, self._sha256 = _cipher(ring, key_id, salt), sha256
        try:
            self._cipher.decrypt(
                _HEADER_NONCE,
                header[_FRONT.size : HEADER],
                header[: _FRONT.size] + bytes.fromhex(sha256),
            )
        except InvalidTag:
            raise Damaged(sha256) from None

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The half-open range of sealed bytes holding the plain bytes [begin, end), begin < end <= size."""
        first, last = begin // CHUNK, (end - 1) // CHUNK
        sealed_size = HEADER + self.size + TAG * -(-self.size // CHUNK)
        return HEADER + first * (CHUNK + TAG), min(HEADER + (last + 1) * (CHUNK + TAG), sealed_size)

    def plain(self, sealed: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
        """The plain bytes [begin, end) from `sealed`, a stream that stands at `span(begin, end)`'s start."""
        for index in range(begin // CHUNK, (end - 1) // CHUNK + 1):
            base = index * CHUNK
            whole = min(CHUNK, self.size - base)
            part = _read_full(sealed, whole + TAG)
            try:
                chunk = self._cipher.decrypt(_nonce(index), part, _nonce(index))
            except InvalidTag:
                raise Damaged(self._sha256) from None
            yield chunk[max(begin - base, 0) : min(end - base, whole)]


def _cipher(ring: KeyRing, key_id: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hkdf(ring.derive(Purpose.FILES, key_id), b"jizuo/1/file", salt))


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def _read_full(stream: BinaryIO, want: int) -> bytes:
    """`want` bytes, or fewer only at the end: a socket may hand out less than was asked."""
    parts: list[bytes] = []
    while want > 0 and (part := stream.read(want)):
        parts.append(part)
        want -= len(part)
    return b"".join(parts)
