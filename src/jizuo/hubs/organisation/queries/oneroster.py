"""The base's people and classes as OneRoster 1.2 tables with the China profile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.organisation.protocols.oneroster.names import split_name
from jizuo.hubs.organisation.protocols.oneroster.profile import (
    FIELDS,
    PREFIX,
    ROLES,
    SEX_WORDS,
    Guardian,
    write_guardians,
)
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.school_year import SchoolYear

RIGHT_COLUMNS = (
    ("legal", "is_legal"),
    ("entrusted", "is_entrusted"),
    ("lives", "lives_with"),
    ("pickup", "may_pick_up"),
    ("view", "may_view"),
    ("sign", "may_sign"),
    ("notify", "gets_notice"),
    ("barred", "is_no_contact"),
)
ORG_TYPES = {"bureau": "district", "school": "school", "centre": "department"}


def rows_of(statement: str, units: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of a statement whose one parameter is the list of units."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(units)])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """A OneRoster table in the order of its columns, text only, our own columns where any is filled."""
    columns = [column.name for column in layout("1.2")[name].columns]
    own = [PREFIX + field for field in FIELDS[name]]
    made = pl.from_dicts(
        [{key: text(value) for key, value in row.items()} for row in rows],
        schema=dict.fromkeys((*columns, *own), pl.String),
    ).fill_null("")
    return made.drop([column for column in own if not (made[column] != "").any()]).sort("sourcedId")


def text(value: Any) -> str:
    """A value as OneRoster writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def own(**values: Any) -> dict[str, Any]:
    """Our extension columns."""
    return {PREFIX + key: value for key, value in values.items()}


@source(title="OneRoster 表", roles=IMPORTING_ROLES)
def oneroster_tables(*, unit_nos: Sequence[int]) -> dict[str, pl.DataFrame]:
    """Everybody with an open affiliation at the units, as the eight rostering files that the base fills.

    sourcedIds are the base's own ids. Document numbers and 学籍号 have no column. Raises NotFound for a unit out
    of reach.
    """
    units = list(unit_nos)
    if not units or set(units) - set(scopes.current().units):
        raise NotFound(_("没有这个单位"))
    day = scopes.current().today
    year = SchoolYear(day.year if day.month >= 9 else day.year - 1)
    orgs, org_id = org_rows(units)
    sessions, default_session = session_rows(year)
    courses, homeroom_course = course_rows(units, org_id)
    classes = list(class_rows(units, org_id, homeroom_course, default_session, year))
    affiliations = affiliation_rows(units)
    users = list(user_rows(affiliations, org_id, day.isoformat()))
    return {
        "orgs": frame("orgs", orgs),
        "academicSessions": frame("academicSessions", sessions),
        "courses": frame("courses", courses),
        "classes": frame("classes", classes),
        "users": frame("users", users),
        "roles": frame("roles", role_rows(affiliations, org_id)),
        "enrollments": frame("enrollments", enrolment_rows(units, org_id, affiliations)),
        "demographics": frame("demographics", demographic_rows(affiliations)),
    }


