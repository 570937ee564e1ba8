"""Check codes: found by whoever keeps the paper, bound to the row they are sealed in."""

from __future__ import annotations

from datetime import date

import pytest

DAY = date(2026, 9, 16)


def test_a_code_is_unsealed_in_its_own_row_only(base):
    from jizuo.ground.keys import KeyTrouble
    from jizuo.hubs.organisation.printing import codes, rules

    code, _blind, sealed = codes.make(12, b"row/1")
    assert rules.read_code(code) == (12, code) and codes.unseal(sealed, b"row/1") == code
    with pytest.raises(KeyTrouble):
        codes.unseal(sealed, b"row/2")


def test_every_finder_is_asked_whatever_the_code(base, monkeypatch):
    from jizuo.hubs.organisation.printing import codes

    asked = []
    paper = codes.Found("启明小学", "", "notice", "通知书", DAY, None, None)
    code, blind, _sealed = codes.make(12, b"row/1")
    monkeypatch.setattr(codes, "_finders", {})
    codes.offer("one", lambda unit_no, told: asked.append("one") or (paper if told == blind else None))
    codes.offer("two", lambda unit_no, told: asked.append("two"))
    assert codes.find(12, code) == paper and codes.find(12, "0" * 16) is None
    assert asked == ["one", "two"] * 2
    with pytest.raises(ValueError, match="two finders"):
        codes.offer("one", lambda unit_no, told: None)
