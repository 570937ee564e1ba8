"""OneRoster zips over the import walk: nine rostering files into units, classes, people and enrolments.

Outside keys are kept as `source_id`; ids of orgs, courses, sessions and enrolments derive from them, so the
same file finds the same rows. People are found by the source_id of an affiliation in reach, or by their own
id when the file came from a base. OneRoster carries no document numbers: who has none is met again by Excel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.ids import new_id
from jizuo.hubs.data.importers import (
    ERROR,
    WARNING,
    Checked,
    CheckInput,
    Fault,
    NewLabel,
    Plan,
    PlanInput,
    Step,
)
from jizuo.hubs.organisation import people
from jizuo.hubs.organisation.actions import units as unit_actions
from jizuo.hubs.organisation.importers import delta, enrolments, queue
from jizuo.hubs.organisation.importers.loading import search_after_undo
from jizuo.hubs.organisation.protocols.oneroster.check import check as check_zip
from jizuo.hubs.organisation.protocols.oneroster.profile import KINDS, PREFIX, ROLES, read_guardians
from jizuo.hubs.organisation.queries import units as unit_queries
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import names, pinyin

SEX = {"male": "1", "female": "2", "unspecified": "9", "other": "9", "": ""}
#: OneRoster role -> the acting role a staff member gets from it; teachers of classes come from enrolments.
POSTS = {
    word: role for role, word in ROLES.items() if role not in ("pupil", "guardian", "homeroom_teacher")
} | {
    "siteAdministrator": "clerk",
    "administrator": "clerk",
}
MOST_LABELS = 200
MOST_SEARCHED_AT_ONCE = 10_000


class OneRoster:
    """The importer of OneRoster 1.1 and 1.2 zips, bulk and delta."""

    name = "oneroster"
    title = "OneRoster"
    file_kind = "oneroster"

    def check(self, given: CheckInput) -> Checked:
        """Check the zip. With option ``open_units`` schools that the base does not know are opened below the
        importing unit; without it each is an error that says so."""
        report = check_zip(given.path)
        faults = [fault for problem in report.problems for fault in faults_of(problem)]
        count = sum(problem.count for problem in report.problems if problem.severity != "warn")
        rows = sum(frame.height for frame in report.tables.values())
        if not count:
            if "orgs" in report.tables:
                faults += place_schools(report.tables["orgs"], given)
            count = sum(fault.severity == ERROR for fault in faults)
        notes = [
            _("%(name)s.csv 有 %(count)d 行，原样保存，没有载入") % {"name": name, "count": kept}
            for name, kept in report.kept_raw.items()
        ]
        modes = {report.modes.get(name) for name in report.tables}
        return Checked(
            stage=report.tables,
            rows_read=rows,
            faults=faults,
            fault_count=count,
            notes=notes,
            is_full=modes == {"bulk"},
        )

    def plan(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> Plan:
        """The puts of a checked zip."""
        loader = Loader(stage, given)
        return Plan(steps=loader.steps(), gone=loader.gone, after=loader.after)

    def after_undo(self, batch_id: UUID, given: PlanInput) -> None:
        """Bring the search keys back with the people."""
        search_after_undo(batch_id, given.unit_no)
        people.sweep_search(scopes.current().units)


def faults_of(problem: Any) -> Iterator[Fault]:
    """A check's problem as faults, place by place."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    severity = WARNING if problem.severity == "warn" else ERROR
    for place in problem.places or ():
        yield Fault(
            severity=severity, code=problem.cause, file=problem.file, row_no=place.line or None,
            column=problem.column[:12], field=problem.column[:60], value=place.value,
            reason=problem.reason(language), fix=problem.fix(language), label=place.sourced_id[:120],
        )  # fmt: skip


