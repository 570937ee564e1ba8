"""The fictional district as OneRoster 1.2 tables with our China profile columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from jizuo.hubs.organisation.protocols.oneroster.names import split_name
from jizuo.hubs.organisation.protocols.oneroster.profile import (
    FIELDS,
    PREFIX,
    SEX_WORDS,
    Guardian,
    write_guardians,
)
from jizuo.hubs.organisation.protocols.oneroster.tables import layout
from jizuo.plain.demo import subjects
from jizuo.plain.demo.district import not_collecting
from jizuo.plain.demo.labels import class_name, placement
from jizuo.plain.demo.shapes import STAGES, District, Guardianship, Post, Pupil, Staff, Unit

_DUTY_ROLES = {
    "校长": "principal",
    "园长": "principal",
    "教师": "teacher",
    "代课教师": "teacher",
    "教务员": "ext:clerk",
    "局长": "ext:districtLeader",
    "数据管理员": "ext:districtSteward",
    "科长": "districtAdministrator",
}
_UNIT_SCHEMES = {
    "六三": {"primary": "6", "junior": "3"},
    "五四": {"primary": "5", "junior": "4"},
    "九年一贯（五四）": {"": "5-4"},
    "十二年一贯（五四）": {"": "5-4-3"},
    "完中": {"": "3-3"},
    "高中": {"": "senior-3"},
    "中职": {"": "vocational-3"},
    "幼儿园": {"": "kinder-3"},
}


def org_id(unit: int) -> str:
    """sourcedId of a unit."""
    return f"demo-u{unit:04d}"


def class_id(klass: int) -> str:
    """sourcedId of an administrative class."""
    return f"demo-c{klass:05d}"


def section_id(section: int) -> str:
    """sourcedId of a teaching class."""
    return f"demo-x{section:05d}"


def pupil_id(pupil: int) -> str:
    """sourcedId of a pupil."""
    return f"demo-p{pupil:06d}"


def staff_id(member: int) -> str:
    """sourcedId of a member of staff."""
    return f"demo-s{member:05d}"


def guardian_id(district: District, guardian: int) -> str:
    """sourcedId of a guardian; a teacher is the same person as a parent and as a member of staff."""
    member = district.guardians[guardian].staff
    return staff_id(member) if member >= 0 else f"demo-g{guardian:06d}"


def _course_id(unit: int, course: int) -> str:
    return f"demo-k{unit:04d}-{course:03d}"


def _homeroom_course_id(unit: int, stage: str) -> str:
    return f"demo-k{unit:04d}-{stage}"


def tables(district: District, *, guardians: bool = True) -> dict[str, pl.DataFrame]:
    """The eight rostering files that the district fills, text columns only, "" where nothing is known.

    Columns are those of OneRoster 1.2 in order, then the ``metadata.jizuo.*`` that are filled; rows are in order
    of sourcedId. Document numbers and school-roll numbers have no column. Without *guardians* neither they nor
    what they are to a child are given.
    """
    with not_collecting():
        return {
            "orgs": _frame("orgs", _orgs(district)),
            "academicSessions": _frame("academicSessions", _sessions(district)),
            "courses": _frame("courses", _courses(district)),
            "classes": _frame("classes", _classes(district)),
            "users": _frame("users", _users(district, guardians)),
            "roles": _frame("roles", _roles(district, guardians)),
            "enrollments": _enrollments(district),
            "demographics": _frame("demographics", _demographics(district)),
        }


def _frame(name: str, rows: Iterable[dict[str, str]]) -> pl.DataFrame:
    columns = [c.name for c in layout("1.2")[name].columns]
    own = [PREFIX + field for field in FIELDS[name]]
    schema = dict.fromkeys((*columns, *own), pl.String)
    frame = pl.from_dicts(list(rows), schema=schema).fill_null("")
    unused = [c for c in own if not (frame[c] != "").any()]
    return frame.drop(unused).sort("sourcedId")


def _said(value: bool) -> str:
    return "true" if value else "false"


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _year_id(district: District) -> str:
    return f"demo-y{district.year}"


def _term_id(district: District, number: int) -> str:
    return f"demo-y{district.year}-{number}"


def _scheme(unit: Unit) -> str:
    schemes = _UNIT_SCHEMES[unit.system]
    return schemes.get("") or schemes[unit.stages[0][0]]


def _orgs(district: District) -> Iterable[dict[str, str]]:
    kinds = {"bureau": "district", "centre": "local"}
    bureau = org_id(district.units[0].id)
    for unit in district.units:
        yield {
            "sourcedId": org_id(unit.id),
            "name": unit.name,
            "type": kinds.get(unit.kind, "school"),
            "identifier": unit.code,
            "parentSourcedId": "" if unit.kind == "bureau" else bureau,
            PREFIX + "kind": "unit",
            PREFIX + "typeCode": unit.type_code,
            PREFIX + "ownershipCode": unit.ownership_code,
            PREFIX + "urbanRuralCode": unit.area_code,
            PREFIX + "scheme": _scheme(unit) if unit.stages else "",
            PREFIX + "openedOn": _day(unit.founded_on),
        }
        for number, campus in enumerate(unit.campuses):
            if campus:
                yield {
                    "sourcedId": f"{org_id(unit.id)}-{number + 1}",
                    "name": campus,
                    "type": "ext:campus",
                    "parentSourcedId": org_id(unit.id),
                    PREFIX + "kind": "campus",
                }
    for number, group in enumerate(district.groupings):
        yield {
            "sourcedId": f"demo-h{number:03d}",
            "name": group.name,
            "type": "ext:grouping",
            "parentSourcedId": bureau,
            PREFIX + "kind": "grouping",
            PREFIX + "openedOn": _day(group.begin_on),
        }


def _sessions(district: District) -> Iterable[dict[str, str]]:
    begin, end = date(district.year, 9, 1), date(district.year + 1, 9, 1)
    # OneRoster names a school year by the calendar year in which it ends
    ends = str(district.year + 1)
    yield {
        "sourcedId": _year_id(district),
        "title": f"{district.year}学年",
        "type": "schoolYear",
        "startDate": _day(begin),
        "endDate": _day(end),
        "schoolYear": ends,
    }
    for term in district.terms:
        yield {
            "sourcedId": _term_id(district, term.number),
            "title": term.title,
            "type": "semester",
            "startDate": _day(term.begin_on),
            "endDate": _day(term.end_on),
            "parentSourcedId": _year_id(district),
            "schoolYear": ends,
        }


def _courses(district: District) -> Iterable[dict[str, str]]:
    used = sorted({(t.unit, t.course) for t in district.teaching_classes})
    for unit, number in used:
        course = district.courses[number]
        said = subjects.said(course.subject, course.stage)
        yield {
            "sourcedId": _course_id(unit, number),
            "schoolYearSourcedId": _year_id(district),
            "title": f"{STAGES[course.stage]}{said}",
            "courseCode": f"{course.stage}-{course.subject}",
            "orgSourcedId": org_id(unit),
            "subjects": said,
            "subjectCodes": course.subject,
        }
    for unit_ in district.schools:
        for stage, _, _ in unit_.stages:
            yield {
                "sourcedId": _homeroom_course_id(unit_.id, stage),
                "schoolYearSourcedId": _year_id(district),
                "title": f"{STAGES[stage]}班级",
                "courseCode": f"{stage}-homeroom",
                "orgSourcedId": org_id(unit_.id),
            }


def _classes(district: District) -> Iterable[dict[str, str]]:
    terms = ",".join(_term_id(district, term.number) for term in district.terms)
    codes = {}
    for klass in district.classes:
        codes[klass.stage, klass.grade] = code = placement(klass).code
        yield {
            "sourcedId": class_id(klass.id),
            "title": class_name(klass),
            "grades": code,
            "courseSourcedId": _homeroom_course_id(klass.unit, klass.stage),
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
            "courseSourcedId": _course_id(section.unit, section.course),
            "classType": "scheduled",
            "schoolSourcedId": org_id(section.unit),
            "termSourcedIds": terms,
            "subjects": subjects.said(course.subject, course.stage),
            "subjectCodes": course.subject,
            PREFIX + "kind": "section",
            PREFIX + "stage": course.stage,
            PREFIX + "parentSourcedId": class_id(section.klass) if section.klass >= 0 else "",
        }


def _user(sourced_id: str, name: str, surname: str, org: int) -> dict[str, str]:
    family, given = (surname, name[len(surname) :]) if surname else split_name(name)
    return {
        "sourcedId": sourced_id,
        "enabledUser": "true",
        "username": sourced_id,
        "givenName": given,
        "familyName": family,
        "primaryOrgSourcedId": org_id(org),
        PREFIX + "name": name,
    }


def _users(district: District, guardians: bool) -> Iterable[dict[str, str]]:
    today = district.today.isoformat()
    codes = [placement(c).code for c in district.classes]
    for pupil in district.pupils:
        row = _user(pupil_id(pupil.id), pupil.name, pupil.surname, _main_unit(pupil))
        row["grades"] = codes[pupil.klass if pupil.klass >= 0 else pupil.register_class]
        row[PREFIX + "formerName"] = pupil.former_name
        if pupil.nationality != "CHN" and pupil.name.isascii():
            row[PREFIX + "latinName"] = pupil.name
        if guardians:
            ties = [_guardian(district, district.guardianships[t]) for t in pupil.guardians]
            row["agentSourcedIds"], row[PREFIX + "guardians"] = write_guardians(ties, today)
        yield row
    for member in district.staff:
        row = _user(staff_id(member.id), member.name, member.surname, member.unit)
        row["sms"] = member.phone
        yield row
    if not guardians:
        return
    child = {t.guardian: t.pupil for t in reversed(district.guardianships)}
    for adult in district.guardians:
        if adult.staff < 0 and adult.id in child:
            org = _main_unit(district.pupils[child[adult.id]])
            row = _user(guardian_id(district, adult.id), adult.name, adult.surname, org)
            row["sms"] = adult.phone
            yield row


def _guardian(district: District, tie: Guardianship) -> Guardian:
    rights = (
        ("legal", tie.is_legal),
        ("entrusted", tie.is_delegate),
        ("lives", tie.lives_with),
        ("pickup", tie.may_pick_up),
        ("view", tie.may_view),
        ("sign", tie.may_sign),
        ("notify", tie.gets_notices),
        ("barred", tie.no_contact),
    )
    return Guardian(
        id=guardian_id(district, tie.guardian),
        relation=tie.relation,
        rights=tuple(word for word, has in rights if has),
        order=tie.order,
    )


def _main_unit(pupil: Pupil) -> int:
    return pupil.unit if pupil.unit >= 0 else pupil.attend


def _roles(district: District, guardians: bool) -> Iterable[dict[str, str]]:
    for pupil in district.pupils:
        yield from _pupil_roles(district, pupil)
    for member in district.staff:
        yield from _staff_roles(district, member)
    if not guardians:
        return
    seen: set[tuple[int, int]] = set()
    for tie in district.guardianships:
        pupil = district.pupils[tie.pupil]
        unit = pupil.attend if pupil.attend >= 0 else pupil.unit
        if (tie.guardian, unit) in seen:
            continue
        is_first = (tie.guardian, -1) not in seen
        seen |= {(tie.guardian, unit), (tie.guardian, -1)}
        adult = district.guardians[tie.guardian]
        sourced_id = guardian_id(district, tie.guardian)
        is_main = is_first and adult.staff < 0
        yield {
            "sourcedId": f"{sourced_id}-g{unit:04d}",
            "userSourcedId": sourced_id,
            "roleType": "primary" if is_main else "secondary",
            "role": "guardian",
            "orgSourcedId": org_id(unit),
            PREFIX + "kind": "guardian",
            PREFIX + "isPrimary": _said(is_main),
        }


def _pupil_roles(district: District, pupil: Pupil) -> Iterable[dict[str, str]]:
    places = [pupil.unit] if pupil.unit >= 0 else []
    if pupil.attend >= 0 and pupil.attend != pupil.unit:
        places.append(pupil.attend)
    for number, unit in enumerate(places):
        klass = district.classes[pupil.register_class if unit == pupil.unit else pupil.klass]
        yield {
            "sourcedId": f"{pupil_id(pupil.id)}-{unit:04d}",
            "userSourcedId": pupil_id(pupil.id),
            "roleType": "secondary" if number else "primary",
            "role": "student",
            "beginDate": _day(pupil.entry_on),
            "orgSourcedId": org_id(unit),
            PREFIX + "kind": "pupil",
            PREFIX + "isPrimary": _said(not number),
            PREFIX + "isRegistered": _said(unit == pupil.unit),
            PREFIX + "isPresent": _said(unit == pupil.attend),
            PREFIX + "localNo": pupil.school_no if not number else "",
            PREFIX + "status": pupil.status,
            PREFIX + "entryYear": str(klass.entry_year),
            PREFIX + "enteredOn": _day(pupil.entry_on),
            PREFIX + "classRollNo": str(pupil.roll),
            PREFIX + "householdPlace": pupil.household_address,
            PREFIX + "address": pupil.address,
        }


def _staff_roles(district: District, member: Staff) -> Iterable[dict[str, str]]:
    role = _DUTY_ROLES.get(member.duty, "aide")
    posts = [district.posts[p] for p in member.posts]
    away = any(p.is_primary and p.unit != member.unit for p in posts)
    by_unit: dict[int, Post] = {p.unit: p for p in posts}
    for unit, post in by_unit.items():
        own = unit == member.unit
        row = {
            "sourcedId": f"{staff_id(member.id)}-{unit:04d}",
            "userSourcedId": staff_id(member.id),
            "roleType": "primary" if own else "secondary",
            "role": role,
            "beginDate": _day(post.begin_on),
            "endDate": _day(post.end_on),
            "orgSourcedId": org_id(unit),
            PREFIX + "kind": "staff",
            PREFIX + "isPrimary": _said(own),
            PREFIX + "isRegistered": _said(own),
            PREFIX + "isPresent": _said(not (own and away)),
            PREFIX + "duty": member.duty,
            PREFIX + "subject": member.subject,
            PREFIX + "homeOrgSourcedId": org_id(member.unit),
        }
        if own:
            row |= {
                PREFIX + "localNo": member.number,
                PREFIX + "titleOn": _day(member.title_on),
                PREFIX + "education": member.education,
                PREFIX + "degree": member.degree,
                PREFIX + "workSince": _day(member.worked_from),
                PREFIX + "hereSince": _day(member.joined_on),
                PREFIX + "isFullTimeTeacher": _said(member.is_full_time),
                PREFIX + "weeklyLessons": str(member.periods) if member.periods else "",
                PREFIX + "homeroomYears": str(member.homeroom_years) if member.homeroom_years else "",
                PREFIX + "honours": member.honour,
            }
        yield row


def _enrollments(district: District) -> pl.DataFrame:
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
        cid, home = class_id(klass.id), _said(klass.homeroom == t.staff)
        taught.add((t.klass, t.staff))
        key = f"{cid}-s{t.staff}-{t.subject}"
        school, who = org_id(klass.unit), staff_id(t.staff)
        add((key, "", "", cid, school, who, "teacher", home, begin, "", "", home, t.subject))
    for klass in district.classes:
        if (klass.id, klass.homeroom) not in taught:
            cid, who = class_id(klass.id), staff_id(klass.homeroom)
            key, school = f"{cid}-s{klass.homeroom}", org_id(klass.unit)
            add((key, "", "", cid, school, who, "teacher", "true", begin, "", "", "true", ""))
    for section in district.teaching_classes:
        cid, school = section_id(section.id), org_id(section.unit)
        subject = district.courses[section.course].subject
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


def _demographics(district: District) -> Iterable[dict[str, str]]:
    for pupil in district.pupils:
        yield {
            "sourcedId": pupil_id(pupil.id),
            "birthDate": _day(pupil.birth_on),
            "sex": SEX_WORDS[pupil.sex],
            PREFIX + "sexCode": pupil.sex,
            PREFIX + "ethnicGroup": pupil.ethnic,
            PREFIX + "nationality": pupil.nationality,
        }
    for member in district.staff:
        yield {
            "sourcedId": staff_id(member.id),
            "birthDate": _day(member.birth_on),
            "sex": SEX_WORDS[member.sex],
            PREFIX + "sexCode": member.sex,
            PREFIX + "ethnicGroup": member.ethnic,
            PREFIX + "nationality": "CHN",
            PREFIX + "political": member.political,
        }
