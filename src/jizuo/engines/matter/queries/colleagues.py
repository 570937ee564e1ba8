"""The staff of the acting unit, for whom something may be passed on to."""

from __future__ import annotations

from uuid import UUID

import msgspec

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.hubs.data import naming
from jizuo.hubs.organisation.queries import contacts


class Colleague(msgspec.Struct, frozen=True):
    """Somebody on the staff of the acting unit."""

    person_id: UUID
    name: str


@source(title="本单位同事", roles=scopes.STAFF_ROLES, reach=API)
def colleague_list() -> list[Colleague]:
    """The staff present at the acting unit, by name. Two reads."""
    names = naming.names_of("person", contacts.people_of(role="staff"))
    return [Colleague(person_id, name) for person_id, name in sorted(names.items(), key=lambda one: one[1])]
