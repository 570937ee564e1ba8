"""What can be shared: a dataset's table, or a view that a room registers over several of its datasets.

A contract names one readable; its columns are elements of a standard, so grade, purpose and kind come from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language

from jizuo.hubs.data import datasets, masking
from jizuo.hubs.data.datasets import Dataset, Field
from jizuo.hubs.data.queries.rows import subject_of


@dataclass(frozen=True, slots=True)
class View:
    """Rows over several datasets. tables: SQL from the FROM on; where: which rows are meant; unit, key, subject: SQL
    of unit number, row id and person id ('' for rows about nobody); columns: key -> (dataset, field, SQL)."""

    name: str
    title: str
    english: str
    tables: str
    unit: str
    key: str
    columns: Mapping[str, tuple[str, str, str]]
    subject: str = ""
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Named:
    """How a column that names a thing of another room leaves by contract: as the element `field` of `dataset`, whose
    grade, purpose and mask count. text: SQL of the name, with {unit} and {key} for the row's unit and the thing's id."""

    dataset: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A view or table as a door reads it now. columns: key -> (field with the grade in force, SQL); datasets: those
    the columns come from."""

    name: str
    title: str
    english: str
    tables: str
    unit: str
    key: str
    subject: str
    where: str
    columns: Mapping[str, tuple[Field, str]]
    datasets: tuple[str, ...]

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return self.title if (get_language() or "zh").startswith("zh") else self.english or self.title

    @property
    def fields(self) -> Mapping[str, Field]:
        """The columns' elements by key."""
        return {key: field for key, (field, _sql) in self.columns.items()}


_views: dict[str, View] = {}
_named: dict[str, Named] = {}
_tables: list[str] = []


def register(views: list[View], tables: list[str]) -> None:
    """Offer views of a room, and datasets of its own whose table may be read as it stands."""
    _views.update({view.name: view for view in views})
    _tables.extend(name for name in tables if name not in _tables)


def name_by(kind: str, named: Named) -> None:
    """Let columns that refer to things of `kind` be shared by the name of the thing; a column of a kind that no room
    names is not shared at all, as it holds nothing but a number of the base."""
    _named[kind] = named


def find(name: str) -> Readable | None:
    """The readable called `name`, or None."""
    if name in _views:
        return _of_view(_views[name])
    known = datasets.all_datasets().get(name)
    return _of_table(known) if known is not None and _is_offered(known) else None


def offered() -> list[Readable]:
    """Everything that can be shared, views first."""
    known = datasets.all_datasets()
    return [
        *(_of_view(view) for view in _views.values()),
        *(_of_table(one) for one in known.values() if _is_offered(one)),
    ]


def element_of(name: str, column: str) -> tuple[str, str]:
    """(dataset, field) that a column of the readable `name` is an element of."""
    if name in _views:
        dataset, field, _sql = _views[name].columns[column]
        return dataset, field
    return name, column


def _is_offered(known: Dataset) -> bool:
    return known.wall == "unit" and (known.made is not None or known.name in _tables)


def _of_view(view: View) -> Readable:
    columns: dict[str, tuple[Field, str]] = {}
    for key, (dataset, field, text) in view.columns.items():
        columns[key] = (replace(datasets.get(dataset).fields[field], key=key), text)
    return Readable(
        view.name, view.title, view.english, view.tables, view.unit, view.key, view.subject, view.where, columns,
        tuple(sorted({dataset for dataset, _field, _sql in view.columns.values()})),
    )  # fmt: skip


def _of_table(known: Dataset) -> Readable:
    columns: dict[str, tuple[Field, str]] = {}
    for key, field in known.fields.items():
        if key in ("id", "person_id") or field.kind == "sealed":
            continue
        text = f"t.{masking.quoted(key)}"
        if field.db_type != "uuid":
            columns[key] = (field, text)
        elif named := _named.get(field.refers):
            columns[key] = (_called(field, named), named.text.format(unit="t.unit_no", key=text))
    return Readable(
        name=known.name,
        title=known.title,
        english=known.english,
        tables=f"from {masking.quoted(known.table)} t",
        unit="t.unit_no",
        key="t.id",
        subject=f"t.{masking.quoted(subject)}" if (subject := subject_of(known)) else "",
        where="true",
        columns=columns,
        datasets=(known.name,),
    )


def _called(field: Field, named: Named) -> Field:
    """The element of a name under the key and title of the column that refers to it, with the higher of both grades."""
    shown = datasets.get(named.dataset).fields[named.field]
    return replace(
        shown, key=field.key, title=field.title, english=field.english, grade=max(field.grade, shown.grade)
    )


def value_of(value: Any) -> Any:
    """A fetched value as it leaves: days and ids as text, everything else as it is."""
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)
