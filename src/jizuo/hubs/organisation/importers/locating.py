"""Where a person's record stands in a checked file: by number, else by source key, else by what tells people of one list
apart. A row that could be another's is not named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection

from jizuo.hubs.data.importers import Located

#: dataset -> SQL of the person a record is about.
PERSON_OF = {
    "person": "select id from person where id = %s",
    "affiliation": "select person_id from affiliation where id = %s",
    "pupil": "select person_id from pupil where id = %s",
    "staff": "select person_id from staff where id = %s",
    "person_identifier": "select person_id from person_identifier where id = %s",
    "guardian_of": "select guardian_id from guardian_of where id = %s",
}
KNOWN = """
select p.name, p.former_name, p.birth_on::text,
       (select array_agg(i.blind) from person_identifier i where i.person_id = p.id),
       (select array_agg(distinct a.local_no) from affiliation a
        where a.person_id = p.id and a.unit_no = %(unit)s and a.local_no <> ''),
       (select array_agg(distinct a.source_id) from affiliation a where a.person_id = p.id and a.source_id <> ''),
       (select array_agg(distinct a.class_id::text) from affiliation a
        where a.person_id = p.id and a.unit_no = %(unit)s and a.class_id is not null)
from person p where p.id = %(person)s
"""
CHILDREN = "select child_id from guardian_of where guardian_id = %s"


class Told:
    """What the base knows of a person that a list may know too."""

    def __init__(self, person_id: UUID, unit_no: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, {"person": person_id, "unit": unit_no})
            row = cursor.fetchone() or ("", "", None, None, None, None, None)
        self.names = [name for name in row[:2] if name]
        self.birth_on = row[2]
        self.blinds = [bytes(blind) for blind in row[3] or ()]
        self.local_nos, self.sources, self.classes = (list(many or ()) for many in row[4:])


def locate(stage: Mapping[str, pl.DataFrame], dataset: str, record_id: UUID, unit_no: int) -> Located | None:
    """`Located` of a record of a workbook of people; inside a door."""
    person_id = person_of(dataset, record_id)
    if person_id is None or "people" not in stage:
        return None
    place = place_of(stage["people"], Told(person_id, unit_no))
    if place is None and "adults" in stage:
        place = adult_place(stage, person_id, unit_no)
    return at(place)


def person_of(dataset: str, record_id: UUID) -> UUID | None:
    """Whom a record is about; None where that is nobody or not within reach."""
    if dataset not in PERSON_OF:
        return None
    with connection.cursor() as cursor:
        cursor.execute(PERSON_OF[dataset], [record_id])
        row = cursor.fetchone()
    return row[0] if row else None


def place_of(rows: pl.DataFrame, told: Told) -> str | None:
    """The place of the one row that is this person's."""
    for tried in ways(rows, told):
        found = rows.filter(tried)["place"].to_list()
        if len(found) == 1:
            return found[0]
    return None


def ways(rows: pl.DataFrame, told: Told) -> list[pl.Expr]:
    """Tests of a row, the surest first."""
    has_name = pl.col("name").is_in(told.names)
    found: list[pl.Expr] = [
        pl.col(name).is_in(told.blinds)
        for name in ("id_blind", "roll_blind")
        if name in rows.columns and told.blinds
    ]
    for name, values in (
        ("local_no", told.local_nos),
        ("class_id", told.classes),
        ("birth_on", [told.birth_on]),
    ):
        if name in rows.columns and any(values):
            found.append(has_name & pl.col(name).is_in([value for value in values if value]))
    return [*found, has_name]


def adult_place(stage: Mapping[str, pl.DataFrame], person_id: UUID, unit_no: int) -> str | None:
    """The place of a guardian: on the row of one of her children, under her name."""
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, [person_id])
        children = [child for (child,) in cursor.fetchall()]
    places = [place_of(stage["people"], Told(child, unit_no)) for child in children]
    adults = stage["adults"].filter(
        pl.col("place").is_in([place for place in places if place])
        & pl.col("name").is_in(Told(person_id, unit_no).names)
    )
    return adults["place"][0] if adults.height else None


def at(place: str | None) -> Located | None:
    """``sheet!row`` as a place."""
    sheet, mark, row_no = (place or "").rpartition("!")
    return Located("", sheet, int(row_no)) if mark and row_no.isdigit() else None


def in_zip(stage: Mapping[str, pl.DataFrame], dataset: str, record_id: UUID, unit_no: int) -> Located | None:
    """`Located` of a person's record of a OneRoster zip: the line of users.csv; inside a door."""
    person_id = person_of(dataset, record_id)
    if person_id is None or "users" not in stage:
        return None
    told: list[Any] = [*Told(person_id, unit_no).sources, str(person_id)]
    keys = stage["users"]["sourcedId"].to_list()
    found = [number for number, key in enumerate(keys) if key in told]
    return Located("users.csv", "", found[0] + 2) if len(found) == 1 else None
