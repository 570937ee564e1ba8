"""From grouped counts of one unit to its tallies and its summary row; no database, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from jizuo.plain.school_year import SCHEMES, Outside, SchoolYear, stage_and_grade

ESTABLISHED = "1"


class Cell(NamedTuple):
    """One tally: what is counted and along which sides, '' where there is none."""

    number: str
    stage: str = ""
    grade: str = ""
    sex: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ClassFact:
    """What of a class decides its grade. scheme: the class's own, else the school's for its entry year."""

    class_id: object
    stage: str
    scheme: str
    entry_year: int | None


@dataclass(frozen=True, slots=True)
class PupilGroup:
    """So many pupils of one class and sex who stand alike."""

    class_id: object
    sex: str
    is_registered: bool
    is_present: bool
    count: int


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """So many staff of one establishment who stand alike."""

    establishment: str
    is_registered: bool
    is_full_time: bool
    count: int


def place_of(fact: ClassFact, year: SchoolYear) -> tuple[str, str] | None:
    """(stage, grade code) of a class in a school year; None for one that has left or not begun."""
    if fact.entry_year is None or fact.scheme not in SCHEMES:
        return fact.stage, ""
    place = stage_and_grade(fact.scheme, fact.entry_year, year)
    if isinstance(place, Outside):
        return None
    return place.stage.value, place.code


def tally(
    classes: Iterable[ClassFact],
    pupils: Iterable[PupilGroup],
    staff: Iterable[StaffGroup],
    year: SchoolYear,
) -> Counter[Cell]:
    """Every cell of one unit that is not nought."""
    cells: Counter[Cell] = Counter()
    places: dict[object, tuple[str, str]] = {}
    for fact in classes:
        place = place_of(fact, year)
        if place is not None:
            places[fact.class_id] = place
            cells[Cell("classes", *place)] += 1
    for group in pupils:
        stage, grade = places.get(group.class_id, ("", ""))
        side = (stage, grade, group.sex)
        if group.is_registered:
            cells[Cell("registered", *side)] += group.count
        if group.is_present:
            cells[Cell("present", *side)] += group.count
        if group.is_present and not group.is_registered:
            cells[Cell("lent_in", *side)] += group.count
        if group.is_registered and not group.is_present:
            cells[Cell("lent_out", *side)] += group.count
    for one in staff:
        if not one.is_registered:
            continue
        cells[Cell("staff", kind=one.establishment)] += one.count
        if one.establishment == ESTABLISHED:
            cells[Cell("established", kind=one.establishment)] += one.count
        if one.is_full_time:
            cells[Cell("full_time", kind=one.establishment)] += one.count
    return cells


NUMBERS = ("registered", "present", "lent_in", "lent_out", "classes", "staff", "established", "full_time")


def summary(
    cells: Mapping[Cell, int], *, has_classes: bool, has_pupils: bool, has_staff: bool
) -> dict[str, int | None]:
    """The headline numbers of one unit; None (no data) for a side about which nothing was ever brought in."""
    totals: Counter[str] = Counter()
    for cell, value in cells.items():
        totals[cell.number] += value
    is_known = dict.fromkeys(NUMBERS[:4], has_pupils) | {"classes": has_classes or has_pupils}
    return {name: totals[name] if is_known.get(name, has_staff) else None for name in NUMBERS}


def per_teacher(present: int | None, full_time: int | None) -> Decimal | None:
    """Pupils for each full-time teacher to two places; None without either."""
    if present is None or not full_time:
        return None
    return (Decimal(present) / full_time).quantize(Decimal("0.01"))
