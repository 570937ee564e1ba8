"""Who of a file is known already: by numbers across the base, by number, name and birth within the unit.

Nobody is guessed: where two people fit, the row becomes a new person and the pair goes to the queue of people
who may be one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from jizuo.ground.ids import new_id
from jizuo.hubs.organisation import matching
from jizuo.hubs.organisation.importers.numbers import ROLL
from jizuo.plain.names import match_key

READ = """
select a.unit_no, a.id::text, a.person_id::text, a.role, a.name, a.base_no, a.sex, a.local_no, a.class_id::text, a.seat_no,
       a.is_registered, a.is_present, a.is_primary, a.begin_on::text, a.sort_key, a.source_id, a.posts,
       a.end_on is null, p.birth_on::text, p.phone, p.name,
       array(select f from unnest('{name,sex,id_kind}'::text[]) f where p.held_by ->> f in ('register', 'settled'))
from affiliation a join person p on p.id = a.person_id
where a.unit_no = any(%(units)s) and (%(role)s = '' or a.role = %(role)s) order by a.unit_no, a.id
"""
NUMBERS = """
select i.person_id::text, i.kind, i.id::text, i.blind from person_identifier i
where i.person_id in (select a.person_id from affiliation a where a.unit_no = any(%(units)s)
                      and (%(role)s = '' or a.role = %(role)s))
"""


@dataclass(slots=True)
class Held:
    """One affiliation of the unit with what identifies its person. owned: of name, sex and kind of document, those
    that the register (or a decision) has spoken for."""

    id: str
    person_id: str
    role: str
    name: str
    base_no: str
    sex: str
    local_no: str
    class_id: str | None
    seat_no: int | None
    is_registered: bool
    is_present: bool
    is_primary: bool
    begin_on: str
    sort_key: str
    source_id: str
    posts: list[str]
    is_open: bool
    birth_on: str | None
    phone: str
    person_name: str
    owned: list[str]
    key: str = ""


@dataclass(slots=True)
class Unit:
    """Everybody of one unit. numbers: person -> kind -> (row id, blind), of the unit's people and of those it was read
    with."""

    unit_no: int
    everyone: list[Held]
    numbers: dict[str, dict[str, tuple[str, bytes]]]
    by_person: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, unit_no: int) -> Unit:
        """The unit's people as they are now. Inside a door."""
        return cls.read_all([unit_no])[unit_no]

    @classmethod
    def read_all(cls, unit_nos: Collection[int], role: str = "") -> dict[int, Unit]:
        """The same of several units at once, by unit. role: of whoever has or had this role alone."""
        asked: dict[str, Any] = {"units": list(unit_nos), "role": role}
        numbers: dict[str, dict[str, tuple[str, bytes]]] = defaultdict(dict)
        found = {unit_no: cls(unit_no, [], numbers) for unit_no in unit_nos}
        with connection.cursor() as cursor:
            cursor.execute(READ, asked)
            for unit_no, *row in cursor.fetchall():
                held = Held(*row)
                held.key = match_key(held.name)
                found[unit_no].everyone.append(held)
                found[unit_no].by_person[held.person_id].append(held)
            cursor.execute(NUMBERS, asked)
            for person_id, kind, row_id, blind in cursor.fetchall():
                numbers[person_id][kind] = (row_id, bytes(blind))
        return found

    def open_of(self, role: str) -> list[Held]:
        """The open affiliations of a role, oldest first."""
        return [held for held in self.everyone if held.role == role and held.is_open]


@dataclass(slots=True)
class Match:
    """Who a row is. held: the open affiliation of this role here; is_new: nobody of the base; is_foreign: of the
    base, but never of this unit. candidates: people the row may be, of whom none was taken."""

    person_id: str
    held: Held | None = None
    is_new: bool = False
    is_foreign: bool = False
    candidates: list[str] = field(default_factory=list)


Row = Mapping[str, Any]


Holders = Mapping[tuple[str, bytes], Any]