def place_schools(orgs: pl.DataFrame, given: CheckInput) -> list[Fault]:
    """Every school of the file has its unit, or a fault says what to do."""
    held = unit_queries.unit_sources()
    schools = [row for row in orgs.iter_rows(named=True) if is_unit(row)]
    missing = [row for row in schools if row["sourcedId"] not in held]
    if not missing:
        return []
    if unit_queries.unit(unit_no=given.unit_no).kind == "school":
        if len(schools) == 1 and is_own_school(schools[0], given.unit_no, held):
            unit_actions.name_source(unit_no=given.unit_no, source_id=schools[0]["sourcedId"])
            return []
        words = _("文件里有别的学校“%(name)s”"), _("学校只能导入本校；请区里导入，或导出时只选本校")
        code = "other_school"
    elif given.options.get("open_units"):
        new = [
            unit_actions.NewUnit(
                name=row["name"],
                kind="school" if row["type"] == "school" else "centre",
                source_id=row["sourcedId"],
                identifier=row["identifier"],
            )
            for row in missing
        ]
        unit_actions.open_units(parent_no=given.unit_no, schools=new)
        return []
    else:
        words = _("基座里没有学校“%(name)s”"), _("先在“单位”里建立，或勾选“新建文件中的学校”后重新检查")
        code = "unknown_school"
    return [
        Fault(ERROR, code, words[0] % {"name": row["name"]}, words[1], file="orgs.csv", value=row["name"],
              label=row["sourcedId"])
        for row in missing
    ]  # fmt: skip


def is_own_school(org: Mapping[str, str], unit_no: int, held: Mapping[str, int]) -> bool:
    """True when the one school of a file may be the importing school: no other outside key stands for it, and the
    标识码 agrees, or the name where one of the two has no 标识码."""
    own = unit_queries.unit(unit_no=unit_no)
    if unit_no in held.values():
        return False
    if own.identifier and org["identifier"]:
        return own.identifier == org["identifier"]
    return names.normalise(org["name"]) in {names.normalise(own.name), names.normalise(own.short_name)}


def is_unit(org: Mapping[str, str]) -> bool:
    """True for an org that is a unit of its own below the importing one: a school, or what a base calls a unit."""
    is_below = org["type"] == "department" or (org["type"] == "local" and org["parentSourcedId"] != "")
    return org["type"] == "school" or (is_below and org.get(f"{PREFIX}kind") == "unit")


@dataclass(slots=True)
class Held:
    """What the base holds in the units of the file. told: outside key -> name, 基座号 and sex as
    lists show them."""

    affiliations: dict[tuple[int, str, str], tuple[str, str, date, str | None, int | None]] = field(
        default_factory=dict
    )
    persons: dict[str, str] = field(default_factory=dict)
    told: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    open_ids: set[str] = field(default_factory=set)
    open_now: dict[str, tuple[int, str]] = field(default_factory=dict)


