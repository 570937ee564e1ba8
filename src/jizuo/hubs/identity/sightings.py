"""What sign-ins left behind, as their owner and as the school sees it: sessions, events, lock-outs, what was odd.

A unit's own are the accounts that have a role in it today; an account of two units is seen by both, and nobody else's is
there at all. Of pupils and guardians the school sees the device and never the network: where a family is is not its matter.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import BadInput, NotFound
from jizuo.ground.pages.asks import Ask
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.entry import SELF
from jizuo.hubs.identity.shapes import AnomalyLine, DeviceLine, EventLine, LiveSession, LockLine, PasskeyLine

KEEPERS = (scopes.CLERK, scopes.HEAD, scopes.DISTRICT_ADMIN, scopes.SECURITY_OFFICER, scopes.OPERATOR)
MOST_LOCKS, MOST_ANOMALIES, MOST_NAMES = 500, 200, 5
#: The roles that an account has within reach today, as `own`, and whether it is of the staff there.
OWN = """
cross join lateral (
  select array_agg(distinct g.role order by g.role) as roles, bool_or(g.role <> all(%(family)s)) as is_staff
  from acting_grant g where g.account_id = a.id and g.unit_no = any(%(units)s) and g.begin_on <= %(day)s
    and (g.end_on is null or g.end_on > %(day)s)) own
"""
LIVE = f"""
with kept as (
  select s.sid, s.account_id, a.display_name, own.roles, s.device, s.address, own.is_staff, s.is_own_device, s.created_at,
         s.last_seen_at, s.about
  from sso_session s join account a on a.id = s.account_id {OWN}
  where own.roles is not null and s.ended_at is null and s.ends_at > %(now)s
    and (s.idle_seconds is null or s.last_seen_at + s.idle_seconds * interval '1 second' > %(now)s)
    and (%(text)s = '' or strpos(a.display_name, %(text)s) > 0 or a.login_code = %(code)s)
    and (%(role)s = '' or %(role)s = any(own.roles))
)
select sid, account_id, display_name, roles, device,
       case when is_staff then coalesce(
         network(set_masklen(address, case family(address) when 4 then 24 else 48 end))::text, '') else '' end,
       is_own_device, created_at, last_seen_at, about, (select count(*) from kept)
from kept
"""
EVENTS = f"""
select e.id, e.at, a.display_name, own.roles, e.what, e.outcome, e.method, e.device,
       case when own.is_staff then e.network else '' end
from sign_in_event e join account a on a.id = e.account_id {OWN}
where own.roles is not null and (%(text)s = '' or strpos(a.display_name, %(text)s) > 0 or a.login_code = %(code)s)
  and (%(outcome)s = '' or e.outcome = %(outcome)s)
"""
LOCKS = f"""
select encode(l.key, 'hex'), a.display_name, own.roles, l.what, case when own.is_staff then l.network else '' end, l.at,
       l.locked_until
from lock_out l join account a on a.id = l.account_id {OWN}
where own.roles is not null and l.locked_until > %(now)s order by l.locked_until desc limit {MOST_LOCKS}
"""
ANOMALIES = f"""
select n.id, n.kind, n.at, case when who.is_staff or %(whole)s then n.network else '' end, n.device,
       case when %(whole)s then n.count end, coalesce(who.names, '{{}}'), coalesce(who.people, 0)
from sign_in_anomaly n cross join lateral (
  select (array_agg(a.display_name order by a.display_name collate "C"))[1:{MOST_NAMES}] as names, count(*) as people,
         bool_or(own.is_staff) as is_staff
  from account a {OWN} where a.id = any(n.account_ids) and own.roles is not null) who
where (who.people > 0 or %(whole)s) and (%(kind)s = '' or n.kind = %(kind)s)
order by n.at desc, n.id limit {MOST_ANOMALIES}
"""


@source(title="我的通行密钥", roles=[SELF])
def my_passkeys(*, account_id: UUID, rp_id: str) -> list[PasskeyLine]:
    """One's own passkeys, oldest first. rp_id: the host in use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, name, is_synced, made_at, last_used_at, rp_id = %s from passkey where account_id = %s"
            " order by made_at, id",
            [rp_id, account_id],
        )
        return [PasskeyLine(*row) for row in cursor.fetchall()]


