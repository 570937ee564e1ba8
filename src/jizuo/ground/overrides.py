"""Overrides of the plates' defaults: this role of this unit may, or may not, use a door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit, doors, strength
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, action, source
from jizuo.ground.errors import BadInput, NotFound, Problem

OVERSEERS = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN})


class Override(msgspec.Struct, frozen=True):
    """One override. unit_name None: it holds for every unit of the base."""

    override_id: int
    unit_no: int | None
    unit_name: str | None
    role: str
    door: str
    is_allowed: bool
    reason: str
    given_at: datetime


@source(title="权限调整", roles=OVERSEERS, reach=PAGE)
def override_list() -> list[Override]:
    """Overrides of the units in reach and those of the whole base, newest first; at most 500."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.id, d.unit_no, u.name, d.role, d.door, d.is_allowed, d.reason, d.given_at from door_grant d"
            " left join unit u on u.unit_no = d.unit_no where d.unit_no is null or d.unit_no = any(%s)"
            " order by d.given_at desc, d.id desc limit 500",
            [list(scopes.current().units)],
        )
        return [Override(*row) for row in cursor.fetchall()]


@action(title="调整权限", roles=OVERSEERS, reach=PAGE, level=strength.needed(strength.For.ADMINISTER))
def set_override(*, door: str, role: str, unit_no: int | None, is_allowed: bool, reason: str) -> None:
    """Allow or forbid a door to a role of one unit; unit_no None: of every unit, for the operator only. In force at the
    next request. Raises BadInput: a door that only overseers hold by default cannot be given on, nobody may
    take this very door from the own role, and a reason is required."""
    scope = scopes.current()
    problems = []
    known = doors.find_door(door)
    if known is None:
        problems.append(Problem("door", _("没有这项操作"), _("请从列出的操作里选")))
    elif is_allowed and known.roles and known.roles <= OVERSEERS and role not in OVERSEERS:
        problems.append(Problem("door", _("这项操作只能由管理员做"), _("需要时请给对方授予管理员身份")))
    elif not is_allowed and role == scope.role and known.name.startswith("ground."):
        problems.append(Problem("door", _("不能收走自己管理用的操作"), _("请由另一位管理员调整")))
    if role not in scopes.ROLES:
        problems.append(Problem("role", _("没有这个身份"), _("请从列出的身份里选")))
    if not reason.strip():
        problems.append(Problem("reason", _("没有写理由"), _("请写明为什么调整")))
    if unit_no is None and scope.role != scopes.OPERATOR:
        problems.append(
            Problem("unit_no", _("没有选单位"), _("请选一个单位；对所有单位的调整由系统管理员做"))
        )
    if unit_no is not None and unit_no not in scope.units:
        problems.append(Problem("unit_no", _("没有这个单位"), _("请从列出的单位里选")))
    if problems:
        raise BadInput(_("没有调整"), problems=problems)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into door_grant (unit_no, role, door, is_allowed, reason, given_by) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (unit_no, role, door) do update set is_allowed = excluded.is_allowed,"
            " reason = excluded.reason, given_by = excluded.given_by, given_at = now()",
            [unit_no, role, door, is_allowed, reason.strip()[:500], scope.grant_no],
        )
        raise_version(cursor)
    audit.note(f"{door} {role} unit {unit_no} {'allowed' if is_allowed else 'forbidden'}")


@action(title="取消权限调整", roles=OVERSEERS, reach=PAGE, level=strength.needed(strength.For.ADMINISTER))
def drop_override(*, override_id: int) -> None:
    """Go back to the plate's default. Raises NotFound."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from door_grant where id = %s and (unit_no = any(%s) or (unit_no is null and %s))"
            " returning door, role, unit_no",
            [override_id, list(scope.units), scope.role == scopes.OPERATOR],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这项调整"), fix=_("可能已被取消，请刷新页面"))
        raise_version(cursor)
    audit.note("{} {} unit {} back to the default".format(*row))


def raise_version(cursor: Any) -> None:
    """Tell every process that the overrides it holds are stale."""
    cursor.execute("update base_state set version = version + 1 where key = 'grants'")