def org_rows(units: Sequence[int]) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Units as orgs, and unit_no -> sourcedId. A parent outside the export is left out."""
    found = rows_of(
        "select u.unit_no, u.parent_no, u.kind, u.name, u.source_id, s.identifier, s.scheme, s.type_code,"
        " s.ownership_code, s.urban_rural_code, u.opened_on, u.closed_on"
        " from unit u left join school s using (unit_no) where u.unit_no = any(%s)",
        units,
    )
    org_id = {row["unit_no"]: row["source_id"] or f"jizuo-unit-{row['unit_no']}" for row in found}
    return [
        {
            "sourcedId": org_id[row["unit_no"]],
            "name": row["name"],
            "type": ORG_TYPES.get(row["kind"], "department"),
            "identifier": row["identifier"],
            "parentSourcedId": org_id.get(row["parent_no"], ""),
        }
        | own(
            kind="unit", typeCode=row["type_code"], ownershipCode=row["ownership_code"],
            urbanRuralCode=row["urban_rural_code"], scheme=row["scheme"], openedOn=row["opened_on"],
            closedOn=row["closed_on"],
        )
        for row in found
    ], org_id  # fmt: skip


def session_rows(year: SchoolYear) -> tuple[list[dict[str, Any]], str]:
    """Sessions in reach; one for the school year when the base has none, since every class must name one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id::text, title, kind, begin_on, end_on, parent_id::text, school_year from academic_session"
        )
        found = [
            {"sourcedId": own_id, "title": title, "type": kind, "startDate": begin, "endDate": end,
             "parentSourcedId": parent, "schoolYear": first + 1}
            for own_id, title, kind, begin, end, parent, first in cursor.fetchall()
        ]  # fmt: skip
    if not found:
        found = [
            {"sourcedId": f"jizuo-year-{year.first}", "title": str(year), "type": "schoolYear",
             "startDate": f"{year.first}-09-01", "endDate": f"{year.first + 1}-08-31", "schoolYear": year.first + 1}
        ]  # fmt: skip
    return found, found[0]["sourcedId"]


def course_rows(units: Sequence[int], org_id: dict[int, str]) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """Courses, and for each unit the one its own classes hang on: OneRoster wants a course for every class."""
    found = rows_of(
        "select id::text, unit_no, title, code, subject_code, array_to_string(grades, ',') as grades from course"
        " where unit_no = any(%s)",
        units,
    )
    homeroom = {row["unit_no"]: row["id"] for row in found if row["title"] == HOMEROOM_COURSE}
    rows = [
        {"sourcedId": row["id"], "title": row["title"], "courseCode": row["code"], "grades": row["grades"],
         "orgSourcedId": org_id[row["unit_no"]], "subjects": row["subject_code"], "subjectCodes": row["subject_code"]}
        for row in found
    ]  # fmt: skip
    for unit_no in units:
        if unit_no not in homeroom:
            homeroom[unit_no] = f"jizuo-homeroom-{unit_no}"
            rows.append(
                {"sourcedId": homeroom[unit_no], "title": HOMEROOM_COURSE, "orgSourcedId": org_id[unit_no]}
            )
    return rows, homeroom


HOMEROOM_COURSE = "行政班"


def class_rows(
    units: Sequence[int], org_id: dict[int, str], homeroom: dict[int, str], session: str, year: SchoolYear
) -> Iterable[dict[str, Any]]:
    """Classes and sections that are open."""
    for row in rows_of(
        "select o.id::text, o.unit_no, o.kind, o.parent_id::text, o.name, o.code, o.stage, o.scheme, o.entry_year,"
        " o.class_no, o.class_type, o.course_id::text, o.subject_code, o.location, o.opened_on, o.closed_on,"
        " array_to_string(o.session_ids, ',') as sessions, array_to_string(o.grades, ',') as grades,"
        " coalesce(nullif(o.scheme, ''), s.scheme, '') as own_scheme"
        " from org o left join school s using (unit_no)"
        " where o.unit_no = any(%s) and o.kind in ('class', 'section') and o.closed_on is null",
        units,
    ):
        yield {
            "sourcedId": row["id"],
            "title": row["name"] or class_title(row["own_scheme"], row["entry_year"], row["class_no"], year),
            "grades": row["grades"],
            "courseSourcedId": row["course_id"] or homeroom[row["unit_no"]],
            "classCode": row["code"],
            "classType": "homeroom" if row["kind"] == "class" else "scheduled",
            "location": row["location"],
            "schoolSourcedId": org_id[row["unit_no"]],
            "termSourcedIds": row["sessions"] or session,
            "subjects": row["subject_code"],
            "subjectCodes": row["subject_code"],
        } | own(
            kind=row["kind"], entryYear=row["entry_year"], classNo=row["class_no"], stage=row["stage"],
            scheme=row["scheme"], classType=row["class_type"],
            parentSourcedId=row["parent_id"] if row["kind"] == "section" else "", openedOn=row["opened_on"],
        )  # fmt: skip


