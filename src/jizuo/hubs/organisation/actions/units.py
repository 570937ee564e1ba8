"""Opening, renaming, merging, splitting and closing units. A number is never used again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import facts
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, action
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.data.actions.walk import IMPORTING_ROLES
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import names, pinyin

OPENING_ROLES = frozenset({scopes.OPERATOR, scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})


class NewUnit(msgspec.Struct, frozen=True):
    """A unit to open. kind: school | bureau | centre; scheme: 学制 code of `plain.school_year`."""

    name: str
    short_name: str = ""
    kind: str = "school"
    identifier: str = ""
    type_code: str = ""
    ownership_code: str = ""
    urban_rural_code: str = ""
    scheme: str = ""
    source_id: str = ""
    opened_on: date | None = None


@action(title="建立单位", roles=OPENING_ROLES, reach=API)
def open_units(*, parent_no: int, schools: Sequence[NewUnit]) -> list[int]:
    """Open units below `parent_no`; returns their numbers in order. What each is as a school is written too.

    The units are in reach from the next request on: a scope never changes inside a transaction.
    """
    if parent_no not in scopes.current().units:
        raise NotFound(_("没有这个上级单位"))
    problems = [
        Problem(f"schools[{place}].name", _("单位名称是空的"), _("填写全称"))
        for place, one in enumerate(schools)
        if not names.normalise(one.name)
    ]
    if problems:
        raise BadInput(_("单位名称不能为空"), problems=problems)
    opened = []
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('open units'))")
        cursor.execute("select coalesce(max(unit_no), 0) from unit")
        (last,) = cursor.fetchone()
        for unit_no, one in enumerate(schools, last + 1):
            name = one.name.strip()
            cursor.execute(
                "insert into unit (unit_no, parent_no, kind, name, short_name, sort_key, source_id, opened_on)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [unit_no, parent_no or None, one.kind, name, one.short_name or name[:40], pinyin.sort_key(name)[:160],
                 one.source_id, one.opened_on],
            )  # fmt: skip
            opened.append(unit_no)
        cursor.execute("update base_state set version = version + 1 where key = 'units'")
    facts.tell("UnitsOpened", unit_no=parent_no, units=opened)
    return opened


#: Fields of `NewUnit` that belong to the dataset ``school``.
DESCRIBED = ("identifier", "type_code", "ownership_code", "urban_rural_code", "scheme")


def describe_all(units: Sequence[int], schools: Sequence[NewUnit], source: str) -> None:
    """Write what newly opened units are, in a request or job that already reaches them."""
    put(
        dataset="school",
        columns=("id", "unit_no", *DESCRIBED),
        rows=[
            (school_id(unit_no), unit_no, *(getattr(one, name) for name in DESCRIBED))
            for unit_no, one in zip(units, schools, strict=True)
        ],
        source=source,
    )


def school_id(unit_no: int) -> str:
    """The id of a unit's one row in the dataset ``school``."""
    return derived_id(unit_no, "school", "")


@action(title="登记学校情况", roles=IMPORTING_ROLES)
def describe_school(*, unit_no: int, source: str, fields: dict[str, str]) -> None:
    """Write fields of the dataset ``school`` for a unit in reach."""
    if unit_no not in scopes.current().units:
        raise NotFound(_("没有这个单位"))
    given = {key: value for key, value in fields.items() if value}
    put(
        dataset="school",
        columns=("id", "unit_no", *given),
        rows=[(school_id(unit_no), unit_no, *given.values())],
        source=source,
    )


@action(title="登记外部编号", roles=IMPORTING_ROLES)
def name_source(*, unit_no: int, source_id: str) -> None:
    """Say how an outside system calls a unit in reach."""
    if unit_no not in scopes.current().units:
        raise NotFound(_("没有这个单位"))
    with connection.cursor() as cursor:
        cursor.execute("update unit set source_id = %s where unit_no = %s", [source_id, unit_no])


@action(title="更改单位名称", roles=OPENING_ROLES, reach=API)
def rename_unit(*, unit_no: int, name: str, short_name: str = "") -> None:
    """Give a unit a new name; the old one stays in its history of names."""
    if unit_no not in scopes.current().units:
        raise NotFound(_("没有这个单位"))
    if not name.strip():
        raise BadInput(_("单位名称不能为空"), problems=[Problem("name", _("是空的"))])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into unit_name (unit_no, name, short_name, until) select unit_no, name, short_name, %s from unit"
            " where unit_no = %s",
            [scopes.current().today, unit_no],
        )
        cursor.execute(
            "update unit set name = %s, short_name = %s, sort_key = %s where unit_no = %s",
            [name.strip(), short_name or name.strip()[:40], pinyin.sort_key(name)[:160], unit_no],
        )


@action(title="关闭单位", roles=OPENING_ROLES, reach=API)
def close_unit(*, unit_no: int, closed_on: date, successor_no: int | None = None) -> None:
    """Close a unit, naming the one that takes over when it merges. Raises BadInput while people are still there."""
    if unit_no not in scopes.current().units:
        raise NotFound(_("没有这个单位"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from affiliation where unit_no = %s and end_on is null and role in ('pupil', 'staff')",
            [unit_no],
        )
        (there,) = cursor.fetchone()
        if there:
            raise BadInput(
                _("还有 %(count)d 人在这个单位") % {"count": there},
                fix=_("先把学生和教职工转到承接的单位，或登记离开"),
                problems=[Problem("unit_no", str(unit_no))],
            )
        cursor.execute("update unit set closed_on = %s where unit_no = %s", [closed_on, unit_no])
        cursor.execute("update base_state set version = version + 1 where key = 'units'")
    if successor_no is not None:
        put(
            dataset="school",
            columns=("id", "unit_no", "successor_no"),
            rows=[(school_id(unit_no), unit_no, successor_no)],
            source="district",
        )
