"""Datasets by name: the table behind, each field's standard (title, grade, purpose, owner), and how it is written.

A room keeps its standards as versioned YAML beside its models and registers them with `register_folder`. The
data hub knows names, grades and owners, and nothing of what a dataset is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import get_language

from jizuo.plain import declared

PUBLIC, INTERNAL, PERSONAL, SENSITIVE, IMPORTANT = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a standard.

    key: column name; title: Chinese; english; initials: pinyin-initial name (XM); grade 1-5; purpose: what it is
    collected for; owner: the source of record ('' = whoever speaks last); code_table: id of its code table;
    rule: where the rule comes from; kind: text | date | number | bool | code | id | sealed; db_type: of
    PostgreSQL; empty: the SQL of an unsaid value where the column may not be NULL; said_of: role of the person the row
    is about -> (title, english), where the field is called otherwise of pupils than of staff. aliases: other headings
    under which it arrives; refers: what a key names (person, org; see `references`), '' for none; is_required: a record
    is not kept without it. category, nature: what kind of data it is and of value; see `rules.grading`.
    """

    key: str
    title: str
    english: str
    grade: int
    db_type: str
    initials: str = ""
    purpose: str = ""
    owner: str = ""
    code_table: str = ""
    rule: str = ""
    kind: str = "text"
    empty: str | None = None
    said_of: Mapping[str, tuple[str, str]] = field(default_factory=dict, hash=False)
    aliases: tuple[str, ...] = ()
    refers: str = ""
    is_required: bool = False
    category: str = ""
    nature: str = ""

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return self.word_of("")

    def word_of(self, role: str) -> str:
        """The title in the language in force, as it is said of somebody in `role`."""
        title, english = self.said_of.get(role, (self.title, self.english))
        return title if (get_language() or "zh").startswith("zh") else english or title

    @property
    def is_claimed(self) -> bool:
        """True for what a source says; a key is the base's own, and a sealed number stands in its record alone."""
        return self.kind not in ("id", "sealed")

    @property
    def is_text(self) -> bool:
        """True for columns where '' means missing."""
        return self.db_type.startswith(("varchar", "text"))


@dataclass(frozen=True)
class Dataset:
    """A table with a standard. wall: unit | person; is_master: claims and owners; label: SQL over alias `t` that
    names a record for people; undo_guard: SQL over `t`, true for a record that the undo of {batch} must leave;
    put_guard: SQL over `t` and the row `p` that a put brings, true where it is counted as a change and never lands.
    key: fields that together name a record within its unit, () where a file cannot name one. made: standard and major
    version of a table that the builder made, None of a room's own. known_to: the circle that may know it exists, cycle:
    how often it is renewed; see `rules.catalogue`."""

    name: str
    title: str
    english: str
    table: str
    wall: str
    is_master: bool
    version: str
    room: str
    fields: Mapping[str, Field]
    label: str = "''"
    undo_guard: str = "false"
    put_guard: str = "false"
    key: tuple[str, ...] = ()
    made: tuple[str, int] | None = None
    known_to: str = "office"
    cycle: str = ""

    @cached_property
    def owned_by(self) -> Mapping[str, str]:
        """field -> source of record, of the fields that have one."""
        return {key: field.owner for key, field in self.fields.items() if field.owner}

    @property
    def word(self) -> str:
        """The title in the language in force."""
        return self.title if (get_language() or "zh").startswith("zh") else self.english or self.title

    @property
    def has_unit(self) -> bool:
        return self.wall == "unit"


_datasets: dict[str, Dataset] = {}
_more: list[Callable[[], Mapping[str, Dataset]]] = []


def _shipped_grades(dataset: Dataset) -> Dataset:
    """As shipped, until `graded_by` names who knows better."""
    return dataset


#: Columns every table has for the house's own sake; they are no elements of a standard.
HOUSE_COLUMNS = frozenset({"id", "unit_no", "batch_id", "changed_at", "held_by"})


def register(dataset: Dataset) -> None:
    """Make a dataset known by its name. A second one of the same name raises."""
    if dataset.name in _datasets and _datasets[dataset.name] != dataset:
        raise ValueError(f"{dataset.name}: two datasets of one name")
    _datasets[dataset.name] = dataset


def also(more: Callable[[], Mapping[str, Dataset]]) -> None:
    """Let a module add datasets that come and go; a name that a room registered stays the room's."""
    if more not in _more:
        _more.append(more)


