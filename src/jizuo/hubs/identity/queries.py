"""Reads of the identity hub."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jizuo.ground import acting, audit, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.shell import Acting
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.rules import bindings as binding_rules
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.shapes import (
    AccountFound,
    AccountLine,
    BindingLine,
    ClassCodeLine,
    GrantLine,
    MyBinding,
    SessionSeen,
)
from jizuo.hubs.organisation import class_names
from jizuo.plain import names

SLIP_GIVERS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK, scopes.HOMEROOM_TEACHER)
MOST_LINES = 2000

ACCOUNTS = """
select a.id, a.person_id, a.display_name, a.login_code, g.role, g.org_ids, a.is_active, a.activated_at,
       (select max(c.expires_at) from one_time_code c where c.account_id = a.id and c.purpose = any(%(slips)s)
        and c.used_at is null and c.expires_at > %(now)s),
       (select max(s.last_seen_at) from sso_session s where s.account_id = a.id)
from acting_grant g join account a on a.id = g.account_id
where g.unit_no = any(%(units)s) and g.role = any(%(roles)s) and (g.end_on is null or g.end_on > %(day)s)
  and g.begin_on <= %(day)s and (%(orgs)s::uuid[] is null or g.org_ids && %(orgs)s::uuid[])
order by a.display_name collate "C", a.id limit %(most)s
"""
BINDINGS = """
select b.id, b.state, b.origin, b.org_id, b.org_name, b.guardian_name, b.relation, b.child_name, b.child_person_id,
       coalesce(a.phone_tail, ''), b.asked_at
from guardian_binding b left join account a on a.id = b.account_id
where b.unit_no = any(%(units)s) and b.state = any(%(states)s) and (%(orgs)s::uuid[] is null or b.org_id = any(%(orgs)s))
  and (b.state = 'confirmed' or b.expires_at > %(now)s)
order by b.asked_at nulls last, b.id limit %(most)s
"""
PUPILS = """
select g.person_id, a.display_name, g.org_ids from acting_grant g join account a on a.id = g.account_id
where g.unit_no = any(%(units)s) and g.role = 'pupil' and g.person_id is not null and g.org_ids && %(orgs)s::uuid[]
  and g.begin_on <= %(day)s and (g.end_on is null or g.end_on > %(day)s)
"""
CLASSES = """
select distinct org_id from acting_grant g, unnest(g.org_ids) as org_id
where g.unit_no = any(%(units)s) and g.role = 'pupil' and (g.end_on is null or g.end_on > %(day)s)
  and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s))
"""


def roles_of(account_id: UUID) -> frozenset[str]:
    """Every role the account holds now or later, in any unit. Needs no scope: sign-in asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct role from acting_grant where account_id = %s and (end_on is null or end_on > %s)",
            [account_id, acting.today()],
        )
        return frozenset(role for (role,) in cursor.fetchall())


def roles_of_request(request: HttpRequest) -> list[Acting]:
    """The roles a signed-in person may act in, the one used last first: what the shell's switcher shows."""
    user = request.user
    if not user.is_authenticated:
        return []
    return [
        Acting(held.grant_no, held.person_name, held.unit_short_name or held.unit_name, held.role)
        for held in grants.of_account(user.pk, acting.today())
    ]


