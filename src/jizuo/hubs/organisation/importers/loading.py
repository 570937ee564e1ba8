"""From a checked list to the puts of a batch: who is known, what each row says, in the order that the wall and
the keys need.

New people go in first and unseen, their affiliations make them visible, and only then come the changes of
people who stand already. Someone of another unit is treated as new all along, so that neither the preview nor
the receipt tells that the base knows her; what her row says is put once the affiliation stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground.ids import new_id
from jizuo.hubs.data import datasets
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.data.importers import NewLabel, Plan, PlanInput, Step
from jizuo.hubs.organisation import matching, people
from jizuo.hubs.organisation.importers import guardians, identifiers, identity, queue
from jizuo.hubs.organisation.importers.guardians import Adult, Family, sex_of
from jizuo.hubs.organisation.importers.identifiers import Bearer
from jizuo.hubs.organisation.importers.known import Match, Matcher, Unit, numbers_of
from jizuo.plain import pinyin
from jizuo.plain.names import match_key

AFFILIATION_COLUMNS = (
    "id", "unit_no", "person_id", "role", "is_primary", "is_registered", "is_present", "begin_on", "name", "sort_key",
    "base_no", "sex", "local_no", "posts", "class_id", "seat_no",
)  # fmt: skip
TIE_COLUMNS = ("id", "child_id", "guardian_id", "relation", "is_legal", "may_sign", "emergency_order")
CLASS_COLUMNS = ("id", "unit_no", "kind", "stage", "scheme", "entry_year", "class_no", "opened_on")
REGISTER = "register"
#: Names less alike than this under one number are shown to a person.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of roster. role: of the affiliation; dataset: of its facts; facts: their columns; begins: the
    column that tells since when."""

    role: str
    dataset: str
    facts: tuple[str, ...]
    begins: str = ""