_graded: Callable[[Dataset], Dataset] = _shipped_grades


def graded_by(over: Callable[[Dataset], Dataset]) -> None:
    """Let `over` lay the base's own grades over what a dataset shipped with; asked at every look-up."""
    global _graded
    _graded = over


def get(name: str) -> Dataset:
    """The dataset called `name`, a room's own or made, with the grades in force; KeyError when there is none."""
    return _graded(_datasets[name]) if name in _datasets else all_datasets()[name]


def shipped() -> Mapping[str, Dataset]:
    """The datasets that rooms registered, by name."""
    return _datasets


def all_datasets() -> Mapping[str, Dataset]:
    """Every dataset by name: the rooms' own, then those made from a published standard."""
    return {name: _graded(one) for name, one in as_shipped().items()}


def as_shipped() -> Mapping[str, Dataset]:
    """Every dataset as its standard has it, without the grades that the base set."""
    made = [found for more in _more if (found := more())]
    return {name: one for found in (*made, _datasets) for name, one in found.items()}


def register_folder(folder: Path, room: str, models_of: Mapping[str, type[models.Model]]) -> None:
    """Register every ``*.yaml`` of `folder`. Column types come from the model; a field without a column, or a
    column without a field, is an error: every column carries a title and a grade (GRD-1)."""
    for path in sorted(folder.glob("*.yaml")):
        told = declared.read(path)
        register(dataset_of(told, room, models_of[told["dataset"]], path.name))


def empty_sql(column: models.Field) -> str | None:
    """What the model's column holds when nobody has said anything, as SQL; None where that is NULL."""
    if column.null or not column.has_default():
        return None
    default = column.get_default()
    if isinstance(default, bool):
        return "true" if default else "false"
    if default == []:
        return "'{}'"
    return "'" + str(default).replace("'", "''") + "'"


def dataset_of(told: Mapping[str, Any], room: str, model: type[models.Model], where: str) -> Dataset:
    """A dataset from a standard's YAML and its model. Raises ValueError naming the file and the field."""
    from django.db import connection

    columns = {field.column: field for field in model._meta.concrete_fields if field.column}
    fields: dict[str, Field] = {}
    for key, entry in told["fields"].items():
        if key not in columns:
            raise ValueError(f"{where}: field {key} has no column in {model.__name__}")
        unknown = set(entry) - {
            "title",
            "english",
            "grade",
            "initials",
            "purpose",
            "owner",
            "code",
            "rule",
            "kind",
            "said_of",
            "aliases",
            "refers",
            "required",
            "category",
            "nature",
        }
        if unknown:
            raise ValueError(f"{where}: {key}: unknown words {sorted(unknown)}")
        fields[key] = Field(
            key=key,
            title=entry["title"],
            english=entry["english"],
            grade=entry["grade"],
            db_type=columns[key].db_type(connection) or "text",
            initials=entry.get("initials", ""),
            purpose=entry.get("purpose", ""),
            owner=entry.get("owner", ""),
            code_table=entry.get("code", ""),
            rule=entry.get("rule", ""),
            kind=entry.get("kind", "text"),
            empty=empty_sql(columns[key]),
            said_of={
                role: (word["title"], word["english"]) for role, word in entry.get("said_of", {}).items()
            },
            aliases=tuple(entry.get("aliases", ())),
            refers=entry.get("refers", ""),
            is_required=bool(entry.get("required", False)),
            category=entry.get("category", told.get("category", "")),
            nature=entry.get("nature", ""),
        )
    missing = columns.keys() - fields.keys() - HOUSE_COLUMNS
    if missing:
        raise ValueError(f"{where}: columns without a standard: {sorted(missing)}")
    return Dataset(
        name=told["dataset"],
        title=told["title"],
        english=told["english"],
        table=model._meta.db_table,
        wall=model.wall,  # type: ignore[attr-defined]
        is_master=bool(told.get("master", False)),
        version=str(told["version"]),
        room=room,
        fields=fields,
        label=told.get("label", "''"),
        undo_guard=told.get("undo_guard", "false"),
        put_guard=told.get("put_guard", "false"),
        key=tuple(told.get("key", ())),
        known_to=told.get("known_to", "office"),
        cycle=told.get("cycle", ""),
    )
