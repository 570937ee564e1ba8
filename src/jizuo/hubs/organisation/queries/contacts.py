"""Whom a school tells about a child, and who it can reach: what the message hub asks.

An adult is *told* of a child while the tie holds, the adult gets notices, and no court has barred the contact. An
adult acts (opens a page, signs) only if the tie also lets her view the child.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.hubs.data.codes import name_of

#: The test of a tie ``k`` (guardian_of) on the day ``%(today)s``.
TOLD = (
    "k.gets_notice and not k.is_no_contact and (k.begin_on is null or k.begin_on <= %(today)s)"
    " and (k.end_on is null or k.end_on > %(today)s)"
)
FAMILIES = f"""
select a.person_id, a.id, a.class_id, coalesce(array_agg(k.guardian_id order by k.emergency_order nulls last, k.id)
                                               filter (where k.guardian_id is not null), '{{}}')
from affiliation a left join guardian_of k on k.child_id = a.person_id and {TOLD}
where a.unit_no = any(%(units)s) and a.class_id = any(%(classes)s) and a.role = 'pupil' and a.end_on is null
  and a.is_present
group by a.person_id, a.id, a.class_id, a.seat_no, a.sort_key
order by a.class_id, a.seat_no nulls last, a.sort_key collate "C", a.id
"""
TIES = f"""
select k.child_id, k.guardian_id from guardian_of k where k.child_id = any(%(children)s) and {TOLD}
order by k.child_id, k.emergency_order nulls last, k.id
"""
OWN = f"""
select k.child_id, k.may_sign from guardian_of k where k.guardian_id = %(guardian)s and k.child_id = any(%(children)s)
  and k.may_view and {TOLD}
"""
VIEWS = (
    "k.may_view and not k.is_no_contact and (k.begin_on is null or k.begin_on <= %(today)s)"
    " and (k.end_on is null or k.end_on > %(today)s)"
)
VIEWED = f"""
select k.child_id from guardian_of k where k.guardian_id = %(guardian)s and k.child_id = any(%(children)s) and {VIEWS}
"""
SIGNED = f"""
select k.child_id from guardian_of k where k.guardian_id = %(guardian)s and k.child_id = any(%(children)s) and k.may_sign
  and {VIEWS}
"""
ADULTS = f"""
select k.child_id, k.guardian_id, p.name, k.relation, p.phone from guardian_of k join person p on p.id = k.guardian_id
where k.child_id = any(%(children)s) and {TOLD}
order by k.child_id, k.emergency_order nulls last, k.id
"""
PEOPLE = """
select distinct a.person_id from affiliation a where a.unit_no = any(%(units)s) and a.role = %(role)s
  and a.end_on is null and (%(classes)s::uuid[] is null or a.class_id = any(%(classes)s)) and a.is_present
order by 1
"""


class FamilyOf(msgspec.Struct, frozen=True):
    """A child who is taught in a class, with the adults who are told of her, the first to call first."""

    child_id: UUID
    affiliation_id: UUID
    class_id: UUID
    guardian_ids: tuple[UUID, ...]


class AdultOf(msgspec.Struct, frozen=True):
    """An adult of a child who is told of her. phone: in clear, for a room that masks it or sends to it."""

    child_id: UUID
    guardian_id: UUID
    name: str
    relation: str
    phone: str


@source(title="班级的家庭", roles=scopes.STAFF_ROLES)
def families_of(*, class_ids: Sequence[UUID]) -> list[FamilyOf]:
    """The children taught in these classes of the acting unit, by class, seat and name, with those told of them."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            FAMILIES, {"units": list(scope.units), "classes": list(class_ids), "today": scope.today}
        )
        return [FamilyOf(child, link, org, tuple(told)) for child, link, org, told in cursor.fetchall()]


