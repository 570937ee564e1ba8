"""Where a person stands at the units in reach: name, class and whether the acting role reaches her. What a form or a flow
asks before it lets anybody begin something about a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.hubs.organisation.queries import contacts

PLACED = """
select distinct on (a.person_id) a.person_id, a.unit_no, a.name, a.role, a.class_id from affiliation a
where a.person_id = any(%s) and a.unit_no = any(%s) and a.end_on is null and a.role in ('pupil', 'staff')
order by a.person_id, a.is_present desc, a.is_primary desc, a.id
"""


class Placed(msgspec.Struct, frozen=True):
    """A person with an open affiliation in reach. role: pupil | staff; class_id: a pupil's."""

    person_id: UUID
    unit_no: int
    name: str
    role: str
    class_id: UUID | None


def people(ids: Iterable[UUID]) -> dict[UUID, Placed]:
    """person -> where she stands, of those at the units of the acting scope, whoever asks. Inside a door; one read."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED, [list(ids), list(scopes.current().units)])
        return {row[0]: Placed(*row) for row in cursor.fetchall()}


def within_reach(placed: Sequence[Placed]) -> dict[UUID, Placed]:
    """Those of them about whom the acting role may begin something: a family its own children, a class role the pupils of
    its classes and itself, everyone else all. Inside a door; one read for a guardian."""
    scope = scopes.current()
    if scope.role == scopes.GUARDIAN:
        mine = set(contacts.children_in_view())
        return {one.person_id: one for one in placed if one.person_id in mine}
    if scope.role == scopes.PUPIL:
        return {one.person_id: one for one in placed if one.person_id == scope.person_id}
    if scope.role in scopes.CLASS_ROLES:
        return {
            one.person_id: one
            for one in placed
            if one.person_id == scope.person_id
            or (one.class_id is not None and one.class_id in scope.org_ids)
        }
    return {one.person_id: one for one in placed}
