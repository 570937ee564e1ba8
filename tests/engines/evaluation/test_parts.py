"""Wrong indicators are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground.packs.blocks import pack

RIGHT = "{title: 在外, of: outing, measure: count, by: [unit, class_id], on: from_on, definition: 人数, zero: true}"


def problems(base: Any, text: str, standard: str = "") -> list[str]:
    from jizuo.engines.evaluation import parts
    from jizuo.ground.packs import reading
    from jizuo.project import rooms

    rooms.plates()
    files = pack.FILES | {"indicators/out.yaml": text}
    told = reading.read(files | ({"standards/outing.yaml": standard} if standard else {}))
    assert told.pack is not None, told.problems
    return [f"{one.where} {one.what} {one.fix}" for one in parts.check(told.pack)]


def test_a_right_one_has_none(base: Any) -> None:
    assert problems(base, RIGHT) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("of: outing", "of: outings", "outing"),
        ("measure: count", "measure: count, column: hours", "column"),
        ("measure: count", "measure: sum, column: state", "小数"),
        ("measure: count", "measure: percentile, column: hours", "百分位"),
        ("measure: count", "measure: share", "part"),
        ("measure: count", "measure: count, distinct: pupils", "pupil_id"),
        ("class_id]", "pupil_id]", "class_id"),
        ("on: from_on", "on: state", "日期"),
        ("on: from_on", "period: month", "on:"),
        ("definition: 人数", 'definition: ""', "definition"),
        ("zero: true", 'missing: ""', "missing"),
        ("measure: count", "measure: count, where: [[state, eq, away]]", "away"),
    ],
)
def test_a_wrong_one_says_where_and_what(base: Any, old: str, new: str, words: str) -> None:
    found = problems(base, RIGHT.replace(old, new))
    assert any(words in one for one in found), found


def test_scores_are_compared_between_no_classes(base: Any) -> None:
    scored = pack.FILES["standards/outing.yaml"].replace("title: 小时", "title: 得分")
    mean = RIGHT.replace("measure: count", "measure: mean, column: hours")
    assert any("得分" in one for one in problems(base, mean, scored))
    assert problems(base, mean.replace("by: [unit, class_id], ", ""), scored) == []
