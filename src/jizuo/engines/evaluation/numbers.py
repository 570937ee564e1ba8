"""The numbers of scenes: one, and divided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.evaluation.counting import Count, Group, hidden
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import BadInput, Problem
from jizuo.ground.packs.blocks import word_of
from jizuo.ground.packs.blocks.asking import IN_MENU, pages_of
from jizuo.ground.packs.checking import near
from jizuo.hubs.data import codes, naming

ROWS_SHOWN = frozenset({"table", "list", "board", "calendar"})


class NumberView(msgspec.Struct, frozen=True):
    """A number of a scene now. value: None when there is no data, or too few to tell (is_small); n: rows behind it, None
    when not told; definition, source, at: what stands behind it; page: of the scene, with the rows, '' for none."""

    scene: str
    number: str
    title: str
    value: float | None
    n: int | None
    unit: str
    definition: str
    missing: str
    source: str
    at: datetime
    page: str = ""
    decimals: int = 0
    better: str = ""
    is_small: bool = False


class NumberCell(msgspec.Struct, frozen=True):
    """One cell of a divided number. key, label: of the division; begin: first day of the period; value, n, is_small: as of
    `NumberView`."""

    key: str
    label: str
    begin: date | None
    value: float | None
    n: int | None
    is_small: bool = False


@source(title="场景的数", roles=scopes.ROLES, reach=API)
def number(*, scene: str, number: str) -> NumberView:
    """A number of a scene within the acting role's reach, live. Raises NotFound for what is not the role's."""
    count = Count(scene, number)
    groups = count.ask()
    one = groups[0] if groups else Group(None, None, None, 0, 0)
    told = count.indicator
    is_small = bool(hidden([one], hides=count.hides, is_share=told.measure == "share"))
    value = value_of(count, one)
    return NumberView(
        scene, number, word_of(told.title, told.english), None if is_small else value, None if is_small else one.n, told.unit,
        told.definition, told.missing, count.known.word, timezone.now(), page_of(count), told.decimals, told.better, is_small,
    )  # fmt: skip


@source(title="场景的数，分开看", roles=scopes.ROLES, reach=API)
def numbers_by(*, scene: str, number: str, by: str = "", period: str = "") -> list[NumberCell]:
    """A number divided by ``unit``, ``class``, ``grade`` or a column that the indicator names, per ``day``, ``week``,
    ``month``, ``term`` or ``year``, or both. Cells without a row are not there. Raises NotFound, BadInput."""
    count = Count(scene, number)
    refuse(count, by, period)
    groups = count.ask(by=by, period=period)
    small = hidden(groups, hides=count.hides, is_share=count.indicator.measure == "share")
    labels = labels_of(count, by, groups)
    found = [
        NumberCell(
            "" if one.by is None else str(one.by), labels.get(one.by, ""), one.begin,
            None if place in small else value_of(count, one), None if place in small else one.n, place in small,
        )
        for place, one in enumerate(groups)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.begin or date.min, one.label == ""))


def value_of(count: Count, one: Group) -> float | None:
    """The value of a cell: nothing counted is no data, unless the indicator says that it means none."""
    if one.n == 0 or one.value is None:
        return 0 if count.indicator.zero else None
    return one.value


def refuse(count: Count, by: str, period: str) -> None:
    """Raise BadInput for a division the indicator does not have."""
    known, problems = count.indicator.by, []
    if by and by not in known and not (by == "class" and count.standard.klass in known):
        problems.append(Problem("by", _("这个数不能按“%(by)s”分") % {"by": by[:40]}, near(by, known)))
    if period and not count.indicator.on:
        problems.append(Problem("period", _("这个数没有日期，不能按时间分"), "on"))
    if period and period not in ("day", "week", "month", "term", "year"):
        problems.append(Problem("period", _("没有这种时间段"), "day / week / month / term / year"))
    if not by and not period:
        problems.append(Problem("by", _("没有写怎么分"), near("", known)))
    if problems:
        raise BadInput(_("这样分不了"), problems=problems)


def labels_of(count: Count, by: str, groups: Sequence[Group]) -> dict[Any, str]:
    """What the cells of a division are called: at most one read."""
    keys = {one.by for one in groups if one.by is not None}
    if not by or not keys:
        return {}
    if by == "grade":
        return {key: key or _("其他") for key in keys}
    if by == "unit":
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no, coalesce(nullif(short_name, ''), name) from unit where unit_no = any(%s)",
                [list(keys)],
            )
            return dict(cursor.fetchall())
    field = count.known.fields[count.column_by(by)]
    if field.refers in ("person", "org"):
        return dict(naming.names_of(field.refers, keys))
    table = codes.tables().get(field.code_table)
    return {key: (one.name if table and (one := table.get(key)) else str(key)) for key in keys}


def page_of(count: Count) -> str:
    """The reader's page of the scene on which the rows behind the number stand; '' for none."""
    if count.sight is None:
        return ""
    for name, page in pages_of(count.installed, count.use).items():
        rows = any(one.kind in ROWS_SHOWN and one.data == count.indicator.of for one in page.blocks)
        if page.place in IN_MENU and rows:
            return name
    return ""