class Loader:
    """One run of a plan over the stage's tables. Rows go out as text tuples: COPY takes them as they are."""

    def __init__(self, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> None:
        self.stage, self.given = stage, given
        self.gone: dict[int, tuple[int, int]] = {}
        self.unit_of: dict[str, int] = {}
        self.class_unit: dict[str, int] = {}
        self.homerooms: set[str] = set()
        self.class_id: dict[str, str] = {}
        self.affiliation_of: dict[tuple[int, str], str] = {}
        self.person_of: dict[str, str] = {}
        self.users: dict[str, tuple[str, str, str]] = {}
        self.written: set[tuple[int, str, str]] = set()
        self.there: dict[int, int] = {}
        self.has_ties = False

    def column(self, table: str, name: str) -> list[str]:
        """A column as a list, empty texts where the file does not have it."""
        frame = self.stage[table]
        return frame[name].to_list() if name in frame.columns else [""] * frame.height

    def columns(self, table: str, *names: str) -> Iterator[tuple[str, ...]]:
        """Rows of the named columns; a name with a leading dot is one of our extension columns."""
        if table not in self.stage:
            return iter(())
        full = [PREFIX + name[1:] if name.startswith(".") else name for name in names]
        return zip(*(self.column(table, name) for name in full), strict=True)

    def steps(self) -> Iterator[Step]:
        """Every put in the order that references need."""
        self.place_units()
        self.place_classes()
        yield self.schools()
        yield self.sessions()
        yield self.courses()
        yield self.classes()
        held = self.read_held()
        persons, affiliations, pupils, staff = self.people(held)
        yield persons
        yield affiliations
        yield pupils
        yield staff
        yield self.guardians()
        if self.given.is_full:
            yield self.leavers(held)
        else:
            yield from delta.steps(self, held)
        yield self.enrolments()

    def after(self, batch_id: UUID) -> None:
        """Search keys of whom the batch wrote: at once for a school, a moment later for a district."""
        if len(self.affiliation_of) > MOST_SEARCHED_AT_ONCE:
            facts.tell("AffiliationsWritten", unit_no=self.given.unit_no, batch_id=str(batch_id))
        else:
            people.refresh_search(batch_id)
        if self.has_ties:
            queue.tell_guardians_came(
                self.given.unit_no, batch_id=batch_id, at_units=set(self.unit_of.values())
            )

    def place_units(self) -> None:
        """sourcedId of each org -> unit_no; departments and campuses belong to the unit above them."""
        held = unit_queries.unit_sources()
        parents = {}
        self.unit_of.update(held)
        for source_id, kind, parent in self.columns("orgs", "sourcedId", "type", "parentSourcedId"):
            parents[source_id] = parent
            if source_id not in held and kind in ("district", "local", "state", "national"):
                self.unit_of[source_id] = self.given.unit_no
        for source_id in parents:
            above, steps = source_id, 0
            while above not in self.unit_of and above in parents and steps < 50:
                above, steps = parents[above], steps + 1
            self.unit_of[source_id] = self.unit_of.get(above, self.given.unit_no)

    def place_classes(self) -> None:
        """Classes the base holds already, for a delta that only names them."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select source_id, unit_no, id::text, kind from org where source_id <> '' and kind in ('class', 'section')"
            )
            for source_id, unit_no, class_id, kind in cursor.fetchall():
                self.class_unit[source_id], self.class_id[source_id] = unit_no, class_id
                if kind == "class":
                    self.homerooms.add(source_id)

    def schools(self) -> Step:
        """What each school is; the unit itself was opened by the check."""
        rows = []
        for source_id, kind, identifier, scheme, type_code, ownership, urban in self.columns(
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
                unit_no = self.unit_of[source_id]
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

    def sessions(self) -> Step:
        """Academic sessions, at the importing unit."""
        unit_no = self.given.unit_no

        def rows() -> Iterator[tuple[Any, ...]]:
            for source_id, title, kind, begin, end, parent, year in self.columns(
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

    def courses(self) -> Step:
        """Courses of each unit."""

        def rows() -> Iterator[tuple[Any, ...]]:
            for source_id, title, code, grades, org, subjects in self.columns(
                "courses", "sourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjectCodes"
            ):
                unit_no = self.place(self.unit_of, org, "courses", "orgSourcedId")
                yield (
                    derived_id(unit_no, "course", source_id), unit_no, title[:200], code[:60],
                    subjects.split(",")[0][:16], words(grades), source_id,
                )  # fmt: skip

        return Step(
            "course", ("id", "unit_no", "title", "code", "subject_code", "grades", "source_id"), rows()
        )

    def classes(self) -> Step:
        """Classes and sections as orgs. A homeroom class that the file says nothing more of keeps its title."""
        course_unit = self.held_courses() | {
            source_id: self.unit_of[org]
            for source_id, org in self.columns("courses", "sourcedId", "orgSourcedId")
        }
        today = self.given.today.isoformat()
        rows, labels = [], []
        for (
            source_id, title, grades, course, code, class_type, location, school, terms, subjects,
            kind, entry_year, class_no, stage, scheme, cn_type, parent, opened, closed, status,
        ) in self.columns(
            "classes", "sourcedId", "title", "grades", "courseSourcedId", "classCode", "classType", "location",
            "schoolSourcedId", "termSourcedIds", "subjectCodes", ".kind", ".entryYear", ".classNo", ".stage", ".scheme",
            ".classType", ".parentSourcedId", ".openedOn", ".closedOn", "status",
        ):  # fmt: skip
            unit_no = self.place(self.unit_of, school, "classes", "schoolSourcedId")
            self.class_unit[source_id] = unit_no
            self.class_id[source_id] = derived_id(unit_no, "class", source_id)
            is_class = kind == "class" if kind else class_type == "homeroom"
            if is_class:
                self.homerooms.add(source_id)
                labels.append(NewLabel(title, f"classes.csv {source_id}"))
            name = "" if is_class and class_no and entry_year else title
            rows.append(
                (self.class_id[source_id], unit_no, "class" if is_class else "section",
                 derived_id(unit_no, "class", parent) if parent else None, name[:200], code[:60], stage, scheme,
                 entry_year or None, class_no or None, cn_type,
                 derived_id(unit_no, "course", course) if course_unit.get(course) == unit_no else None,
                 subjects.split(",")[0][:16],
                 ids(derived_id(self.given.unit_no, "session", term) for term in terms.split(",") if term),
                 words(grades), location[:120], opened or None,
                 closed or (today if status == delta.DELETED else None), source_id)
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

    def held_courses(self) -> dict[str, int]:
        """Outside key -> unit of courses that an earlier file brought."""
        if self.given.is_full:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "select source_id, unit_no from course where source_id <> '' and unit_no = any(%s)",
                [sorted(set(self.unit_of.values()))],
            )
            return dict(cursor.fetchall())

    def read_held(self) -> Held:
        """Affiliations of the file's units: by outside key, and who is there now."""
        held = Held()
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no, role, source_id, id::text, person_id::text, end_on is null, begin_on, class_id::text, seat_no,"
                " name, base_no, sex from affiliation where unit_no = any(%s)",
                [sorted(set(self.unit_of.values()))],
            )
            for (
                unit_no, role, source_id, affiliation_id, person_id, is_open, begin, class_id, seat, name, number, sex,
            ) in cursor.fetchall():  # fmt: skip
                # By the outside key, and by our own: an export of this base may come home.
                for key in dict.fromkeys((source_id or person_id, person_id)):
                    if is_open or (unit_no, role, key) not in held.affiliations:
                        held.affiliations[unit_no, role, key] = (
                            affiliation_id,
                            person_id,
                            begin,
                            class_id,
                            seat,
                        )
                        if role != "guardian" or (unit_no, key) not in self.affiliation_of:
                            self.affiliation_of[unit_no, key] = affiliation_id
                    held.persons[key] = self.person_of[key] = person_id
                    held.told[key] = (name, number, sex)
                if is_open:
                    held.open_ids.add(affiliation_id)
                    if role in ("pupil", "staff"):
                        self.there[unit_no] = self.there.get(unit_no, 0) + 1
                        if source_id:
                            held.open_now[affiliation_id] = (unit_no, role)
        return held

    def leaves(self, unit_no: int, role: str) -> None:
        """Count one who leaves a unit, for the shrink guard."""
        if role in ("pupil", "staff"):
            gone, _there = self.gone.get(unit_no, (0, 0))
            self.gone[unit_no] = (gone + 1, self.there.get(unit_no, 0))

    def place(self, found: Mapping[str, Any], key: str, file: str, column: str) -> Any:
        """What an outside key of the file stands for. Raises BadInput where neither file nor base know it: a delta
        may name what an earlier file brought, so the check cannot tell."""
        if key not in found:
            raise BadInput(
                _("%(file)s.csv 的 %(column)s 写着“%(key)s”，文件和基座里都没有")
                % {"file": file, "column": column, "key": key},
                fix=_("请先导入完整的一份，或请对方在增量里带上这一行所指的内容"),
                problems=[Problem(f"{file}.csv {column}", key)],
            )
        return found[key]

    def people(self, held: Held) -> tuple[Step, Step, Step, Step]:
        """Persons, their affiliations, and what a school knows of pupils and staff."""
        demographics = {
            row[0]: row[1:]
            for row in self.columns(
                "demographics", "sourcedId", "birthDate", "sex", ".sexCode", ".ethnicGroup", ".nationality",
                ".overseas", ".political",
            )
        }  # fmt: skip
        nothing = ("",) * 7
        users = self.users
        persons: list[tuple[Any, ...]] = []
        user_rows = list(
            self.columns(
                "users", "sourcedId", "status", "familyName", "givenName", ".name", ".nameReading", ".formerName",
                ".latinName", "email", "sms", "phone",
            )
        )  # fmt: skip
        numbers = people.new_base_numbers(sum(row[0] not in held.persons for row in user_rows))
        known_numbers = self.numbers_of(set(held.persons.values()))
        for source_id, _status, family, given, full, reading, former, latin, email, sms, phone in user_rows:
            birth, sex, sex_code, ethnic, nationality, overseas, political = demographics.get(
                source_id, nothing
            )
            name = (full or joined(family, given))[:50]
            person_id = held.persons.get(source_id)
            if person_id is None:
                person_id, number = str(new_id()), next(numbers)
            else:
                number = known_numbers[person_id]
            self.person_of[source_id] = person_id
            code = sex_code or SEX.get(sex, "")
            users[source_id] = (name, number, code)
            persons.append(
                (person_id, number, name, reading, former, latin, code, birth or None, ethnic, nationality, overseas,
                 political, (sms or phone)[:30], email[:120])
            )  # fmt: skip
        for source_id, (birth, sex, sex_code, *codes) in demographics.items():
            if source_id not in users and source_id in held.persons:
                person_id = held.persons[source_id]
                code = sex_code or SEX.get(sex, "")
                persons.append(
                    (person_id, known_numbers[person_id], "", "", "", "", code, birth or None, *codes, "", "")
                )
        affiliations, pupils, staff, labels = self.affiliations(held, {**held.told, **users})
        return (
            Step(
                "person",
                ("id", "base_no", "name", "name_reading", "former_name", "latin_name", "sex", "birth_on", "ethnic",
                 "nationality", "overseas", "political", "phone", "email"),
                persons, is_shown=True, new_labels=labels,
            ),
            Step(
                "affiliation",
                ("id", "unit_no", "person_id", "role", "is_primary", "is_registered", "is_present", "begin_on", "end_on",
                 "end_reason", "name", "sort_key", "base_no", "sex", "local_no", "posts", "class_id", "seat_no",
                 "source_id"),
                affiliations, is_shown=False,
            ),
            Step(
                "pupil",
                ("id", "unit_no", "person_id", "status", "entry_year", "entered_on", "entry_way", "attendance",
                 "class_roll_no", "household_place", "household_kind", "address"),
                pupils, is_shown=False,
            ),
            Step(
                "staff",
                ("id", "unit_no", "person_id", "establishment", "post_kind", "post_grade", "duty", "title", "title_on",
                 "education", "degree", "work_since", "here_since", "is_full_time_teacher", "subject_code",
                 "weekly_lessons", "homeroom_years", "honours", "leave", "shared_kind", "home_unit_no"),
                staff, is_shown=False,
            ),
        )  # fmt: skip

    def numbers_of(self, person_ids: set[str]) -> dict[str, str]:
        """基座号 of people in reach."""
        if not person_ids:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "select distinct person_id::text, base_no from affiliation where unit_no = any(%s)",
                [sorted(set(self.unit_of.values()))],
            )
            return dict(cursor.fetchall())

    def affiliations(
        self, held: Held, users: Mapping[str, tuple[str, str, str]]
    ) -> tuple[list[tuple], list[tuple], list[tuple], list[NewLabel]]:
        """One affiliation for each person, unit and kind; several OneRoster roles at one unit are one."""
        own_class = self.own_classes()
        sort_keys: dict[str, str] = {}
        merged: dict[tuple[int, str, str], list[Any]] = {}
        today = self.given.today.isoformat()
        deleted = {
            user for user, status in self.columns("users", "sourcedId", "status") if status == delta.DELETED
        }
        left = {(unit_no, user): class_id for unit_no, user, class_id in self.left_classes()}
        for row in self.columns(
            "roles", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "status",
            ".kind", ".isPrimary", ".isRegistered", ".isPresent", ".endReason", ".localNo", ".status", ".entryYear",
            ".enteredOn", ".entryWay", ".attendance", ".classRollNo", ".householdPlace", ".householdKind", ".address",
            ".establishment", ".postKind", ".postGrade", ".duty", ".title", ".titleOn", ".education", ".degree",
            ".workSince", ".hereSince", ".isFullTimeTeacher", ".subject", ".weeklyLessons", ".homeroomYears", ".honours",
            ".leave", ".sharedKind", ".homeOrgSourcedId",
        ):  # fmt: skip
            user, role_type, role, begin, end, org, status, kind = row[:8]
            kind = kind or KINDS.get(role, "staff")
            unit_no = self.place(self.unit_of, org, "roles", "orgSourcedId")
            is_ended = status == delta.DELETED or user in deleted
            post = POSTS.get(role) if kind == "staff" else None
            key = (unit_no, kind, user)
            found = merged.get(key)
            if found is None:
                merged[key] = [row, begin, today if is_ended and not end else end, {post} if post else set()]
            else:
                if role_type == "primary":
                    found[0] = row
                found[1] = min(filter(None, (found[1], begin)), default="")
                found[2] = "" if not end or not found[2] else max(found[2], end)
                if post:
                    found[3].add(post)
        affiliations: list[tuple] = []
        pupils: list[tuple] = []
        staff: list[tuple] = []
        labels: list[NewLabel] = []
        for (unit_no, kind, user), (row, begin, end, posts) in merged.items():
            name, number, sex = self.place(users, user, "roles", "userSourcedId")
            person_id = self.person_of[user]
            self.written.add((unit_no, kind, user))
            known = held.affiliations.get((unit_no, kind, user)) or held.affiliations.get(
                (unit_no, kind, person_id)
            )
            affiliation_id = known[0] if known else str(new_id())
            self.affiliation_of[unit_no, user] = affiliation_id
            if kind == "guardian":
                self.affiliation_of.setdefault((unit_no, user), affiliation_id)
            held.open_now.pop(affiliation_id, None)
            sort_key = sort_keys.get(name)
            if sort_key is None:
                sort_key = sort_keys[name] = pinyin.sort_key(name)[:160]
            class_id, seat = own_class.get((unit_no, user), (None, None)) if kind == "pupil" else (None, None)
            if (
                known
                and class_id is None
                and not self.given.is_full
                and left.get((unit_no, user)) != known[3]
            ):
                class_id, seat = known[3], known[4]
            if known and end and end <= today and affiliation_id in held.open_ids:
                self.leaves(unit_no, kind)
            affiliations.append(
                (affiliation_id, unit_no, person_id, kind, row[8] != "false", row[9] != "false", row[10] != "false",
                 begin or (known[2] if known else today), end or None, row[11], name, sort_key, number, sex, row[12][:40],
                 words(",".join(sorted(posts))), class_id, seat or None, user)
            )  # fmt: skip
            if known is None and len(labels) < MOST_LABELS and kind != "guardian":
                labels.append(NewLabel(name, f"users.csv {user}"))
            if kind == "pupil":
                pupils.append(
                    (
                        affiliation_id,
                        unit_no,
                        person_id,
                        row[13],
                        row[14] or None,
                        row[15] or None,
                        *row[16:22],
                    )
                )
            elif kind == "staff":
                home = row[39]
                staff.append(
                    (affiliation_id, unit_no, person_id, *row[22:27], row[27] or None, row[28], row[29], row[30] or None,
                     row[31] or None, row[32] == "true", row[33], row[34] or None, row[35] or None, row[36], row[37],
                     row[38], self.unit_of.get(home) if home else None)
                )  # fmt: skip
        return affiliations, pupils, staff, labels

    def own_classes(self) -> dict[tuple[int, str], tuple[str | None, Any]]:
        """(unit, pupil) -> (id of the homeroom class, seat)."""
        found: dict[tuple[int, str], tuple[str | None, Any]] = {}
        homerooms, class_unit, id_of = self.homerooms, self.class_unit, self.class_id
        for class_id, user, role, status, seat in self.columns(
            "enrollments", "classSourcedId", "userSourcedId", "role", "status", ".seatNo"
        ):
            if role == "student" and class_id in homerooms and status != delta.DELETED:
                found[class_unit[class_id], user] = (id_of[class_id], seat)
        return found

    def left_classes(self) -> Iterator[tuple[int, str, str]]:
        """(unit, pupil, id of the homeroom class) of enrolments to be deleted."""
        for class_id, user, role, status in self.columns(
            "enrollments", "classSourcedId", "userSourcedId", "role", "status"
        ):
            if role == "student" and class_id in self.homerooms and status == delta.DELETED:
                yield self.class_unit[class_id], user, self.class_id[class_id]

    def guardians(self) -> Step:
        """Guardians with relation and rights where the file carries our column; plain agents otherwise."""
        rows = []
        guardian_roles = {
            user
            for user, role in self.columns("roles", "userSourcedId", "role")
            if KINDS.get(role) == "guardian"
        }
        for child, agents, told in self.columns("users", "sourcedId", "agentSourcedIds", ".guardians"):
            if told:
                for one in read_guardians(told):
                    if one.id in self.person_of:
                        told_of = (one.relation, set(one.rights), one.order, one.begin, one.end)
                        rows.append(self.guardian_row(child, one.id, *told_of))
            elif agents:
                for order, agent in enumerate(agents.split(","), 1):
                    agent = agent.strip()
                    if agent in guardian_roles:
                        rows.append(self.guardian_row(child, agent, "", {"view", "notify"}, order, "", ""))
        self.has_ties = bool(rows)
        return Step(
            "guardian_of",
            ("id", "child_id", "guardian_id", "relation", "is_legal", "lives_with", "may_pick_up", "may_view", "may_sign",
             "gets_notice", "is_entrusted", "is_no_contact", "emergency_order", "begin_on", "end_on"),
            rows, is_shown=False,
        )  # fmt: skip

    def guardian_row(
        self, child: str, adult: str, relation: str, rights: set[str], order: int, begin: str, end: str
    ) -> tuple[Any, ...]:
        """One row of guardian_of; its id derives from the two people."""
        child_id = self.place(self.person_of, child, "users", "sourcedId")
        adult_id = self.place(self.person_of, adult, "users", "agentSourcedIds")
        return (
            derived_id(0, "guardian_of", f"{child_id}/{adult_id}"), child_id, adult_id, relation, "legal" in rights,
            "lives" in rights, "pickup" in rights, "view" in rights, "sign" in rights, "notify" in rights,
            "entrusted" in rights, "barred" in rights, order or None, begin or None, end or None,
        )  # fmt: skip

    def leavers(self, held: Held) -> Step:
        """Who is there now and not in the full file: the affiliation ends, the person stays."""
        today = self.given.today.isoformat()
        covered = {self.unit_of[org] for (org,) in self.columns("orgs", "sourcedId")}
        rows = []
        for affiliation_id, (unit_no, role) in held.open_now.items():
            if unit_no in covered:
                rows.append((affiliation_id, unit_no, today))
                self.leaves(unit_no, role)
        return Step("affiliation", ("id", "unit_no", "end_on"), rows, verdict="gone")

    def enrolments(self) -> Step:
        """Teachers of classes, and everybody in sections; with a full file, who is missing has ended."""
        if "enrollments" not in self.stage:
            return Step("enrolment", enrolments.COLUMNS, [], is_shown=False)
        table = self.stage["enrollments"]
        for class_id in table["classSourcedId"].unique():
            self.place(self.class_unit, class_id, "enrollments", "classSourcedId")
        classes = pl.DataFrame(
            {
                "class": list(self.class_unit),
                "unit_no": list(self.class_unit.values()),
                "org_id": [self.class_id[source_id] for source_id in self.class_unit],
                "is_class": [source_id in self.homerooms for source_id in self.class_unit],
            }
        )
        rows = enrolments.frame(
            table,
            classes=classes,
            affiliation_of=self.affiliation_of,
            deleted=delta.DELETED,
            today=self.given.today,
        )
        if self.given.is_full:
            # Asked before the rows flow: they flow inside a COPY, which has the connection to itself.
            units = sorted(set(self.unit_of.values()))
            rows = pl.concat([rows, enrolments.gone(rows, units, self.given.today)])
        return Step("enrolment", enrolments.COLUMNS, rows, is_shown=False)


def first_year(text: str) -> int:
    """The calendar year a school year begins in: OneRoster names it by the year it ends (2027), some by both
    (2026-2027)."""
    return int(text[:4]) - (len(text) == 4)


def joined(family: str, given: str) -> str:
    """A full name from its two halves: together when Chinese, with a blank otherwise."""
    return (
        f"{family}{given}" if family[:1] >= "\u2e80" or given[:1] >= "\u2e80" else f"{given} {family}".strip()
    )


def words(text: str) -> str:
    """A comma list as an array literal for COPY."""
    return (
        "{" + ",".join(f'"{part.strip()}"' for part in text.replace('"', "").split(",") if part.strip()) + "}"
    )


def ids(found: Iterator[str]) -> str:
    """Ids as an array literal for COPY."""
    return "{" + ",".join(found) + "}"
