"""The demonstration's small district as units of the test base, and small sheets typed by hand."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import xlsxwriter

from jizuo.plain.demo import district as demo
from jizuo.plain.demo.labels import placement


@cache
def district() -> Any:
    """The small district, made once."""
    return demo.make("small")


def unit_named(name: str) -> Any:
    """A unit of the district."""
    return next(unit for unit in district().units if unit.name == name)


def school(base: Any, name: str = "启明小学", *, parent: int | None = None, classes: bool = True) -> int:
    """The unit in the base with its 学制 and, unless told otherwise, its classes; returns its number."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data.actions.put import put
    from jizuo.hubs.organisation.rules import derived_id

    unit = unit_named(name)
    unit_no = base.unit(name, parent=parent)
    listed = [district().classes[klass] for klass in unit.classes]
    first, *others = sorted({klass.scheme for klass in listed})
    with scopes.use(scopes.base_scope((unit_no,))), scopes.open_transaction("given"):
        put(
            dataset="school",
            columns=("id", "unit_no", "scheme"),
            rows=[(new_id(), unit_no, first)],
            source="school",
        )
        put(
            dataset="schooling",
            columns=("id", "unit_no", "entry_year", "scheme"),
            rows=[(new_id(), unit_no, year, scheme) for year, scheme in enumerate(others)],
            source="school",
        )
        put(
            dataset="org",
            columns=("id", "unit_no", "kind", "stage", "scheme", "entry_year", "class_no"),
            rows=[
                (
                    derived_id(unit_no, "class", f"{klass.scheme}/{klass.entry_year}/{klass.number}"), unit_no, "class",
                    placement(klass).stage.value, klass.scheme, klass.entry_year, klass.number,
                )
                for klass in listed
                if classes
            ],
            source="school",
        )  # fmt: skip
    return unit_no


def sheet(rows: list[list[Any]], *, name: str = "名单", hidden: str = "") -> bytes:
    """An xlsx of one sheet with these rows, text as text; `hidden` adds a hidden sheet of that name."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet(name)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(at, column, value)
            elif value is not None:
                page.write_number(at, column, value)
    if hidden:
        other = book.add_worksheet(hidden)
        other.write_string(0, 0, "姓名")
        other.write_string(1, 0, "藏起来的人")
        other.hide()
    book.close()
    return buffer.getvalue()


def rows_of(base: Any, unit_no: int, sql: str, *values: Any) -> list[tuple]:
    """Rows read past the doors in the reach of one unit."""
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{unit_no}}}"])
        return owner.execute(sql, list(values)).fetchall()
