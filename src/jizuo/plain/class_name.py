"""Shown names of classes, and the class meant by what a person wrote.

A class is fixed by scheme, entry year and number; its name (三（2）班) follows from the school year.

    >>> shown(ClassKey("5", 2024, 2), SchoolYear(2026))
    '三（2）班'
    >>> resolve("3.2", ["5", "4"], SchoolYear(2026))
    [ClassKey(scheme='5', entry_year=2024, number=2)]
"""

import re
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from jizuo.plain.school_year import (
    SCHEMES,
    STAGE_NAMES,
    Outside,
    Placement,
    SchoolYear,
    Stage,
    cohorts,
    stage_and_grade,
)
from jizuo.plain.text import chinese_number, half_width, say_number, strip_invisible

MOST_CLASSES = 99


class ClassKey(NamedTuple):
    """What fixes a class inside one school: code of its scheme, entry year, class number from 1."""

    scheme: str
    entry_year: int
    number: int


class Style(StrEnum):
    """How a class is shown."""

    WORD = "word"
    """三（2）班, 预备（2）班, 初一（2）班, 高一（3）班, 中（1）班"""
    NUMBER = "number"
    """As WORD but 七（2）班 for junior years, counted from grade 1."""
    COHORT = "cohort"
    """小学2024级2班: does not change with the years."""


def shown(key: ClassKey, year: SchoolYear, style: Style = Style.WORD) -> str:
    """The name of a class in a school year; a class not in school that year is shown by its cohort.

    Raises KeyError for an unknown scheme.
    """
    place = stage_and_grade(key.scheme, key.entry_year, year)
    if style is Style.COHORT or isinstance(place, Outside):
        first = SCHEMES[key.scheme].placements()[0]
        return f"{STAGE_NAMES[first.stage]}{key.entry_year}级{key.number}班"
    word = place.word
    if style is Style.NUMBER and place.stage is Stage.JUNIOR:
        word = say_number(place.number)
    return f"{word}（{key.number}）班"


def resolve(
    text: object,
    schemes: Iterable[str],
    year: SchoolYear,
    known: Collection[ClassKey] | None = None,
    grade: object = None,
) -> list[ClassKey]:
    """The classes a cell may mean, the likeliest first: none, one, or several among which a person chooses.

    Understands 三（2）班, 三(2)班, 3.2, 3-2, 302, 三年级2班, 三年二班, 初一2班, 七（2）班, 高一3班,
    2024级2班, 24级(2)班, 2029届2班, 预备2班, 六2, and of kindergartens 小一班, 小班1; in half or full width;
    and the number and date cells that a spreadsheet makes of 3.2 and 3-2. `schemes` are those the school
    runs. A cohort that is not in school in `year` is meant only where its year is written. With `known` only
    those classes are given, for every reading of the text; without, those of the first reading that fits.
    `grade` is the cell of a grade column: it is read before a bare class number (三年级 and 2班).
    """
    written = _written(text)
    if grade is not None and (_CLASS_ALONE.fullmatch(written) or isinstance(text, int | float)):
        readings = _readings(f"{_written(grade)}-{written}")
    elif isinstance(text, date):
        readings = (_Reading(text.day, number=text.month),)
    else:
        readings = _readings(written)
        tenth = _TENTH.fullmatch(written) if isinstance(text, float) else None
        if tenth:
            # a number cell cannot tell 3.1 from 3.10
            readings += (_Reading(int(tenth[2]) * 10, number=int(tenth[1])),)
    codes = list(dict.fromkeys(schemes))
    found: dict[ClassKey, None] = {}
    for reading in readings:
        if not 1 <= reading.class_number <= MOST_CLASSES:
            continue
        for code, entry_year in _cohorts_meant(reading, codes, year):
            key = ClassKey(code, entry_year, reading.class_number)
            if known is None or key in known:
                found[key] = None
        if found and known is None:
            break
    return list(found)


class _Reading(NamedTuple):
    """A class number, and one of entry year, leaving year, word of a year, number of a grade."""

    class_number: int
    entry: int = 0
    leave: int = 0
    word: str = ""
    number: int = 0
    stage: Stage | None = None


_STAGES = {
    "幼儿园": Stage.KINDERGARTEN, "学前": Stage.KINDERGARTEN, "幼": Stage.KINDERGARTEN,
    "小学": Stage.PRIMARY, "小": Stage.PRIMARY,
    "初中": Stage.JUNIOR, "初": Stage.JUNIOR,
    "高中": Stage.SENIOR, "高": Stage.SENIOR,
    "中职": Stage.VOCATIONAL, "职高": Stage.VOCATIONAL, "职": Stage.VOCATIONAL,
}  # fmt: skip
_WORD_HEADS = {Stage.JUNIOR: "初", Stage.SENIOR: "高", Stage.VOCATIONAL: "职"}

