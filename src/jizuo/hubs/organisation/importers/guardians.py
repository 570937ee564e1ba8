"""Guardians of a list: one adult is one person per name and phone within the unit, whoever's guardian she is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from jizuo.ground.ids import new_id
from jizuo.hubs.organisation import matching
from jizuo.hubs.organisation.importers.known import Held, Unit, numbers_of
from jizuo.plain.names import match_key

#: GB/T 4761: father, grandfathers are men; mother, grandmothers women; parents are legal guardians by law.
MEN, WOMEN = frozenset(("51", "61", "63")), frozenset(("52", "62", "64"))
PARENTS = frozenset(("50", "51", "52"))


@dataclass(slots=True)
class Adult:
    """One adult of the file. held: her open affiliation as a guardian here; is_known: a person of this unit."""

    person_id: str
    row: dict[str, Any]
    held: Held | None = None
    is_known: bool = False
    is_foreign: bool = False


@dataclass(slots=True)
class Tie:
    """One row of guardian_of. id: of the row that stands, or a new one."""

    id: str
    child_id: str
    guardian_id: str
    relation: str
    is_legal: bool
    order: int | None
    is_new: bool


@dataclass(slots=True)
class Family:
    """The guardians of a file: adults by person, ties by (child, adult)."""

    adults: dict[str, Adult] = field(default_factory=dict)
    ties: dict[tuple[str, str], Tie] = field(default_factory=dict)


def read_ties(unit_no: int) -> dict[str, list[tuple[Any, ...]]]:
    """child -> (id, guardian, relation, is_legal, order, name of the guardian) of the unit's pupils."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select g.child_id::text, g.id::text, g.guardian_id::text, g.relation, g.is_legal, g.emergency_order,"
            " (select p.name from person p where p.id = g.guardian_id)"
            " from guardian_of g where g.child_id in"
            " (select a.person_id from affiliation a where a.unit_no = %s and a.role = 'pupil')",
            [unit_no],
        )
        ties: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for child_id, *tie in cursor.fetchall():
            ties[child_id].append(tuple(tie))
    return ties


def family(unit: Unit, rows: Sequence[Mapping[str, Any]], child_of: Mapping[str, str]) -> Family:
    """The guardians that `rows` name. child_of: place in the file -> person of the child."""
    found = Family()
    if not rows:
        return found
    ties = read_ties(unit.unit_no)
    holders = matching.holders(sorted({pair for row in rows for pair in numbers_of(row)}))
    guardians = {held.person_id: held for held in unit.open_of("guardian")}
    by_phone: dict[tuple[str, str], str] = {}
    for held in unit.everyone:
        if held.role in ("guardian", "staff") and held.is_open and held.phone:
            by_phone.setdefault((held.key, held.phone), held.person_id)
    fresh: dict[Any, str] = {}
    for row in rows:
        child_id = child_of.get(row["place"])
        if child_id is None:
            continue
        key = match_key(row["name"])
        person_id = _person(row, key, ties.get(child_id, ()), holders, by_phone)
        is_new = person_id is None
        if person_id is None:
            own = [*numbers_of(row), (key, row["phone"] or f"child {child_id}")]
            person_id = next((fresh[one] for one in own if one in fresh), None) or str(new_id())
            fresh |= dict.fromkeys(own, person_id)
        if person_id == child_id:
            continue
        known = found.adults.get(person_id)
        if known is None:
            is_known = person_id in unit.by_person
            found.adults[person_id] = Adult(
                person_id, dict(row), guardians.get(person_id), is_known, not is_new and not is_known
            )
        else:
            known.row |= {name: value for name, value in row.items() if value and not known.row.get(name)}
        _tie(found, ties.get(child_id, ()), child_id, person_id, row)
    return found


def _person(
    row: Mapping[str, Any],
    key: str,
    ties: Sequence[tuple[Any, ...]],
    holders: Mapping[tuple[str, bytes], Any],
    by_phone: Mapping[tuple[str, str], str],
) -> str | None:
    """Who an adult is: by document number, among the child's guardians by name, in the unit by name and phone."""
    for pair in numbers_of(row):
        if pair in holders:
            return str(holders[pair])
    for _id, guardian_id, _relation, _legal, _order, name in ties:
        if name is not None and match_key(name) == key:
            return guardian_id
    return by_phone.get((key, row["phone"] or ""))


def _tie(
    found: Family, ties: Sequence[tuple[Any, ...]], child_id: str, person_id: str, row: Mapping[str, Any]
) -> None:
    if (child_id, person_id) in found.ties:
        return
    relation = row["relation"] or ""
    legal = row["is_legal"] == "true" if row["is_legal"] else relation in PARENTS or not relation
    for tie_id, guardian_id, held_relation, held_legal, order, _name in ties:
        if guardian_id == person_id:
            # Rights that the school and the family have settled since stay as they are.
            legal = held_legal if not row["is_legal"] else legal
            found.ties[child_id, person_id] = Tie(
                tie_id, child_id, person_id, relation or held_relation, legal, order, False
            )
            return
    found.ties[child_id, person_id] = Tie(
        str(new_id()), child_id, person_id, relation, legal, int(row["order"]), True
    )


def sex_of(relation: str) -> str:
    """The sex that a relation tells, '' when it tells none."""
    return "1" if relation in MEN else "2" if relation in WOMEN else ""
