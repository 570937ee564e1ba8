"""The base's secrets: one key file in the secrets folder, one derived key per use.

Keys never stand in the database or in the environment, so that neither a dump nor a process listing gives
them away. Every sealed value names the key that closed it; turning a key adds a new one and keeps the old.
The file must be in the backup of the machine, apart from the backup of the database. The settings are built
with this module, so its messages are plain Chinese: nothing can be translated yet.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jizuo.ground import bootstrap

FILE_NAME = "keys.json"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
BLIND_BYTES = 16


class Purpose(StrEnum):
    """What a derived key is for; one key is never used for two things."""

    FILES = "files"
    IDENTIFIERS = "identifiers"
    BLIND_INDEX = "blind-index"
    AUDIT_HASH = "audit-hash"
    SIGNING = "signing"
    WEB = "web"


#: Purposes whose results name their key, so that a turn of the key costs nothing. Blind index and audit hash
#: are looked up by their result and are turned only with a rewrite of every stored value; a turn of the web
#: key ends every session.
TURNABLE = frozenset({Purpose.FILES, Purpose.IDENTIFIERS, Purpose.SIGNING})


class KeyTrouble(RuntimeError):
    """The key file is missing, open to others, damaged, or lacks a key that something was sealed with."""


@dataclass(frozen=True, slots=True)
class _Secret:
    key_id: bytes
    secret: bytes
    made_at: str


class KeyRing:
    """The keys of one base. Immutable in memory: `rotate` writes the file and returns the ring that follows.

    Raises `KeyTrouble` with a Chinese sentence for whatever keeps a key from being used.
    """

    def __init__(self, path: Path, held: Iterable[_Secret], current: dict[Purpose, bytes]) -> None:
        self.path = path
        self._held = {one.key_id: one for one in held}
        self._current = current
        self._derived: dict[tuple[Purpose, bytes], bytes] = {}

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = False) -> Self:
        """The ring in `folder`/keys.json (mode 0600). With `create`, makes it when there is none; two starts
        at once end with the same ring."""
        path = Path(folder) / FILE_NAME
        if create and not path.exists():
            first = _new_secret()
            _write(path, [first], dict.fromkeys(Purpose, first.key_id), must_be_new=True)
        return cls._read(path)

    @classmethod
    def _read(cls, path: Path) -> Self:
        try:
            handle = path.open("rb")
        except FileNotFoundError:
            raise KeyTrouble(
                f"找不到密钥文件 {path}。请从密钥备份中放回；没有它，已加密的文件和证件号无法读出。"
            ) from None
        with handle:
            mode = os.fstat(handle.fileno()).st_mode & 0o777
            if mode & 0o077:
                raise KeyTrouble(f"密钥文件 {path} 的权限是 {mode:o}，别的账号能读到。请执行 chmod 600。")
            text = handle.read()
        try:
            told = json.loads(text)
            held = [
                _Secret(bytes.fromhex(key_id), base64.b64decode(one["secret"]), one["made_at"])
                for key_id, one in told["keys"].items()
            ]
            current = {purpose: bytes.fromhex(told["current"][purpose]) for purpose in Purpose}
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise KeyTrouble(f"密钥文件 {path} 已损坏，请从备份中放回。") from fault
        known = {one.key_id for one in held}
        if any(_key_id(one.secret) != one.key_id for one in held) or set(current.values()) - known:
            raise KeyTrouble(f"密钥文件 {path} 已损坏，请从备份中放回。")
        return cls(path, held, current)

    def current_id(self, purpose: Purpose) -> bytes:
        """The 4-byte id of the key new values of `purpose` are made with."""
        return self._current[purpose]

    def derive(self, purpose: Purpose, key_id: bytes | None = None) -> bytes:
        """The 32-byte key for `purpose` (HKDF-SHA256); of the key named, or of the current one."""
        key_id = self._current[purpose] if key_id is None else key_id
        known = self._derived.get((purpose, key_id))
        if known is None:
            held = self._held.get(key_id)
            if held is None:
                raise KeyTrouble(
                    f"密钥文件里没有编号为 {key_id.hex()} 的密钥，数据是用它加密的。请放回含有它的备份。"
                )
            known = hkdf(held.secret, b"jizuo/1/" + purpose.encode())
            self._derived[purpose, key_id] = known
        return known

    def seal(self, purpose: Purpose, plain: bytes, *, bound_to: bytes = b"") -> bytes:
        """AES-256-GCM: key id (4) + nonce (12) + ciphertext + tag (16). `bound_to` names the place the value
        belongs to (table, column, row id); it must be given again to read, so a value cannot be moved."""
        key_id, nonce = self._current[purpose], secrets.token_bytes(NONCE_BYTES)
        return key_id + nonce + AESGCM(self.derive(purpose, key_id)).encrypt(nonce, plain, key_id + bound_to)

    def unseal(self, purpose: Purpose, sealed: bytes, *, bound_to: bytes = b"") -> bytes:
        """What `seal` closed. Raises `KeyTrouble` for an unknown key and a value altered or moved."""
        sealed = bytes(sealed)
        key_id, nonce = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        if len(sealed) < KEY_ID_BYTES + NONCE_BYTES + 16:
            raise KeyTrouble("加密的内容不完整。")
        try:
            return AESGCM(self.derive(purpose, key_id)).decrypt(
                nonce, sealed[KEY_ID_BYTES + NONCE_BYTES :], key_id + bound_to
            )
        except InvalidTag:
            raise KeyTrouble("加密的内容被改动过，或不属于这里。") from None

    def blind(self, normalised: str, *, kind: str) -> bytes:
        """The 16-byte blind index of an identifier: HMAC-SHA256 under the blind-index key. `kind` (the id
        kind) keeps equal texts of two kinds apart. The caller normalises first (width, case, spaces)."""
        message = kind.encode() + b"\0" + normalised.encode()
        return hmac.digest(self.derive(Purpose.BLIND_INDEX), message, "sha256")[:BLIND_BYTES]

    def audit_hash(self, canonical: bytes) -> bytes:
        """The 32-byte keyed hash an audit entry keeps in place of a personal value."""
        return hmac.digest(self.derive(Purpose.AUDIT_HASH), canonical, "sha256")

    def rotate(self, purposes: Iterable[Purpose] = TURNABLE) -> KeyRing:
        """Adds a key, makes it current for `purposes` and keeps the old ones for reading; returns the new
        ring. The purposes outside `TURNABLE` are turned only by naming them."""
        added = _new_secret()
        current = self._current | dict.fromkeys(purposes, added.key_id)
        held = [*self._held.values(), added]
        _write(self.path, held, current, must_be_new=False)
        return KeyRing(self.path, held, current)


def hkdf(secret: bytes, info: bytes, salt: bytes | None = None) -> bytes:
    """32 bytes of HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def ring() -> KeyRing:
    """The ring of this installation (secrets folder), made at the first start and read once a process."""
    return _ring_in(bootstrap.secrets_folder())


@lru_cache(maxsize=4)
def _ring_in(folder: Path) -> KeyRing:
    return KeyRing.open(folder, create=True)


def _key_id(secret: bytes) -> bytes:
    return hashlib.sha256(b"jizuo key id" + secret).digest()[:KEY_ID_BYTES]


def _new_secret() -> _Secret:
    secret = secrets.token_bytes(32)
    return _Secret(_key_id(secret), secret, datetime.now(UTC).isoformat(timespec="seconds"))


def _write(path: Path, held: list[_Secret], current: dict[Purpose, bytes], *, must_be_new: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "keys": {
            one.key_id.hex(): {"secret": base64.b64encode(one.secret).decode(), "made_at": one.made_at}
            for one in held
        },
        "current": {purpose.value: key_id.hex() for purpose, key_id in current.items()},
    }
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(json.dumps(told, indent=1).encode())
        handle.flush()
        os.fsync(handle.fileno())
    try:
        if must_be_new:
            # A link fails when the name is taken: of two first starts exactly one makes the key.
            try:
                os.link(part, path)
            except FileExistsError:
                return
            finally:
                part.unlink()
        else:
            os.replace(part, path)
    finally:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename or a new name in `folder` outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
