"""Tests of a pack on its own columns: names, types, words of the moment, codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (("from_on", "le", "$today"), ""),
        (("pupil_id", "eq", "$me"), ""),
        (("class_id", "in", "$my_class"), ""),
        (("state", "in", ["out", "back"]), ""),
        (("note", "empty", True), ""),
        (("state", "eq", "away"), "back"),
        (("state", "in", "out"), "列表"),
        (("note", "empty", "yes"), "true"),
        (("hours", "ge", "x"), "数字"),
        (("from_on", "le", "yesterday"), "日期"),
        (("from_on", "le", "$me"), "$today"),
        (("from_on", "prefix", "2026"), "prefix"),
        (("nothing", "eq", 1), "没有这一列"),
    ],
)
def test_a_test_fits_its_column(base: Any, test: tuple[str, Any, Any], words: str) -> None:
    from jizuo.ground.packs import reading
    from jizuo.ground.packs.shapes import Where
    from jizuo.hubs.data.scene_wheres import where_problems
    from jizuo.project import rooms

    rooms.plates()
    told = reading.read(pack.FILES).pack
    assert told is not None
    found = where_problems(told, told.part("standards")["outing"], [Where(*test)], "x")
    assert bool(found) is bool(words)
    assert all(words in f"{one.what} {one.fix}" and one.where == "x[0]" for one in found), found
