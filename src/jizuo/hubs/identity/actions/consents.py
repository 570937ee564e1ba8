"""Who agreed that an application gets what about whom: given, read and taken back, kept for good (rule 3)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action, source
from jizuo.ground.errors import NotAllowed, NotFound
from jizuo.ground.ids import new_id
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import app_sign_ons
from jizuo.hubs.identity.entry import SELF
from jizuo.hubs.identity.rules import openid
from jizuo.hubs.identity.rules.openid import Client
from jizuo.hubs.organisation.queries import contacts

BY_SELF, BY_GUARDIAN, BY_SCHOOL = "self", "guardian", "school"
#: Whether an account has a role today at this unit or below it. `union` ends a loop of parents.
IS_OURS = """
with recursive up as (
  select u.unit_no, u.parent_no from unit u join acting_grant g using (unit_no)
  where g.account_id = %s::uuid and g.begin_on <= %s::date and (g.end_on is null or g.end_on > %s::date)
  union select u.unit_no, u.parent_no from unit u join up on u.unit_no = up.parent_no)
select exists (select 1 from up where unit_no = %s::int)
"""


@action(title="同意应用读取信息", roles=[SELF])
def consent(*, account_id: UUID, client_id: str, scopes: list[str], by_account_id: UUID) -> UUID:
    """Keep that `by_account_id` agreed for `account_id`; returns the record. Raises NotFound for an application that is
    not there and for somebody who is not the child's guardian, NotAllowed for a child on its own and for an adult who looks
    after the child and may not sign for it. A guardian's word is given in a scope with the child's schools
    (`guardian_units`)."""
    by = BY_SELF
    if by_account_id != account_id:
        if account_id not in children_of(by_account_id):
            raise NotFound(_("没有这个孩子"), fix=_("请先绑定孩子"))
        if account_id not in signed_by(by_account_id):
            raise NotAllowed(_("您不能代这个孩子同意"), fix=_("请由有代签权的监护人在自己的账号里同意"))
        by = BY_GUARDIAN
    elif is_child(account_id):
        raise NotAllowed(_("未满十四周岁，须由家长同意"), fix=_("请家长在自己的账号里同意"))
    with connection.cursor() as cursor:
        cursor.execute("select version, scopes from app where client_id = %s and is_active", [client_id])
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这个应用"), fix=_("它可能已停用"))
        version, allowed = row
        given = [scope for scope in scopes if scope in allowed]
        cursor.execute(
            "update consent set withdrawn_at = %s where account_id = %s and client_id = %s and version < %s"
            " and withdrawn_at is null",
            [entry.now(), account_id, client_id, version],
        )
        consent_id = new_id()
        cursor.execute(
            "insert into consent (id, account_id, client_id, scopes, version, by, by_account_id, given_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [consent_id, account_id, client_id, given, version, by, by_account_id, entry.now()],
        )
    audit.note(f"app {client_id} version {version}, by {by}: {' '.join(given)}"[:200])
    return consent_id


@action(title="收回对应用的同意", roles=[SELF])
def withdraw(*, account_id: UUID, client_id: str, by_account_id: UUID) -> int:
    """Take back whatever was agreed for this account, revoke what the application holds for it and tell it; returns how many
    records ended. Raises NotFound for somebody who is neither the account nor its guardian."""
    if by_account_id != account_id and account_id not in children_of(by_account_id):
        raise NotFound(_("没有这个孩子"), fix=_("请先绑定孩子"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update consent set withdrawn_at = %s where account_id = %s and client_id = %s and withdrawn_at is null",
            [entry.now(), account_id, client_id],
        )
        count = cursor.rowcount
    app_sign_ons.end_parts(client_id=client_id, account_id=account_id, why="withdrawn")
    audit.note(f"app {client_id}")
    return count


def agreed_for(account_id: UUID, client: Client) -> frozenset[str]:
    """Scopes that need no more word: those its school agreed to, and those of a standing consent to this version.
    `openid` alone tells an opaque subject and still is a sign-in, so it is agreed to like any other."""
    found = prepared.rows(
        "select scopes from consent where account_id = %s::uuid and client_id = %s::text and version = %s::int"
        " and withdrawn_at is null",
        (account_id, client.client_id, client.version),
    )
    given = {scope for (held,) in found for scope in held}
    return frozenset(given | school_word(account_id, client))


def school_word(account_id: UUID, client: Client) -> frozenset[str]:
    """What the unit of the application agreed to for this account: a school for people with a role there today, a bureau
    for its schools too, the base for everybody. Nobody's word reaches people of another unit."""
    if client.agreed_scopes and client.unit_no != scopes.BASE_UNIT:
        day = today()
        if not prepared.rows(IS_OURS, (account_id, day, day, client.unit_no))[0][0]:
            return frozenset()
    return frozenset(client.agreed_scopes)