@source(title="我的登录", roles=[entry.SELF])
def my_sessions(*, account_id: UUID, this_sid: UUID | None) -> list[SessionSeen]:
    """One's own open sessions, the one seen last first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sid, device, host(address), is_own_device, created_at, last_seen_at from sso_session"
            " where account_id = %s and ended_at is null and ends_at > %s"
            " and (idle_seconds is null or last_seen_at + idle_seconds * interval '1 second' > %s)"
            " order by last_seen_at desc",
            [account_id, entry.now(), entry.now()],
        )
        return [
            SessionSeen(sid, device, address or "", is_own, created_at, seen_at, sid == this_sid)
            for sid, device, address, is_own, created_at, seen_at in cursor.fetchall()
        ]


@source(title="账号与纸条", roles=SLIP_GIVERS)
def accounts(*, roles: list[str] | None = None, org_id: UUID | None = None) -> list[AccountLine]:
    """Accounts within reach that the acting role may give slips for, by name; at most 2,000.

    roles: only these. org_id: only this class. A homeroom teacher sees the pupils of her classes.
    """
    scope = scopes.current()
    wanted = may_reset(scope.role) & frozenset(roles or scopes.ROLES)
    orgs = [org_id] if org_id else None
    if scope.role == scopes.HOMEROOM_TEACHER:
        orgs = [org for org in scope.org_ids if org_id in (None, org)]
    with connection.cursor() as cursor:
        cursor.execute(
            ACCOUNTS,
            {
                "slips": [Purpose.ACTIVATE, Purpose.RESET],
                "now": entry.now(),
                "units": list(scope.units),
                "roles": sorted(wanted),
                "day": scope.today,
                "orgs": orgs,
                "most": MOST_LINES,
            },
        )
        rows = cursor.fetchall()
    lines = []
    for row in rows:
        (
            account_id,
            person_id,
            name,
            login_code,
            role,
            org_ids,
            is_active,
            activated_at,
            slip_until,
            seen_at,
        ) = row
        state = "off" if not is_active else "active" if activated_at else "waiting" if slip_until else "new"
        lines.append(
            AccountLine(
                account_id, person_id, name, login_code, role, tuple(org_ids), state, slip_until, seen_at
            )
        )
    return lines


def may_reset(role: str) -> frozenset[str]:
    """The roles whose holders `role` may give slips to, within its reach."""
    school = scopes.FAMILY_ROLES | scopes.CLASS_ROLES
    return {
        scopes.HOMEROOM_TEACHER: frozenset({scopes.PUPIL}),
        scopes.CLERK: school,
        scopes.DISTRICT_ADMIN: school
        | scopes.SCHOOL_ROLES
        | {scopes.DISTRICT_STEWARD, scopes.DISTRICT_LEADER},
        scopes.OPERATOR: scopes.ROLES,
    }.get(role, frozenset())


@source(title="待确认的家长", roles=[scopes.HOMEROOM_TEACHER, scopes.CLERK])
def bindings(*, states: list[str] | None = None) -> list[BindingLine]:
    """Bindings of one's classes (a clerk: of the school), those asked first; by default invited and asked.

    `matches` are the pupils of that class whose name is the one typed, for an ask without an invitation.
    """
    scope = scopes.current()
    orgs = list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None
    wanted = states or [binding_rules.State.INVITED, binding_rules.State.ASKED]
    values = {
        "units": list(scope.units), "orgs": orgs, "states": wanted, "now": entry.now(), "most": MOST_LINES,
        "day": scope.today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BINDINGS, values)
        rows = cursor.fetchall()
        open_orgs = {row[3] for row in rows if row[8] is None}
        pupils: list[tuple[UUID, str, list[UUID]]] = []
        if open_orgs:
            cursor.execute(PUPILS, values | {"orgs": list(open_orgs)})
            pupils = cursor.fetchall()
    by_name: dict[tuple[UUID, str], list[tuple[UUID, str]]] = {}
    for person_id, name, org_ids in pupils:
        for org in org_ids:
            by_name.setdefault((org, names.match_key(name)), []).append((person_id, name))
    lines = []
    for *known, child_name, child_person_id, phone_tail, asked_at in rows:
        binding_id, state, origin, org_id, org_name, guardian, relation = known
        matches = by_name.get((org_id, names.match_key(child_name)), []) if child_person_id is None else []
        lines.append(
            BindingLine(
                binding_id,
                state,
                origin,
                org_id,
                org_name,
                guardian,
                relation,
                child_name,
                child_person_id,
                phone_tail,
                asked_at,
                tuple(matches),
            )
        )
    return lines


def guardian_name(binding_id: UUID) -> str:
    """The name under which the guardian of a binding asked; for the handler of `GuardianConfirmed`, inside a door."""
    with connection.cursor() as cursor:
        cursor.execute("select guardian_name from guardian_binding where id = %s", [binding_id])
        row = cursor.fetchone()
    return row[0] if row else ""


@source(title="我的绑定申请", roles=[entry.SELF])
def my_bindings(*, account_id: UUID) -> list[MyBinding]:
    """One's own binding requests, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.id, u.name, b.org_name, b.child_name, b.relation, b.state, b.asked_at, b.why"
            " from guardian_binding b join unit u using (unit_no) where b.account_id = %s"
            " order by b.asked_at desc limit 50",
            [account_id],
        )
        return [MyBinding(*row) for row in cursor.fetchall()]


