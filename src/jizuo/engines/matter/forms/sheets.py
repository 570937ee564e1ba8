"""Drawn sheets of many units merged: what each handed in, live, with the totals, and as one workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from jizuo.engines.matter import rules
from jizuo.engines.matter.forms import asked, drawn, kinds
from jizuo.engines.matter.forms.drawn import Column, columns_of
from jizuo.engines.matter.forms.kinds import Known
from jizuo.engines.matter.queries.matters import matter_view
from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, source
from jizuo.ground.errors import NotFound
from jizuo.ground.packs import versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import codes
from jizuo.plain.workbook.write import ListSheet, OutColumn, write_list

OWN = "select version_id, data::text, title from matter where unit_no = %s and id = %s"
CHILDREN = """
select m.id, m.unit_no, coalesce(nullif(u.short_name, ''), u.name), m.state, m.at, m.flow, m.data::text, m.ended_at,
       t.due_on, t.opened_at
from matter m join unit u on u.unit_no = m.unit_no
left join lateral (select min(due_on) as due_on, min(opened_at) as opened_at from matter_task
                   where unit_no = m.unit_no and matter_id = m.id and state = 'open') t on true
where m.unit_no = any(%s) and m.parent_id = %s order by u.sort_key, m.unit_no
"""
DONE, WAITING, FILLING, SIGNING, OUT = "done", "back", "filling", "signing", "out"


class SheetRow(msgspec.Struct, frozen=True):
    """What one unit handed in. state: done | back (returned to it) | filling | signing (filled, not yet agreed to) | out
    (ended without); rows: of its sheet, by column key."""

    matter_id: UUID
    unit_no: int
    unit_name: str
    state: str
    step: str
    is_late: bool
    due_on: date | None
    ended_at: datetime | None
    rows: list[dict[str, Any]]


class SheetView(msgspec.Struct, frozen=True):
    """A drawn sheet with what came in so far. totals: of columns that are numbers or money, over the units that are done;
    done, late: how many units."""

    matter_id: UUID
    title: str
    columns: list[Column]
    units: list[SheetRow]
    totals: dict[str, int | float]
    done: int
    late: int
    at: datetime

    @property
    def count(self) -> int:
        """How many units were asked."""
        return len(self.units)


@source(title="汇总表", roles=scopes.STAFF_ROLES, reach=API)
def sheet_of(*, matter_id: UUID) -> SheetView:
    """The sheet that a matter sent to units, merged as it stands now. Raises NotFound for one that is not within reach or
    sent none."""
    seen = matter_view(matter_id=matter_id)
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(OWN, [seen.unit_no, matter_id])
        version_id, data, _title = cursor.fetchone()
        answers = msgspec.json.decode(data).get("form") or {}
        cursor.execute(CHILDREN, [list(scope.units), matter_id])
        found = cursor.fetchall()
    columns = columns_of(answers.get("columns"))
    if not columns or not found:
        raise NotFound(_("这件事没有汇总表"))
    pack = versions.pack_of(version_id)
    units = [_row(pack, columns, row, scope.today) for row in found]
    audit.counted(len(units))
    totals: dict[str, int | float] = {}
    for column in columns:
        if column.kind in ("number", "money"):
            values = [row.get(column.key) for one in units if one.state == DONE for row in one.rows]
            totals[column.key] = _sum([value for value in values if isinstance(value, int | float)])
    return SheetView(
        matter_id, str(answers.get("title") or seen.title), columns, units, totals,
        sum(one.state == DONE for one in units), sum(one.is_late for one in units), timezone.now(),
    )  # fmt: skip


def _sum(values: Sequence[int | float]) -> int | float:
    total = round(sum(values), 6)
    return int(total) if total == int(total) else total


def _row(pack: Pack, columns: Sequence[Column], row: Sequence[Any], today: date) -> SheetRow:
    matter_id, unit_no, name, state, at, flow, data, ended_at, due_on, _opened = row
    told = msgspec.json.decode(data)
    rows = rows_of(pack, flow, told)
    known = {column.key for column in columns}
    kept = [{key: value for key, value in one.items() if key in known} for one in rows]
    word = DONE if state == rules.DONE else WAITING if state == rules.WAITING else OUT
    if state == rules.OPEN:
        word = SIGNING if rows else FILLING
    step = rules.step_of(pack.part("flows")[flow], at)
    is_late = state in rules.LIVE and due_on is not None and due_on < today
    return SheetRow(
        matter_id, unit_no, name, word, step.title if step and state == rules.OPEN else "", is_late, due_on, ended_at, kept
    )  # fmt: skip


def rows_of(pack: Pack, flow: str, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the sheet in a matter's answers: of its form when it was mended, else of the step that filled it."""
    for name in dict.fromkeys(
        [pack.part("flows")[flow].form, *(step.form for step in pack.part("flows")[flow].steps)]
    ):
        form = pack.part("forms").get(name)
        for one in asked.fields_of(asked.asked_of(form, {})) if form else ():
            if one.kind == "sheet":
                places = [told.get("form") or {}, *reversed(list((told.get("steps") or {}).values()))]
                rows: list[Any] = next(
                    (place[one.key] for place in places if isinstance(place, dict) and place.get(one.key)), []
                )
                return [row for row in rows if isinstance(row, dict)]
    return []


