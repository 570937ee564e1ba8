"""Codes of devices as people type them."""

from __future__ import annotations

import pytest

from jizuo.hubs.identity.rules import device_codes


def test_a_code_is_eight_consonants_and_never_twice_the_same():
    drawn = {device_codes.draw() for _one in range(200)}
    assert len(drawn) == 200
    assert all(len(code) == 8 and set(code) <= set(device_codes.ALPHABET) for code in drawn)
    assert not set("AEIOUL0123456789") & set(device_codes.ALPHABET)


@pytest.mark.parametrize(
    "typed, code",
    [
        ("bcdf-ghjk", "BCDFGHJK"),
        (" ＢＣＤＦ ghjk ", "BCDFGHJK"),
        ("BCDFGHJ", ""),
        ("BCDFGHJKM", ""),
        ("ABCDFGHJ", ""),
        ("BCDF-GHJ1", ""),
        ("", ""),
        ("B" * 4000, ""),
    ],
)
def test_what_is_typed(typed, code):
    assert device_codes.read(typed) == code


def test_it_is_shown_in_two_groups():
    assert device_codes.show("BCDFGHJK") == "BCDF-GHJK"