@source(title="我的设备", roles=[SELF])
def my_devices(*, account_id: UUID, mark: bytes) -> list[DeviceLine]:
    """One's own remembered devices, the one used last first. mark: of the browser in use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, device, since, last_used_at, expires_at, mark = %s from remembered_device"
            " where account_id = %s and expires_at > %s order by last_used_at desc, id",
            [mark, account_id, entry.now()],
        )
        return [DeviceLine(*row) for row in cursor.fetchall()]


def _values(**more: Any) -> dict[str, Any]:
    scope = scopes.current()
    return {
        "units": list(scope.units),
        "family": sorted(scopes.FAMILY_ROLES),
        "day": scope.today,
        "now": entry.now(),
        "whole": scope.role == scopes.OPERATOR,
        **more,
    }


def _page(ask: Ask, moment: str, key: str) -> tuple[str, dict[str, Any]]:
    """The place, order and length of one page of `ask`, newest first unless it is turned, as SQL with its values."""
    cursor_at = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    way, step = ("desc", "<") if is_falling else ("asc", ">")
    place = f"({moment}, {key}) {step} (%(edge_at)s, %(edge)s)" if cursor_at else "true"
    values: dict[str, Any] = {"most": ask.size + 1}
    if cursor_at:
        try:
            values |= {"edge_at": datetime.fromisoformat(str(cursor_at[0])), "edge": cursor_at[1]}
        except ValueError:
            raise BadInput(_("翻页的位置读不出来"), fix=_("请回到第一页再翻")) from None
    return f"{place} order by {moment} {way}, {key} {way} limit %(most)s", values


def _text(ask: Ask) -> dict[str, str]:
    return {"text": ask.text, "code": ask.text.replace("-", "").upper()}


@source(title="在线登录", roles=KEEPERS)
def live_sessions(*, ask: Ask) -> list[LiveSession]:
    """Open sessions of the unit's people, newest first, from the cursor of `ask` on: `ask.size` + 1 at most. Filter of
    `ask`: role; its text is looked for in names, or is a login code."""
    tail, page = _page(ask, "created_at", "sid")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{LIVE} where {tail}", _values(role=ask.filters.get("role", ""), **_text(ask), **page)
        )
        found = [LiveSession(sid, who, name, tuple(roles), *rest) for sid, who, name, roles, *rest in cursor]
    audit.counted(len(found))
    return found


@source(title="登录记录", roles=KEEPERS)
def sign_in_events(*, ask: Ask) -> list[EventLine]:
    """Sign-in events of the unit's people, newest first, from the cursor of `ask` on: `ask.size` + 1 at most. Filter of
    `ask`: outcome; its text as in `live_sessions`."""
    tail, page = _page(ask, "e.at", "e.id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{EVENTS} and {tail}", _values(outcome=ask.filters.get("outcome", ""), **_text(ask), **page)
        )
        found = [EventLine(no, at, name, tuple(roles), *rest) for no, at, name, roles, *rest in cursor]
    audit.counted(len(found))
    return found


@source(title="已锁定的账号", roles=KEEPERS)
def lock_outs() -> list[LockLine]:
    """Accounts of the unit that are locked at some address now, the one that stays so longest first."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKS, _values())
        found = [LockLine(lock, name, tuple(roles), *rest) for lock, name, roles, *rest in cursor.fetchall()]
    audit.counted(len(found))
    return found


@source(title="登录异常", roles=KEEPERS)
def anomalies_seen(*, kind: str = "") -> list[AnomalyLine]:
    """What was odd about sign-ins of the unit's people, newest first, at most 200; the operator of the base sees all."""
    with connection.cursor() as cursor:
        cursor.execute(ANOMALIES, _values(kind=kind))
        found = [
            AnomalyLine(no, what, at, network, device, count, tuple(names), people)
            for no, what, at, network, device, count, names, people in cursor.fetchall()
        ]
    audit.counted(len(found))
    return found


@source(title="谁的登录", roles=KEEPERS)
def name_of(*, account_id: UUID) -> str:
    """The name on an account of the unit; raises NotFound for any other."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select a.display_name from account a {OWN} where a.id = %(account)s and own.roles is not null",
            _values(account=account_id),
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个账号"), fix=_("请从列表中选择"))
    return str(row[0])
