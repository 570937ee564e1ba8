"""Check codes of whatever is given out on paper: made, kept sealed, found by their keyed index at ``/check/``.

A room that keeps papers of its own offers who finds them; the public page asks everyone, whatever the code.

    code, blind, sealed = codes.make(unit_no, b"certificate.sealed/" + certificate_id.bytes)
    codes.offer("matter", finder)      # on a room's plate
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from jizuo.ground import keys
from jizuo.hubs.organisation.printing import rules

CODE_KIND = "certificate"


@dataclass(frozen=True, slots=True)
class Found:
    """A paper with this code. name: of the person it is about, in clear, '' for none; kind: key of the paper; title: what
    people call it. [issued_on, valid_to), None for no end."""

    unit: str
    name: str
    kind: str
    title: str
    issued_on: date
    valid_to: date | None
    withdrawn_on: date | None


#: (number of the unit, keyed index of the code) -> the paper. Inside a door whose scope reaches the unit.
Finder = Callable[[int, bytes], Found | None]
_finders: dict[str, Finder] = {}


def make(unit_no: int, place: bytes) -> tuple[str, bytes, bytes]:
    """(a new code of a unit, its keyed index, the code sealed to `place`, the row it is kept in)."""
    code, ring = rules.new_code(unit_no), keys.ring()
    return code, ring.blind(code, kind=CODE_KIND), ring.seal(
        keys.Purpose.IDENTIFIERS, code.encode(), bound_to=place
    )  # fmt: skip


def unseal(sealed: bytes, place: bytes) -> str:
    """The code that was sealed to `place`."""
    return keys.ring().unseal(keys.Purpose.IDENTIFIERS, bytes(sealed), bound_to=place).decode()


def offer(room: str, finder: Finder) -> None:
    """Name who finds the papers of a room; called on its plate. Two of one room raise ValueError."""
    if _finders.setdefault(room, finder) is not finder:
        raise ValueError(f"two finders of papers of {room!r}")


def find(unit_no: int, code: str) -> Found | None:
    """The paper with a code. Every finder is asked, so that each answer takes the same work."""
    blind = keys.ring().blind(code, kind=CODE_KIND)
    found = [finder(unit_no, blind) for finder in _finders.values()]
    return next((one for one in found if one is not None), None)
