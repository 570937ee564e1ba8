"""Scores and grades."""

from __future__ import annotations

import pytest

from jizuo.hubs.data.rules.quality import scoring
from jizuo.hubs.data.rules.quality.declared import DIMENSIONS


@pytest.mark.parametrize(
    ("records", "failed", "warned", "score"),
    [(0, 0, 0, None), (100, 0, 0, 100), (100, 10, 0, 90), (100, 0, 10, 95), (4, 4, 0, 0), (1, 1, 1, 0)],
)
def test_a_score_is_the_share_of_clean_records(
    records: int, failed: int, warned: int, score: float | None
) -> None:
    assert scoring.score(records, failed, warned) == score


@pytest.mark.parametrize(
    ("score", "grade"),
    [(None, None), (100, "a"), (98, "a"), (97.96, "a"), (97.94, "b"), (88, "c"), (80, "d"), (0, "e")],
)
def test_a_grade_follows_what_is_shown(score: float | None, grade: str | None) -> None:
    found = scoring.grade(score)
    assert (found.key if found else None) == grade


def test_means_leave_out_what_is_not_known(base: object) -> None:
    assert scoring.total({"accuracy": 90, "completeness": 100}) == 95
    assert scoring.total({}) is None
    assert scoring.mean([None, 90, 100]) == 95 and scoring.mean([None]) is None


def test_there_are_five_grades_and_every_dimension_weighs(base: object) -> None:
    scale = scoring.scale()
    assert len(scale.grades) == 5 and scale.grades[-1].least == 0
    assert [one.least for one in scale.grades] == sorted((one.least for one in scale.grades), reverse=True)
    assert set(scale.weights) == set(DIMENSIONS) and scale.source
    assert all(one.word for one in scale.grades)
