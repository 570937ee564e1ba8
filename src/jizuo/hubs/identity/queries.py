"""Reads of the identity hub."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jizuo.ground import acting, audit, grants, prepared
from jizuo.ground import scope as scopes
from jizuo.ground.doors import source
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.asks import Ask
from jizuo.ground.pages.shell import Acting
from jizuo.hubs.identity import entry
from jizuo.hubs.identity.rules.bindings import State
from jizuo.hubs.identity.rules.limits import Purpose
from jizuo.hubs.identity.rules.strength import Strength, told
from jizuo.hubs.identity.shapes import (
    AccountFound,
    AccountLine,
    BindingLine,
    ClassCodeLine,
    FamilyDesk,
    GrantLine,
    MyBinding,
    SessionSeen,
)
from jizuo.hubs.organisation import class_names
from jizuo.plain import names

FAMILY_DESK = (scopes.HOMEROOM_TEACHER, scopes.CLERK)
SLIP_GIVERS = (scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.CLERK, scopes.HOMEROOM_TEACHER)
MOST_LINES = 2000

ACCOUNTS = """
with held as (
  select g.account_id, array_agg(distinct g.role) as roles,
         coalesce(array_agg(distinct o.id) filter (where o.id is not null), '{}') as org_ids
  from acting_grant g left join lateral (
    select unnest(g.org_ids) as id
    union select c.class_id from affiliation c where %(by_class)s and g.role = 'guardian' and c.unit_no = g.unit_no
      and c.person_id = any(g.child_ids) and c.role = 'pupil' and c.end_on is null) o on true
  where g.unit_no = any(%(units)s) and g.role = any(%(roles)s) and (g.end_on is null or g.end_on > %(day)s)
    and g.begin_on <= %(day)s
  group by g.account_id having %(orgs)s::uuid[] is null or array_agg(o.id) && %(orgs)s::uuid[]
), slip as (
  select account_id, max(expires_at) as until from one_time_code
  where purpose = any(%(slips)s) and used_at is null and expires_at > %(now)s group by account_id
), found as (
  select a.id, a.person_id, a.display_name, a.login_code, h.roles, h.org_ids, s.until,
         case when not a.is_active then 'off' when a.activated_at is not null then 'active'
              when s.until is not null then 'waiting' else 'new' end as state
  from held h join account a on a.id = h.account_id left join slip s on s.account_id = a.id
  where %(text)s = '' or strpos(a.display_name, %(text)s) > 0 or a.login_code = %(code)s
), kept as (select * from found where %(state)s = '' or state = %(state)s)
select f.id, f.person_id, f.display_name, f.login_code, f.roles, f.org_ids, f.state, f.until,
       (select max(x.last_seen_at) from sso_session x where x.account_id = f.id), (select count(*) from kept)
from kept f
"""
BINDINGS = """
select b.id, b.state, b.origin, b.org_id, b.org_name, b.guardian_name, b.relation, b.child_name, b.child_person_id,
       coalesce(a.phone_tail, ''), b.asked_at
from guardian_binding b left join account a on a.id = b.account_id
where b.unit_no = any(%(units)s) and b.state = any(%(states)s) and (%(orgs)s::uuid[] is null or b.org_id = any(%(orgs)s))
  and (%(org)s::uuid is null or b.state = 'asked' or b.org_id = %(org)s)
  and (b.state = 'confirmed' or b.expires_at > %(now)s)
order by b.asked_at nulls last, b.id limit %(most)s
"""
#: Pupils of classes, whether or not they have an account: a family may come in before its child does.
PUPILS = """
select person_id, min(name collate "C"), array_agg(distinct org_id) from (
  select g.person_id, a.display_name as name, unnest(g.org_ids) as org_id
  from acting_grant g join account a on a.id = g.account_id
  where g.unit_no = any(%(units)s) and g.role = 'pupil' and g.person_id is not null and g.org_ids && %(orgs)s::uuid[]
    and g.begin_on <= %(day)s and (g.end_on is null or g.end_on > %(day)s)
  union all select person_id, name, class_id from affiliation
  where unit_no = any(%(units)s) and role = 'pupil' and end_on is null and class_id = any(%(orgs)s::uuid[])) there
group by 1 order by 2, 1
"""
CLASS_CODES = """
select code, org_id, org_name, expires_at from class_code where unit_no = any(%(units)s) and ended_at is null
and expires_at > %(now)s and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s)) order by org_name
"""
#: Of pupils with an account, and of those whose guardians alone have one.
CLASSES = """
select org_id from (
  select org_id from acting_grant g, unnest(g.org_ids) as org_id
  where g.unit_no = any(%(units)s) and g.role = 'pupil' and (g.end_on is null or g.end_on > %(day)s)
  union select class_id from affiliation
  where unit_no = any(%(units)s) and role = 'pupil' and end_on is null and class_id is not null) there
