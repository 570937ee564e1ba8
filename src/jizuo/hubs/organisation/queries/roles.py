"""Which acting roles the affiliations of a unit bring: what identity turns into grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.hubs.organisation.rules import guardian_may_act, staff_roles


@dataclass(frozen=True, slots=True)
class RoleOf:
    """One acting role of one person at one unit. link_id: what carries it (an affiliation, or for a guardian the
    tie to one child), so that each child is a role of its own. about: the child's name."""

    person_id: UUID
    name: str
    unit_no: int
    role: str
    link_id: UUID
    org_ids: tuple[UUID, ...] = ()
    child_ids: tuple[UUID, ...] = ()
    about: str = ""


AFFILIATIONS = """
select a.id, a.unit_no, a.person_id, a.name, a.role, a.posts, a.class_id, a.is_present from affiliation a
where a.unit_no = any(%s) and a.end_on is null and (%s::uuid[] is null or a.person_id = any(%s))
"""
TEACHING = """
select e.affiliation_id, e.role, case when o.kind = 'section' then coalesce(o.parent_id, o.id) else o.id end
from enrolment e join org o on o.unit_no = e.unit_no and o.id = e.org_id
where e.unit_no = any(%s) and e.role <> 'pupil' and (e.end_on is null or e.end_on > %s) and o.closed_on is null
"""
TIES = """
select g.id, a.unit_no, g.guardian_id, g.child_id, p.name, a.name, g.may_view, g.is_no_contact, g.end_on
from guardian_of g join affiliation a on a.person_id = g.child_id and a.role = 'pupil' and a.end_on is null
join person p on p.id = g.guardian_id
where a.unit_no = any(%s) and (%s::uuid[] is null or g.guardian_id = any(%s))
"""


@source(title="岗位带来的身份", roles=scopes.STAFF_ROLES)
def acting_roles(*, unit_nos: Sequence[int], person_ids: Sequence[UUID] | None = None) -> list[RoleOf]:
    """Roles of everybody with an open affiliation at the units (or of the named people): a pupil's own, a guardian's
    for each child that may be seen, and a staff member's by posts and teaching."""
    today = scopes.current().today
    units, people = list(unit_nos), None if person_ids is None else list(person_ids)
    found: list[RoleOf] = []
    with connection.cursor() as cursor:
        cursor.execute(TEACHING, [units, today])
        homerooms: dict[UUID, set[UUID]] = defaultdict(set)
        teaching: dict[UUID, set[UUID]] = defaultdict(set)
        for affiliation_id, role, org_id in cursor.fetchall():
            (homerooms if role == "homeroom_teacher" else teaching)[affiliation_id].add(org_id)
        cursor.execute(AFFILIATIONS, [units, people, people])
        for affiliation_id, unit_no, person_id, name, kind, posts, class_id, is_present in cursor.fetchall():
            if kind == "pupil" and is_present:
                own = (class_id,) if class_id else ()
                found.append(RoleOf(person_id, name, unit_no, scopes.PUPIL, affiliation_id, own))
            elif kind == "staff":
                for role, orgs in staff_roles(posts, homerooms[affiliation_id], teaching[affiliation_id]):
                    found.append(RoleOf(person_id, name, unit_no, role, affiliation_id, tuple(sorted(orgs))))
        cursor.execute(TIES, [units, people, people])
        for tie_id, unit_no, guardian_id, child_id, name, child, *rights in cursor.fetchall():
            may_view, is_barred, end_on = rights
            if guardian_may_act(may_view=may_view, is_no_contact=is_barred, end_on=end_on, today=today):
                found.append(
                    RoleOf(guardian_id, name, unit_no, scopes.GUARDIAN, tie_id, (), (child_id,), child)
                )
    return found