class Matcher:
    """Matches rows of one role to people. holders: what `matching.holders` said of the rows' numbers (and of others),
    where it was asked already."""

    def __init__(self, unit: Unit, role: str, rows: Sequence[Row], holders: Holders | None = None) -> None:
        self.unit, self.role, self.rows, self.holders = unit, role, rows, holders
        self.found: list[Match | None] = [None] * len(rows)
        self.candidates: dict[int, list[str]] = defaultdict(list)
        self.open = unit.open_of(role)
        self.taken: set[str] = set()

    def run(self) -> list[Match]:
        """The match of every row, in order."""
        self.by_numbers()
        self.by_base_no()
        self.by_local_no()
        self.by_key(lambda held: (held.key, held.birth_on) if held.birth_on else None, name_and_birth)
        self.by_key(lambda held: (held.key, held.class_id) if held.class_id else None, name_and_class)
        if self.role == "pupil":
            self.ask_by_name()
        else:
            self.by_key(lambda held: held.key, lambda row: match_key(row["name"] or ""))
        for number, match in enumerate(self.found):
            if match is None:
                near = list(dict.fromkeys(self.candidates.get(number, ())))
                self.found[number] = Match(str(new_id()), is_new=True, candidates=near)
        return [match for match in self.found if match is not None]

    def take(self, number: int, held: Held) -> None:
        """A row is the person of an affiliation here."""
        self.found[number] = Match(held.person_id, held=held)
        self.taken.add(held.person_id)

    def by_numbers(self) -> None:
        """The holder of the document number, or of the 学籍号, anywhere in the base."""
        holders = self.holders
        if holders is None:
            holders = matching.holders(sorted({pair for row in self.rows for pair in numbers_of(row)}))
        open_of = {held.person_id: held for held in self.open}
        for number, row in enumerate(self.rows):
            people = list(dict.fromkeys(str(holders[pair]) for pair in numbers_of(row) if pair in holders))
            if not people:
                continue
            person_id = people[0]
            if person_id in self.taken:
                self.candidates[number].append(person_id)
                continue
            self.taken.add(person_id)
            self.found[number] = Match(
                person_id,
                held=open_of.get(person_id),
                is_foreign=person_id not in self.unit.by_person,
                candidates=people[1:],
            )

    def by_base_no(self) -> None:
        """基座号 of our own lists."""
        by_number = {held.base_no: held for held in self.open if held.base_no}
        for number, row in self.waiting():
            held = by_number.get(row["base_no"])
            if held is not None and held.person_id not in self.taken:
                self.take(number, held)

    def by_local_no(self) -> None:
        """The unit's own number, where name or birth agrees; a number may have been given to another person."""
        by_number: dict[str, list[Held]] = defaultdict(list)
        for held in self.open:
            if held.local_no:
                by_number[held.local_no].append(held)
        for number, row in self.waiting():
            fits = [
                held for held in by_number.get(row["local_no"] or "", ()) if held.person_id not in self.taken
            ]
            if len(fits) != 1:
                continue
            held = fits[0]
            same_name = held.key == match_key(row["name"] or "")
            same_birth = bool(held.birth_on) and held.birth_on == row["birth_on"]
            if same_name or same_birth:
                self.take(number, held)
            else:
                self.candidates[number].append(held.person_id)

    def by_key(self, key_of: Callable[[Held], Any], row_key: Callable[[Row], Any]) -> None:
        """Rows and affiliations of one key: one to one is a match; as many on both sides pair off in order, for
        nothing tells them apart; anything else is left to a person."""
        there: dict[Any, list[Held]] = defaultdict(list)
        for held in self.open:
            key = key_of(held)
            if key is not None and held.person_id not in self.taken:
                there[key].append(held)
        here: dict[Any, list[int]] = defaultdict(list)
        for number, row in self.waiting():
            key = row_key(row)
            if key is not None and key in there:
                here[key].append(number)
        for key, rows in here.items():
            fits = there[key]
            if len(rows) == len(fits):
                pairs = list(zip(rows, fits, strict=True))
                if all(self.agrees(self.rows[number], held) for number, held in pairs):
                    for number, held in pairs:
                        self.take(number, held)
                    continue
            for number in rows:
                row = self.rows[number]
                self.candidates[number] += [held.person_id for held in fits if self.agrees(row, held)]

    def ask_by_name(self) -> None:
        """A child of whom a row tells nothing but name and class may have changed class: a question, no match."""
        there: dict[str, list[str]] = defaultdict(list)
        for held in self.open:
            if held.person_id not in self.taken:
                there[held.key].append(held.person_id)
        for number, row in self.waiting():
            if not (numbers_of(row) or row["birth_on"] or row["local_no"]):
                self.candidates[number] += there.get(match_key(row["name"] or ""), [])

    def agrees(self, row: Row, held: Held) -> bool:
        """False where row and person both have a number of one kind, a 学号 or a birth date that differ."""
        known = self.unit.numbers.get(held.person_id, {})
        if any(kind in known and known[kind][1] != blind for kind, blind in numbers_of(row)):
            return False
        if row["birth_on"] and held.birth_on and row["birth_on"] != held.birth_on:
            return False
        return not (row["local_no"] and held.local_no and row["local_no"] != held.local_no)

    def waiting(self) -> Iterable[tuple[int, Row]]:
        """Rows without a match yet."""
        return [(number, row) for number, row in enumerate(self.rows) if self.found[number] is None]


def name_and_birth(row: Row) -> Any:
    """The key of a row with a birth date."""
    return (match_key(row["name"] or ""), row["birth_on"]) if row["birth_on"] else None


def name_and_class(row: Row) -> Any:
    """The key of a row with a class."""
    return (match_key(row["name"] or ""), row["class_id"]) if row.get("class_id") else None


def numbers_of(row: Row) -> list[tuple[str, bytes]]:
    """(kind, blind) of a row's numbers, the document first."""
    found = []
    if row.get("id_blind"):
        found.append((row["id_key"], row["id_blind"]))
    if row.get("roll_blind"):
        found.append((ROLL, row["roll_blind"]))
    return found
