"""Sealed numbers."""

from __future__ import annotations

import pytest

from jizuo.plain.idnumber import DocumentKind

pytestmark = pytest.mark.usefixtures("base")


def test_a_number_is_sealed_found_by_its_index_and_opened_only_in_its_place():
    from jizuo.ground.keys import KeyTrouble
    from jizuo.hubs.organisation.importers import numbers

    text = "339922201803040018"
    one, other = numbers.seal("id:1", text), numbers.seal("id:1", text)
    assert one.blind == other.blind == numbers.blind("id:1", text)
    assert one.sealed != other.sealed
    assert text.encode() not in one.sealed
    assert one.tail == "0018"
    assert numbers.unseal(one.kind, one.blind, one.sealed) == text
    assert numbers.seal(numbers.ROLL, text).blind != one.blind
    with pytest.raises(KeyTrouble):
        numbers.unseal("id:A", one.blind, one.sealed)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (DocumentKind.RESIDENT, "339922201803040018", "1"),
        (DocumentKind.PASSPORT, "E12345678", "A"),
        (DocumentKind.TRAVEL_PERMIT, "H12345678", "6"),
        (DocumentKind.TRAVEL_PERMIT, "M12345678", "7"),
        (DocumentKind.TRAVEL_PERMIT, "12345678", "8"),
        (DocumentKind.NONE, "", ""),
    ],
)
def test_every_kind_has_its_code(kind, text, code):
    from jizuo.hubs.data import codes
    from jizuo.hubs.organisation.importers import numbers

    assert numbers.kind_code(kind, text) == code
    assert not code or code in codes.tables()["id_document_type"]
