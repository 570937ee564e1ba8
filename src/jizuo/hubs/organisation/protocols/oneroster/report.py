"""What a check found: problems grouped by cause with their places, the tables, and the verdict."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from .causes import CAUSES, SEVERITIES, Severity

SHOWN = 1_000
"""Places listed per problem; all are counted."""
_VALUE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Place:
    """`line` is the first physical line of the row in the CSV, the header being 1; 0 when it is about the
    file.
    """

    line: int
    value: str = ""
    sourced_id: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause in one column of one file. `column` is empty when it is about the row or the file."""

    cause: str
    severity: Severity
    file: str
    column: str
    count: int
    places: tuple[Place, ...]
    words: tuple[tuple[str, str], ...] = ()

    def reason(self, language: str = "zh") -> str:
        cause = CAUSES[self.cause]
        return (cause.zh if language == "zh" else cause.en).format(**dict(self.words))

    def fix(self, language: str = "zh") -> str:
        cause = CAUSES[self.cause]
        return (cause.fix_zh if language == "zh" else cause.fix_en).format(**dict(self.words))

    def as_dict(self) -> dict[str, Any]:
        return {
            "cause": self.cause,
            "severity": self.severity,
            "file": self.file,
            "column": self.column,
            "count": self.count,
            "reason": {"zh": self.reason("zh"), "en": self.reason("en")},
            "fix": {"zh": self.fix("zh"), "en": self.fix("en")},
            "places": [{"line": p.line, "value": p.value, "sourcedId": p.sourced_id} for p in self.places],
        }


@dataclass(slots=True)
class Sheet:
    """One data file as read: all columns text, "" for empty. `lines` None: row i is on line i + 2."""

    name: str
    frame: pl.DataFrame
    lines: pl.Series | None = None
    _filled: frozenset[str] | None = None

    @property
    def filled(self) -> frozenset[str]:
        """Columns with at least one value as read; most columns of most rosters have none and need no look."""
        if self._filled is None:
            names = self.frame.columns
            found = self.frame.select((pl.all() != "").any()).row(0) if self.frame.height else ()
            self._filled = frozenset(name for name, is_filled in zip(names, found, strict=False) if is_filled)
        return self._filled

    def let_go(self) -> None:
        """Hold columns without any value as one value each: a district's file has dozens of them."""
        empty = [name for name in self.frame.columns if name not in self.filled]
        self.frame = self.frame.with_columns(pl.lit("").alias(name) for name in empty)

    def line(self, index: int) -> int:
        return index + 2 if self.lines is None else int(self.lines[index])


@dataclass(slots=True)
class _Group:
    severity: Severity
    count: int = 0
    places: list[Place] = field(default_factory=list)


class Findings:
    """Collects problems while a check runs. `softened` names files whose errors only warn."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str, tuple[tuple[str, str], ...]], _Group] = {}
        self._faulty: dict[str, list[pl.Series]] = {}
        self.softened: set[str] = set()

    def _group(self, cause: str, file: str, column: str, words: dict[str, str]) -> _Group:
        severity = CAUSES[cause].severity
        if file in self.softened and severity == "error":
            severity = "warn"
        return self._groups.setdefault((cause, file, column, tuple(words.items())), _Group(severity))

    def note(
        self, cause: str, file: str, column: str = "", *, line: int = 0, value: str = "", **words: str
    ) -> None:
        """One place that is not a row of a table. `file`: name with .csv, or as it stands in the zip."""
        group = self._group(cause, file, column, words)
        group.count += 1
        if len(group.places) < SHOWN:
            group.places.append(Place(line, _short(value)))

    def rows(
        self,
        cause: str,
        sheet: Sheet,
        column: str,
        indexes: pl.Series,
        values: pl.Series | None = None,
        **words: str,
    ) -> None:
        """Rows of a sheet by index, ascending. `values`: aligned with them; default the column's own."""
        if not len(indexes):
            return
        file = f"{sheet.name}.csv"
        group = self._group(cause, file, column, words)
        group.count += len(indexes)
        if group.severity != "warn":
            self._faulty.setdefault(sheet.name, []).append(indexes.cast(pl.UInt32))
        room = SHOWN - len(group.places)
        if room <= 0:
            return
        shown = indexes.head(room)
        ids = sheet.frame["sourcedId"].gather(shown)
        if values is None:
            values = sheet.frame[column].gather(shown) if column in sheet.frame.columns else ids
        hidden = column == "password" or cause == "document_number"
        for index, value, key in zip(shown, values.head(room), ids, strict=True):
            shown_value = "***" if hidden else _short(value)
            place = Place(sheet.line(index), shown_value, "***" if hidden and value == key else _short(key))
            group.places.append(place)

    def problems(self) -> list[Problem]:
        """Blocks first, then errors, then warnings; within these by file, column and first line."""
        found = [
            Problem(cause, group.severity, file, column, group.count, tuple(group.places), words)
            for (cause, file, column, words), group in self._groups.items()
        ]
        return sorted(
            found, key=lambda p: (SEVERITIES.index(p.severity), p.file, p.places[0].line, p.column, p.cause)
        )

    def faulty(self) -> dict[str, pl.Series]:
        return {name: pl.concat(parts).unique().sort() for name, parts in self._faulty.items()}


