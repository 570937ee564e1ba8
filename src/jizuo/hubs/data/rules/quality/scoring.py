"""Scores: of a hundred records how many are clean. A record with warnings alone counts as a half.

The score of a dimension is that share; the total is the mean of the dimensions that have rules, by weight; a unit's is
the mean of its datasets. Grades follow thresholds that are a parameter (`grades.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from jizuo.plain import declared

FILE = Path(__file__).with_name("grades.yaml")
#: What a record with warnings alone loses.
OF_A_WARNING = 0.5


@dataclass(frozen=True, slots=True)
class Grade:
    """One of the five. least: the lowest score that earns it; tone: as of `pages.parts`."""

    key: str
    title: str
    english: str
    least: float
    tone: str

    @property
    def word(self) -> str:
        """The name in the language in force."""
        return self.title if (get_language() or "zh").startswith("zh") else self.english


@dataclass(frozen=True, slots=True)
class Scale:
    """The five grades, the best first, what the dimensions weigh, and where both come from."""

    grades: tuple[Grade, ...]
    weights: Mapping[str, float]
    source: str


@cache
def scale() -> Scale:
    """The parameter as it ships."""
    told = declared.read(FILE)
    return Scale(tuple(Grade(**one) for one in told["grades"]), told["weights"], told["source"])


def score(records: int, failed: int, warned: int) -> float | None:
    """0 to 100; None without records."""
    if records <= 0:
        return None
    return max(0.0, 100 * (1 - (failed + OF_A_WARNING * warned) / records))


def total(dimensions: Mapping[str, float]) -> float | None:
    """The weighted mean of the scores of dimensions; None without any."""
    weights = scale().weights
    weight = sum(weights[name] for name in dimensions)
    return sum(weights[name] * one for name, one in dimensions.items()) / weight if weight else None


def mean(scores: Iterable[float | None]) -> float | None:
    """The mean of those that are known; None without any."""
    known = [one for one in scores if one is not None]
    return sum(known) / len(known) if known else None


def grade(of: float | None) -> Grade | None:
    """The grade of a score; None without one."""
    if of is None:
        return None
    # Held against what is shown, so that 95.0 on a page is never the grade of 94.96.
    return next(one for one in scale().grades if round(of, 1) >= one.least)
