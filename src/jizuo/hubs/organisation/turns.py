"""What the yearly turn does with a class and with each of its pupils; no database, no clock.

A class is fixed by school, entry year and number and its shown name is computed, so moving up writes nothing. Only
who has come to the end of a stage has something to go through.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizuo.plain.school_year import (
    SCHEMES,
    Calendar,
    Outside,
    Placement,
    SchoolYear,
    Stage,
    stage_and_grade,
)

#: What becomes of a class. up: goes on under a new name; crosses: goes on into the next stage; leaves: finishes and
#: its pupils graduate; next: finishes and its pupils wait for a class of the next stage in the same school; new: begins
#: with the year; unknown: nothing is known to decide by.
UP, CROSSES, LEAVES, NEXT, NEW, UNKNOWN = "up", "crosses", "leaves", "next", "new", "unknown"
ENDING = frozenset({LEAVES, NEXT})
#: Compulsory schooling goes on in the same school without an examination; no other stage does.
GOES_ON = {Stage.PRIMARY: Stage.JUNIOR}
COMPULSORY = frozenset({Stage.PRIMARY, Stage.JUNIOR})

#: Code table ``change_type``.
GRADUATED, LOAN_OVER = "21", "29"
#: Code table ``student_status``.
SUSPENDED = "02"

#: The first month and day on which a turn into the school year of that autumn may be applied.
EARLIEST = (6, 1)

#: Largest class as the standard wishes, and the two warnings of large classes (large-class rules, to check).
STANDARD_SIZE = {Stage.KINDERGARTEN: 35, Stage.PRIMARY: 45, Stage.JUNIOR: 50, Stage.SENIOR: 50}
LARGE, VERY_LARGE = 56, 66


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a class. before, after: its place in the old and the new year, None outside."""

    verdict: str
    before: Placement | None = None
    after: Placement | None = None


def place(scheme: str, entry_year: int | None, year: SchoolYear) -> Placement | Outside | None:
    """Where a class stands in a school year; None when 学制 or entry year is not known."""
    if scheme not in SCHEMES or not entry_year:
        return None
    return stage_and_grade(scheme, entry_year, year)


def fate(scheme: str, entry_year: int | None, year: SchoolYear, offered: Collection[str]) -> Fate:
    """What the turn into `year` does with a class. offered: stages the school has, so that a finished primary class of
    a nine-year school goes on within it."""
    before, after = place(scheme, entry_year, year.shift(-1)), place(scheme, entry_year, year)
    was = before if isinstance(before, Placement) else None
    if after is None:
        return Fate(UNKNOWN)
    if isinstance(after, Placement):
        if was is None:
            return Fate(NEW, None, after)
        return Fate(CROSSES if was.stage is not after.stage else UP, was, after)
    if after is Outside.NOT_YET:
        return Fate(NEW)
    last = SCHEMES[scheme].placements()[-1]
    goes_on = GOES_ON.get(last.stage) in {Stage(one) for one in offered if one in set(Stage)}
    return Fate(NEXT if goes_on else LEAVES, was or last)


def stage_now(scheme: str, entry_year: int | None, stage: str, year: SchoolYear) -> str:
    """The stage a class is in during a school year; what it is filed under where that cannot be worked out."""
    found = place(scheme, entry_year, year)
    return found.stage.value if isinstance(found, Placement) else stage


def offered_stages(schemes: Collection[str]) -> set[str]:
    """The stages that schemes of schooling lead through."""
    return {step.stage.value for code in schemes if code in SCHEMES for step in SCHEMES[code].steps}


#: What becomes of a pupil of a finished class. ``on``: waits for a class of the next stage; ``stays``: on leave, waits
#: for a class; ``repeats``: goes to the class the school agreed on; ``home``: the loan is over, the own school graduates.
GRADUATES, GOES, STAYS, REPEATS, HOME = "graduates", "on", "stays", "repeats", "home"


def lot(verdict: str, *, is_registered: bool, is_on_leave: bool, repeats: bool) -> str:
    """What becomes of a pupil of a class with this (ending) verdict."""
    if repeats:
        return REPEATS
    if is_on_leave:
        return STAYS
    if verdict == NEXT:
        return GOES
    return GRADUATES if is_registered else HOME


def default_year(today: date) -> SchoolYear:
    """The school year whose turn one thinks of on a day: from June on that of the same autumn."""
    return SchoolYear(today.year if (today.month, today.day) >= EARLIEST else today.year - 1)


def is_due(year: SchoolYear, today: date) -> bool:
    """True from the first of June before the school year on."""
    return today >= date(year.first, *EARLIEST)


def last_day(year: SchoolYear, today: date) -> date:
    """The day from which who leaves is no longer there: today, or the beginning of the new year when that is past."""
    return min(today, Calendar().begin_on(year))


def next_sessions(held: Sequence[dict[str, Any]], year: SchoolYear) -> list[dict[str, Any]]:
    """Sessions of `year` after the pattern of those held of the year before, moved by one year; only the school year
    itself where none are held. Each: title, kind, begin_on, end_on (half-open), parent (index of its school year or
    None). Dates are the ordinary ones until the city's calendar comes."""
    calendar = Calendar()
    begin, end = calendar.begin_on(year), calendar.end_on(year)
    found: list[dict[str, Any]] = [
        {"title": str(year), "kind": "schoolYear", "begin_on": begin, "end_on": end, "parent": None}
    ]
    terms = sorted((one for one in held if one["kind"] != "schoolYear"), key=lambda one: one["begin_on"])
    for number, one in enumerate(terms, 1):
        title = f"{year}第{'零一二三四五六七八九'[number]}学期" if number < 10 else str(one["title"])
        found.append(
            {
                "title": title,
                "kind": one["kind"],
                "begin_on": max(begin, a_year_later(one["begin_on"])),
                "end_on": min(end, a_year_later(one["end_on"])),
                "parent": 0,
            }
        )
    return found


def a_year_later(day: date) -> date:
    """The same day of the next year; 28 February for the leap day."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True, slots=True)
class SizeWord:
    """What is said of a class's size. level: 1 above the standard, 2 large (大班额), 3 very large (超大班额)."""

    level: int
    most: int


def size_word(stage: str, size: int) -> SizeWord | None:
    """What is said of a class of `size` pupils; None within the standard. The two warnings are of compulsory
    schooling only."""
    if stage not in set(Stage):
        return None
    of = Stage(stage)
    if of in COMPULSORY and size >= VERY_LARGE:
        return SizeWord(3, VERY_LARGE - 1)
    if of in COMPULSORY and size >= LARGE:
        return SizeWord(2, LARGE - 1)
    most = STANDARD_SIZE.get(of)
    return SizeWord(1, most) if most is not None and size > most else None


def certificate_no(prefix: str, year: int, serial: int, digits: int) -> str:
    """A certificate's number by the school's rule: prefix, year of graduation, serial."""
    return f"{prefix}{year}{serial:0{digits}d}"


def compulsory_age(birth_on: date | None, today: date) -> bool:
    """True for a child from six to sixteen, or of unknown age (compulsory education law, to check)."""
    if birth_on is None:
        return True
    age = today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
    return 6 <= age < 16