def _short(value: str) -> str:
    return value if len(value) <= _VALUE_LENGTH else value[:_VALUE_LENGTH] + "…"


@dataclass(frozen=True)
class Report:
    """The answer of a check.

    version: "1.1", "1.2", or "" when none could be told. modes: per file of that version. tables: the loaded
    files in the shape of 1.2, all text, "" for empty, in file order. kept_raw: rows of files that are in the
    zip but not loaded (`archive.read_member` gives their bytes). faulty: per table the indexes of rows with
    an error or block, all of them. lines: per table the line of each row in its CSV (roles made from a 1.1
    users.csv point into that).
    """

    version: str
    modes: dict[str, str]
    source: dict[str, str]
    tables: dict[str, pl.DataFrame]
    kept_raw: dict[str, int]
    problems: list[Problem]
    faulty: dict[str, pl.Series]
    lines: dict[str, pl.Series]

    def count(self, severity: Severity) -> int:
        return sum(p.count for p in self.problems if p.severity == severity)

    @property
    def is_blocked(self) -> bool:
        return any(p.severity == "block" for p in self.problems)

    @property
    def exit_code(self) -> int:
        """0: nothing or warnings only, 1: rows to mend, 2: the set as a whole cannot be loaded."""
        return 2 if self.is_blocked else int(any(p.severity == "error" for p in self.problems))

    def as_dict(self) -> dict[str, Any]:
        """The verdict for machines, ready for JSON; tables only as row counts."""
        return {
            "version": self.version,
            "source": self.source,
            "modes": self.modes,
            "rows": {name: table.height for name, table in self.tables.items()},
            "kept_raw": self.kept_raw,
            "counts": {severity: self.count(severity) for severity in SEVERITIES},
            "exit_code": self.exit_code,
            "problems": [problem.as_dict() for problem in self.problems],
        }

    def text(self, language: str = "zh", places: int = 5) -> str:
        """A block per problem for a terminal: severity, where, how often, why, fix, the first places."""
        return "\n".join(_paragraph(problem, language, places) for problem in self.problems)


def _paragraph(problem: Problem, language: str, places: int) -> str:
    where = " ".join(filter(None, (problem.file, problem.column)))
    colon = "：" if language == "zh" else ": "
    rows = [f"[{problem.severity}] {where} ×{problem.count}{colon}{problem.reason(language)}"]
    rows.append(f"    → {problem.fix(language)}")
    rows.extend(_row(place, language) for place in problem.places[:places] if place.line or place.value)
    return "\n".join(rows)


def _row(place: Place, language: str) -> str:
    line = (f"第 {place.line} 行" if language == "zh" else f"line {place.line}") if place.line else ""
    return "    " + " ".join(filter(None, (line, place.value)))


def places_of(problems: Iterable[Problem], cause: str) -> list[tuple[str, str, int, str]]:
    """(file, column, line, value) of every listed place of a cause."""
    return [(p.file, p.column, at.line, at.value) for p in problems if p.cause == cause for at in p.places]
