"""From a request to a scope: the grant in the address, the account of the session, the units it reaches."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from jizuo.ground import doors
from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError, NotFound
from jizuo.ground.scope import Scope

ADDRESS = re.compile(r"^/as/([0-9]+)/(api/)?")

GRANT = """
select g.no, g.role, g.unit_no, g.person_id, g.org_ids, g.child_ids, u.name, u.short_name,
       (select version from base_state where key = 'units') as units_version,
       (select version from base_state where key = 'grants') as grants_version,
       g.last_used_at is not null and g.last_used_at >= all (
           select x.last_used_at from acting_grant x where x.account_id = g.account_id and x.last_used_at is not null)
from acting_grant g join unit u using (unit_no)
where g.no = %s and g.account_id = %s and g.begin_on <= %s and (g.end_on is null or g.end_on > %s)
"""

_tree: tuple[int, dict[int, tuple[int, ...]]] = (-1, {})


def today() -> date:
    """The civil day of the base."""
    return timezone.localdate()


def reach(unit_no: int, role: str, units_version: int) -> tuple[int, ...]:
    """The units a role reaches: a district role its unit and all below it, everyone else the own unit.

    Hierarchy is resolved here, before the transaction, never in a policy (RLS-9).
    """
    if role not in scopes.DISTRICT_ROLES and role != scopes.OPERATOR:
        return (unit_no,)
    global _tree
    if _tree[0] != units_version:
        _tree = (units_version, read_tree())
    below = _tree[1].get(unit_no, (unit_no,))
    return (scopes.BASE_UNIT, *below) if role == scopes.OPERATOR else below


def read_tree() -> dict[int, tuple[int, ...]]:
    """unit_no -> itself and every unit below it, sorted."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_no, parent_no from unit order by unit_no")
        parent_of = dict(cursor.fetchall())
    below: dict[int, list[int]] = {unit: [] for unit in parent_of}
    for unit in parent_of:
        above: int | None = unit
        seen: set[int] = set()
        while above is not None and above in below and above not in seen:
            below[above].append(unit)
            seen.add(above)
            above = parent_of[above]
    return {unit: tuple(units) for unit, units in below.items()}


class ActingRequest(HttpRequest):
    """A request as `ActingRole` passes it on: the scope is None, and the names empty, outside ``/as/<grant>/``."""

    user: Any
    scope: Scope | None
    unit_name: str
    unit_short_name: str
    is_last_role: bool


class Acting(NamedTuple):
    """An account's grant in force. is_last: it is the one the account chose last."""

    scope: Scope
    unit_name: str
    unit_short_name: str
    is_last: bool


def scope_of(grant_no: int, account_id: UUID, day: date, **extra: Any) -> Acting | None:
    """What an account's grant opens, or None when it is not theirs, not begun or ended."""
    with connection.cursor() as cursor:
        cursor.execute(GRANT, [grant_no, account_id, day, day])
        row = cursor.fetchone()
    if row is None:
        return None
    (
        no,
        role,
        unit_no,
        person_id,
        org_ids,
        child_ids,
        name,
        short_name,
        units_version,
        grants_version,
        is_last,
    ) = row
    doors.note_version(grants_version or 0)
    scope = Scope(
        role=role,
        unit_no=unit_no,
        units=reach(unit_no, role, units_version or 0),
        grant_no=no,
        account_id=account_id,
        person_id=person_id,
        org_ids=tuple(org_ids),
        child_ids=tuple(child_ids),
        today=day,
        **extra,
    )
    return Acting(scope, name, short_name, is_last)


def base_job_scope(unit_no: int) -> Scope:
    """The scope of a job that the command line started for a unit: the unit and all below it, as the base. Below the
    base's own number stands every unit."""
    with connection.cursor() as cursor:
        cursor.execute("select version from base_state where key = 'units'")
        (version,) = cursor.fetchone()
    reached = reach(unit_no, scopes.DISTRICT_ADMIN, version)
    return Scope(
        role=scopes.OPERATOR,
        unit_no=unit_no,
        units=tuple(
            dict.fromkeys((scopes.BASE_UNIT, *(_tree[1] if unit_no == scopes.BASE_UNIT else reached)))
        ),
        today=today(),
    )


def scope_for_job(grant_no: int) -> Scope | None:
    """A worker's scope, rebuilt from the grant at run time; None when the grant has ended meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select account_id from acting_grant where no = %s", [grant_no])
        row = cursor.fetchone()
    found = scope_of(grant_no, row[0], today()) if row else None
    return found[0] if found else None


class ActingRole:
    """Middleware: puts the scope of ``/as/<grant>/...`` in force; a grant that is not one's own does not exist."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        request.scope = None
        request.unit_name = request.unit_short_name = ""
        request.is_last_role = False
        match = ADDRESS.match(request.path_info)
        if match is None:
            with scopes.use(None):
                return self.get_response(request)
        user = request.user
        is_api = match.group(2) is not None
        if not user.is_authenticated:
            if is_api:
                return refused(request, NotSignedIn(_("请先登录"), fix=_("在浏览器里登录后再试")))
            from django.contrib.auth.views import redirect_to_login

            return redirect_to_login(request.get_full_path())
        found = (
            None
            if len(match.group(1)) > 18
            else scope_of(
                int(match.group(1)),
                user.pk,
                today(),
                request_id=uuid4().hex,
                address=request.META.get("REMOTE_ADDR", ""),
                stepped_up=stepped_up(request),
                level=fresh_level(request),
                has_key=has_key(request),
                session_key=request.session.session_key or "",
            )
        )
        if found is None:
            return refused(request, NotFound(_("没有这个页面"))) if is_api else not_there(request)
        scope, request.unit_name, request.unit_short_name, request.is_last_role = found
        request.scope = scope
        with scopes.use(scope):
            return self.get_response(request)


class NotSignedIn(DoorError):
    """The generated interface without a session."""

    status, slug, title = 401, "not-signed-in", _lazy("没有登录")


def refused(request: HttpRequest, error: DoorError) -> HttpResponse:
    """Problem details, without a scope."""
    from jizuo.ground import interface

    with scopes.use(None):
        return interface.problem(error, request)


def stepped_up(request: HttpRequest) -> bool:
    """True while the second factor given in this session still counts: 15 minutes, unless the sign-in says
    otherwise for the device (`second_factor_seconds`)."""
    given = request.session.get("second_factor_at")
    counts_for = request.session.get("second_factor_seconds", 15 * 60)
    if not given:
        return False
    return timezone.now().timestamp() - float(given) < counts_for


def fresh_level(request: HttpRequest) -> int:
    """How strong the proof was that still counts (`ground.strength`); 0 for none."""
    return int(request.session.get("second_factor_level", 2)) if stepped_up(request) else 0


def has_key(request: HttpRequest) -> bool:
    """Whether the account of this session has a passkey, as the session's own row said when this request read it: never as
    the session once noted, for the key may have been registered in another one since."""
    # Read the session, unless something of it was asked for already.
    request.session.get("sid")
    return bool(getattr(getattr(request.session, "sign_on", None), "has_key", False))


def not_there(request: HttpRequest) -> HttpResponse:
    """The ordinary not-found page, without a scope."""
    from django.core.handlers.exception import response_for_exception

    with scopes.use(None):
        return response_for_exception(request, Http404())