_SIGNS = str.maketrans("[]{}【】〔〕（）.·。/\\_—–、,，．－", "()()()()()" + "-" * 13)
_NUMERAL = "[0-9]+|[〇零一二两三四五六七八九十]+"
_CLASS = rf"-?\(?第?(?P<class>{_NUMERAL})\)?班?"
_CLASS_ALONE = re.compile(rf"\(?第?({_NUMERAL})\)?班?")
_STAGE = rf"(?P<stage>{'|'.join(_STAGES)})"
_COHORT = re.compile(
    rf"{_STAGE}?(?P<year>[0-9]{{4}}|[0-9]{{2}}|[〇零一二三四五六七八九]{{4}})(?P<kind>级|届){_CLASS}"
)
_BARE_COHORT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?=[-(])" + _CLASS)
_KINDERGARTEN = re.compile(rf"(?:幼儿园)?(?P<word>[托小中大])班?{_CLASS}")
_PREPARATORY = re.compile(rf"(?:初中)?(?:预备|预初|预)(?:年级|班)?{_CLASS}")
_GRADE = re.compile(rf"{_STAGE}?(?P<grade>{_NUMERAL})(?:年级|年|级|(?=[-(第])){_CLASS}")
_RUN = re.compile(rf"{_STAGE}?(?P<run>[0-9〇零一二两三四五六七八九十]{{2,6}})(?P<end>班?)")
_TENTH = re.compile(r"([0-9]+)-([0-9])")


def _written(value: object) -> str:
    """A cell as text without blanks, in half width, brackets and separators made one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else half_width(strip_invisible(str(value)))
    return "".join(text.split()).translate(_SIGNS)


@lru_cache(4096)
def _readings(text: str) -> tuple[_Reading, ...]:
    """Every way to understand a written class, the likeliest first."""
    found: list[_Reading] = []
    if match := _COHORT.fullmatch(text):
        year = chinese_number(match["year"]) or 0
        year += 2000 if year < 100 else 0
        if len(match["year"]) == 4 or year > 2012:
            stage = _STAGES.get(match["stage"] or "")
            if match["kind"] == "级":
                found.append(_Reading(_class(match), entry=year, stage=stage))
            else:
                found.append(_Reading(_class(match), leave=year, stage=stage))
    if match := _BARE_COHORT.fullmatch(text):
        found.append(_Reading(_class(match), entry=int(match["year"])))
    if match := _PREPARATORY.fullmatch(text):
        found.append(_Reading(_class(match), word="预备", stage=Stage.JUNIOR))
    if match := _KINDERGARTEN.fullmatch(text):
        found.append(_Reading(_class(match), word=match["word"], stage=Stage.KINDERGARTEN))
    if match := _GRADE.fullmatch(text):
        found += _grade(match["stage"], chinese_number(match["grade"]) or 0, _class(match))
    if match := _RUN.fullmatch(text):
        for grade, number in _splits(match["run"], alone=bool(match["end"]) and not match["stage"]):
            found += _grade(match["stage"], grade, number)
    return tuple(found)


def _class(match: re.Match[str]) -> int:
    return chinese_number(match["class"]) or 0


def _grade(stage_word: str | None, grade: int, class_number: int) -> list[_Reading]:
    """The reading of a grade's number after a stage word (初一, 小学三) or alone."""
    if not 1 <= grade <= 12:
        return []
    if stage_word is None:
        return [_Reading(class_number, number=grade)]
    stage = _STAGES[stage_word]
    return [_Reading(class_number, word=_WORD_HEADS.get(stage, "") + say_number(grade), stage=stage)]


def _splits(run: str, *, alone: bool) -> list[tuple[int, int]]:
    """(grade, class) for numerals written without anything between: 302, 六2, 三二, 三十二.

    With `alone` (12班, 十二班) a run that is a plain class number names no grade.
    """
    if alone and len(run) < 3 and (run.isascii() or "十" in run):
        return []
    found = []
    for cut in range(1, len(run)):
        left, right = run[:cut], run[cut:]
        grade, number = chinese_number(left), chinese_number(right)
        if grade is None or number is None or not (1 <= grade <= 12 and 1 <= number <= MOST_CLASSES):
            continue
        if len(right) <= 2 or not right.isascii():
            found.append((grade, number))
    # two digits for the class are the custom: 101 is 1 and 01, 1101 is 11 and 01
    return sorted(found, key=lambda pair: pair[1] >= 10) if run.isascii() and len(run) > 3 else found


def _cohorts_meant(reading: _Reading, codes: list[str], year: SchoolYear) -> list[tuple[str, int]]:
    """(scheme, entry year) for a reading, the better fitting first."""
    if reading.entry or reading.leave:
        return [pair for code in codes for pair in _by_year(reading, code)]
    places = [(code, entry, place) for code in codes for entry, place in cohorts(code, year).items()]
    if reading.word:
        return [
            (code, entry)
            for code, entry, place in places
            if place.word == reading.word and place.stage is reading.stage
        ]
    exact = [(code, entry) for code, entry, place in places if place.number == reading.number]
    return exact or [(code, entry) for code, entry, place in places if _counts_as(place, reading.number)]


def _by_year(reading: _Reading, code: str) -> list[tuple[str, int]]:
    """The cohort that entered, or leaves, the named stage (or the scheme) in the written year."""
    scheme = SCHEMES[code]
    if reading.stage is None:
        return [(code, reading.entry or reading.leave - scheme.years)]
    passed = 0
    for step in scheme.steps:
        if step.stage is reading.stage:
            return [
                (code, reading.entry - passed if reading.entry else reading.leave - passed - len(step.words))
            ]
        passed += len(step.words)
    return []


def _counts_as(place: Placement, number: int) -> bool:
    """Whether a school above primary may call this year by a number of its own: 初二 or 高二 as 2."""
    if place.stage in (Stage.KINDERGARTEN, Stage.PRIMARY):
        return False
    return place.grade == number or (number > 0 and place.word[1:] == say_number(number))
