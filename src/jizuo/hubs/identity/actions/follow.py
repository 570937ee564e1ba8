"""Grants follow affiliations: what the organisation says of a person's posts, classes and children is what the
person may act in, at once and in every open session."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from jizuo.ground import grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.facts import Told
from jizuo.ground.grants import BY_ROOM, NewGrant
from jizuo.hubs.identity.actions.accounts import make_accounts
from jizuo.hubs.identity.queries import guardian_name, may_reset
from jizuo.hubs.identity.shapes import Newcomer
from jizuo.hubs.organisation.actions import guardians
from jizuo.hubs.organisation.queries.roles import RoleOf, acting_roles

#: Datasets whose change may change who may act as what.
WATCHED = frozenset({"affiliation", "enrolment", "guardian_of", "org", "person"})

HELD = """
select no, account_id, unit_no, role, affiliation_id, org_ids, child_ids, about from acting_grant
where unit_no = any(%s) and origin = %s and (end_on is null or end_on > %s)
"""


@action(title="身份随岗位变化", roles=[scopes.OPERATOR])
def follow_affiliations(*, unit_nos: Sequence[int]) -> int:
    """Give and end the grants of everybody with an account at the units, as affiliations and ties stand now;
    returns how many grants were given, changed or ended."""
    today = scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute("select person_id, id from account where person_id is not null and is_active")
        account_of: dict[UUID, UUID] = dict(cursor.fetchall())
        cursor.execute(HELD, [list(unit_nos), BY_ROOM, today])
        held = {tuple(row[1:5]): row for row in cursor.fetchall()}
    if not account_of and not held:
        return 0
    wanted = {}
    for role in acting_roles(unit_nos=unit_nos):
        account_id = account_of.get(role.person_id)
        if account_id is not None:
            wanted[account_id, role.unit_no, role.role, role.link_id] = role
    new = [
        as_grant(role, key[0])
        for key, role in wanted.items()
        if key not in held
        or (set(held[key][5]), set(held[key][6]), held[key][7])
        != (set(role.org_ids), set(role.child_ids), role.about)
    ]
    over = [row[0] for key, row in held.items() if key not in wanted]
    grants.give_many(new)
    return len(new) + (grants.end(over) if over else 0)


def as_grant(role: RoleOf, account_id: UUID) -> NewGrant:
    """A role of the organisation as a grant of the account."""
    return NewGrant(
        account_id=account_id, unit_no=role.unit_no, role=role.role, person_id=role.person_id,
        affiliation_id=role.link_id, org_ids=role.org_ids, child_ids=role.child_ids, about=role.about,
    )  # fmt: skip


@action(title="为本校人员开通账号", roles=[scopes.CLERK, scopes.DISTRICT_ADMIN, scopes.OPERATOR], reach=API)
def open_accounts(*, unit_no: int, roles: list[str]) -> int:
    """Open an account, without a slip yet, for everybody at the unit whose role is among `roles` and who has none;
    returns how many people now have their roles. Roles the acting role may not hand out are left out."""
    allowed = may_reset(scopes.current().role) & frozenset(roles)
    people = [role for role in acting_roles(unit_nos=[unit_no]) if role.role in allowed]
    make_accounts(unit_no=unit_no, people=[newcomer(role) for role in people], with_slips=False)
    return len({role.person_id for role in people})


def newcomer(role: RoleOf) -> Newcomer:
    """A role as what `make_accounts` takes."""
    return Newcomer(
        person_id=role.person_id, name=role.name, role=role.role, affiliation_id=role.link_id,
        org_id=role.org_ids[0] if role.org_ids else None, child_ids=role.child_ids,
        about=role.about,
    )  # fmt: skip


def on_refreshed(fact: Told) -> None:
    """An import changed who is where."""
    if WATCHED & set(fact.payload.get("datasets", WATCHED)):
        follow_affiliations(unit_nos=units_in_scope())


def on_roles_changed(fact: Told) -> None:
    """A binding or a post changed."""
    follow_affiliations(unit_nos=[fact.unit_no])


def units_in_scope() -> list[int]:
    """The units the handler's scope reaches, without the base itself."""
    return [unit for unit in scopes.current().units if unit != scopes.BASE_UNIT]


def on_guardian_confirmed(fact: Told) -> None:
    """The homeroom teacher confirmed an adult: the organisation writes who that is to the child."""
    told = fact.payload
    guardians.bind_guardian(
        unit_no=fact.unit_no,
        child_person_id=UUID(told["child_person_id"]),
        guardian_person_id=UUID(told["guardian_person_id"]),
        name=guardian_name(UUID(told["binding_id"])),
        relation=told["relation"],
    )


def on_guardian_ended(fact: Told) -> None:
    """A binding was ended."""
    guardians.unbind_guardian(
        unit_no=fact.unit_no,
        child_person_id=UUID(fact.payload["child_person_id"]),
        guardian_person_id=UUID(fact.payload["guardian_person_id"]),
    )
