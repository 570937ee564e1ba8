"""The rows of a pack's own dataset as something to choose (kind ``row``): rooms, courses, clubs that a school keeps itself.

What is kept is the label of the row, so that tables and messages read as people speak; expressions of the form and of the
flow read the row itself as ``form.<key>_row``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jizuo.engines.matter.forms.asked import Asked
from jizuo.ground import made
from jizuo.ground.made import Filter
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import PERSONAL
from jizuo.hubs.data.standards import Body
from jizuo.plain.expression import plain_of

MOST = made.MOST_ROWS
#: A row is offered while this element of its standard, where it has one, is true.
OPEN = "is_open"
SUFFIX = "_row"


def label_of(body: Body) -> str:
    """The element that names a row: the standard's label, else the first of its key, '' for none that is text."""
    key = body.label or next(iter(body.key), "")
    element = body.element(key)
    return key if element is not None and element.type == "text" else ""


def shown_of(body: Body) -> list[str]:
    """The elements that everybody who fills the form may know: of grade 1 and 2, nobody's name."""
    return [
        one.key
        for one in body.elements
        if one.grade < PERSONAL and one.type not in ("person", "file") and not one.is_retired
    ]


def offered(pack: Pack, dataset: str, unit_no: int) -> dict[str, dict[str, Any]]:
    """label -> row (plain values) of those that may be chosen at a unit, in order of label; {} until the table stands.
    Inside a door; one read, whatever the reader's own rights on the dataset."""
    standard = pack.part("standards").get(dataset)
    known = datasets.all_datasets().get(dataset)
    if standard is None or known is None or known.made is None:
        return {}
    body: Body = standard.body
    label = label_of(body)
    if not label:
        return {}
    columns = list(dict.fromkeys([label, *shown_of(body)]))
    filters = [Filter(OPEN, "eq", True)] if body.element(OPEN) else []
    page = made.select(made.find(*known.made), columns=columns, filters=filters, order_by=label, limit=MOST)
    return {
        str(row[label]): plain_of({key: row[key] for key in columns})
        for row in page.rows
        if row["unit_no"] == unit_no and row[label]
    }


def of_fields(pack: Pack, fields: Iterable[Asked], unit_no: int) -> dict[str, dict[str, dict[str, Any]]]:
    """dataset -> what `offered` gives, of each that a form chooses from. Inside a door; one read each."""
    names = {one.field.of for one in fields if one.kind == "row"}
    return {name: offered(pack, name, unit_no) for name in sorted(names)}


def chosen(
    fields: Iterable[Asked], values: Mapping[str, Any], rows: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, Any]:
    """``<key>_row`` -> the row chosen, with null for each of its columns while none is."""
    found: dict[str, Any] = {}
    for one in fields:
        if one.kind != "row":
            continue
        some = rows.get(one.field.of, {})
        row = some.get(str(values.get(one.key)))
        columns = row or dict.fromkeys(next(iter(some.values()), {}))
        found[f"{one.key}{SUFFIX}"] = dict(columns)
    return found
