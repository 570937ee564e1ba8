"""Quality by name: which datasets are checked and how, the rules that ship with the rooms, and where a failing record
is shown and mended.

A room above keeps its subjects and rules as YAML and registers them with `register_folder`; it offers with `places_by`
how its records are called and at which page they are mended. Rules of stewards stand in the base and are laid beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.ground import catalogue_state
from jizuo.ground import scope as scopes
from jizuo.hubs.data import codes, datasets
from jizuo.hubs.data.rules.quality.declared import Rule, declare
from jizuo.hubs.data.rules.quality.faults import bad
from jizuo.hubs.data.rules.quality.subjects import Subject, plain, subject
from jizuo.plain import declared


@dataclass(frozen=True, slots=True)
class Place:
    """A failing record as its school sees it. name: for people; where: class or post; href: the page where it is mended,
    below the acting role's address; person_id: whose record it is, for the audit."""

    name: str
    where: str = ""
    href: str = ""
    person_id: UUID | None = None


Places = Callable[[Iterable[UUID]], Mapping[UUID, Place]]

_subjects: dict[str, Mapping[str, Any]] = {}
_rules: dict[str, Mapping[str, Any]] = {}
_places: dict[str, Places] = {}
_compiled: tuple[Any, dict[str, Subject], dict[str, Rule]] = (None, {}, {})
_libraries: dict[str, tuple[str, str]] = {}


def register_folder(folder: Path) -> None:
    """Register ``subjects.yaml`` and the rules of every other YAML file of a room's folder. They are compiled at first
    use; the house's tests compile all."""
    for path in sorted(folder.glob("*.yaml")):
        told = declared.read(path)
        for one in told:
            if path.name == "subjects.yaml":
                _libraries[one["dataset"]] = (one.get("title", ""), one.get("english", ""))
                _subjects[one["dataset"]] = {
                    key: value for key, value in one.items() if key not in ("title", "english")
                }
                continue
            if _rules.setdefault(one["code"], one) != one:
                raise ValueError(f"{path.name}: two rules called {one['code']}")


def places_by(dataset: str, places: Places) -> None:
    """Say how the records of a dataset are called and where they are mended. Called inside a door of the school."""
    _places[dataset] = places


def places_of(dataset: str, ids: Iterable[UUID]) -> Mapping[UUID, Place]:
    """The records of a dataset as their school sees them: as a room names them, else as the dataset's own label, mended
    by a sheet where it takes one."""
    wanted = list(ids)
    if not wanted:
        return {}
    return _places[dataset](wanted) if dataset in _places else _labelled(dataset, wanted)


def _labelled(dataset: str, ids: list[UUID]) -> dict[UUID, Place]:
    """The records by the dataset's label, with the person that each names."""
    known = datasets.all_datasets().get(dataset)
    if known is None:
        return {}
    takes_sheets = known.has_unit and known.key and scopes.current().role in scopes.SCHOOL_ROLES
    href = f"collect/table?dataset={dataset}" if takes_sheets else ""
    whom = next((one.key for one in known.fields.values() if one.refers == "person"), "")
    person = sql.SQL("t.{}").format(sql.Identifier(whom)) if whom else sql.SQL("null::uuid")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select t.id, {label}, {person} from {table} t where t.id = any(%s)").format(
                label=sql.SQL(known.label), person=person, table=sql.Identifier(known.table)
            ),
            [ids],
        )
        return {
            record_id: Place(label, href=href, person_id=person_id)
            for record_id, label, person_id in cursor.fetchall()
        }


def code_lists(today: date) -> dict[str, tuple[str, ...]]:
    """Every code table's codes in force."""
    return {
        name: tuple(row.code for row in table if row.in_force(today))
        for name, table in codes.tables(today).items()
    }


def _at(today: date) -> tuple[dict[str, Subject], dict[str, Rule]]:
    global _compiled
    key = (today, catalogue_state.seen(), len(_subjects), len(_rules))
    if _compiled[0] != key:
        held = code_lists(today)
        subjects = {name: subject(told, datasets.get, held) for name, told in _subjects.items()}
        rules = {
            code: declare(told, subjects[told["dataset"]], datasets.get, held)
            for code, told in _rules.items()
        }
        _compiled = (key, subjects, rules)
    return _compiled[1], _compiled[2]


def subject_of(dataset: str, today: date) -> Subject:
    """How a dataset is checked: as its room declared, else by its own fields. BadRule for one that there is not, or
    that belongs to no unit."""
    found = _at(today)[0].get(dataset)
    if found is not None:
        return found
    known = datasets.all_datasets().get(dataset)
    if known is None:
        raise bad("dataset", _("没有叫“%(name)s”的数据集") % {"name": dataset})
    if known.wall != "unit":
        raise bad("dataset", _("这个数据集不属于哪个单位，不能单独检查"))
    return plain(known)


def checked() -> list[str]:
    """The datasets for which a room declared a subject, in its order."""
    return list(_subjects)


def title_of(dataset: str) -> str:
    """What is checked, in the language in force: a subject's own title, else the dataset's."""
    title, english = _libraries.get(dataset, ("", ""))
    known = datasets.all_datasets().get(dataset)
    if not title and known is not None:
        title, english = known.title, known.english
    return title if (get_language() or "zh").startswith("zh") else english or title or dataset


def shipped(today: date) -> Mapping[str, Rule]:
    """The rules that ship with the rooms, compiled for a day."""
    return _at(today)[1]


def compile_rule(told: Mapping[str, Any], today: date) -> Rule:
    """A rule from its declaration. Raises BadRule with what is wrong."""
    name = str(told.get("dataset", "")) if isinstance(told, Mapping) else ""
    return declare(told, subject_of(name, today), datasets.get, code_lists(today))
