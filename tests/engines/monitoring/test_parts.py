"""Wrong alerts are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.monitoring.given import ALERTS
from tests.ground.packs.blocks import pack

LONG = ALERTS["alerts__long.yaml"]


def problems(base: Any, text: str) -> list[str]:
    from jizuo.engines.monitoring import parts
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    told = reading.read(pack.FILES | {"alerts/long.yaml": text})
    assert told.pack is not None, told.problems
    return [f"{one.where} {one.what} {one.fix}" for one in parts.check(told.pack)]


def test_a_right_one_has_none(base: Any) -> None:
    for text in ALERTS.values():
        assert problems(base, text) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("of: outing", "of: outings", "outing"),
        ("each: pupil_id", "each: pupil", "pupil_id"),
        ("[state, eq, out]", "[state, eq, away]", "away"),
        ("homeroom_teacher_of_subject", "homeroom_teacher", "homeroom_teacher_of_subject"),
        ("post.gate", "post.guard", "post.gate"),
        ("each: pupil_id", "each: class_id", "自己孩子"),
        ("words: 有学生外出没有回来", 'words: ""', "一句话"),
        ("after_minutes: 15", "after_minutes: -1", "分钟"),
        ("only_school_days: false", 'at: "25:00"', "25:00"),
        ("only_school_days: false", "at: $most", "时间设置"),
        ("only_school_days: false", "within_days: 3", "on"),
    ],
)
def test_a_wrong_one_says_where_and_what(base: Any, old: str, new: str, words: str) -> None:
    found = problems(base, LONG.replace(old, new))
    assert any(words in one for one in found), found