@source(title="孩子的被通知人", roles=scopes.STAFF_ROLES)
def told_of(*, child_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """child -> the adults who are told of her now, the first to call first; a child without any is left out."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(TIES, {"children": list(child_ids), "today": scopes.current().today})
        for child_id, guardian_id in cursor.fetchall():
            found[child_id].append(guardian_id)
    return {child_id: tuple(adults) for child_id, adults in found.items()}


@source(title="被通知人的联系方式", roles=scopes.STAFF_ROLES)
def adults_of(*, child_ids: Sequence[UUID]) -> list[AdultOf]:
    """The adults told of these children with their phones in clear: the calling door masks and discloses."""
    with connection.cursor() as cursor:
        cursor.execute(ADULTS, {"children": list(child_ids), "today": scopes.current().today})
        return [
            AdultOf(child, adult, name, name_of("family_relation", relation), phone)
            for child, adult, name, relation, phone in cursor.fetchall()
        ]


def own_children() -> dict[UUID, bool]:
    """child -> may the acting adult sign for her, of the children of the acting role that the adult is told of and
    may view now; a pupil herself: false. Inside a door only; at most one read."""
    scope = scopes.current()
    if scope.role == scopes.PUPIL:
        return {scope.person_id: False} if scope.person_id else {}
    if scope.role != scopes.GUARDIAN or not scope.child_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            OWN, {"guardian": scope.person_id, "children": list(scope.child_ids), "today": scope.today}
        )
        return dict(cursor.fetchall())


def children_in_view() -> list[UUID]:
    """The children of the acting guardian whom she may look at now, whether or not she may sign for them. Inside a door
    only; one read, however often it is asked."""
    scope, known = scopes.current(), scopes.known()
    if "children" not in known:
        with connection.cursor() as cursor:
            cursor.execute(
                VIEWED, {"guardian": scope.person_id, "children": list(scope.child_ids), "today": scope.today}
            )
            known["children"] = [child_id for (child_id,) in cursor.fetchall()]
    return list(known["children"])


def signed_by(*, guardian_id: UUID, child_ids: Sequence[UUID]) -> list[UUID]:
    """Of these children those for whom the adult may sign today, at the units in scope. Inside a door only; for a room
    whose people have not chosen an acting role."""
    today = scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute(SIGNED, {"guardian": guardian_id, "children": list(child_ids), "today": today})
        return [child_id for (child_id,) in cursor.fetchall()]


@source(title="本单位的学生或教职工", roles=scopes.STAFF_ROLES)
def people_of(*, role: str, class_ids: Sequence[UUID] | None = None) -> list[UUID]:
    """Persons present at the acting unit as ``pupil`` (of these classes, when named) or ``staff``."""
    scope = scopes.current()
    given = {
        "units": [scope.unit_no],
        "role": role,
        "classes": None if class_ids is None else list(class_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, given)
        return [person_id for (person_id,) in cursor.fetchall()]


@source(title="某身份的人", roles=[scopes.OPERATOR])
def holders_of(*, role: str, unit_no: int) -> list[UUID]:
    """Persons who hold an acting role at a unit today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct person_id from acting_grant where unit_no = %(unit)s and role = %(role)s"
            " and person_id is not null and begin_on <= %(today)s and (end_on is null or end_on > %(today)s) order by 1",
            {"unit": unit_no, "role": role, "today": scopes.current().today},
        )
        return [person_id for (person_id,) in cursor.fetchall()]


@source(title="班级的班主任", roles=[scopes.OPERATOR])
def homeroom_teachers_of(*, class_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """class -> the persons who act as its homeroom teacher today; a class without any is left out."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id, g.person_id from unnest(%(classes)s::uuid[]) as c(id) join acting_grant g"
            " on g.org_ids && array[c.id] and g.role = 'homeroom_teacher' and g.unit_no = any(%(units)s)"
            " where g.person_id is not null and g.begin_on <= %(today)s and (g.end_on is null or g.end_on > %(today)s)"
            " order by g.no",
            {
                "classes": list(class_ids), "units": list(scopes.current().units), "today": scopes.current().today,
            },
        )  # fmt: skip
        for class_id, person_id in cursor.fetchall():
            found[class_id].append(person_id)
    return {class_id: tuple(dict.fromkeys(people)) for class_id, people in found.items()}


@source(title="人的电话", roles=[scopes.OPERATOR])
def phones_of(*, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """person -> phone, of those in reach who have one: for sending, never for showing."""
    with connection.cursor() as cursor:
        cursor.execute("select id, phone from person where id = any(%s) and phone <> ''", [list(person_ids)])
        return dict(cursor.fetchall())
