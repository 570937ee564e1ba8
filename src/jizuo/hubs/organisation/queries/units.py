"""Units and schools in reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES


class UnitView(msgspec.Struct, frozen=True):
    """A unit with what it is as a school. kind: base | bureau | school | centre."""

    unit_no: int
    parent_no: int | None
    kind: str
    name: str
    short_name: str
    identifier: str
    type_code: str
    scheme: str
    opened_on: date | None
    closed_on: date | None


UNIT = (
    "u.unit_no, u.parent_no, u.kind, u.name, u.short_name, coalesce(s.identifier, ''), coalesce(s.type_code, ''),"
    " coalesce(s.scheme, ''), u.opened_on, u.closed_on"
)


@source(title="单位列表", roles=scopes.STAFF_ROLES, reach=API)
def unit_list(*, include_closed: bool = False) -> list[UnitView]:
    """Units in reach in the order of their names."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {UNIT} from unit u left join school s using (unit_no) where u.unit_no = any(%s) and u.unit_no > 0"
            " and (%s or u.closed_on is null) order by u.kind <> 'bureau', u.sort_key collate \"C\", u.unit_no",
            [list(scopes.current().units), include_closed],
        )
        return [UnitView(*row) for row in cursor.fetchall()]


@source(title="单位", roles=scopes.ROLES, reach=API)
def unit(*, unit_no: int) -> UnitView:
    """One unit in reach. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {UNIT} from unit u left join school s using (unit_no) where u.unit_no = %s and u.unit_no = any(%s)",
            [unit_no, list(scopes.current().units)],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这个单位"))
    return UnitView(*row)


@source(title="外部编号对应的单位", roles=IMPORTING_ROLES)
def unit_sources() -> dict[str, int]:
    """Outside key of a school -> its unit_no, of the units in reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select source_id, unit_no from unit where source_id <> '' and unit_no = any(%s)",
            [list(scopes.current().units)],
        )
        return dict(cursor.fetchall())


@source(title="默认学制", roles=IMPORTING_ROLES)
def schemes(*, unit_no: int) -> dict[int | None, str]:
    """Entry year -> scheme of a unit; None is the school's default ('' when nobody has said it)."""
    found: dict[int | None, Any] = {None: ""}
    with connection.cursor() as cursor:
        cursor.execute("select scheme from school where unit_no = %s", [unit_no])
        row = cursor.fetchone()
        if row:
            found[None] = row[0]
        cursor.execute("select entry_year, scheme from schooling where unit_no = %s", [unit_no])
        found.update(dict(cursor.fetchall()))
    return found