@source(title="班级码", roles=[scopes.HOMEROOM_TEACHER, scopes.CLERK])
def class_codes() -> list[ClassCodeLine]:
    """The live class codes of one's classes (a clerk: of the school), by class name."""
    scope = scopes.current()
    orgs = list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None
    with connection.cursor() as cursor:
        cursor.execute(
            "select code, org_id, org_name, expires_at from class_code where unit_no = any(%s) and ended_at is null"
            " and expires_at > %s and (%s::uuid[] is null or org_id = any(%s)) order by org_name",
            [list(scope.units), entry.now(), orgs, orgs],
        )
        return [ClassCodeLine(*row) for row in cursor.fetchall()]


@source(title="我的班级", roles=[scopes.HOMEROOM_TEACHER, scopes.CLERK])
def classes() -> list[tuple[UUID, str]]:
    """(id, name) of the classes within reach, by name."""
    scope = scopes.current()
    orgs = list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None
    with connection.cursor() as cursor:
        cursor.execute(CLASSES, {"units": list(scope.units), "orgs": orgs, "day": scope.today})
        found = [org_id for (org_id,) in cursor.fetchall()]
    named = class_names.of_ids(found)
    # A grant may name a class that has closed meanwhile; it is told by the end of its id.
    shown = [(one, named[one].name if one in named else f"…{one.hex[-6:]}") for one in found]
    return sorted(
        shown, key=lambda pair: (named[pair[0]].order if pair[0] in named else (99, 0, 0, ""), pair[1])
    )


@source(title="按登录码找账号", roles=grants.MAY_GIVE)
def account_by_code(*, login_code: str) -> AccountFound:
    """The active account with this login code (8 signs, no dash), in any unit: whoever gives a role was told the
    code by its owner. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, display_name, person_id from account where login_code = %s and is_active",
            [login_code],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个登录码"), fix=_("请向本人核对"))
    audit.disclose(["name"], [row[2] or row[0]])
    return AccountFound(row[0], row[1])


@source(title="手工授予的身份", roles=grants.MAY_GIVE)
def grants_by_hand() -> list[GrantLine]:
    """Open roles given by hand within reach, newest first; at most 500."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.no, a.display_name, u.name, g.role, g.begin_on from acting_grant g"
            " join account a on a.id = g.account_id join unit u using (unit_no)"
            " where g.unit_no = any(%s) and g.origin = %s and (g.end_on is null or g.end_on > %s)"
            " order by g.no desc limit 500",
            [list(scope.units), grants.BY_HAND, scope.today],
        )
        return [GrantLine(*row) for row in cursor.fetchall()]


@source(title="可授权的单位", roles=grants.MAY_GIVE)
def reached_units() -> list[tuple[int, str]]:
    """(unit_no, name) of every unit within reach, by sort key."""
    with connection.cursor() as cursor:
        cursor.execute(
            'select unit_no, name from unit where unit_no = any(%s) order by sort_key collate "C", unit_no',
            [list(scopes.current().units)],
        )
        return list(cursor.fetchall())
