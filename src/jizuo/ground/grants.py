"""Acting roles: who may act for which unit in which role. Given by a room that carries them, or by hand.

A grant ends, it is never deleted: its number stands in addresses and in the audit. `acting.scope_of` reads the
grant at every request, so a change is in force at once and in every session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import acting, audit, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.ground.scope import Scope

BY_ROOM, BY_HAND = "organisation", "person"
#: Roles that a person gives by hand, by who gives; a school's own people come with their affiliation.
MAY_GIVE: dict[str, frozenset[str]] = {
    scopes.OPERATOR: scopes.ROLES,
    scopes.DISTRICT_ADMIN: scopes.ROLES - {scopes.OPERATOR, scopes.SECURITY_OFFICER},
}


@dataclass(frozen=True, slots=True)
class NewGrant:
    """One acting role to give. org_ids: classes of a class role, the own class of a pupil; child_ids: children of
    a guardian, about: their names. end_on None: open; the interval is half-open."""

    account_id: UUID
    unit_no: int
    role: str
    person_id: UUID | None = None
    affiliation_id: UUID | None = None
    org_ids: tuple[UUID, ...] = ()
    child_ids: tuple[UUID, ...] = ()
    about: str = ""
    begin_on: date | None = None
    end_on: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """An acting role as its holder sees it. is_last: the one used last. about: the children of a guardian."""

    grant_no: int
    unit_no: int
    unit_name: str
    unit_short_name: str
    role: str
    person_name: str
    is_last: bool = False
    about: str = ""


GIVE = """
insert into acting_grant (account_id, unit_no, role, person_id, affiliation_id, org_ids, child_ids, about,
                          origin, begin_on, end_on, given_by)
select n.account_id, n.unit_no, n.role, n.person_id, n.affiliation_id, n.org_ids, n.child_ids, n.about, %s,
       n.begin_on, n.end_on, %s
from jsonb_to_recordset(%s) as n(account_id uuid, unit_no int, role text, person_id uuid, affiliation_id uuid,
                                 org_ids uuid[], child_ids uuid[], about text, begin_on date, end_on date)
on conflict (account_id, unit_no, role, affiliation_id) do update
set org_ids = excluded.org_ids, child_ids = excluded.child_ids, about = excluded.about, end_on = excluded.end_on,
    begin_on = least(acting_grant.begin_on, excluded.begin_on),
    person_id = coalesce(excluded.person_id, acting_grant.person_id)
returning account_id, unit_no, role, affiliation_id, no
"""
CHUNK = 5000

OF_ACCOUNT = """
select g.no, g.unit_no, u.name, u.short_name, g.role, a.display_name, g.about, g.last_used_at
from acting_grant g join unit u using (unit_no) join account a on a.id = g.account_id
where g.account_id = %s and g.begin_on <= %s and (g.end_on is null or g.end_on > %s)
order by g.last_used_at desc nulls last, u.sort_key, g.no
"""


def give(new: NewGrant, *, origin: str = BY_ROOM) -> int:
    """Give one role inside a running action; returns its number.

    The same role of the same affiliation given again opens the old grant with the new classes and children.
    """
    return give_many([new], origin=origin)[0]


def give_many(news: Iterable[NewGrant], *, origin: str = BY_ROOM) -> list[int]:
    """Give roles inside a running action; returns their numbers in the order given."""
    _inside()
    scope = scopes.current()
    news = list(news)
    unknown = sorted({new.role for new in news} - scopes.ROLES)
    if unknown:
        raise ValueError(f"no roles {unknown}")
    by_key: dict[tuple[UUID, int, str, UUID | None], int] = {}
    with connection.cursor() as cursor:
        for first in range(0, len(news), CHUNK):
            # The last of two wishes for one role counts, as if they had come one after the other.
            chunk = {_key(new): new for new in news[first : first + CHUNK]}
            rows = [_row(new, scope.today) for new in chunk.values()]
            cursor.execute(GIVE, [origin, scope.grant_no, msgspec.json.encode(rows).decode()])
            by_key |= {(account, unit, role, link): no for account, unit, role, link, no in cursor.fetchall()}
    return [by_key[_key(new)] for new in news]


def _key(new: NewGrant) -> tuple[UUID, int, str, UUID | None]:
    return new.account_id, new.unit_no, new.role, new.affiliation_id


def _row(new: NewGrant, today: date) -> dict[str, Any]:
    return {
        "account_id": new.account_id,
        "unit_no": new.unit_no,
        "role": new.role,
        "person_id": new.person_id,
        "affiliation_id": new.affiliation_id,
        "org_ids": new.org_ids,
        "child_ids": new.child_ids,
        "about": new.about,
        "begin_on": new.begin_on or today,
        "end_on": new.end_on,
    }


def end(grant_nos: Sequence[int], *, end_on: date | None = None) -> int:
    """End grants inside a running action, from `end_on` (default today) on; returns how many were open."""
    _inside()
    day = end_on or scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute(
            "update acting_grant set end_on = greatest(%s, begin_on), about = '' where no = any(%s)"
            " and (end_on is null or end_on > %s)",
            [day, list(grant_nos), day],
        )
        return cursor.rowcount


def end_of_affiliations(affiliation_ids: Sequence[UUID], *, end_on: date | None = None) -> int:
    """End every grant that these affiliations carry; returns how many were open."""
    _inside()
    with connection.cursor() as cursor:
        cursor.execute("select no from acting_grant where affiliation_id = any(%s)", [list(affiliation_ids)])
        numbers = [no for (no,) in cursor.fetchall()]
    return end(numbers, end_on=end_on)


def of_account(account_id: UUID, day: date) -> list[Held]:
    """The roles an account may act in on `day`, the one used last first. One query; needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ACCOUNT, [account_id, day, day])
        rows = cursor.fetchall()
    told: list[list[Any]] = [
        [*row[:6], place == 0 and row[7] is not None, row[6]] for place, row in enumerate(rows)
    ]
    return [Held(*one) for one in told]


