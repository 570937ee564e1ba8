"""The code on a student card: read and checked without a network, by whoever holds the school's public keys.

For makers of gates, buses and library desks. It needs nothing of the base, only `cryptography`, so this one file can be
copied; the guide is docs/guides/read-the-student-code.md. Nothing in a code says a name, a number of the register, a
class or a birth date: a card number is drawn by chance.

A code is ``JZ:`` and 122 signs of base45 (RFC 9285), which write 81 bytes, big-endian:

    place  bytes  what
    0      1      version, 1
    1      4      key id: the first bytes of SHA-256 of the public key as a point of 65 bytes
    5      8      card number
    13     2      first day it is valid, days since 2020-01-01
    15     2      first day it is valid no more
    17     64     ES256 signature (RFC 7518, 3.4: r and s of 32 bytes each) over ``jizuo.student-code`` and bytes 0 to 16;
                  s is the smaller of its two values
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PREFIX = "JZ:"
VERSION = 1
KEY_ID_BYTES, NUMBER_BYTES, SIGNATURE_BYTES = 4, 8, 64
HEAD_BYTES = 1 + KEY_ID_BYTES + NUMBER_BYTES + 2 + 2
LENGTH = len(PREFIX) + 122
#: What is signed begins so: no other signature of a key can be taken for a card.
CONTEXT = b"jizuo.student-code"
DAY_0 = date(2020, 1, 1)
#: The order of the curve's group (SEC 2, secp256r1).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {sign: value for value, sign in enumerate(_SIGNS)}
_CURVE = ec.SECP256R1()
#: Why a code does not pass.
REASONS = ("format", "version", "key", "signature", "early", "expired", "revoked")


class BadCode(ValueError):
    """A code that does not pass. reason: one of `REASONS`, in the order in which they are looked for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Card:
    """What a code says. number: 8 bytes; key_id: 4 bytes; valid on the days [valid_from, valid_to)."""

    number: bytes
    key_id: bytes
    valid_from: date
    valid_to: date


def check(
    text: str, keys: Mapping[bytes, bytes], *, on: date, revoked: Container[bytes] = frozenset()
) -> Card:
    """The card behind the scanned `text` if it passes on the day `on`; raises `BadCode` and nothing else.

    keys: key id -> public key as a point of 65 bytes, see `keys_of`. revoked: the card numbers that are called back.
    """
    card, signed, signature = split(text)
    point = keys.get(card.key_id)
    if point is None or key_id_of(point) != card.key_id:
        raise BadCode("key")
    if not _is_signed(point, signed, signature):
        raise BadCode("signature")
    if on < card.valid_from:
        raise BadCode("early")
    if on >= card.valid_to:
        raise BadCode("expired")
    if card.number in revoked:
        raise BadCode("revoked")
    return card


def split(text: str) -> tuple[Card, bytes, bytes]:
    """(card, what is signed, signature) of a code whose signature nobody has looked at yet. Raises `BadCode`: format,
    version."""
    text = text.strip("\r\n\t")
    if len(text) != LENGTH or not text.startswith(PREFIX):
        raise BadCode("format")
    told = base45_bytes(text[len(PREFIX) :])
    if told[0] != VERSION:
        raise BadCode("version")
    head, signature = told[:HEAD_BYTES], told[HEAD_BYTES:]
    card = Card(
        number=head[5:13],
        key_id=head[1:5],
        valid_from=DAY_0 + timedelta(days=int.from_bytes(head[13:15], "big")),
        valid_to=DAY_0 + timedelta(days=int.from_bytes(head[15:17], "big")),
    )
    return card, CONTEXT + head, signature


def sign(private: ec.EllipticCurvePrivateKey, card: Card) -> str:
    """The code of `card`, signed by the school's key. ValueError for a number or a day that does not fit, or the id of
    another key."""
    if len(card.number) != NUMBER_BYTES or card.key_id != key_id_of(point_of(private.public_key())):
        raise ValueError("the card number has 8 bytes, and the key id is the key's own")
    days = [(day - DAY_0).days for day in (card.valid_from, card.valid_to)]
    if not all(0 <= day < 1 << 16 for day in days):
        raise ValueError("a day before 2020 or after 2199")
    head = bytes([VERSION]) + card.key_id + card.number + b"".join(day.to_bytes(2, "big") for day in days)
    r, s = decode_dss_signature(private.sign(CONTEXT + head, ec.ECDSA(SHA256())))
    s = min(s, ORDER - s)
    return PREFIX + base45_text(head + r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def keys_of(told: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Key id -> point, of the key set (RFC 7517) that the school publishes; entries of another kind are left out."""
    found = {}
    for one in told.get("keys", ()):
        if one.get("kty") != "EC" or one.get("crv") != "P-256":
            continue
        try:
            point = b"\x04" + _from_base64url(one["x"]) + _from_base64url(one["y"])
        except (KeyError, TypeError, ValueError):
            continue
        if len(point) == 65:
            found[key_id_of(point)] = point
    return found


def key_id_of(point: bytes) -> bytes:
    """The id of a public key given as a point of 65 bytes."""
    return hashlib.sha256(point).digest()[:KEY_ID_BYTES]


def point_of(public: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as a point of 65 bytes: 4, x, y."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base45_text(told: bytes) -> str:
    """Bytes in base45 (RFC 9285)."""
    out = []
    for place in range(0, len(told), 2):
        pair = told[place : place + 2]
        number = int.from_bytes(pair, "big")
        for _sign in range(len(pair) + 1):
            number, value = divmod(number, 45)
            out.append(_SIGNS[value])
    return "".join(out)


def base45_bytes(text: str) -> bytes:
    """What `base45_text` wrote; raises `BadCode` for anything it would not have written."""
    out = bytearray()
    for place in range(0, len(text), 3):
        part = text[place : place + 3]
        number = 0
        for sign in reversed(part):
            if sign not in _VALUE:
                raise BadCode("format")
            number = number * 45 + _VALUE[sign]
        size = len(part) - 1
        if size == 0 or number >= 1 << (8 * size):
            raise BadCode("format")
        out += number.to_bytes(size, "big")
    return bytes(out)


def _is_signed(point: bytes, signed: bytes, signature: bytes) -> bool:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not 0 < r < ORDER or not 0 < s <= ORDER // 2:
        return False
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
