"""Courses, administrative classes, sections and who is in them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from jizuo.hubs.organisation.demo.oneroster.ids import (
    class_id,
    course_id,
    homeroom_course_id,
    org_id,
    pupil_id,
    said,
    section_id,
    staff_id,
    subject_code,
    term_id,
    year_id,
)
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.plain.demo import subjects
from jizuo.plain.demo.labels import class_name, placement
from jizuo.plain.demo.shapes import STAGES, District


def courses(district: District) -> Iterable[dict[str, str]]:
    """Each school's courses: a subject of a stage that has sections, and one behind its classes."""
    used = sorted({(t.unit, t.course) for t in district.teaching_classes})
    for unit, number in used:
        course = district.courses[number]
        said = subjects.said(course.subject, course.stage)
        code = subject_code(course.subject, course.stage)
        yield {
            "sourcedId": course_id(unit, number),
            "schoolYearSourcedId": year_id(district),
            "title": f"{STAGES[course.stage]}{said}",
            "courseCode": f"{course.stage}-{code}",
            "orgSourcedId": org_id(unit),
            "subjects": said,
            "subjectCodes": code,
        }
    for unit_ in district.schools:
        for stage, _, _ in unit_.stages:
            yield {
                "sourcedId": homeroom_course_id(unit_.id, stage),
                "schoolYearSourcedId": year_id(district),
                "title": f"{STAGES[stage]}班级",
                "courseCode": f"{stage}-homeroom",
                "orgSourcedId": org_id(unit_.id),
            }


def classes(district: District) -> Iterable[dict[str, str]]:
    """Administrative classes (homeroom) and sections (scheduled)."""
    terms = ",".join(term_id(district, term.number) for term in district.terms)
    codes = {}
    for klass in district.classes:
        codes[klass.stage, klass.grade] = code = placement(klass).code
        yield {
            "sourcedId": class_id(klass.id),
            "title": class_name(klass),
            "grades": code,
            "courseSourcedId": homeroom_course_id(klass.unit, klass.stage),
            "classCode": f"{klass.entry_year}{klass.number:02d}",
            "classType": "homeroom",
            "location": klass.room,
            "schoolSourcedId": org_id(klass.unit),
            "termSourcedIds": terms,
            PREFIX + "kind": "class",
            PREFIX + "entryYear": str(klass.entry_year),
            PREFIX + "graduationYear": str(klass.leaving_year),
            PREFIX + "classNo": str(klass.number),
            PREFIX + "stage": klass.stage,
            PREFIX + "scheme": klass.scheme,
            PREFIX + "openedOn": f"{klass.entry_year}-09-01",
        }
    for section in district.teaching_classes:
        course = district.courses[section.course]
        yield {
            "sourcedId": section_id(section.id),
            "title": section.name,
            "grades": codes[course.stage, section.grade],
            "courseSourcedId": course_id(section.unit, section.course),
            "classType": "scheduled",
            "schoolSourcedId": org_id(section.unit),
            "termSourcedIds": terms,
            "subjects": subjects.said(course.subject, course.stage),
            "subjectCodes": subject_code(course.subject, course.stage),
            PREFIX + "kind": "section",
            PREFIX + "stage": course.stage,
            PREFIX + "parentSourcedId": class_id(section.klass) if section.klass >= 0 else "",
        }


def enrollments(district: District) -> pl.DataFrame:
    """Pupils and teachers of every class and section.

    Teachers stand in the sections where a stage has them, with the homeroom teacher also in the class; in
    kindergarten and primary school each teacher stands in the class, once for each subject.
    """
    begin = f"{district.year}-09-01"
    names = [c.name for c in layout("1.2")["enrollments"].columns]
    own = [PREFIX + n for n in ("seatNo", "isHomeroomTeacher", "subject")]
    rows: list[tuple[str, ...]] = []
    add = rows.append
    people = [pupil_id(p.id) for p in district.pupils]
    seats = [str(p.seat) for p in district.pupils]
    for klass in district.classes:
        cid, school = class_id(klass.id), org_id(klass.unit)
        for p in klass.pupils:
            add((f"{cid}-p{p}", "", "", cid, school, people[p], "student", "", begin, "", seats[p], "", ""))
    with_sections = {t.klass for t in district.teaching_classes}
    taught: set[tuple[int, int]] = set()
    for t in district.teachings:
        if t.klass in with_sections:
            continue
        klass = district.classes[t.klass]
        cid, home = class_id(klass.id), said(klass.homeroom == t.staff)
        taught.add((t.klass, t.staff))
        key = f"{cid}-s{t.staff}-{t.subject}"
        school, who, subject = org_id(klass.unit), staff_id(t.staff), subject_code(t.subject, klass.stage)
        add((key, "", "", cid, school, who, "teacher", home, begin, "", "", home, subject))
    for klass in district.classes:
        if (klass.id, klass.homeroom) not in taught:
            cid, who = class_id(klass.id), staff_id(klass.homeroom)
            key, school = f"{cid}-s{klass.homeroom}", org_id(klass.unit)
            add((key, "", "", cid, school, who, "teacher", "true", begin, "", "", "true", ""))
    for section in district.teaching_classes:
        cid, school = section_id(section.id), org_id(section.unit)
        course = district.courses[section.course]
        subject = subject_code(course.subject, course.stage)
        for p in section.pupils:
            add((f"{cid}-p{p}", "", "", cid, school, people[p], "student", "", begin, "", "", "", ""))
        who = staff_id(section.staff)
        add(
            (
                f"{cid}-s{section.staff}",
                "",
                "",
                cid,
                school,
                who,
                "teacher",
                "true",
                begin,
                "",
                "",
                "",
                subject,
            )
        )
    columns = dict(zip((*names, *own), zip(*rows, strict=True), strict=True))
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).sort("sourcedId")
