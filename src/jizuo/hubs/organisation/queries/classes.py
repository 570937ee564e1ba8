"""Classes of a school with who is in them and who teaches them; lists out as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.errors import BadInput, NotAllowed, NotFound
from jizuo.ground.pages.asks import Ask
from jizuo.hubs.data.codes import name_of, short_name_of
from jizuo.hubs.organisation import class_names
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.hubs.organisation.queries.people import (
    MOST_EXPORTED,
    OFFICE_ROLES,
    PUPIL_ROLES,
    PupilLine,
    StaffLine,
    pupil_list,
    staff_list,
)

#: Past so many people a list asks for a second factor.
PEOPLE_WITHOUT_SECOND_FACTOR = 100
EXPORTING_ROLES = frozenset({scopes.CLERK, scopes.HEAD, scopes.HOMEROOM_TEACHER, scopes.DISTRICT_STEWARD})
EXPORT_DOORS = ("organisation.export_pupils", "organisation.export_staff", "organisation.export_oneroster")


class ClassLine(msgspec.Struct, frozen=True):
    """A class with its size. girls, boys: by the register's sex, others in neither; homeroom: names."""

    view: ClassView
    pupils: int
    boys: int
    girls: int
    homeroom: list[str]


class Classmate(msgspec.Struct, frozen=True):
    """A pupil of a class, in the order of seats, then names."""

    affiliation_id: UUID
    name: str
    sex: str
    local_no: str
    seat_no: int | None
    is_registered: bool
    is_present: bool


class TeacherLine(msgspec.Struct, frozen=True):
    """A teacher of a class. subjects: in words."""

    affiliation_id: UUID
    name: str
    subjects: list[str]


class ClassPage(msgspec.Struct, frozen=True):
    """A class with pupils and teachers."""

    view: ClassView
    unit_name: str
    pupils: list[Classmate]
    homeroom: list[TeacherLine]
    teachers: list[TeacherLine]


SIZES = (
    "select a.class_id, count(*), count(*) filter (where a.sex = '1'), count(*) filter (where a.sex = '2')"
    " from affiliation a where a.unit_no = any(%(units)s) and a.class_id = any(%(ids)s) and a.role = 'pupil'"
    " and a.end_on is null group by 1"
)
HOMEROOM = (
    "select e.org_id, t.name from enrolment e join affiliation t on t.unit_no = e.unit_no and t.id = e.affiliation_id"
    " where e.unit_no = any(%(units)s) and e.org_id = any(%(ids)s) and e.role = 'homeroom_teacher' and t.end_on is null"
    ' and (e.end_on is null or e.end_on > %(today)s) order by not e.is_primary, t.sort_key collate "C"'
)


@source(title="班级列表", roles=PUPIL_ROLES, reach=PAGE)
def class_list(*, unit_no: int | None = None) -> list[ClassLine]:
    """The open classes of the acting unit (of `unit_no` in reach), or those of a class role, in school order."""
    scope = scopes.current()
    if scope.role in scopes.CLASS_ROLES:
        found = sorted(
            class_names.of_ids(class_names.own_classes(scope.org_ids)).values(), key=lambda one: one.order
        )
    else:
        found = class_names.of_units([unit_no if unit_no in scope.units else scope.unit_no])
    given: dict[str, Any] = {
        "units": [one.unit_no for one in found],
        "ids": [one.org_id for one in found],
        "today": scope.today,
    }
    with connection.cursor() as cursor:
        cursor.execute(SIZES, given)
        sizes = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(HOMEROOM, given)
        heads: dict[UUID, list[str]] = {}
        for org_id, name in cursor.fetchall():
            heads.setdefault(org_id, []).append(name)
    return [
        ClassLine(one, pupils, boys, girls, heads.get(one.org_id, []))
        for one in found
        if one.is_open
        for pupils, boys, girls in [sizes.get(one.org_id, (0, 0, 0))]
    ]


MATES = (
    "select a.id, a.name, a.sex, a.local_no, a.seat_no, a.is_registered, a.is_present from affiliation a"
    " where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null and {which}"
    ' order by a.seat_no nulls last, a.sort_key collate "C", a.id'
)
ATTENDS = (
    "exists (select 1 from enrolment e where e.unit_no = a.unit_no and e.affiliation_id = a.id and e.role = 'pupil'"
    " and e.org_id = %(id)s and (e.end_on is null or e.end_on > %(today)s))"
)
TEACHERS = (
    "select t.id, t.name, e.role, e.subject_code from org o join enrolment e on e.unit_no = o.unit_no and e.org_id = o.id"
    " join affiliation t on t.unit_no = e.unit_no and t.id = e.affiliation_id"
    " where o.unit_no = %(unit)s and (o.id = %(id)s or (o.parent_id = %(id)s and o.kind = 'section'))"
    " and e.role in ('teacher', 'homeroom_teacher') and t.end_on is null"
    ' and (e.end_on is null or e.end_on > %(today)s) order by e.subject_code, t.sort_key collate "C"'
)


