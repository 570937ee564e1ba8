"""Guardians of a list: one adult is one person per name and phone within the unit, whoever's guardian she is.

Who stands in the unit already stays who she is, though the base may know her number under another person: whether
the two are one is the district's to say, and the unit is told of neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from jizuo.ground.ids import new_id
from jizuo.hubs.organisation.importers.known import Held, Holders, Unit, numbers_of
from jizuo.plain.names import match_key

#: GB/T 4761: father, grandfathers are men; mother, grandmothers women; parents are legal guardians by law.
MEN, WOMEN = frozenset(("51", "61", "63")), frozenset(("52", "62", "64"))
PARENTS = frozenset(("50", "51", "52"))


@dataclass(slots=True)
class Adult:
    """One adult of the file. held: her open affiliation as a guardian here; is_known: a person of this unit;
    is_foreign: of the base, but never of this unit."""

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


def family(
    unit: Unit, rows: Sequence[Mapping[str, Any]], child_of: Mapping[str, str], holders: Holders
) -> Family:
    """The guardians that `rows` name. child_of: place in the file -> person of the child; holders: number -> who of the
    base holds it, of the numbers of `rows`. Inside a door."""
    found = Family()
    if not rows:
        return found
    ties = read_ties(unit.unit_no)
    listed = [(row, child_of[row["place"]]) for row in rows if row["place"] in child_of]
    who = Who.read(unit, holders)
    of_ties = [who.among(ties.get(child_id, ()), row) for row, child_id in listed]
    for (row, _child_id), person_id in zip(listed, of_ties, strict=True):
        if person_id is not None:
            who.of_file |= dict.fromkeys(numbers_of(row), person_id)
    guardians = {held.person_id: held for held in unit.open_of("guardian")}
    fresh: dict[Any, str] = {}
    for (row, child_id), tied_id in zip(listed, of_ties, strict=True):
        person_id = tied_id or who.found(row)
        is_new = person_id is None
        if person_id is None:
            own = [*numbers_of(row), (match_key(row["name"]), row["phone"] or f"child {child_id}")]
            person_id = next((fresh[one] for one in own if one in fresh), None) or str(new_id())
            fresh |= dict.fromkeys(own, person_id)
        if child_id in (person_id, who.holder(row)):
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


@dataclass(slots=True)
class Who:
    """Whom a row can mean. holders: number -> its holder in the base; by_phone: (name, phone) -> adult of the unit;
    of_file: number -> the guardian of a child whom another row of the file names with it."""

    unit: Unit
    holders: Holders
    by_phone: dict[tuple[str, str], str] = field(default_factory=dict)
    of_file: dict[tuple[str, bytes], str] = field(default_factory=dict)

    @classmethod
    def read(cls, unit: Unit, holders: Holders) -> Who:
        """The adults of the unit, beside who holds the numbers of a file."""
        who = cls(unit, holders)
        for held in unit.everyone:
            if held.role in ("guardian", "staff") and held.is_open and held.phone:
                who.by_phone.setdefault((held.key, held.phone), held.person_id)
        return who

    def holder(self, row: Mapping[str, Any]) -> str | None:
        """Who of the base holds the number of a row."""
        return next((str(self.holders[pair]) for pair in numbers_of(row) if pair in self.holders), None)

    def among(self, ties: Sequence[tuple[Any, ...]], row: Mapping[str, Any]) -> str | None:
        """Which of a child's guardians: by number, else by name, those of this unit before those it merely sees."""
        holder, key = self.holder(row), match_key(row["name"])
        of_unit = [tie for tie in ties if tie[1] in self.unit.by_person]
        if any(guardian_id == holder for _id, guardian_id, *_rest in of_unit):
            return holder
        for _id, guardian_id, _relation, _legal, _order, name in (*of_unit, *ties):
            if name is not None and match_key(name) == key:
                return guardian_id
        return None

    def found(self, row: Mapping[str, Any]) -> str | None:
        """Who of the file, of this unit, of the base a row names by its number, or of this unit by name and phone."""
        numbers = numbers_of(row)
        named = next((self.of_file[pair] for pair in numbers if pair in self.of_file), None)
        holder = self.holder(row)
        if named is not None or holder in self.unit.by_person:
            return named or holder
        near = self.by_phone.get((match_key(row["name"]), row["phone"] or ""))
        if near is not None and holder is not None:
            known = self.unit.numbers.get(near, {})
            near = None if any(kind in known for kind, _blind in numbers) else near
        return near or holder


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
