"""How strong a sign-in was, by what was shown in it, and in which words OpenID clients hear it.

acr (our own values, as OpenID Connect Core 1.0 section 2 leaves them to the parties; "0" is its word for less than
level 1 of ISO/IEC 29115): "1" one factor, "2" two factors of different kinds, as GB/T 22239-2019 8.1.4.1 d asks of
level three, "3" a key that a false site cannot borrow and that checked its holder (WebAuthn with user verification).
amr: the values of RFC 8176.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD, SMS, PAPER, OTP, RECOVERY, KEY, SYNCED = "pwd", "sms", "paper", "otp", "recovery", "key", "synced"
#: Shown to another who vouches for it, by protocol; SECOND where that one said that it were two factors.
ELSEWHERE, SECOND = frozenset({"wechat", "wecom", "dingtalk", "oidc", "cas"}), "second"
NONE, ONE, TWO, STRONG = 0, 1, 2, 3
#: A paper code and a recovery code are one-time passwords; a key that its maker copies between devices is software; what
#: another vouches for has no word there.
AMR: dict[str, tuple[str, ...]] = {
    PASSWORD: ("pwd",),
    SMS: ("sms",),
    PAPER: ("otp",),
    OTP: ("otp",),
    RECOVERY: ("otp",),
    KEY: ("hwk", "user"),
    SYNCED: ("swk", "user"),
    SECOND: (),
    **dict.fromkeys(sorted(ELSEWHERE), ()),
}
KEYS = frozenset({KEY, SYNCED})
SECONDS = frozenset({OTP, RECOVERY, SECOND})
FIRSTS = frozenset({PASSWORD, SMS, PAPER}) | ELSEWHERE
#: How long ago something must have been shown for a new passkey to be taken from this session.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Strength:
    """What an OpenID client may be told of a session. auth_time: when something was last shown; None for never."""

    acr: str
    amr: tuple[str, ...]
    auth_time: datetime | None


def level(methods: Iterable[str]) -> int:
    """0 to 3, by everything that was shown."""
    shown = set(methods)
    if shown & KEYS:
        return STRONG
    if shown & FIRSTS and shown & SECONDS:
        return TWO
    return ONE if shown & (FIRSTS | SECONDS) else NONE


def told(proofs: Sequence[tuple[str, datetime]]) -> Strength:
    """Of the (method, when) of one session. ``mfa`` stands in amr from level 2 on."""
    methods = [method for method, _at in proofs]
    reached = level(methods)
    amr = dict.fromkeys(word for method in methods for word in AMR.get(method, ()))
    if reached >= TWO:
        amr["mfa"] = None
    return Strength(str(reached), tuple(sorted(amr)), max((at for _method, at in proofs), default=None))
