"""The forms of a pack as a part."""

from __future__ import annotations


def test_a_bare_word_is_a_field(pack):
    from jizuo.engines.matter.forms import parts

    told = parts.prepared({"pages": [{"fields": ["kind", {"key": "lines", "fields": ["a"]}]}]})
    assert told == {"pages": [{"fields": [{"key": "kind"}, {"key": "lines", "fields": [{"key": "a"}]}]}]}
    assert parts.prepared("x") == "x" and parts.prepared({"pages": ["x"]}) == {"pages": ["x"]}


def test_the_part_checks_and_shows(pack):
    from jizuo.ground.packs.parts import all_parts

    part = all_parts()["forms"]
    assert part.check is not None and part.preview is not None and part.check(pack) == []
