"""Signing in a device from a phone (RFC 8628): how its code looks, how long it lives and how often it may ask."""

from __future__ import annotations

import secrets
from datetime import timedelta

from jizuo.plain.signs import tidy

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
#: Twenty consonants less the L that looks like an I (RFC 8628 section 6.1): no words, no digits, one keyboard.
ALPHABET = "BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8
LIFE = timedelta(minutes=10)
INTERVAL_SECONDS, SLOWER_SECONDS, LONGEST_INTERVAL = 5, 5, 60
#: Devices of one application that may wait at once.
MOST_WAITING = 300


def draw() -> str:
    """A new code for people: 8 signs, 34 bits."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def read(text: str) -> str:
    """The code in what was typed; empty for what can be none."""
    code = tidy(text[:40])
    return code if len(code) == LENGTH and not set(code) - set(ALPHABET) else ""


def show(code: str) -> str:
    """``BCDF-GHJK``."""
    return f"{code[:4]}-{code[4:]}"
