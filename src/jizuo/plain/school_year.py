"""School years, terms, and the place of an entry year in them under each scheme of schooling (学制).

Nothing here moves by itself: the caller says which school year it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import NamedTuple


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """The school year that begins in autumn of the year `first`."""

    first: int

    def __post_init__(self) -> None:
        if not 1900 <= self.first <= 2100:
            raise ValueError(f"学年应在 1900 到 2100 之间：{self.first}")

    def __str__(self) -> str:
        return f"{self.first}学年"

    @property
    def span(self) -> str:
        """Both calendar years: 2026-2027."""
        return f"{self.first}-{self.first + 1}"

    def shift(self, years: int) -> "SchoolYear":
        """The school year so many years later (earlier when negative)."""
        return SchoolYear(self.first + years)


@dataclass(frozen=True, slots=True)
class Term:
    """One term (学期) `[begin_on, end_on)`; `number` counts from 1 within its school year."""

    year: SchoolYear
    number: int
    begin_on: date
    end_on: date

    def __post_init__(self) -> None:
        if self.begin_on >= self.end_on:
            raise ValueError("学期的结束日期应在开始日期之后")

    @property
    def title(self) -> str:
        """2026学年第一学期; a third or later term by its number."""
        return f"{self.year}第{'零一二三四五六七八九'[self.number] if self.number < 10 else self.number}学期"

    def week(self, day: date, *, first_weekday: int = 0) -> int | None:
        """Teaching week of a day: 1 for the week that holds the first day of term; None outside the term.

        Weeks begin on `first_weekday` (0 Monday ... 6 Sunday).
        """
        if not self.begin_on <= day < self.end_on:
            return None
        return (_week_start(day, first_weekday) - _week_start(self.begin_on, first_weekday)).days // 7 + 1

    def weeks(self, *, first_weekday: int = 0) -> int:
        """How many teaching weeks the term touches."""
        return self.week(self.end_on - timedelta(days=1), first_weekday=first_weekday) or 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """When school years begin: month and day of the rule, and single years that differ (first year -> date).

    `terms` are the city's published terms, in any order; without them no day lies in a term.
    """

    month: int = 9
    day: int = 1
    exceptions: Mapping[int, date] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()

    def begin_on(self, year: SchoolYear) -> date:
        """First day of the school year."""
        return self.exceptions.get(year.first) or date(year.first, self.month, self.day)

    def end_on(self, year: SchoolYear) -> date:
        """First day that no longer belongs to the school year."""
        return self.begin_on(year.shift(1))

    def year_of(self, day: date) -> SchoolYear:
        """The school year a day lies in."""
        # an exception may move the beginning into the neighbouring calendar year
        for first in (day.year + 1, day.year):
            if self.begin_on(SchoolYear(first)) <= day:
                return SchoolYear(first)
        return SchoolYear(day.year - 1)

    def term_of(self, day: date) -> Term | None:
        """The term a day lies in; None in the holidays or when the terms are not given."""
        return next((term for term in self.terms if term.begin_on <= day < term.end_on), None)


class Stage(StrEnum):
    """A stage of schooling (学段)."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"
    VOCATIONAL = "vocational"


STAGE_NAMES: dict[Stage, str] = {
    Stage.KINDERGARTEN: "学前",
    Stage.PRIMARY: "小学",
    Stage.JUNIOR: "初中",
    Stage.SENIOR: "高中",
    Stage.VOCATIONAL: "中职",
}

