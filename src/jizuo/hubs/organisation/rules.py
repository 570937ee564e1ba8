"""Pure decisions of the organisation hub."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Set
from datetime import date
from uuid import UUID

_MODULUS = 1_000_000_000
# Coprime to the modulus, so that distinct counts give distinct numbers; not secret, only unlike a count.
_FACTOR, _SHIFT = 387_420_489, 271_828_183
_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)
UUID_SHAPE = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_UUID = re.compile(UUID_SHAPE)


def base_no(count: int) -> str:
    """The 基座号 of the `count`-th person: nine digits that look unordered and a check digit. School-neutral,
    says nothing of the person. ValueError past 10^9 people."""
    if not 0 <= count < _MODULUS:
        raise ValueError("a base holds at most 10^9 people")
    digits = f"{(count * _FACTOR + _SHIFT) % _MODULUS:09d}"
    return digits + base_no_check(digits)


def base_no_check(digits: str) -> str:
    """The check digit of nine digits: weights 3, 7, 1, modulo 10; catches every single wrong digit."""
    return str(-sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 10)


def is_base_no(text: str) -> bool:
    """True for ten digits whose check digit is right."""
    return len(text) == 10 and text.isascii() and text.isdigit() and base_no_check(text[:9]) == text[9]


def derived_id(unit_no: int, kind: str, key: str) -> str:
    """The id of a row known by an outside key, as text: the same file finds the same row without a look-up.

    An outside key that is a UUID is the id itself (our own export coming home); any other gives a UUIDv8 of
    unit, kind and key.
    """
    if len(key) == 36 and _UUID.fullmatch(key):
        return key.lower()
    digest = hashlib.blake2b(f"{unit_no}/{kind}/{key}".encode(), digest_size=16).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:]}"


def staff_roles(
    posts: Iterable[str], homerooms: Set[UUID], teaching: Set[UUID]
) -> list[tuple[str, frozenset[UUID]]]:
    """Acting roles of a staff member with the classes each reaches: those of the posts, homeroom teacher for own
    classes, teacher for the classes taught. A post reaches its whole unit and names no class."""
    roles: list[tuple[str, frozenset[UUID]]] = [
        (post, frozenset()) for post in dict.fromkeys(posts) if post not in ("teacher", "homeroom_teacher")
    ]
    if homerooms:
        roles.append(("homeroom_teacher", frozenset(homerooms)))
    if teaching or "teacher" in posts:
        roles.append(("teacher", frozenset(teaching)))
    return roles


def guardian_may_act(*, may_view: bool, is_no_contact: bool, end_on: date | None, today: date) -> bool:
    """True when an adult may act for a child today: may see, is not barred by a court, and the tie has not ended."""
    return may_view and not is_no_contact and (end_on is None or end_on > today)