def scopes_of(account_id: UUID, day: date) -> Iterator[Scope]:
    """What each role of `of_account` opens, in that order; a role that ends meanwhile is left out. Needs no scope."""
    for held in of_account(account_id, day):
        found = acting.scope_of(held.grant_no, account_id, day)
        if found is not None:
            yield found.scope


def note_use(grant_no: int, account_id: UUID) -> None:
    """Remember that the account chose this role last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update acting_grant set last_used_at = now() where no = %s and account_id = %s",
            [grant_no, account_id],
        )


@action(title="授予身份", roles=MAY_GIVE, level=strength.needed(strength.For.ADMINISTER))
def give_by_hand(
    *, account_id: UUID, unit_no: int, role: str, end_on: date | None = None, reason: str
) -> int:
    """Give a role by hand; returns its number. The unit must be within reach and the role one that the acting
    role may give; a reason is kept in the audit. Raises BadInput, NotFound."""
    scope = scopes.current()
    if unit_no not in scope.units:
        raise NotFound(_("没有这个单位"), fix=_("请从单位列表中选择"))
    problems = []
    if role not in MAY_GIVE.get(scope.role, frozenset()):
        problems.append(Problem("role", _("您的身份不能授予这一身份"), _("请由上级管理员授予")))
    if not reason.strip():
        problems.append(Problem("reason", _("没有写理由"), _("请写明为什么授予，如“接替张老师”")))
    if end_on is not None and end_on <= scope.today:
        problems.append(Problem("end_on", _("结束日期已经过去"), _("请填今天以后的日期，或留空")))
    with connection.cursor() as cursor:
        cursor.execute("select person_id from account where id = %s", [account_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个账号"), fix=_("请按登录码再找一次"))
    if problems:
        raise BadInput(_("没有授予"), problems=problems)
    audit.note(f"{role} unit {unit_no}: {reason.strip()[:150]}")
    return give(
        NewGrant(account_id, unit_no, role, person_id=row[0], begin_on=scope.today, end_on=end_on),
        origin=BY_HAND,
    )


@action(title="收回身份", roles=MAY_GIVE, level=strength.needed(strength.For.ADMINISTER))
def end_by_hand(*, grant_no: int, reason: str) -> None:
    """End a role that was given by hand. One that an affiliation carries ends with it: Conflict is not raised,
    the grant answers as not found. Raises NotFound, BadInput without a reason."""
    scope = scopes.current()
    if not reason.strip():
        raise BadInput(_("没有收回"), problems=[Problem("reason", _("没有写理由"), _("请写明为什么收回"))])
    with connection.cursor() as cursor:
        cursor.execute(
            "select role from acting_grant where no = %s and unit_no = any(%s) and origin = %s",
            [grant_no, list(scope.units), BY_HAND],
        )
        row = cursor.fetchone()
    if row is None or row[0] not in MAY_GIVE.get(scope.role, frozenset()):
        raise NotFound(_("没有可以收回的这个身份"), fix=_("随任职而来的身份，请在任职里结束"))
    audit.note(f"grant {grant_no}: {reason.strip()[:150]}")
    end([grant_no])


def _inside() -> None:
    if not scopes.in_transaction():
        raise scopes.NoScope("grants change inside a door")