def children_of(account_id: UUID) -> list[UUID]:
    """Accounts of the children that this account is a guardian of today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct a.id from acting_grant g join account a on a.person_id = any(g.child_ids)"
            " where g.account_id = %s and g.role = 'guardian' and g.begin_on <= %s and (g.end_on is null or g.end_on > %s)",
            [account_id, today(), today()],
        )
        return [child for (child,) in cursor.fetchall()]


def signed_by(account_id: UUID) -> list[UUID]:
    """Of `children_of` the accounts for which this one may sign too: an adult to whom a child was entrusted is not its
    guardian (《儿童个人信息网络保护规定》 article 9). Inside a door only, in the scope of `guardian_units`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id, c.person_id, h.person_id from account c, account h where c.id = any(%s) and h.id = %s"
            " and h.person_id is not null",
            [children_of(account_id), account_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    children = [person_id for _account, person_id, _own in rows]
    signed = set(contacts.signed_by(guardian_id=rows[0][2], child_ids=children))
    return [child for child, person_id, _own in rows if person_id in signed]


def today() -> date:
    """The civil day of the base."""
    from jizuo.ground import acting

    return acting.today()


def pupil_units(account_id: UUID) -> tuple[int, ...]:
    """The units where an account is a pupil today: in their scope `consent` can read the birthday of the person it is
    about, in that of the base alone everybody counts as under 14."""
    return _units_of(account_id, scopes.PUPIL)


def guardian_units(account_id: UUID) -> tuple[int, ...]:
    """The units where an account is a guardian today: in their scope `consent` can read for which children the adult may
    sign, in that of the base alone for none."""
    return _units_of(account_id, scopes.GUARDIAN)


def _units_of(account_id: UUID, role: str) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct unit_no from acting_grant where account_id = %s and role = %s and begin_on <= %s"
            " and (end_on is null or end_on > %s) order by unit_no",
            [account_id, role, today(), today()],
        )
        return tuple(unit_no for (unit_no,) in cursor.fetchall())


def is_child(account_id: UUID) -> bool:
    """Whether a word about this account must come from a guardian: a pupil who is not known to be 14."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(distinct g.role), array_agg(distinct g.unit_no) from acting_grant g"
            " where g.account_id = %s and g.begin_on <= %s and (g.end_on is null or g.end_on > %s)",
            [account_id, today(), today()],
        )
        roles, units = cursor.fetchone()
        if not roles or scopes.PUPIL not in roles or scopes.STAFF_ROLES & set(roles):
            return False
    if scopes.in_transaction():
        return openid.is_child_on(_birthday(account_id), today())
    base = scopes.Scope(role=SELF, unit_no=scopes.BASE_UNIT, units=(scopes.BASE_UNIT, *units), today=today())
    with scopes.use(base):
        return child_state(account_id=account_id)


@source(title="是否未满十四周岁", roles=[SELF])
def child_state(*, account_id: UUID) -> bool:
    """Whether a pupil is under 14 today, as far as the register within reach knows; unknown counts as under."""
    return openid.is_child_on(_birthday(account_id), today())


def _birthday(account_id: UUID) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.birth_on from account a join person p on p.id = a.person_id where a.id = %s",
            [account_id],
        )
        row = cursor.fetchone()
    return row[0] if row else None
