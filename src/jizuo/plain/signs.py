"""Codes that people read from paper and type: signs that cannot be taken for one another, and a check sign.

A code is drawn by chance from 31 signs (no 0 O 1 I L). 31 is prime and every place has its own weight, so one wrong
sign or two swapped neighbours are always seen, before anything is looked up.
"""

from __future__ import annotations

import re
import secrets

from jizuo.plain.text import half_width, strip_invisible

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BASE = len(ALPHABET)
VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_DROPPED = re.compile(r"[\s\-‐‑‒–—－·.]+")


def check_sign(body: str) -> str:
    """The sign that follows `body` (signs of `ALPHABET` only, at most 28)."""
    return ALPHABET[sum(place * VALUE[sign] for place, sign in enumerate(body, 2)) % BASE]


def written(number: int, length: int) -> str:
    """`number` in `length` signs, the smallest place first. ValueError when it does not fit."""
    if not 0 <= number < BASE**length:
        raise ValueError(f"{number} does not fit {length} signs")
    body = ""
    for _place in range(length):
        number, value = divmod(number, BASE)
        body += ALPHABET[value]
    return body


def number_of(text: str) -> int:
    """The number that `written` wrote. KeyError for another sign."""
    return sum(VALUE[sign] * BASE**place for place, sign in enumerate(text))


def draw(length: int) -> str:
    """A new code of `length` signs, the last one the check sign; the rest from the system's randomness."""
    body = written(secrets.randbelow(BASE ** (length - 1)), length - 1)
    return body + check_sign(body)


def tidy(text: str) -> str:
    """As typed on any keyboard -> half-width capitals without blanks and dashes."""
    return _DROPPED.sub("", half_width(strip_invisible(text))).upper()
