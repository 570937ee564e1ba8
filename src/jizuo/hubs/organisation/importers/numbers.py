"""Document numbers and 学籍号 on their way in: sealed at once, found by a blind index, never kept in clear."""

from __future__ import annotations

from typing import NamedTuple

from jizuo.ground import keys
from jizuo.ground.keys import KeyRing, Purpose
from jizuo.plain.idnumber import DocumentKind

ROLL = "roll"

#: Codes of ``id_document_type``; a travel permit is told by its first letter. What the table lacks is 其他.
KIND_CODES = {
    DocumentKind.RESIDENT: "1",
    DocumentKind.RESIDENCE_PERMIT: "Z",
    DocumentKind.PASSPORT: "A",
    DocumentKind.PERMANENT_RESIDENT: "9",
    DocumentKind.BIRTH_CERTIFICATE: "Z",
}
_PERMITS = {"H": "6", "M": "7"}


class Sealed(NamedTuple):
    """A number as it may be stored. kind: ``id:<code of id_document_type>`` or ``roll``; blind: 16 bytes; tail:
    the last four characters."""

    kind: str
    blind: bytes
    sealed: bytes
    tail: str


def kind_code(kind: DocumentKind, text: str) -> str:
    """The code of ``id_document_type`` for a document of `kind` with the normalised number `text`; '' for none."""
    if kind is DocumentKind.NONE:
        return ""
    if kind is DocumentKind.TRAVEL_PERMIT:
        return _PERMITS.get(text[:1], "8")
    return KIND_CODES[kind]


def seal(kind: str, text: str, ring: KeyRing | None = None) -> Sealed:
    """Seal a normalised number of `kind`. ring: the base's keys, when the caller has thousands to seal."""
    ring = ring or keys.ring()
    blind = ring.blind(text, kind=kind)
    closed = ring.seal(Purpose.IDENTIFIERS, text.encode(), bound_to=_place(kind, blind))
    return Sealed(kind, blind, closed, text[-4:])


def blind(kind: str, text: str) -> bytes:
    """The blind index by which a normalised number of `kind` is looked up."""
    return keys.ring().blind(text, kind=kind)


def unseal(kind: str, blind: bytes, sealed: bytes) -> str:
    """The number again, from its row. The caller has checked and audited that it may be shown."""
    return keys.ring().unseal(Purpose.IDENTIFIERS, sealed, bound_to=_place(kind, blind)).decode()


def _place(kind: str, blind: bytes) -> bytes:
    # Bound to the number itself: a row keeps its id when a wrong number is corrected.
    return b"person_identifier.sealed/" + kind.encode() + b"/" + bytes(blind)
