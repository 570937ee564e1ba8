"""What a person sees of applications on the own account: what was agreed, and where they were signed in through which
session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.actions import consents
from jizuo.hubs.identity.actions.tokens import value_of
from jizuo.hubs.identity.entry import SELF

#: How long an ended session still says which applications have answered.
SHOWN = timedelta(days=1)
AGREED = """
select h.id, h.display_name, a.client_id, a.name, coalesce(u.name, ''), c.scopes, c.given_at, c.by, a.is_active,
  (select max(o.begun_at) from app_sign_on o where o.account_id = h.id and o.client_id = a.client_id)
from (select account_id, client_id, array_agg(distinct scope) as scopes, min(given_at) as given_at, max(by) as by
      from consent, unnest(scopes) as scope where withdrawn_at is null and account_id = any(%s)
      group by account_id, client_id) c
join account h on h.id = c.account_id join app a on a.client_id = c.client_id left join unit u on u.unit_no = a.unit_no
order by h.id <> %s, h.display_name, a.name, a.client_id
"""
PARTS = """
select o.sid, s.device, s.ended_at, a.name, o.state, o.answered_at from app_sign_on o
join app a on a.client_id = o.client_id join sso_session s on s.sid = o.sid
where o.account_id = %s and (s.ended_at is null or s.ended_at > %s) and (o.ended_at is null or o.ended_at > %s)
order by s.ended_at desc nulls first, a.name, o.id limit 200
"""
#: Applications of the base, of the units where a child is a pupil today and of the bureaus above, that want to know of the
#: child what neither its unit nor a standing consent to this version gives.
#: What has no address and is no screen signs nobody in.
WAITING = """
with recursive place as (
  select h.id as child_id, u.unit_no, u.parent_no from account h join acting_grant g on g.account_id = h.id
  join unit u using (unit_no)
  where h.id = any(%(children)s) and g.role = 'pupil' and g.begin_on <= %(today)s
    and (g.end_on is null or g.end_on > %(today)s)
  union select p.child_id, u.unit_no, u.parent_no from place p join unit u on u.unit_no = p.parent_no)
select h.id, h.display_name, a.client_id, a.name, coalesce(v.name, ''), w.wanted, a.reasons
from account h join app a on a.is_active and 'openid' = any(a.scopes) and (a.unit_no = %(base)s or exists
  (select 1 from place p where p.child_id = h.id and p.unit_no = a.unit_no))
  and (a.kind = 'screen' or cardinality(a.redirect_uris || a.cas_services || a.plain_addresses) > 0)
left join unit v on v.unit_no = a.unit_no
cross join lateral (select array_agg(s.scope order by s.place) as wanted from unnest(a.scopes) with ordinality s(scope, place)
  where s.scope <> 'admin' and not s.scope = any(a.agreed_scopes) and not exists
  (select 1 from consent c where c.account_id = h.id and c.client_id = a.client_id and c.version = a.version
     and c.withdrawn_at is null and s.scope = any(c.scopes))) w
where h.id = any(%(children)s) and w.wanted is not null
order by h.display_name, h.id, a.name, a.client_id
"""


@dataclass(frozen=True, slots=True)
class ChildApp:
    """An application that a child cannot enter, or not wholly, before a guardian agrees. wanted: the scopes it takes;
    unit '' for the base's own; reasons: scope -> why it needs it."""

    account_id: UUID
    name: str
    client_id: str
    app: str
    unit: str
    wanted: tuple[str, ...]
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class MyConsent:
    """One application that somebody agreed to. name: whom it is about; unit '' for the base's own; by: self | guardian."""

    account_id: UUID
    name: str
    client_id: str
    app: str
    unit: str
    scopes: tuple[str, ...]
    since: datetime
    by: str
    is_active: bool
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class MyPart:
    """The part of an application in one of the own sessions; state as in `models.AppSignOn`."""

    app: str
    state: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndedSession:
    """An own session that ended within a day, and the applications that were signed in through it."""

    sid: UUID
    device: str
    ended_at: datetime
    parts: tuple[MyPart, ...]


@source(title="我授权过的应用", roles=[SELF])
def my_consents(*, account_id: UUID, child_ids: list[UUID]) -> list[MyConsent]:
    """What was agreed for the own account, and for children of whom the caller was found to be the guardian."""
    with connection.cursor() as cursor:
        cursor.execute(AGREED, [[account_id, *child_ids], account_id])
        return [
            MyConsent(holder, name, client_id, app, unit, tuple(given), *rest)
            for holder, name, client_id, app, unit, given, *rest in cursor.fetchall()
        ]


@source(title="等家长同意的应用", roles=[SELF])
def child_apps(*, account_id: UUID, child_ids: list[UUID]) -> list[ChildApp]:
    """What waits for this account's word about these children: only those of them for whom it may sign, so in the scope
    of `consents.guardian_units`."""
    values: dict[str, Any] = {
        "children": sorted(set(child_ids) & set(consents.signed_by(account_id))),
        "today": scopes.current().today,
        "base": scopes.BASE_UNIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(WAITING, values)
        return [
            ChildApp(child_id, name, client_id, app, unit, tuple(wanted), value_of(reasons) or {})
            for child_id, name, client_id, app, unit, wanted, reasons in cursor.fetchall()
        ]


@source(title="我在哪些应用里登录着", roles=[SELF])
def my_parts(*, account_id: UUID) -> tuple[dict[UUID, tuple[MyPart, ...]], list[EndedSession]]:
    """(open session -> its applications, sessions that ended within a day with theirs)."""
    since = entry.now() - SHOWN
    with connection.cursor() as cursor:
        cursor.execute(PARTS, [account_id, since, since])
        rows = cursor.fetchall()
    parts: dict[UUID, tuple[MyPart, ...]] = {}
    ended: dict[UUID, tuple[str, datetime]] = {}
    for sid, device, ended_at, *told in rows:
        parts[sid] = (*parts.get(sid, ()), MyPart(*told))
        if ended_at is not None:
            ended[sid] = (device, ended_at)
    return (
        {sid: some for sid, some in parts.items() if sid not in ended},
        [EndedSession(sid, *what, parts[sid]) for sid, what in ended.items()],
    )