def class_title(scheme: str, entry_year: int | None, class_no: int | None, year: SchoolYear) -> str:
    """The shown name of a class this school year; the cohort form when its scheme is not known."""
    if entry_year is None or class_no is None:
        return _("未命名班级")
    try:
        return shown(ClassKey(scheme, entry_year, class_no), year)
    except (KeyError, ValueError):
        return f"{entry_year}级{class_no}班"


def affiliation_rows(units: Sequence[int]) -> list[dict[str, Any]]:
    """Open affiliations with their person and what the school knows, by person and unit."""
    return rows_of(
        "select a.id::text, a.unit_no, a.person_id::text, a.role, a.is_primary, a.is_registered, a.is_present, a.begin_on,"
        " a.end_reason, a.local_no, a.posts, a.class_id::text, a.seat_no, p.base_no, p.name, p.name_reading, p.former_name,"
        " p.latin_name, p.sex, p.birth_on, p.ethnic, p.nationality, p.overseas, p.political, p.phone, p.email,"
        " u.status, u.entry_year, u.entered_on, u.entry_way, u.attendance, u.class_roll_no, u.household_place,"
        " u.household_kind, u.address, s.establishment, s.post_kind, s.post_grade, s.duty, s.title, s.title_on, s.education,"
        " s.degree, s.work_since, s.here_since, s.is_full_time_teacher, s.subject_code, s.weekly_lessons, s.homeroom_years,"
        " s.honours, s.leave, s.shared_kind, s.home_unit_no"
        " from affiliation a join person p on p.id = a.person_id left join pupil u on u.unit_no = a.unit_no and u.id = a.id"
        " left join staff s on s.unit_no = a.unit_no and s.id = a.id"
        " where a.unit_no = any(%s) and a.end_on is null order by a.person_id, a.unit_no, a.role",
        units,
    )


def user_rows(
    affiliations: list[dict[str, Any]], org_id: dict[int, str], day: str
) -> Iterable[dict[str, Any]]:
    """One user for each person."""
    guardians = guardian_links({row["person_id"] for row in affiliations})
    seen: set[str] = set()
    for row in sorted(affiliations, key=lambda row: (row["person_id"], not row["is_primary"])):
        if row["person_id"] in seen:
            continue
        seen.add(row["person_id"])
        family, given = split_name(row["name"])
        agents, told = write_guardians(guardians.get(row["person_id"], []), day)
        yield {
            "sourcedId": row["person_id"],
            "enabledUser": "true",
            "username": row["base_no"],
            "givenName": given,
            "familyName": family,
            "identifier": row["base_no"],
            "email": row["email"],
            "phone": row["phone"],
            "agentSourcedIds": agents,
            "primaryOrgSourcedId": org_id[row["unit_no"]],
        } | own(
            name=row["name"], nameReading=row["name_reading"], formerName=row["former_name"], latinName=row["latin_name"],
            guardians=told,
        )  # fmt: skip


def guardian_links(people: set[str]) -> dict[str, list[Guardian]]:
    """Child -> guardians who are among `people`."""
    found: dict[str, list[Guardian]] = defaultdict(list)
    rights = ", ".join(column for _right, column in RIGHT_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select child_id::text, guardian_id::text, relation, emergency_order, begin_on, end_on, {rights} from guardian_of"
        )
        for child, adult, relation, order, begin, end, *flags in cursor.fetchall():
            if child in people and adult in people:
                held = tuple(
                    right for (right, _column), flag in zip(RIGHT_COLUMNS, flags, strict=True) if flag
                )
                found[child].append(Guardian(adult, relation, held, order or 0, text(begin), text(end)))
    return found