# Codes of the years of each stage (to check against the register's grade codes).
_CODE_HEADS = {
    Stage.KINDERGARTEN: "0",
    Stage.PRIMARY: "1",
    Stage.JUNIOR: "2",
    Stage.SENIOR: "3",
    Stage.VOCATIONAL: "4",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage inside a scheme: the word of each of its years, and where its first year stands.

    `words` are what stands before the class number (三, 预备, 初一, 高一, 小). `first_number` counts from
    grade 1 of primary school, 0 where that is not done (kindergarten, vocational); `first_code` is the last
    digit of the first year's code.
    """

    stage: Stage
    words: tuple[str, ...]
    first_number: int = 0
    first_code: int = 1


class Placement(NamedTuple):
    """Where a cohort stands: stage, year within the stage from 1, code of the year, its word, its number.

    `number` counts from grade 1 of primary school, 0 where that is not done.
    """

    stage: Stage
    grade: int
    code: str
    word: str
    number: int


class Outside(StrEnum):
    """Why a cohort has no grade in a school year."""

    NOT_YET = "not_yet"
    GRADUATED = "graduated"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme of schooling: the steps a class goes through in one school, in order."""

    code: str
    name: str
    steps: tuple[Step, ...]

    @property
    def years(self) -> int:
        """Length in years."""
        return sum(len(step.words) for step in self.steps)

    def placements(self) -> tuple[Placement, ...]:
        """The places of the first, second ... year in this scheme."""
        return _placements(self)


@cache
def _placements(of: Scheme) -> tuple[Placement, ...]:
    return tuple(
        Placement(
            step.stage,
            index + 1,
            f"{_CODE_HEADS[step.stage]}{step.first_code + index}",
            word,
            step.first_number + index if step.first_number else 0,
        )
        for step in of.steps
        for index, word in enumerate(step.words)
    )


def _primary(years: int) -> Step:
    return Step(Stage.PRIMARY, tuple("一二三四五六"[:years]), 1)


_JUNIOR_3 = Step(Stage.JUNIOR, ("初一", "初二", "初三"), 7)
_JUNIOR_4 = Step(Stage.JUNIOR, ("预备", "初一", "初二", "初三"), 6)
_JUNIOR_4_COUNTED = Step(Stage.JUNIOR, ("初一", "初二", "初三", "初四"), 6)
_SENIOR = Step(Stage.SENIOR, ("高一", "高二", "高三"), 10)
_VOCATIONAL = Step(Stage.VOCATIONAL, ("职一", "职二", "职三"))
_KINDER_4 = Step(Stage.KINDERGARTEN, ("托", "小", "中", "大"))
_KINDER_3 = Step(Stage.KINDERGARTEN, ("小", "中", "大"), first_code=2)

SCHEMES: dict[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        Scheme("kinder-4", "幼儿园（托小中大）", (_KINDER_4,)),
        Scheme("kinder-3", "幼儿园（小中大）", (_KINDER_3,)),
        Scheme("6", "六年制小学", (_primary(6),)),
        Scheme("5", "五年制小学", (_primary(5),)),
        Scheme("3", "三年制初中", (_JUNIOR_3,)),
        Scheme("4", "四年制初中（预备班）", (_JUNIOR_4,)),
        Scheme("4-counted", "四年制初中（初一至初四）", (_JUNIOR_4_COUNTED,)),
        Scheme("6-3", "九年一贯制（六三）", (_primary(6), _JUNIOR_3)),
        Scheme("5-4", "九年一贯制（五四）", (_primary(5), _JUNIOR_4)),
        Scheme("5-4-counted", "九年一贯制（五四，初一至初四）", (_primary(5), _JUNIOR_4_COUNTED)),
        Scheme("senior-3", "普通高中", (_SENIOR,)),
        Scheme("3-3", "完全中学（三三）", (_JUNIOR_3, _SENIOR)),
        Scheme("4-3", "完全中学（四三）", (_JUNIOR_4, _SENIOR)),
        Scheme("6-3-3", "十二年一贯制（六三三）", (_primary(6), _JUNIOR_3, _SENIOR)),
        Scheme("5-4-3", "十二年一贯制（五四三）", (_primary(5), _JUNIOR_4, _SENIOR)),
        Scheme("vocational-3", "中等职业学校", (_VOCATIONAL,)),
    )
}


def scheme(code: "str | Scheme") -> Scheme:
    """The scheme of a code; a scheme of one's own is passed through. Raises KeyError for an unknown code."""
    return code if isinstance(code, Scheme) else SCHEMES[code]


def stage_and_grade(of: str | Scheme, entry_year: int, year: SchoolYear) -> Placement | Outside:
    """Where those who entered in autumn of `entry_year` (级) stand in a school year, under a scheme."""
    passed = year.first - entry_year
    if passed < 0:
        return Outside.NOT_YET
    places = scheme(of).placements()
    return places[passed] if passed < len(places) else Outside.GRADUATED


def entry_year_of(of: str | Scheme, stage: Stage, grade: int, year: SchoolYear) -> int | None:
    """The entry year of those in the given year of a stage; None where the scheme has no such year."""
    for index, placement in enumerate(scheme(of).placements()):
        if placement.stage is stage and placement.grade == grade:
            return year.first - index
    return None


def cohorts(of: str | Scheme, year: SchoolYear) -> dict[int, Placement]:
    """Entry year -> place, for all in school in a school year; the newest entry first."""
    return {year.first - index: placement for index, placement in enumerate(scheme(of).placements())}


def graduation_year(of: str | Scheme, entry_year: int) -> int:
    """The calendar year in which those who entered in `entry_year` leave the scheme (届)."""
    return entry_year + scheme(of).years


def both_years(of: str | Scheme, entry_year: int) -> str:
    """Entry and graduation year as shown together: 2024级（2029届）."""
    return f"{entry_year}级（{graduation_year(of, entry_year)}届）"


def terms_in(calendar: Calendar, year: SchoolYear) -> list[Term]:
    """The calendar's terms of one school year, in order."""
    return sorted((term for term in calendar.terms if term.year == year), key=lambda term: term.begin_on)


def check_terms(terms: Iterable[Term]) -> list[str]:
    """What is wrong with a list of terms, in Chinese; empty when they neither overlap nor repeat a number."""
    problems = []
    ordered = sorted(terms, key=lambda term: term.begin_on)
    for earlier, later in pairwise(ordered):
        if later.begin_on < earlier.end_on:
            problems.append(f"{earlier.title}与{later.title}的日期重叠")
    seen = set()
    for term in ordered:
        if (term.year, term.number) in seen:
            problems.append(f"{term.title}重复")
        seen.add((term.year, term.number))
    return problems


def _week_start(day: date, first_weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)
