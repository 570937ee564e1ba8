"""What a reader sees of a block's rows: words, masks, nothing where no right is given."""

from __future__ import annotations

from typing import Any

from tests.ground.packs.blocks import pack
from tests.hubs.data.blocks.given import ask


def test_values_are_words_and_what_is_not_open_is_masked(base: Any) -> None:
    school = pack.town(base).schools[0]
    found = ask(base, school.unit_no, "clerk", "all", 2)
    values = {entry.label: entry.value for entry in found["entries"]}
    assert values["症状"] == "＊＊＊" and values["状态"] in ("在外", "已回") and values["学生"]
    own = ask(
        base, school.unit_no, "guardian", "mine", 0,
        person_id=school.guardians[1][0], child_ids=(school.pupils[1][0],),
    )  # fmt: skip
    assert len(own["lines"]) == 1


def test_a_block_without_the_right_to_its_rows_is_left_out(base: Any) -> None:
    import pytest

    from jizuo.ground.errors import NotFound

    roles = pack.FILES["roles.yaml"].replace(
        "  district_steward: {read: {outing: unit}, pages: [today]}", "  district_leader: {pages: [today]}"
    )
    found = pack.town(
        base, is_for_below=True, **{"roles.yaml": roles, "scene.yaml": pack.FILES["scene.yaml"]}
    )
    text = ask(base, found.unit_no, "district_leader", "today", 0)
    assert "今天" in text["html"]
    with pytest.raises(NotFound):
        ask(base, found.unit_no, "district_leader", "today", 1)