def role_rows(affiliations: list[dict[str, Any]], org_id: dict[int, str]) -> Iterable[dict[str, Any]]:
    """A role for each post of an affiliation; the first carries what the school knows."""
    for row in affiliations:
        for place, role in enumerate(words_of(row)):
            yield {
                "sourcedId": f"{row['id']}:{role}",
                "userSourcedId": row["person_id"],
                "roleType": "primary" if row["is_primary"] and place == 0 else "secondary",
                "role": role,
                "beginDate": row["begin_on"],
                "orgSourcedId": org_id[row["unit_no"]],
            } | own(
                kind=row["role"], isPrimary=row["is_primary"], isRegistered=row["is_registered"],
                isPresent=row["is_present"], endReason=row["end_reason"], localNo=row["local_no"], status=row["status"],
                entryYear=row["entry_year"], enteredOn=row["entered_on"], entryWay=row["entry_way"],
                attendance=row["attendance"], classRollNo=row["class_roll_no"], householdPlace=row["household_place"],
                householdKind=row["household_kind"], address=row["address"], establishment=row["establishment"],
                postKind=row["post_kind"], postGrade=row["post_grade"], duty=row["duty"], title=row["title"],
                titleOn=row["title_on"], education=row["education"], degree=row["degree"], workSince=row["work_since"],
                hereSince=row["here_since"], isFullTimeTeacher=row["is_full_time_teacher"], subject=row["subject_code"],
                weeklyLessons=row["weekly_lessons"], homeroomYears=row["homeroom_years"], honours=row["honours"],
                leave=row["leave"], sharedKind=row["shared_kind"],
                homeOrgSourcedId=org_id.get(row["home_unit_no"], "") if row["home_unit_no"] else "",
            )  # fmt: skip


def words_of(row: dict[str, Any]) -> list[str]:
    """OneRoster roles of an affiliation, each once."""
    if row["role"] != "staff":
        return [ROLES[row["role"]]]
    return list(dict.fromkeys(ROLES[post] for post in row["posts"] if post in ROLES)) or ["aide"]


def enrolment_rows(
    units: Sequence[int], org_id: dict[int, str], affiliations: list[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    """Pupils in their class, teachers of classes, everybody in sections."""
    person_of = {row["id"]: row["person_id"] for row in affiliations}
    for row in affiliations:
        if row["role"] == "pupil" and row["class_id"]:
            yield {
                "sourcedId": f"{row['id']}:{row['class_id']}", "classSourcedId": row["class_id"],
                "schoolSourcedId": org_id[row["unit_no"]], "userSourcedId": row["person_id"], "role": "student",
                "primary": "true",
            } | own(seatNo=row["seat_no"])  # fmt: skip
    for row in rows_of(
        "select e.id::text, e.unit_no, e.org_id::text, e.affiliation_id::text, e.role, e.is_primary, e.subject_code,"
        " e.begin_on, e.end_on from enrolment e join org o on o.unit_no = e.unit_no and o.id = e.org_id"
        " where e.unit_no = any(%s) and e.end_on is null and o.closed_on is null",
        units,
    ):
        if row["affiliation_id"] in person_of:
            yield {
                "sourcedId": row["id"], "classSourcedId": row["org_id"], "schoolSourcedId": org_id[row["unit_no"]],
                "userSourcedId": person_of[row["affiliation_id"]],
                "role": "student" if row["role"] == "pupil" else "teacher", "primary": row["is_primary"],
                "beginDate": row["begin_on"], "endDate": row["end_on"],
            } | own(
                isHomeroomTeacher=row["role"] == "homeroom_teacher" if row["role"] != "pupil" else "",
                subject=row["subject_code"],
            )  # fmt: skip


def demographic_rows(affiliations: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Birth date and sex of who has any of them, and our codes."""
    seen: set[str] = set()
    for row in affiliations:
        if row["person_id"] in seen or not (row["sex"] or row["birth_on"] or row["ethnic"]):
            continue
        seen.add(row["person_id"])
        yield {
            "sourcedId": row["person_id"], "birthDate": row["birth_on"], "sex": SEX_WORDS.get(row["sex"], ""),
        } | own(
            sexCode=row["sex"], ethnicGroup=row["ethnic"], nationality=row["nationality"], overseas=row["overseas"],
            political=row["political"],
        )  # fmt: skip
