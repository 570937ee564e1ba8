"""The issuer's keys: made ahead of their use, shown before it, kept sealed (rule 10 and the note below the rules)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from jizuo.ground import keys
from jizuo.ground.errors import Conflict
from jizuo.hubs.identity import entry

ALGS = ("ES256", "RS256")
#: A key signs for a quarter, stands in the JWKS a week before and a week after.
IN_USE, AHEAD, AFTER = timedelta(days=90), timedelta(days=7), timedelta(days=7)
#: The least a key stands in the JWKS before it signs.
SOONEST = timedelta(hours=25)
#: How long a process believes what it read, in seconds: far less than AHEAD.
KEPT_SECONDS = 60.0
#: Any two numbers that no other lock takes.
LOCK = (0x6F70, 0x6B65)


@dataclass(frozen=True, slots=True)
class Held:
    """A key of the table with its private part opened."""

    kid: str
    alg: str
    public: dict[str, Any]
    key: Any
    publish_at: datetime
    use_from: datetime
    use_until: datetime
    drop_at: datetime


_kept: tuple[float, tuple[Held, ...]] = (0.0, ())
_opened: dict[str, Any] = {}


def published() -> list[dict[str, Any]]:
    """The public JWKs that stand in the JWKS now, the newest first."""
    for alg in ALGS:
        current(alg)
    now = entry.now()
    return [one.public for one in _held() if one.publish_at <= now < one.drop_at]


def current(alg: str) -> Held:
    """The key that signs with `alg` now; made when there is none."""
    now = entry.now()
    found = _in_use(_held(), alg, now) or _in_use(_read(), alg, now)
    if found is None:
        turn()
        found = _in_use(_read(), alg, entry.now())
    if found is None:
        raise RuntimeError(f"no signing key for {alg}")
    return found


def sign(claims: dict[str, Any], *, alg: str, typ: str = "JWT") -> str:
    """A signed JWT of the issuer."""
    held = current(alg)
    return jwt.encode({"alg": alg, "kid": held.kid, "typ": typ}, claims, held.key, algorithms=[alg])


def verify(token: str) -> dict[str, Any] | None:
    """The claims of a token of ours whose key is still known, whatever its age; None for anything else. The algorithm is
    the key's, never the header's."""
    now = entry.now()
    for held in _held():
        if not held.publish_at <= now < held.drop_at:
            continue
        try:
            told = jwt.decode(token, held.key, algorithms=[held.alg])
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
        if told.header.get("kid") == held.kid:
            return dict(told.claims)
    return None


def turn() -> int:
    """Make the keys that are due: the first of each algorithm, and the next one a week before the last runs out; drop
    those that are over. Returns how many were made."""
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", LOCK)
        now = entry.now()
        cursor.execute("delete from signing_key where drop_at <= %s", [now])
        for alg in ALGS:
            cursor.execute(
                "select max(use_until), coalesce(bool_or(use_from <= %s and use_until > %s), false) from signing_key"
                " where alg = %s",
                [now, now, alg],
            )
            until, is_served = cursor.fetchone()
            if is_served and until - AHEAD > now:
                continue
            # Keys may all be of the future: a clock that ran ahead when they were made was put right.
            _make(cursor, alg, now, until if is_served else now)
            made += 1
    forget()
    return made


def rotate(alg: str) -> datetime:
    """Make the next key of `alg` now and have it sign in a little over a day, so that whoever keeps a JWKS for a day knows
    it; the one in use then stands a week longer for what it signed. Returns when it begins. Inside a door only. Raises
    Conflict when a next one is published already."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", LOCK)
        now = entry.now()
        cursor.execute("select min(use_from) from signing_key where alg = %s and use_from > %s", [alg, now])
        (coming,) = cursor.fetchone()
        if coming is not None:
            raise Conflict(_("下一把密钥已经公布了"), fix=_("等它启用以后再换"))
        begins = now + SOONEST
        cursor.execute(
            "update signing_key set use_until = %s, drop_at = %s where alg = %s and use_from <= %s and use_until > %s",
            [begins, begins + AFTER, alg, now, begins],
        )
        _make(cursor, alg, now, begins)
    forget()
    return begins


def forget() -> None:
    """Read the keys anew at the next call."""
    global _kept
    _kept = (0.0, ())


def _make(cursor: Any, alg: str, publish_at: datetime, use_from: datetime) -> None:
    key: Any = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(2048)
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": alg, "use": "sig"}
    private = json.dumps(key.as_dict(private=True)).encode()
    sealed = keys.ring().seal(keys.Purpose.SIGNING, private, bound_to=_place(kid))
    use_until = use_from + IN_USE
    cursor.execute(
        "insert into signing_key (kid, alg, public, sealed, publish_at, use_from, use_until, drop_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [kid, alg, json.dumps(public), sealed, publish_at, use_from, use_until, use_until + AFTER],
    )


def _place(kid: str) -> bytes:
    return f"signing_key\n{kid}".encode()


def _held() -> tuple[Held, ...]:
    read_at, held = _kept
    return held if held and time.monotonic() - read_at < KEPT_SECONDS else _read()


def _read() -> tuple[Held, ...]:
    global _kept
    with connection.cursor() as cursor:
        cursor.execute(
            "select kid, alg, public, sealed, publish_at, use_from, use_until, drop_at from signing_key"
            " order by use_from desc, kid"
        )
        rows = cursor.fetchall()
    held = tuple(
        Held(
            kid,
            alg,
            json.loads(public) if isinstance(public, str) else public,
            _open(kid, alg, sealed),
            *times,
        )
        for kid, alg, public, sealed, *times in rows
    )
    _kept = (time.monotonic(), held)
    return held


def _open(kid: str, alg: str, sealed: bytes) -> Any:
    if kid not in _opened:
        plain = json.loads(keys.ring().unseal(keys.Purpose.SIGNING, bytes(sealed), bound_to=_place(kid)))
        _opened[kid] = ECKey.import_key(plain) if alg == "ES256" else RSAKey.import_key(plain)
    return _opened[kid]


def _in_use(held: tuple[Held, ...], alg: str, now: datetime) -> Held | None:
    return next((one for one in held if one.alg == alg and one.use_from <= now < one.use_until), None)