@source(title="一个班", roles=PUPIL_ROLES, reach=PAGE)
def class_page(*, class_id: UUID) -> ClassPage:
    """A class, or a group with pupils of its own, with its pupils, homeroom and subject teachers. A section stands
    for the class whose lesson it is. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select case when o.kind = 'section' and o.parent_id is not null then o.parent_id else o.id end, o.kind,"
            " u.short_name from org o join unit u using (unit_no) where o.id = %s and o.kind in ('class', 'section', 'group')",
            [class_id],
        )
        row = cursor.fetchone()
        wanted = row[0] if row else class_id
        is_own = scope.role not in scopes.CLASS_ROLES or wanted in class_names.own_classes(scope.org_ids)
        if row is None or not is_own:
            raise NotFound(_("没有这个班"), fix=_("可能已经毕业，或不在您的范围内"))
        view = class_names.of_ids([wanted])[wanted]
        given = {"unit": view.unit_no, "id": wanted, "today": scope.today}
        is_class = row[1] == "class" or wanted != class_id
        cursor.execute(MATES.format(which="a.class_id = %(id)s" if is_class else ATTENDS), given)
        pupils = [
            Classmate(one[0], one[1], short_name_of("sex", one[2]), *one[3:]) for one in cursor.fetchall()
        ]
        cursor.execute(TEACHERS, given)
        taught: dict[tuple[UUID, str, bool], list[str]] = {}
        for staff_id, name, role, subject in cursor.fetchall():
            words = taught.setdefault((staff_id, name, role == "homeroom_teacher"), [])
            if subject and name_of("subject", subject) not in words:
                words.append(name_of("subject", subject))
    audit.counted(len(pupils))
    lines = {key: TeacherLine(key[0], key[1], words) for key, words in taught.items()}
    return ClassPage(
        view, row[2], pupils, [one for key, one in lines.items() if key[2]],
        [one for key, one in lines.items() if not key[2]],
    )  # fmt: skip


def _whole(ask: Ask) -> Ask:
    return replace(ask, size=MOST_EXPORTED, after=None, before=None)


def _check_export(count: int) -> None:
    """Raise NotAllowed (step_up) for more than a hundred people without a second factor, BadInput for more than one
    file should hold."""
    if count > MOST_EXPORTED:
        raise BadInput(
            _("一次最多导出 %(n)s 人") % {"n": f"{MOST_EXPORTED:,}"},
            fix=_("请先选一所学校、一个年级或一个班"),
        )
    if count > PEOPLE_WITHOUT_SECOND_FACTOR and not scopes.current().stepped_up:
        raise NotAllowed(
            _("导出超过 %(n)s 人需要再验证一次身份") % {"n": PEOPLE_WITHOUT_SECOND_FACTOR},
            fix=_("请输入动态验证码后继续"),
            step_up=True,
        )


@source(title="导出学生名单", roles=EXPORTING_ROLES, reach=PAGE)
def export_pupils(*, ask: Ask, classes: list[ClassView], with_phone: bool, title: str) -> list[PupilLine]:
    """Every pupil that `ask` means, for a file; who took it, which columns and whose rows are written down."""
    lines = pupil_list(ask=_whole(ask), classes=classes, with_phone=with_phone)
    _check_export(lines[0].total if lines else 0)
    audit.disclose(
        {"name", *ask.columns}, [line.person_id for line in lines], 0 if with_phone else len(lines)
    )
    audit.note(title)
    return lines


@source(title="导出教职工名单", roles=EXPORTING_ROLES & OFFICE_ROLES, reach=PAGE)
def export_staff(*, ask: Ask, with_phone: bool, title: str) -> list[StaffLine]:
    """Every staff member that `ask` means, as `export_pupils`."""
    lines = staff_list(ask=_whole(ask), with_phone=with_phone)
    _check_export(lines[0].total if lines else 0)
    audit.disclose(
        {"name", *ask.columns}, [line.person_id for line in lines], 0 if with_phone else len(lines)
    )
    audit.note(title)
    return lines


class Taken(msgspec.Struct, frozen=True):
    """A list that somebody took out."""

    at: datetime
    who: str
    role: str
    title: str
    rows: int
    columns: list[str]


@source(title="谁取走了名单", roles=EXPORTING_ROLES, reach=PAGE)
def exports_taken(*, limit: int = 50) -> list[Taken]:
    """Lists taken out of the units in reach, newest first; a class role sees its own."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.at, coalesce(a.display_name, ''), e.role, e.note, e.row_count, e.columns from audit_entry e"
            " left join account a on a.id = e.account_id where e.door = any(%s) and e.result = 'done'"
            " and e.unit_no = any(%s) and (%s or e.grant_no = %s) order by e.at desc limit %s",
            [
                list(EXPORT_DOORS),
                list(scope.units),
                scope.role not in scopes.CLASS_ROLES,
                scope.grant_no,
                limit,
            ],
        )
        return [Taken(*row) for row in cursor.fetchall()]
