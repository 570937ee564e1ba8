"""What a check knows of the unit that it checks for: classes, school year, remembered choices."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from jizuo.ground.doors import source
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.data.queries import imports as queries
from jizuo.plain.class_name import ClassKey
from jizuo.plain.school_year import SCHEMES, Calendar, SchoolYear


@dataclass(frozen=True, slots=True)
class Member:
    """An open staff affiliation: id, name, 工号, 任教学科."""

    affiliation_id: str
    name: str
    local_no: str
    subject_code: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """columns: fingerprint of a heading -> {column letter: field}; values: ``field|text`` -> the text meant.

    classes: key -> org id of the open classes; named: name -> org id of classes without number; units: name ->
    unit_no of every unit; staff only when asked for.
    """

    unit_no: int
    unit_kind: str
    identifier: str
    year: SchoolYear
    schemes: tuple[str, ...]
    classes: dict[ClassKey, str]
    named: dict[str, str]
    columns: dict[str, dict[str, str]]
    values: dict[str, str]
    units: dict[str, int]
    is_demo: bool
    staff: list[Member] = field(default_factory=list)


@source(title="导入检查要知道的本校情况", roles=IMPORTING_ROLES)
def surroundings(*, unit_no: int, importer: str, today: date, with_staff: bool = False) -> Surroundings:
    """The surroundings of a unit for one importer."""
    with connection.cursor() as cursor:
        cursor.execute("select kind from unit where unit_no = %s", [unit_no])
        (unit_kind,) = cursor.fetchone()
        cursor.execute("select name, short_name, unit_no from unit")
        units = {name: no for full, short, no in cursor.fetchall() for name in (short, full)}
        cursor.execute("select scheme, identifier from school where unit_no = %s", [unit_no])
        scheme, identifier = cursor.fetchone() or ("", "")
        schemes = [scheme]
        cursor.execute("select distinct scheme from schooling where unit_no = %s", [unit_no])
        schemes += [scheme for (scheme,) in cursor.fetchall()]
        cursor.execute(
            "select id::text, scheme, entry_year, class_no, name from org"
            " where unit_no = %s and kind = 'class' and closed_on is null order by id",
            [unit_no],
        )
        classes, named = {}, {}
        for org_id, scheme, entry_year, class_no, name in cursor.fetchall():
            if scheme in SCHEMES and entry_year and class_no:
                classes[ClassKey(scheme, entry_year, class_no)] = org_id
            if name:
                named[name] = org_id
        cursor.execute("select coalesce(max(version), 0) from base_state where key = 'demo'")
        is_demo = cursor.fetchone()[0] > 0 or os.environ.get("JIZUO_DEMO") == "1"
        year = school_year(cursor, unit_no, today)
        staff = read_staff(cursor, unit_no) if with_staff else []
    schemes += [key.scheme for key in classes]
    return Surroundings(
        unit_no=unit_no,
        unit_kind=unit_kind,
        identifier=identifier,
        year=year,
        schemes=tuple(dict.fromkeys(scheme for scheme in schemes if scheme in SCHEMES)),
        classes=classes,
        named=named,
        columns=queries.mappings(kind="columns", importer=importer, unit_no=unit_no),
        values=queries.mappings(kind="value", importer=importer, unit_no=unit_no),
        units=units,
        is_demo=is_demo,
        staff=staff,
    )


def school_year(cursor: Any, unit_no: int, today: date) -> SchoolYear:
    """The school year of the unit's own calendar, or of the ordinary one that begins in September."""
    cursor.execute(
        "select school_year from academic_session where unit_no = %s and kind = 'schoolYear'"
        " and begin_on <= %s and end_on > %s order by begin_on desc limit 1",
        [unit_no, today, today],
    )
    row = cursor.fetchone()
    ordinary = Calendar().year_of(today)
    # A year may be written by its last calendar year, as OneRoster does.
    return SchoolYear(row[0]) if row and row[0] in (ordinary.first - 1, ordinary.first) else ordinary


def read_staff(cursor: Any, unit_no: int) -> list[Member]:
    """The staff of a unit now."""
    cursor.execute(
        "select a.id::text, a.name, a.local_no, coalesce(s.subject_code, '') from affiliation a"
        " left join staff s on s.unit_no = a.unit_no and s.id = a.id"
        " where a.unit_no = %s and a.role = 'staff' and a.end_on is null order by a.id",
        [unit_no],
    )
    return [Member(*row) for row in cursor.fetchall()]


def value_key(field_key: str, text: str, year: SchoolYear | None = None) -> str:
    """The key under which it is remembered what `text` means in a field; a written class means something else
    next school year."""
    return f"{field_key}|{year.first}|{text}" if year else f"{field_key}|{text}"
