"""How providers sign and seal what their servers tell us: pure functions.

WeChat (公众号/小程序 消息加解密说明), WeCom (加解密方案说明, 90968) and DingTalk (事件订阅 消息加解密) share one form:
SHA-1 over the sorted parts; AES-256-CBC under the 43-character EncodingAESKey with its first 16 bytes as
start; the plain text is 16 random bytes, its length in four bytes, the message, the receiver's own id, padded
to 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Collection

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class BadSeal(ValueError):
    """What came is not from the provider, not for us, or was changed on its way."""


def signature(*parts: str) -> str:
    """SHA-1 in lower-case hexadecimal over the sorted parts, joined by nothing."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the providers' own form


def is_signed(given: str, *parts: str) -> bool:
    """Whether `given` is the signature of `parts`, compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def unseal(aes_key: str, sealed: str, owners: Collection[str]) -> str:
    """The message in a sealed text. Raises `BadSeal` when it is broken or for somebody else."""
    key = _key(aes_key)
    try:
        content = base64.b64decode(sealed, validate=True)
    except (ValueError, binascii.Error):
        raise BadSeal("no base64") from None
    if not content or len(content) % 16:
        raise BadSeal("length")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(content) + opener.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or len(plain) < pad + 20 or plain[-pad:] != bytes([pad]) * pad:
        raise BadSeal("padding")
    plain = plain[:-pad]
    length = int.from_bytes(plain[16:20], "big")
    message, owner = plain[20 : 20 + length], plain[20 + length :]
    if len(message) != length or not any(hmac.compare_digest(owner, one.encode()) for one in owners):
        raise BadSeal("owner")
    try:
        return message.decode()
    except UnicodeDecodeError:
        raise BadSeal("text") from None


def seal(aes_key: str, message: str, owner: str, *, salt: bytes | None = None) -> str:
    """The sealed text of an answer. salt: 16 random bytes, made here when none are given."""
    key, text = _key(aes_key), message.encode()
    plain = (salt or secrets.token_bytes(16)) + len(text).to_bytes(4, "big") + text + owner.encode()
    pad = BLOCK - len(plain) % BLOCK
    closer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(closer.update(plain + bytes([pad]) * pad) + closer.finalize()).decode()


def _key(aes_key: str) -> bytes:
    try:
        key = base64.b64decode(aes_key + "=")
    except (ValueError, binascii.Error):
        raise BadSeal("EncodingAESKey") from None
    if len(key) != 32:
        raise BadSeal("EncodingAESKey")
    return key
