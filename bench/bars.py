"""Bars: what was measured against what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise. is_least: the value must be at least the limit; otherwise at most. name: group.what."""

    name: str
    value: float
    limit: float
    unit: str
    is_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    def line(self) -> str:
        """``bar roster.first_load 24100 rows/s >= 20000 ok``."""
        sign = ">=" if self.is_least else "<="
        word = "ok" if self.holds else "short"
        return f"bar {self.name} {figure(self.value)} {self.unit} {sign} {figure(self.limit)} {word}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the results page. rows: cells as they are shown."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [f"| {' | '.join(self.head)} |", "|" + " --- |" * len(self.head)]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join([f"### {self.title}", "", *lines])


@dataclass(slots=True)
class Result:
    """What one group measured. notes: sentences that make the numbers honest."""

    group: str
    bars: list[Bar]
    tables: list[Table]
    notes: list[str]

    def markdown(self) -> str:
        lines = [f"## {self.group}", "", "```text", *(bar.line() for bar in self.bars), "```", ""]
        for table in self.tables:
            lines += [table.markdown(), ""]
        lines += [f"- {note}" for note in self.notes]
        return "\n".join(lines).rstrip()


def short(results: Iterable[Result]) -> list[Bar]:
    """The bars that do not hold."""
    return [bar for result in results for bar in result.bars if not bar.holds]


def figure(value: float) -> str:
    """A number with at most three significant decimals and no needless zeros."""
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def at(values: list[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
