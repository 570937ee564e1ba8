"""What a seal's use is called."""

from __future__ import annotations

import msgspec

from jizuo.hubs.organisation.printing import rules
from jizuo.hubs.organisation.printing.shapes import SealUseView


def test_a_seal_has_a_number_once_it_is_given():
    empty = {field.name: None for field in msgspec.structs.fields(SealUseView)}
    assert SealUseView(**empty).number == ""
    assert SealUseView(**{**empty, "year": 2026, "serial": 12}).number == rules.seal_number(2026, 12)
