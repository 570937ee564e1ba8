"""Parts of a pack: offered once, in order, and packs that are equal when they say the same."""

from __future__ import annotations

import pytest

from tests.scenes.given import minimal


def test_every_folder_has_one_reader(base):
    from jizuo.ground.packs import parts
    from jizuo.ground.packs.parts import Part
    from jizuo.project import rooms

    rooms.plates()
    known = parts.all_parts()
    assert {
        "standards",
        "codes",
        "forms",
        "flows",
        "pages",
        "examples",
        "indicators",
        "alerts",
        "items",
    } <= set(known)
    assert [one.order for one in known.values()] == sorted(one.order for one in known.values())
    parts.offer(known["forms"])
    with pytest.raises(ValueError, match="two rooms"):
        parts.offer(Part("forms", "别的"))


def test_a_pack_is_what_it_says(base):
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    first = reading.read(minimal()).pack
    spaced = reading.read(
        {path: text + "\n" for path, text in minimal().items() if path != "README.md"}
        | {"README.md": "# 来访\n"}
    ).pack
    assert first == spaced and first.digest != spaced.digest
    assert first.part("forms") == {} and set(first.part("standards")) == {"visit"}
    assert first != reading.read(minimal(version="1.1")).pack and first != "visit"
    assert len({first, reading.read(minimal()).pack}) == 1
