"""Shown names of classes: computed from 学制, entry year, number and the school year of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.plain import class_name
from jizuo.plain.class_name import ClassKey
from jizuo.plain.school_year import (
    SCHEMES,
    STAGE_NAMES,
    Calendar,
    Placement,
    SchoolYear,
    Stage,
    stage_and_grade,
)


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class this school year. grade: the shown word of its year (三年级, 初一), '' for one that has left or
    has no entry year; order: sorts by stage, year and number."""

    org_id: UUID
    unit_no: int
    name: str
    grade: str
    grade_key: str
    stage: str
    scheme: str
    entry_year: int | None
    class_no: int | None
    class_type: str
    location: str
    is_open: bool
    order: tuple[int, int, int, str]


COLUMNS = (
    "o.id, o.unit_no, o.name, o.stage, o.scheme, o.entry_year, o.class_no, o.class_type, o.location, o.closed_on,"
    " coalesce((select x.scheme from schooling x where x.unit_no = o.unit_no and x.entry_year = o.entry_year),"
    " (select s.scheme from school s where s.unit_no = o.unit_no), '')"
)


def this_year(day: date) -> SchoolYear:
    """The school year of a day by the ordinary calendar (from the first of September)."""
    return Calendar().year_of(day)


def grade_word(place: Placement) -> str:
    """How a year is called: 三年级, 初一, 预备, 高一, 中班."""
    if place.stage is Stage.PRIMARY:
        return f"{place.word}年级"
    return f"{place.word}班" if place.stage is Stage.KINDERGARTEN else place.word


def view(row: tuple, day: date) -> ClassView:
    """A row of `COLUMNS` as shown on `day`."""
    org_id, unit_no, name, stage, scheme, entry_year, class_no, class_type, location, closed_on, usual = row
    scheme = scheme or usual
    shown, grade, key, order = name, "", "", (9, 99, class_no or 0, name)
    if scheme in SCHEMES and entry_year:
        place = stage_and_grade(scheme, entry_year, this_year(day))
        if class_no:
            shown = class_name.shown(ClassKey(scheme, entry_year, class_no), this_year(day))
        if isinstance(place, Placement):
            grade, key = grade_word(place), f"{scheme}.{entry_year}"
            order = (list(Stage).index(place.stage), place.grade, class_no or 0, name)
    return ClassView(
        org_id, unit_no, shown or name, grade, key, stage, scheme, entry_year, class_no, class_type, location,
        closed_on is None or closed_on > day, order,
    )  # fmt: skip


def of_ids(ids: Iterable[UUID]) -> dict[UUID, ClassView]:
    """The classes and sections of these ids in reach. Inside a door only; one read."""
    wanted = list({one for one in ids if one is not None})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from org o where o.id = any(%s)", [wanted])
        day = scopes.current().today
        return {row[0]: view(row, day) for row in cursor.fetchall()}


def of_units(unit_nos: Iterable[int]) -> list[ClassView]:
    """The open classes of some units in the order of a school: by stage, year and number. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from org o where o.unit_no = any(%s) and o.kind = 'class' and o.closed_on is null",
            [list(unit_nos)],
        )
        day = scopes.current().today
        return sorted((view(row, day) for row in cursor.fetchall()), key=lambda one: (one.unit_no, one.order))


def classes_behind(org_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Org of a class role -> its class: a section stands for the class whose lesson it is. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, case when kind = 'section' and parent_id is not null then parent_id else id end from org"
            " where id = any(%s)",
            [list(org_ids)],
        )
        return dict(cursor.fetchall())


def own_classes(org_ids: Iterable[UUID]) -> list[UUID]:
    """The classes behind the orgs of a class role, each once."""
    return list(set(classes_behind(org_ids).values()))


def stage_word(stage: str) -> str:
    """小学, 初中 ...; '' for none."""
    return STAGE_NAMES.get(Stage(stage), "") if stage in set(Stage) else ""
