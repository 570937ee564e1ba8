"""Pupils, staff and guardians: users, roles, demographics."""

from __future__ import annotations

from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from jizuo.hubs.organisation.demo.oneroster.ids import (
    code_of,
    day,
    guardian_id,
    org_id,
    pupil_id,
    said,
    staff_id,
    subject_code,
)
from jizuo.hubs.organisation.protocols.oneroster.names import split_name
from jizuo.hubs.organisation.protocols.oneroster.profile import PREFIX, SEX_WORDS, Guardian, write_guardians
from jizuo.plain.demo.labels import placement
from jizuo.plain.demo.shapes import District, Guardianship, Post, Pupil, Staff

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
#: The generator's word for a shared post -> the words of the code table at the home unit and at the other.
_SHARED = {
    "交流轮岗": ("交流轮岗（派出）", "交流轮岗（接收）"),
    "借调": ("借出", "借入"),
    "支教": ("支教（派出）", "支教（接收）"),
    "走教": ("", "走教"),
}
_AT_WORK = "在岗"
_NOT_OVERSEAS = "非港澳台侨外"


def _user(sourced_id: str, name: str, surname: str, reading: str, org: int) -> dict[str, str]:
    family, given = (surname, name[len(surname) :]) if surname else split_name(name)
    said = [reading, *lazy_pinyin(given, style=Style.TONE)] if reading else []
    return {
        "sourcedId": sourced_id,
        "enabledUser": "true",
        "username": sourced_id,
        "givenName": given,
        "familyName": family,
        "primaryOrgSourcedId": org_id(org),
        PREFIX + "name": name,
        PREFIX + "nameReading": " ".join(said),
    }


def users(district: District, guardians: bool) -> Iterable[dict[str, str]]:
    """Everybody once; a pupil with the guardians and their rights."""
    today = district.today.isoformat()
    codes = [placement(c).code for c in district.classes]
    for pupil in district.pupils:
        row = _user(pupil_id(pupil.id), pupil.name, pupil.surname, pupil.reading, _main_unit(pupil))
        row["grades"] = codes[pupil.klass if pupil.klass >= 0 else pupil.register_class]
        row[PREFIX + "formerName"] = pupil.former_name
        if pupil.nationality != "CHN" and pupil.name.isascii():
            row[PREFIX + "latinName"] = pupil.name
        if guardians:
            ties = [_guardian(district, district.guardianships[t]) for t in pupil.guardians]
            row["agentSourcedIds"], row[PREFIX + "guardians"] = write_guardians(ties, today)
        yield row
    for member in district.staff:
        row = _user(staff_id(member.id), member.name, member.surname, member.reading, member.unit)
        row["sms"] = member.phone
        yield row
    if not guardians:
        return
    child = {t.guardian: t.pupil for t in reversed(district.guardianships)}
    for adult in district.guardians:
        if adult.staff < 0 and adult.id in child:
            org = _main_unit(district.pupils[child[adult.id]])
            row = _user(guardian_id(district, adult.id), adult.name, adult.surname, adult.reading, org)
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


def roles(district: District, guardians: bool) -> Iterable[dict[str, str]]:
    """Who is what where; one primary role a person."""
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
            PREFIX + "isPrimary": said(is_main),
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
            "beginDate": day(pupil.entry_on),
            "orgSourcedId": org_id(unit),
            PREFIX + "kind": "pupil",
            PREFIX + "isPrimary": said(not number),
            PREFIX + "isRegistered": said(unit == pupil.unit),
            PREFIX + "isPresent": said(unit == pupil.attend),
            PREFIX + "localNo": pupil.school_no if not number else "",
            PREFIX + "status": pupil.status,
            PREFIX + "entryYear": str(klass.entry_year),
            PREFIX + "enteredOn": day(pupil.entry_on),
            PREFIX + "entryWay": code_of("admission", pupil.entry_way),
            PREFIX + "attendance": code_of("attendance", pupil.boarding),
            PREFIX + "classRollNo": str(pupil.roll),
            PREFIX + "householdPlace": pupil.household_address,
            PREFIX + "householdKind": code_of("household", pupil.household),
            PREFIX + "address": pupil.address,
        }


def _staff_roles(district: District, member: Staff) -> Iterable[dict[str, str]]:
    role = _DUTY_ROLES.get(member.duty, "aide")
    posts = [district.posts[p] for p in member.posts]
    away = next((p.kind for p in posts if p.is_primary and p.unit != member.unit), "")
    by_unit: dict[int, Post] = {p.unit: p for p in posts}
    for unit, post in by_unit.items():
        own = unit == member.unit
        row = {
            "sourcedId": f"{staff_id(member.id)}-{unit:04d}",
            "userSourcedId": staff_id(member.id),
            "roleType": "primary" if own else "secondary",
            "role": role,
            "beginDate": day(post.begin_on),
            "endDate": day(post.end_on),
            "orgSourcedId": org_id(unit),
            PREFIX + "kind": "staff",
            PREFIX + "isPrimary": said(own),
            PREFIX + "isRegistered": said(own),
            PREFIX + "isPresent": said(not (own and bool(away))),
            PREFIX + "duty": member.duty,
            PREFIX + "subject": subject_code(member.subject, member.stage),
            PREFIX + "sharedKind": _shared_kind(away if own else post.kind, own),
            PREFIX + "homeOrgSourcedId": org_id(member.unit),
        }
        if own:
            row |= {
                PREFIX + "localNo": member.number,
                PREFIX + "establishment": code_of("staffing", member.employment),
                PREFIX + "postKind": code_of("post", member.post_kind),
                PREFIX + "postGrade": code_of("post_level", member.post_grade),
                PREFIX + "title": code_of("title", member.title),
                PREFIX + "titleOn": day(member.title_on),
                PREFIX + "education": member.education,
                PREFIX + "degree": member.degree,
                PREFIX + "workSince": day(member.worked_from),
                PREFIX + "hereSince": day(member.joined_on),
                PREFIX + "isFullTimeTeacher": said(member.is_full_time),
                PREFIX + "weeklyLessons": str(member.periods) if member.periods else "",
                PREFIX + "homeroomYears": str(member.homeroom_years) if member.homeroom_years else "",
                PREFIX + "honours": member.honour,
                PREFIX + "leave": "" if member.status == _AT_WORK else code_of("employment", member.status),
            }
        yield row


def _shared_kind(kind: str, is_home: bool) -> str:
    sent, received = _SHARED.get(kind, ("", ""))
    return code_of("employment", sent if is_home else received)


def demographics(district: District) -> Iterable[dict[str, str]]:
    """Birth date, sex and ethnic group of pupils and staff."""
    for pupil in district.pupils:
        yield {
            "sourcedId": pupil_id(pupil.id),
            "birthDate": day(pupil.birth_on),
            "sex": SEX_WORDS[pupil.sex],
            PREFIX + "sexCode": pupil.sex,
            PREFIX + "ethnicGroup": pupil.ethnic,
            PREFIX + "nationality": pupil.nationality,
            PREFIX + "overseas": code_of("overseas", pupil.overseas or _NOT_OVERSEAS),
        }
    for member in district.staff:
        yield {
            "sourcedId": staff_id(member.id),
            "birthDate": day(member.birth_on),
            "sex": SEX_WORDS[member.sex],
            PREFIX + "sexCode": member.sex,
            PREFIX + "ethnicGroup": member.ethnic,
            PREFIX + "nationality": "CHN",
            PREFIX + "political": member.political,
        }
