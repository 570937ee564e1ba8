"""The orgs, sessions, courses and classes of a OneRoster zip as puts, and which unit each belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from jizuo.hubs.data.importers import NewLabel, Step
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers.roster import DELETED, MOST_LABELS, Roster, words
from jizuo.hubs.organisation.queries import units as unit_queries
from jizuo.hubs.organisation.rules import derived_id


def place_units(roster: Roster) -> None:
    """sourcedId of each org -> unit_no; departments and campuses belong to the unit above them."""
    held = unit_queries.unit_sources()
    parents = {}
    roster.unit_of.update(held)
    for source_id, kind, parent in roster.columns("orgs", "sourcedId", "type", "parentSourcedId"):
        parents[source_id] = parent
        if source_id not in held and kind in ("district", "local", "state", "national"):
            roster.unit_of[source_id] = roster.given.unit_no
    for source_id in parents:
        above, steps = source_id, 0
        while above not in roster.unit_of and above in parents and steps < 50:
            above, steps = parents[above], steps + 1
        roster.unit_of[source_id] = roster.unit_of.get(above, roster.given.unit_no)


def place_classes(roster: Roster) -> None:
    """Classes the base holds already, for a delta that only names them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select source_id, unit_no, id::text, kind from org where source_id <> '' and kind in ('class', 'section')"
        )
        for source_id, unit_no, class_id, kind in cursor.fetchall():
            roster.class_unit[source_id], roster.class_id[source_id] = unit_no, class_id
            if kind == "class":
                roster.homerooms.add(source_id)


def schools(roster: Roster) -> Step:
    """What each school is; the unit itself was opened by the check."""
    rows = []
    for source_id, kind, identifier, scheme, type_code, ownership, urban in roster.columns(
        "orgs",
        "sourcedId",
        "type",
        "identifier",
        ".scheme",
        ".typeCode",
        ".ownershipCode",
        ".urbanRuralCode",
    ):
        if kind == "school":
            unit_no = roster.unit_of[source_id]
            rows.append(
                (
                    unit_actions.school_id(unit_no),
                    unit_no,
                    identifier,
                    scheme,
                    type_code,
                    ownership,
                    urban,
                )
            )
    return Step(
        "school",
        ("id", "unit_no", "identifier", "scheme", "type_code", "ownership_code", "urban_rural_code"),
        rows,
        is_shown=False,
    )


def sessions(roster: Roster) -> Step:
    """Academic sessions, at the importing unit."""
    unit_no = roster.given.unit_no

    def rows() -> Iterator[tuple[Any, ...]]:
        for source_id, title, kind, begin, end, parent, year in roster.columns(
            "academicSessions",
            "sourcedId",
            "title",
            "type",
            "startDate",
            "endDate",
            "parentSourcedId",
            "schoolYear",
        ):
            yield (
                derived_id(unit_no, "session", source_id), unit_no, title, kind, begin, end,
                derived_id(unit_no, "session", parent) if parent else None, first_year(year), source_id,
            )  # fmt: skip

    return Step(
        "academic_session",
        ("id", "unit_no", "title", "kind", "begin_on", "end_on", "parent_id", "school_year", "source_id"),
        rows(),
    )


def courses(roster: Roster) -> Step:
    """Courses of each unit."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for source_id, title, code, grades, org, subjects in roster.columns(
            "courses", "sourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjectCodes"
        ):
            unit_no = roster.place(roster.unit_of, org, "courses", "orgSourcedId")
            yield (
                derived_id(unit_no, "course", source_id), unit_no, title[:200], code[:60],
                subjects.split(",")[0][:16], words(grades), source_id,
            )  # fmt: skip

    return Step("course", ("id", "unit_no", "title", "code", "subject_code", "grades", "source_id"), rows())


def classes(roster: Roster) -> Step:
    """Classes and sections as orgs. A homeroom class that the file says nothing more of keeps its title."""
    course_unit = held_courses(roster) | {
        source_id: roster.unit_of[org]
        for source_id, org in roster.columns("courses", "sourcedId", "orgSourcedId")
    }
    today = roster.given.today.isoformat()
    rows, labels = [], []
    for (
        source_id, title, grades, course, code, class_type, location, school, terms, subjects,
        kind, entry_year, class_no, stage, scheme, cn_type, parent, opened, closed, status,
    ) in roster.columns(
        "classes", "sourcedId", "title", "grades", "courseSourcedId", "classCode", "classType", "location",
        "schoolSourcedId", "termSourcedIds", "subjectCodes", ".kind", ".entryYear", ".classNo", ".stage", ".scheme",
        ".classType", ".parentSourcedId", ".openedOn", ".closedOn", "status",
    ):  # fmt: skip
        unit_no = roster.place(roster.unit_of, school, "classes", "schoolSourcedId")
        roster.class_unit[source_id] = unit_no
        roster.class_id[source_id] = derived_id(unit_no, "class", source_id)
        is_class = kind == "class" if kind else class_type == "homeroom"
        if is_class:
            roster.homerooms.add(source_id)
            labels.append(NewLabel(title, f"classes.csv {source_id}"))
        name = "" if is_class and class_no and entry_year else title
        rows.append(
            (roster.class_id[source_id], unit_no, "class" if is_class else "section",
             derived_id(unit_no, "class", parent) if parent else None, name[:200], code[:60], stage, scheme,
             entry_year or None, class_no or None, cn_type,
             derived_id(unit_no, "course", course) if course_unit.get(course) == unit_no else None,
             subjects.split(",")[0][:16],
             ids(derived_id(roster.given.unit_no, "session", term) for term in terms.split(",") if term),
             words(grades), location[:120], opened or None,
             closed or (today if status == DELETED else None), source_id)
        )  # fmt: skip
    # A section may name the class it is a lesson of: classes first.
    rows.sort(key=lambda row: row[2] != "class")
    return Step(
        "org",
        ("id", "unit_no", "kind", "parent_id", "name", "code", "stage", "scheme", "entry_year", "class_no",
         "class_type", "course_id", "subject_code", "session_ids", "grades", "location", "opened_on", "closed_on",
         "source_id"),
        rows, new_labels=labels[:MOST_LABELS],
    )  # fmt: skip


def held_courses(roster: Roster) -> dict[str, int]:
    """Outside key -> unit of courses that an earlier file brought."""
    if roster.given.is_full:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select source_id, unit_no from course where source_id <> '' and unit_no = any(%s)",
            [sorted(set(roster.unit_of.values()))],
        )
        return dict(cursor.fetchall())


def first_year(text: str) -> int:
    """The calendar year a school year begins in: OneRoster names it by the year it ends (2027), some by both
    (2026-2027)."""
    return int(text[:4]) - (len(text) == 4)


def ids(found: Iterator[str]) -> str:
    """Ids as an array literal for COPY."""
    return "{" + ",".join(found) + "}"