@source(title="下载汇总表", roles=scopes.STAFF_ROLES)
def sheet_workbook(*, matter_id: UUID) -> bytes:
    """The merged sheet as a workbook: one list of what is done, one of who has not handed in. Raises as `sheet_of`."""
    view = sheet_of(matter_id=matter_id)
    known = Known(scopes.current().today, codes.tables())
    out = [OutColumn("unit", _("学校"))]
    for column in view.columns:
        is_figure = column.kind in ("number", "money")
        out.append(
            OutColumn(
                column.key,
                f"{column.title}（元）" if column.kind == "money" else column.title,
                kind="number" if is_figure else "text",
            )
        )
    rows: list[dict[str, Any]] = []
    for one in view.units:
        for row in one.rows if one.state == DONE else ():
            rows.append(
                {
                    "unit": one.unit_name,
                    **{column.key: cell_of(column, row.get(column.key), known) for column in view.columns},
                }
            )
    total = {
        column.key: cell_of(column, view.totals.get(column.key), known)
        for column in view.columns
        if column.key in view.totals
    }
    missing = [
        {"unit": one.unit_name, "state": word_of(one), "due": one.due_on.isoformat() if one.due_on else ""}
        for one in view.units
        if one.state != DONE
    ]
    said = _("已收 %(done)s 所，共 %(all)s 所") % {"done": view.done, "all": view.count}
    sheets = [
        ListSheet(view.title, out, [*rows, {"unit": _("合计"), **total}], subtitle=said, name=_("汇总"))
    ]
    if missing:
        columns = [
            OutColumn("unit", _("学校")),
            OutColumn("state", _("状态")),
            OutColumn("due", _("截止")),
        ]
        sheets.append(ListSheet(_("没有交齐的学校"), columns, missing, name=_("未交")))
    return write_list(sheets, landscape=True, footer=f"{timezone.localtime(view.at):%Y-%m-%d %H:%M}")


def cell_of(column: Column, value: Any, known: Known) -> Any:
    """A cell of a workbook: numbers as numbers, money in yuan, everything else in words."""
    if value is None:
        return None
    if column.kind == "money" and isinstance(value, int):
        return value / 100
    if column.kind == "number":
        return value
    return kinds.show(drawn.asked_column(column), value, known)


def word_of(one: SheetRow) -> str:
    """The state of a unit's sheet for people."""
    words = {
        DONE: _("已交"),
        WAITING: _("退回在改"),
        FILLING: _("没有填"),
        SIGNING: _("填好了，在审核"),
        OUT: _("不再交"),
    }
    return f"{words[one.state]}{_('，已逾期') if one.is_late else ''}"
