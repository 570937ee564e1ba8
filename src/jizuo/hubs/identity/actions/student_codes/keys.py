"""A school's keys for signing cards: made, published ahead, turned once a year, taken back."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import keys as ground_keys
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import NotFound
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.rules import student_codes as rules
from jizuo.hubs.identity.student_code_shapes import CodeKey
from jizuo.plain import student_code

HELD = "select key_id, not_before, expires_at, ended_at from student_code_key where unit_no = %s order by not_before"


def times(unit_no: int) -> list[rules.KeyTimes]:
    """Every key of a school, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [unit_no])
        return [rules.KeyTimes(bytes(key_id), *rest) for key_id, *rest in cursor.fetchall()]


def points(unit_no: int, now: datetime) -> dict[bytes, bytes]:
    """Key id -> public point of the keys that scanners may believe."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select key_id, public from student_code_key where unit_no = %s and ended_at is null and expires_at > %s",
            [unit_no, now],
        )
        return {bytes(key_id): bytes(public) for key_id, public in cursor.fetchall()}


def make_due(unit_no: int, now: datetime) -> bool:
    """Make the school's first key, or the next one when it is time; True when one was made. Inside an action."""
    with connection.cursor() as cursor:
        # Two at once would make two first keys.
        cursor.execute("select pg_advisory_xact_lock(hashtext('student_code_key'), %s)", [unit_no])
        not_before = rules.next_key(times(unit_no), now)
        if not_before is None:
            return False
        _insert(cursor, unit_no, not_before)
    return True


def _insert(cursor: Any, unit_no: int, not_before: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    point = student_code.point_of(private.public_key())
    key_id = student_code.key_id_of(point)
    told = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = ground_keys.ring().seal(ground_keys.Purpose.SIGNING, told, bound_to=_bound(unit_no, key_id))
    cursor.execute(
        "insert into student_code_key (id, unit_no, key_id, public, sealed, not_before, expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [new_id(), unit_no, key_id, point, sealed, not_before, rules.key_end(not_before)],
    )


def private_key(unit_no: int, key_id: bytes) -> ec.EllipticCurvePrivateKey:
    """The private half of a key; raises NotFound for one the school does not have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sealed from student_code_key where unit_no = %s and key_id = %s", [unit_no, key_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这把密钥"))
    told = ground_keys.ring().unseal(
        ground_keys.Purpose.SIGNING, bytes(row[0]), bound_to=_bound(unit_no, key_id)
    )
    found = load_der_private_key(told, None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise NotFound(_("没有这把密钥"))
    return found


def _bound(unit_no: int, key_id: bytes) -> bytes:
    return b"student_code_key" + unit_no.to_bytes(8, "big") + key_id


@source(title="学码的公钥", roles=[scopes.VISITOR, scopes.SCANNER])
def key_set(*, unit_no: int) -> dict[str, Any]:
    """The public keys of a school as a key set (RFC 7517); ``nbf`` and ``exp`` in seconds since 1970. Empty for a unit
    that is not there or issues no cards."""
    now = entry.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select key_id, public, not_before, expires_at from student_code_key"
            " where unit_no = %s and ended_at is null and expires_at > %s order by not_before",
            [unit_no, now],
        )
        return {"keys": [_as_jwk(bytes(one), bytes(two), *rest) for one, two, *rest in cursor.fetchall()]}


def _as_jwk(key_id: bytes, point: bytes, not_before: datetime, expires_at: datetime) -> dict[str, Any]:
    x, y = (base64.urlsafe_b64encode(half).decode().rstrip("=") for half in (point[1:33], point[33:]))
    return {
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": key_id.hex(), "x": x, "y": y,
        "nbf": int(not_before.timestamp()), "exp": int(expires_at.timestamp()),
    }  # fmt: skip


@source(title="学码的签名密钥", roles=[scopes.CLERK], reach=PAGE)
def code_keys() -> list[CodeKey]:
    """The keys of the own school, the newest first."""
    now, held = entry.now(), times(scopes.current().unit_no)
    signs = rules.signing(held, now)
    return [
        CodeKey(one.key_id.hex(), one.not_before, one.expires_at, one.ended_at, one == signs)
        for one in reversed(held)
    ]


@action(title="换学码的签名密钥", roles=[scopes.CLERK], reach=PAGE, second_factor=True)
def take_key_back(*, key_id: str) -> None:
    """Take a key back that somebody else may hold: the cards it signed pass nowhere once a scanner has synced, and a new
    key signs from now on. Raises NotFound."""
    unit_no, now = scopes.current().unit_no, entry.now()
    try:
        wanted = bytes.fromhex(key_id)
    except ValueError:
        wanted = b""
    with connection.cursor() as cursor:
        cursor.execute(
            "update student_code_key set ended_at = %s where unit_no = %s and key_id = %s and ended_at is null",
            [now, unit_no, wanted],
        )
        if not cursor.rowcount:
            raise NotFound(_("没有这把密钥"))
    make_due(unit_no, now)
    audit.note(f"key {key_id}")
