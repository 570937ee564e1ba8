"""What a homeroom teacher and a teacher see of their own classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.pages.parts import Todo
from jizuo.hubs.organisation import class_names, todos
from jizuo.hubs.organisation.class_names import ClassView

PUPILS = """
select a.id, a.person_id, a.name, a.class_id, a.seat_no, a.local_no, g.guardians, g.phones
from affiliation a cross join lateral (
    select count(*) as guardians, count(nullif(p.phone, '')) as phones from guardian_of k
    left join person p on p.id = k.guardian_id
    where k.child_id = a.person_id and not k.is_no_contact and (k.end_on is null or k.end_on > %(today)s)) g
where a.class_id = any(%(orgs)s) and a.role = 'pupil' and a.end_on is null
order by a.class_id, a.seat_no nulls last, a.sort_key collate "C", a.id
"""
TEACHING = """
select o.id, e.subject_code, e.role, o.parent_id,
       (select count(*) from affiliation p where p.class_id = coalesce(o.parent_id, o.id) and p.role = 'pupil'
        and p.end_on is null)
from enrolment e join affiliation a on a.unit_no = e.unit_no and a.id = e.affiliation_id
join org o on o.unit_no = e.unit_no and o.id = e.org_id
where a.person_id = %(person)s and a.end_on is null and e.role in ('teacher', 'homeroom_teacher')
  and (e.end_on is null or e.end_on > %(today)s) and (o.closed_on is null or o.closed_on > %(today)s)
order by o.kind <> 'class', o.entry_year desc nulls last, o.class_no, o.name, o.id
"""

Activation = Callable[[], Mapping[UUID, str]]
_activation: list[Activation] = []


def know_activation_by(reader: Activation) -> None:
    """Name the reader of person -> state of the account (``active``, ``waiting``: a slip is out, ``new``, ``off``)
    for the pupils of one's classes; the identity hub's. Without one nothing is said of accounts."""
    _activation[:] = [reader]


class ClassPupil(msgspec.Struct, frozen=True):
    """A pupil in the list of her homeroom teacher. account: '' when nothing is known of accounts."""

    affiliation_id: UUID
    person_id: UUID
    name: str
    class_id: UUID
    seat_no: int | None
    local_no: str
    guardians: int
    phones: int
    account: str = ""


class MyClass(msgspec.Struct, frozen=True):
    """One class of a homeroom teacher, its pupils in the order of their seats."""

    class_id: UUID
    name: str
    pupils: list[ClassPupil]


class Lesson(msgspec.Struct, frozen=True):
    """One class or section that a teacher teaches. class_id: the class itself or the one the section belongs to."""

    org_id: UUID
    name: str
    class_id: UUID
    subject_code: str
    is_homeroom: bool
    pupils: int


class Start(msgspec.Struct, frozen=True):
    """The start of a class role: a homeroom teacher's classes, what is taught, what rooms above say waits."""

    classes: list[MyClass]
    lessons: list[Lesson]
    told: list[Todo]


@source(title="我的班级与任教", roles=scopes.CLASS_ROLES, reach=PAGE)
def class_start() -> Start:
    """A homeroom teacher's classes with what is missing for each pupil (no guardian, no phone, no account), and what
    the acting teacher teaches now, classes before sections. A fixed number of reads."""
    scope = scopes.current()
    orgs = list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else []
    with connection.cursor() as cursor:
        cursor.execute(TEACHING, {"person": scope.person_id, "today": scope.today})
        taught = cursor.fetchall()
        named = class_names.of_ids([*orgs, *(one for row in taught for one in (row[0], row[3]))])
        rows = []
        if orgs:
            cursor.execute(PUPILS, {"orgs": orgs, "today": scope.today})
            rows = cursor.fetchall()
    accounts = _activation[0]() if rows and _activation else {}
    of_class: dict[UUID, list[ClassPupil]] = {one: [] for one in orgs if one in named}
    for row in rows:
        told: list[Any] = [*row, accounts.get(row[1], "none") if _activation else ""]
        of_class.setdefault(row[3], []).append(ClassPupil(*told))
    audit.counted(len(rows))
    classes = [MyClass(one, named[one].name, pupils) for one, pupils in of_class.items() if one in named]
    return Start(
        sorted(classes, key=lambda one: named[one.class_id].order),
        [lesson(row, named) for row in taught],
        todos.gather(),
    )


def lesson(row: tuple, named: Mapping[UUID, ClassView]) -> Lesson:
    """A row of `TEACHING`; a section without a name of its own is called as its class."""
    org_id, subject, role, parent_id, count = row
    name = named[org_id].name or (named[parent_id].name if parent_id in named else "")
    return Lesson(org_id, name, parent_id or org_id, subject, role == "homeroom_teacher", count)