where %(orgs)s::uuid[] is null or org_id = any(%(orgs)s)
"""


def roles_of(account_id: UUID) -> frozenset[str]:
    """Every role the account holds now or later, in any unit. Needs no scope: sign-in asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct role from acting_grant where account_id = %s and (end_on is null or end_on > %s)",
            [account_id, acting.today()],
        )
        return frozenset(role for (role,) in cursor.fetchall())


def strength_of(sid: UUID) -> Strength:
    """What an OpenID client may be told of how the person of this session proved who it is (`rules.strength`), from what
    was really shown in it; acr "0" for a session that is not there. Needs no scope."""
    statement = "select method, at from sign_in_proof where sid = %s::uuid order by at, id"
    return told(prepared.rows(statement, (sid,)))


def roles_of_request(request: HttpRequest) -> list[Acting]:
    """The roles a signed-in person may act in, the one used last first: what the shell's switcher shows."""
    user = request.user
    if not user.is_authenticated:
        return []
    return [
        Acting(held.grant_no, held.person_name, held.unit_short_name or held.unit_name, held.role, held.about)
        for held in grants.of_account(user.pk, acting.today())
    ]


@source(title="我的登录", roles=[entry.SELF])
def my_sessions(*, account_id: UUID, this_sid: UUID | None) -> list[SessionSeen]:
    """One's own open sessions, the one seen last first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sid, device, host(address), is_own_device, created_at, last_seen_at, about from sso_session"
            " where account_id = %s and ended_at is null and ends_at > %s"
            " and (idle_seconds is null or last_seen_at + idle_seconds * interval '1 second' > %s)"
            " order by last_seen_at desc",
            [account_id, entry.now(), entry.now()],
        )
        return [
            SessionSeen(sid, device, address or "", is_own, created_at, seen_at, sid == this_sid, about)
            for sid, device, address, is_own, created_at, seen_at, about in cursor.fetchall()
        ]


@source(title="账号与纸条", roles=SLIP_GIVERS)
def accounts(*, ask: Ask, whole: int = 0) -> list[AccountLine]:
    """Accounts within reach that the acting role may give slips for, by name, from the cursor of `ask` on:
    `ask.size` + 1 at most, or, with `whole`, that many from the first on.

    Filters of `ask`: role, state, class (an org id; a guardian is of her children's classes); its text is looked for
    in names, or is a login code. A homeroom teacher sees the pupils of her classes.
    """
    scope = scopes.current()
    wanted = may_reset(scope.role) & frozenset(
        [ask.filters["role"]] if "role" in ask.filters else scopes.ROLES
    )
    chosen = ask.filters.get("class")
    orgs = [UUID(chosen)] if chosen else None
    if scope.role == scopes.HOMEROOM_TEACHER:
        orgs = [org for org in scope.org_ids if chosen in (None, str(org))]
    cursor_at = None if whole else ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None and not whole)
    way, step = ("desc", "<") if is_falling else ("asc", ">")
    place = (
        f' where (f.display_name collate "C", f.id::text) {step} (%(name)s, %(edge)s)' if cursor_at else ""
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f'{ACCOUNTS}{place} order by f.display_name collate "C" {way}, f.id::text {way} limit %(most)s',
            {
                "slips": [Purpose.ACTIVATE, Purpose.RESET],
                "now": entry.now(),
                "units": list(scope.units),
                "roles": sorted(wanted),
                "day": scope.today,
                "orgs": orgs,
                "by_class": scope.role in FAMILY_DESK,
                "state": ask.filters.get("state", ""),
                "text": ask.text,
                "code": ask.text.replace("-", "").upper(),
                "name": str(cursor_at[0]) if cursor_at else "",
                "edge": cursor_at[1] if cursor_at else "",
                "most": whole or ask.size + 1,
            },
        )
        return [
            AccountLine(account_id, person_id, name, login_code, tuple(roles), tuple(org_ids), *rest)
            for account_id, person_id, name, login_code, roles, org_ids, *rest in cursor.fetchall()
        ]


@source(title="学生账号的状态", roles=[scopes.HOMEROOM_TEACHER])
def pupil_states() -> dict[UUID, str]:
    """person -> state of the account, of the pupils in the classes of the acting homeroom teacher."""
    lines = accounts(ask=Ask(filters={"role": scopes.PUPIL}), whole=MOST_LINES)
    return {line.person_id: line.state for line in lines if line.person_id is not None}


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


@source(title="待确认的家长", roles=FAMILY_DESK)
def bindings(*, states: list[str] | None = None) -> list[BindingLine]:
    """Bindings of one's classes (a clerk: of the school), those asked first; by default invited and asked.

    `matches` are the pupils of that class whose name is the one typed, for an ask without an invitation.
    """
    values = desk_values() | {"states": states or [State.INVITED, State.ASKED], "org": None}
    with connection.cursor() as cursor:
        cursor.execute(BINDINGS, values)
        rows = cursor.fetchall()
        return binding_lines(rows, pupils_of(cursor, values, open_orgs(rows)))


@source(title="等着确认的人数", roles=FAMILY_DESK)
def asked_counts() -> tuple[int, int]:
    """(guardians, people from elsewhere) who wait for a word in one's classes (a clerk: in the school); the latter wait
    for a clerk alone. One read: both stand on a start page."""
    units = list(scopes.current().units) if scopes.current().role == scopes.CLERK else []
    with connection.cursor() as cursor:
        cursor.execute(
            f"select (select count(*) from ({BINDINGS}) b),"
            " (select count(*) from outside_ask where unit_no = any(%(desk)s) and state = 'asked')",
            desk_values() | {"states": [State.ASKED], "org": None, "desk": units},
        )
        guardians, others = cursor.fetchone()
    return guardians, others


@source(title="家长绑定", roles=FAMILY_DESK)
def family_desk(*, org_id: UUID | None = None) -> FamilyDesk:
    """Everybody who waits for a word in one's classes (a clerk: in the school), and what was given out in one class:
    `org_id`, by default the first. Raises NotFound for a class that is not within reach."""
    named = classes()
    if org_id is not None and org_id not in dict(named):
        raise NotFound(_("没有这个班"), fix=_("请从班级列表中选择"))
    shown = org_id or (named[0][0] if named else None)
    values = desk_values() | {"states": [State.INVITED, State.ASKED, State.CONFIRMED], "org": shown}
    with connection.cursor() as cursor:
        cursor.execute(BINDINGS, values)
        rows = cursor.fetchall()
        pupils = pupils_of(cursor, values, open_orgs(rows) | ({shown} if shown else set()))
        cursor.execute(CLASS_CODES, values | {"orgs": [shown] if shown else []})
        code = next((ClassCodeLine(*row) for row in cursor.fetchall()), None)
    lines = binding_lines(rows, pupils)
    return FamilyDesk(
        tuple(named), shown, code, {org: tuple(some) for org, some in by_class(pupils).items()},
        *(tuple(one for one in lines if one.state == state) for state in (State.ASKED, State.INVITED, State.CONFIRMED)),
    )  # fmt: skip


def desk_values() -> dict[str, Any]:
    """What the reads of the family desk share: units and classes in reach (None: every class), now, today."""
    scope = scopes.current()
    orgs = list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None
    return {
        "units": list(scope.units), "orgs": orgs, "now": entry.now(), "most": MOST_LINES, "day": scope.today,
    }  # fmt: skip


def open_orgs(rows: list[tuple[Any, ...]]) -> set[UUID]:
    """The classes of rows of `BINDINGS` whose child is still to be named."""
    return {row[3] for row in rows if row[8] is None}


def pupils_of(cursor: Any, values: dict[str, Any], orgs: set[UUID]) -> list[tuple[UUID, str, list[UUID]]]:
    """(person, name, classes) of the pupils in these classes, by name; no read for no class."""
    if not orgs:
        return []
    cursor.execute(PUPILS, values | {"orgs": list(orgs)})
    return list(cursor.fetchall())


def by_class(pupils: list[tuple[UUID, str, list[UUID]]]) -> dict[UUID, list[tuple[UUID, str]]]:
    """class -> (person, name) of its pupils, in the order given."""
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for person_id, name, org_ids in pupils:
        for org in org_ids:
            found.setdefault(org, []).append((person_id, name))
    return found


def binding_lines(
    rows: list[tuple[Any, ...]], pupils: list[tuple[UUID, str, list[UUID]]]
) -> list[BindingLine]:
    """Rows of `BINDINGS` with the pupils of their class whose name is the one typed."""
    by_name = {
        org: [(names.match_key(name), (person_id, name)) for person_id, name in some]
        for org, some in by_class(pupils).items()
    }
    lines = []
    for row in rows:
        org_id, child_name, child_person_id = row[3], row[7], row[8]
        typed = names.match_key(child_name)
        told = by_name.get(org_id, []) if child_person_id is None else []
        matches = tuple(pupil for key, pupil in told if key == typed)
        told_of: list[Any] = [*row, matches]
        lines.append(BindingLine(*told_of))
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


@source(title="我的班级", roles=FAMILY_DESK)
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