class Loader:
    """One run of a plan over a stage's rows. Everything is read and decided when it is made."""

    def __init__(self, kind: Kind, stage: Mapping[str, pl.DataFrame], given: PlanInput) -> None:
        self.kind, self.given, self.unit_no = kind, given, given.unit_no
        self.classes = stage["classes"].to_dicts() if "classes" in stage else []
        self.rows = stage["people"].to_dicts()
        adults = stage["adults"].to_dicts() if "adults" in stage else []
        self.unit = Unit.read(given.unit_no)
        self.holders = identifiers.holders_of([*self.rows, *adults])
        self.matches = self.match()
        child_of = {row["place"]: match.person_id for row, match in zip(self.rows, self.matches, strict=True)}
        self.family = guardians.family(self.unit, adults, child_of, self.holders) if adults else Family()
        self.owner = {key: field.owner for key, field in datasets.get("affiliation").fields.items()}
        self.person_facts: tuple[str, ...] = identity.PERSON
        self.said: dict[str, tuple[Any, ...]] = {}
        self.sort_keys: dict[str, str] = {}
        self.affiliation_of: dict[str, str] = {}
        self.numbers = self.fresh_numbers()

    def match(self) -> list[Match]:
        """Who each row is, in order."""
        return Matcher(self.unit, self.kind.role, self.rows, self.holders).run()

    def plan(self) -> Plan:
        """The plan of the walk."""
        plan = Plan(steps=iter(()), after=self.after)
        plan.steps = self.steps(plan)
        return plan

    def pairs(self) -> Iterator[tuple[dict[str, Any], Match]]:
        """Rows with who they are."""
        return zip(self.rows, self.matches, strict=True)

    def fresh_numbers(self) -> dict[str, str]:
        """person -> 基座号 of everybody who is new to this unit."""
        fresh = [match.person_id for match in self.matches if match.is_new]
        fresh += [
            adult.person_id
            for adult in self.family.adults.values()
            if not (adult.is_known or adult.is_foreign)
        ]
        found = dict(zip(fresh, people.new_base_numbers(len(fresh)), strict=True))
        return found | matching.base_numbers(list(self.foreign()))

    def foreign(self) -> dict[str, Mapping[str, Any]]:
        """person -> row of everybody who is of the base, but never was of this unit."""
        found: dict[str, Mapping[str, Any]] = {
            match.person_id: row for row, match in self.pairs() if match.is_foreign
        }
        return found | {one.person_id: one.row for one in self.family.adults.values() if one.is_foreign}

    def steps(self, plan: Plan) -> Iterator[Step]:
        """Every put in order."""
        if self.classes:
            yield self.new_classes()
        known, unseen = self.persons()
        if unseen:
            yield Step("person", ("id", "base_no", *self.person_facts), unseen, is_new=True, is_shown=False)
        yield from self.affiliations()
        if known:
            yield Step("person", ("id", *self.person_facts), known)
        yield from self.facts()
        yield Step("person_identifier", identifiers.COLUMNS, self.identifiers(), is_shown=False)
        if self.family.ties:
            yield Step("guardian_of", TIE_COLUMNS, self.ties(), is_shown=False)
        if self.given.is_full:
            yield from self.leavers(plan)

    def new_classes(self) -> Step:
        """Classes that the file makes."""
        today = self.given.today.isoformat()
        rows = [
            (
                row["id"],
                self.unit_no,
                "class",
                row["stage"],
                row["scheme"],
                row["entry_year"],
                row["class_no"],
                today,
            )
            for row in self.classes
        ]
        labels = [NewLabel(row["name"]) for row in self.classes]
        return Step("org", CLASS_COLUMNS, rows, new_labels=labels)

    def persons(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """What the file says of people of this unit, and of those it does not know, with their 基座号."""
        said: dict[str, Mapping[str, Any]] = {}
        for adult in self.family.adults.values():
            said[adult.person_id] = adult_says(adult)
        for row, match in self.pairs():
            said[match.person_id] = {**said.get(match.person_id, {}), **{k: v for k, v in row.items() if v}}
        known, unseen = [], []
        self.person_facts = spoken_of(identity.PERSON, said.values())
        for person_id, told in said.items():
            values = tuple(map(told.get, self.person_facts))
            self.said[person_id] = (person_id, *values)
            if person_id in self.numbers:
                unseen.append((person_id, self.numbers[person_id], *values))
            else:
                known.append((person_id, *values))
        return known, unseen

    def affiliations(self) -> Iterator[Step]:
        """Who belongs to the unit: changed ones, then new ones with their labels, then guardians."""
        new, standing, labels = [], [], []
        for row, match in self.pairs():
            made = self.affiliation(row, match)
            self.affiliation_of[match.person_id] = made[0]
            if match.held is None:
                new.append(made)
                labels.append(NewLabel(row["label"], row["place"], self.doubt(match)))
            else:
                standing.append(made)
        if standing:
            yield Step("affiliation", AFFILIATION_COLUMNS, standing)
        if new:
            yield Step("affiliation", AFFILIATION_COLUMNS, new, is_new=True, new_labels=labels)
        adults = [
            self.affiliation(
                {**adult.row, **adult_says(adult)}, Match(adult.person_id, held=adult.held), role="guardian"
            )
            for adult in self.family.adults.values()
        ]
        if adults:
            yield Step("affiliation", AFFILIATION_COLUMNS, adults, is_shown=False)

    def affiliation(self, row: Mapping[str, Any], match: Match, *, role: str = "") -> tuple[Any, ...]:
        """One affiliation as it will stand: what the row says, where it may, over what is held."""
        held, role = match.held, role or self.kind.role
        name = row["name"]
        if held is None:
            begin = row.get(self.kind.begins) if role == self.kind.role else None
            return (
                str(new_id()), self.unit_no, match.person_id, role, row.get("is_registered") != "false",
                row.get("is_registered") != "false", row.get("is_present") != "false",
                begin or self.given.today.isoformat(), name, self.sort_key(name), self.base_no(match.person_id),
                row.get("sex") or "", row.get("local_no") or "", row.get("posts") or [], row.get("class_id"),
                row.get("seat_no"),
            )  # fmt: skip
        is_register = self.given.source == REGISTER
        if "name" in held.owned and not is_register:
            name = held.person_name
        sex = held.sex if "sex" in held.owned and not is_register else row.get("sex") or held.sex
        return (
            held.id, self.unit_no, held.person_id, role, held.is_primary,
            self.flag(row, "is_registered", held), self.flag(row, "is_present", held), held.begin_on, name,
            held.sort_key if name == held.name else self.sort_key(name), held.base_no, sex,
            self.either(row, "local_no", held.local_no), row.get("posts") or held.posts,
            self.either(row, "class_id", held.class_id), self.either(row, "seat_no", held.seat_no),
        )  # fmt: skip

    def either(self, row: Mapping[str, Any], key: str, held: Any) -> Any:
        """What the row says where it says something and may; else what is held."""
        told = row.get(key)
        if told is None or (held not in (None, "") and self.owner[key] not in ("", self.given.source)):
            return held
        return told

    def flag(self, row: Mapping[str, Any], key: str, held: Any) -> bool:
        """在籍 and 在读: the register speaks for the first, the school for the second; until the register has
        spoken of a person the school speaks for both."""
        told = row.get(key)
        standing = getattr(held, key)
        if told is None:
            return standing
        has_spoken = "name" in held.owned
        if self.owner[key] == self.given.source or (self.owner[key] == REGISTER and not has_spoken):
            return told == "true"
        return standing

    def base_no(self, person_id: str) -> str:
        """The 基座号 of a person who joins."""
        return self.numbers.get(person_id) or self.unit.by_person[person_id][0].base_no

    def sort_key(self, name: str) -> str:
        """The sort key of a name, equal names once."""
        found = self.sort_keys.get(name)
        if found is None:
            found = self.sort_keys[name] = pinyin.sort_key(name)[:160]
        return found

    def doubt(self, match: Match) -> str:
        """The note of a new person who may be one of those here."""
        here = [person_id for person_id in match.candidates if person_id in self.unit.by_person]
        if not here:
            return ""
        names = "、".join(
            f"{self.unit.by_person[one][0].name} {self.unit.by_person[one][0].base_no}" for one in here
        )
        return _("可能就是 %(names)s，先按新人处理，应用后到“疑似同一人”里核对") % {"names": names[:120]}

    def facts(self) -> Iterator[Step]:
        """What the unit knows of each: pupil or staff facts. An empty one says nothing."""
        facts = spoken_of(self.kind.facts, self.rows)
        columns = ("id", "unit_no", "person_id", *facts)
        standing: list[tuple[Any, ...]] = []
        new: list[tuple[Any, ...]] = []
        for row, match in self.pairs():
            made = (
                self.affiliation_of[match.person_id],
                self.unit_no,
                match.person_id,
                *map(row.get, facts),
            )
            (new if match.held is None else standing).append(made)
        if standing:
            yield Step(self.kind.dataset, columns, standing)
        if new:
            yield Step(self.kind.dataset, columns, new, is_new=True, is_shown=False)

    def identifiers(self) -> list[tuple[Any, ...]]:
        """Numbers that are not there yet, and corrected ones in the place of the wrong ones."""
        is_register = self.given.source == REGISTER
        listed = [(adult.row, adult.person_id, True) for adult in self.family.adults.values()]
        listed += [
            (row, match.person_id, is_register or match.held is None or "id_kind" not in match.held.owned)
            for row, match in self.pairs()
        ]
        known = self.unit.numbers
        bearers = (Bearer(row, one, known.get(one, {}), may_correct) for row, one, may_correct in listed)
        return identifiers.plan(bearers, self.holders)

    def ties(self) -> list[tuple[Any, ...]]:
        """Who is whose guardian. A right to sign comes with legal guardianship for new ones."""
        return [
            (tie.id, tie.child_id, tie.guardian_id, tie.relation, tie.is_legal, tie.is_legal, tie.order)
            for tie in self.family.ties.values()
        ]

    def leavers(self, plan: Plan) -> Iterator[Step]:
        """Who stands in the unit and not in the full file: the affiliation ends, the person stays."""
        there = self.unit.open_of(self.kind.role)
        if self.given.source == REGISTER:
            # The register lists who is registered; those who only study or work here are not its business.
            there = [held for held in there if held.is_registered]
        listed = {match.person_id for match in self.matches}
        gone = [held for held in there if held.person_id not in listed]
        plan.gone[self.unit_no] = (len(gone), len(there))
        if not gone:
            return
        today = self.given.today.isoformat()
        rows = [(held.id, self.unit_no, today) for held in gone]
        yield Step("affiliation", ("id", "unit_no", "end_on"), rows, verdict="gone")
        if self.kind.role == "pupil":
            left = self.left_guardians({held.person_id for held in gone})
            if left:
                ended = [(row_id, self.unit_no, today) for row_id in left]
                yield Step("affiliation", ("id", "unit_no", "end_on"), ended, is_shown=False)
        else:
            lessons = self.lessons_of([held.id for held in gone])
            if lessons:
                ended = [(row_id, self.unit_no, today) for row_id in lessons]
                yield Step("enrolment", ("id", "unit_no", "end_on"), ended, is_shown=False)

    def left_guardians(self, gone: set[str]) -> list[str]:
        """Open guardian affiliations here of whom no child stays: a guardian who leaves is out at once."""
        stays = {held.person_id for held in self.unit.open_of("pupil")} - gone
        stays |= {match.person_id for match in self.matches}
        ties = guardians.read_ties(self.unit_no)
        of_gone = {tie[1] for child in gone for tie in ties.get(child, ())}
        of_staying = {tie[1] for child in stays for tie in ties.get(child, ())}
        of_staying |= {guardian for _child, guardian in self.family.ties}
        leaving = of_gone - of_staying
        return [held.id for held in self.unit.open_of("guardian") if held.person_id in leaving]

    def lessons_of(self, affiliation_ids: Sequence[str]) -> list[str]:
        """Open enrolments of staff who leave."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select id::text from enrolment where unit_no = %s and end_on is null and affiliation_id = any(%s::uuid[])"
                " order by id",
                [self.unit_no, list(affiliation_ids)],
            )
            return [row_id for (row_id,) in cursor.fetchall()]

    def after(self, batch_id: UUID) -> None:
        """Once everything stands: what the file says of people from other units, the district's queue, search."""
        self.keep_one_holder()
        foreign = self.foreign()
        if foreign:
            rows = [self.said[person_id] for person_id in foreign]
            names = self.names_of(list(foreign))
            put(
                dataset="person",
                columns=("id", *self.person_facts),
                rows=rows,
                source=self.given.source,
                batch_id=batch_id,
                # Its claims stand since the people were put unseen, and have met nobody else's word yet.
                is_weighed_anew=True,
            )
            for person_id, row in foreign.items():
                differs = is_unlike(names.get(person_id, ""), row["name"])
                queue.tell_met_again(self.unit_no, person_id, batch_id, name_differs=differs)
        for row, match in self.pairs():
            reasons = dict.fromkeys(match.candidates, "same_name")
            reasons |= identifiers.others(row, match.person_id, self.holders)
            for candidate, reason in reasons.items():
                queue.tell_may_be_one(self.unit_no, match.person_id, candidate, batch_id, reason)
        if self.family.adults:
            held = {
                matching.question(adult.person_id, holder)
                for adult in self.family.adults.values()
                for holder in identifiers.others(adult.row, adult.person_id, self.holders)
            }
            queue.tell_guardians_came(self.unit_no, batch_id=batch_id, pairs=sorted(held))
        people.refresh_search(batch_id)

    def keep_one_holder(self) -> None:
        """The new people of this list are the first to bring their numbers. Raises Conflict."""
        fresh = [(row, match.person_id) for row, match in self.pairs() if match.is_new]
        fresh += [
            (adult.row, adult.person_id)
            for adult in self.family.adults.values()
            if not (adult.is_known or adult.is_foreign)
        ]
        identifiers.refuse_taken(
            {
                number: person_id
                for row, person_id in fresh
                for number in numbers_of(row)
                if number not in self.holders
            }
        )

    def names_of(self, person_ids: Sequence[str]) -> dict[str, str]:
        """person -> name as it stands, of people whom the new affiliation has made visible."""
        with connection.cursor() as cursor:
            cursor.execute("select id::text, name from person where id = any(%s::uuid[])", [list(person_ids)])
            return dict(cursor.fetchall())


def spoken_of(names: Sequence[str], rows: Collection[Mapping[str, Any]]) -> tuple[str, ...]:
    """Those of `names` of which any row says something: what a file is silent of costs nothing."""
    return tuple(name for name in names if any(row.get(name) not in (None, "") for row in rows))


def adult_says(adult: Adult) -> dict[str, Any]:
    """What a file says of a guardian as a person."""
    row = adult.row
    kind = row["id_key"].removeprefix("id:") if row.get("id_key") else None
    return {
        "name": row["name"], "phone": row["phone"], "ethnic": row["ethnic"], "id_kind": kind,
        "sex": sex_of(row["relation"] or "") or None,
    }  # fmt: skip


def is_unlike(held: str, told: str) -> bool:
    """True for two names that one person hardly bears."""
    left, right = match_key(held), match_key(told)
    return left != right and SequenceMatcher(None, left, right).ratio() < ALIKE


def search_after_undo(batch_id: UUID, unit_no: int) -> None:
    """Search follows what an undo put back or took away."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct row_id from affiliation_history where batch_id = %s", [batch_id])
        touched = [row_id for (row_id,) in cursor.fetchall()]
    people.refresh_search(affiliation_ids=touched)
    people.sweep_search([unit_no])
