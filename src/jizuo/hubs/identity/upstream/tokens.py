"""Signed tokens of an OpenID provider above us: ID tokens (OpenID Connect Core 1.0, 3.1.3.7) and logout tokens
(OpenID Connect Back-Channel Logout 1.0, 2.6).

A token is read with the provider's public keys and a fixed list of asymmetric algorithms; what its head says about
the algorithm only chooses among them, so neither ``none`` nor an HMAC made with a public key can pass.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from jizuo.hubs.identity.upstream import line
from jizuo.hubs.identity.upstream.shapes import Ended, Refused

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
SKEW_SECONDS = 60
#: A token that says it was made longer ago than this is not the answer to a sign-in that lasts ten minutes.
OLDEST_SECONDS = 15 * 60
#: A logout token is delivered at once; a late one is a replay.
LOGOUT_SECONDS = 5 * 60
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
MOST_CHARACTERS = 32 * 1024
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class UnknownKey(Exception):
    """The token names a key that is not among the provider's: they may have been changed."""


def read_keys(told: Any) -> KeySet:
    """The keys of a JWKS document; kinds that we do not know, and secret ones, are left out. Raises Refused for none."""
    listed = told.get("keys") if isinstance(told, Mapping) else None
    kept: list[dict[str, Any]] = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC", "OKP") or one.get("use") == "enc":
            continue
        try:
            KeySet.import_key_set({"keys": [one]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
        kept.append(one)
    if not kept:
        raise Refused("no-keys", _("对方的公钥地址没有给出能用的公钥"), _("请核对发现文档里的 jwks_uri"))
    return KeySet.import_key_set({"keys": kept})


def header_of(token: str) -> dict[str, Any]:
    """The head of a token, unchecked; empty when it is none."""
    head = token.partition(".")[0]
    try:
        told = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def claims_of(token: str, keys: KeySet, *, offered: Collection[str] = ()) -> dict[str, Any]:
    """The claims of a token whose signature holds. offered: algorithms that the provider's metadata names; empty: not
    said. Raises Refused, or UnknownKey when no key of that name is known."""
    allowed = [one for one in ALGORITHMS if not offered or one in offered]
    head = header_of(token) if len(token) <= MOST_CHARACTERS else {}
    if head.get("alg") not in allowed:
        raise _bad("alg", _("令牌用的签名算法不能接受"))
    if "crit" in head or not isinstance(head.get("kid", ""), str):
        raise _bad("header", _("令牌的头不能接受"))
    try:
        read = jwt.decode(token, keys, algorithms=allowed)
    except InvalidKeyIdError:
        raise UnknownKey from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, UnicodeError, RecursionError):
        raise _bad("signature", _("令牌的签名不对")) from None
    if not isinstance(read.claims, dict) or not line.is_keepable(read.claims):
        raise _bad("claims", _("令牌里没有内容"))
    return read.claims


def check_id_token(
    claims: Mapping[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    algorithm: str,
    now: float,
) -> None:
    """Raise Refused unless these are the claims of an ID token for us, now, for this attempt. now: seconds since 1970."""
    _check_party(claims, issuer, client_id)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _bad("sub", _("令牌没有说是谁"))
    audience = _list(claims.get("aud"))
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise _bad("azp", _("令牌是发给别的应用的"))
    expires, made = number(claims, "exp"), number(claims, "iat")
    if expires is None or now >= expires + SKEW_SECONDS:
        raise _bad("exp", _("令牌已过期"))
    if made is None or made > now + SKEW_SECONDS or made < now - OLDEST_SECONDS:
        raise _bad("iat", _("令牌的时间不对"))
    before = number(claims, "nbf")
    if before is not None and before > now + SKEW_SECONDS:
        raise _bad("nbf", _("令牌的时间不对"))
    told = claims.get("nonce")
    if not isinstance(told, str) or not hmac.compare_digest(told.encode(), nonce.encode()):
        raise _bad("nonce", _("令牌不是为这一次登录发的"))
    if "at_hash" in claims and not _same_hash(claims["at_hash"], access_token, algorithm):
        raise _bad("at_hash", _("令牌和访问凭证不是一对"))


def check_logout_token(claims: Mapping[str, Any], *, issuer: str, client_id: str, now: float) -> Ended:
    """What a logout token ends. Raises Refused unless it is one, for us, of these minutes."""
    _check_party(claims, issuer, client_id)
    events = claims.get("events")
    if not isinstance(events, Mapping) or not isinstance(events.get(LOGOUT_EVENT), Mapping):
        raise _bad("events", _("这不是退出令牌"))
    if "nonce" in claims:
        raise _bad("nonce", _("退出令牌不能带 nonce"))
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise _bad("jti", _("退出令牌没有编号"))
    made, expires = number(claims, "iat"), number(claims, "exp")
    if made is None or abs(now - made) > LOGOUT_SECONDS + SKEW_SECONDS:
        raise _bad("iat", _("令牌的时间不对"))
    if expires is not None and now >= expires + SKEW_SECONDS:
        raise _bad("exp", _("令牌已过期"))
    subject, there = claims.get("sub", ""), claims.get("sid", "")
    if not isinstance(subject, str) or not isinstance(there, str) or not (subject or there):
        raise _bad("sub", _("令牌没有说是谁"))
    return Ended(issuer, subject, there, before=made + SKEW_SECONDS)


def _check_party(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise _bad("iss", _("令牌不是这个平台发的"))
    if client_id not in _list(claims.get("aud")):
        raise _bad("aud", _("令牌是发给别的应用的"))


def _same_hash(told: Any, access_token: str, algorithm: str) -> bool:
    """Core 1.0, 3.1.3.6: the left half of the token's hash, by the hash of the signature's algorithm."""
    make = _HASHES.get(algorithm[-3:], hashlib.sha512)
    digest = make(access_token.encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    return isinstance(told, str) and hmac.compare_digest(told.encode(), half)


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def number(claims: Mapping[str, Any], name: str) -> float | None:
    """A number among the claims; None for anything else."""
    told = claims.get(name)
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if is_number and abs(told) < 1e15 else None  # type: ignore[arg-type]


def _bad(code: str, what: str) -> Refused:
    return Refused(f"token-{code}", what, _("请从登录页重新开始；一直这样时请管理员核对登录来源的设置"))
