"""Draws of classes: where one stands, its lists, and the same draw again from its seed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.shapes import Year
from jizuo.hubs.organisation import intakes
from jizuo.hubs.organisation.queries.intake import OFFICE, schemes_of
from jizuo.plain import dividing
from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.dividing import Candidate, Place, Rule
from jizuo.plain.names import mask_name
from jizuo.plain.school_year import SchoolYear


class Division(msgspec.Struct, frozen=True):
    """One draw. held: class number -> [boys, girls] before it; witnesses: (name, role); kept: what an undo left."""

    division_id: UUID
    school_year: int
    stage: str
    state: str
    class_nos: list[int]
    most: int
    held: dict[int, list[int]]
    method: str
    input_hash: str
    seed: str
    result_hash: str
    witnesses: list[tuple[str, str]]
    reason: str
    proposed_at: datetime
    frozen_at: datetime | None
    drawn_at: datetime | None
    applied_at: datetime | None
    written_batch: UUID | None
    receipt: dict[str, Any]

    def rule(self) -> Rule:
        """The rule as the draw reads it."""
        return Rule(
            tuple(self.class_nos), self.most, {no: (boys, girls) for no, (boys, girls) in self.held.items()}
        )


class DividedLine(msgspec.Struct, frozen=True):
    """A child of a frozen list. class_no is None and way '' before the draw."""

    intake_id: UUID
    number: int
    key: str
    name: str
    sex: str
    siblings: str
    wish: str
    fixed_class: int
    fixed_reason: str
    is_spread: bool
    band: str
    class_no: int | None
    way: str

    def candidate(self) -> Candidate:
        """The child as the draw sees her: without a name."""
        return Candidate(
            self.key, self.sex, self.siblings, self.wish, self.fixed_class, self.is_spread, self.band
        )


class DividedClass(msgspec.Struct, frozen=True):
    """One class of a draw: those who sat there before (boys, girls) and those who come."""

    class_no: int
    name: str
    held_boys: int
    held_girls: int
    lines: list[DividedLine]

    @property
    def boys(self) -> int:
        return self.held_boys + sum(one.sex == dividing.BOY for one in self.lines)

    @property
    def girls(self) -> int:
        return self.held_girls + sum(one.sex == dividing.GIRL for one in self.lines)


class Replay(msgspec.Struct, frozen=True):
    """A draw done again. is_untouched: list and rule give the published hash; is_same: the seed gives the published
    result; hashes as found now."""

    is_untouched: bool
    is_same: bool
    input_hash: str
    result_hash: str
    classes: list[DividedClass]


COLUMNS = (
    "d.id, d.school_year, d.stage, d.state, d.class_nos, d.most, d.held, d.method, d.input_hash, d.seed, d.result_hash,"
    " d.witnesses, d.reason, d.proposed_at, d.frozen_at, d.drawn_at, d.applied_at, d.written_batch, d.receipt"
)
LINES = (
    "select intake_id, number, key, name, sex, siblings, wish, fixed_class, fixed_reason, is_spread, band, class_no, way"
    " from class_division_line where unit_no = %s and division_id = %s order by number"
)


def from_row(row: tuple[Any, ...]) -> Division:
    """A row of COLUMNS."""
    told = [
        msgspec.json.decode(value) if isinstance(value, str) and at in (6, 11, 18) else value
        for at, value in enumerate(row)
    ]
    told[6] = {int(number): list(counts) for number, counts in told[6].items()}
    told[11] = [(name, role) for name, role in told[11]]
    return Division(*told)


def read_lines(division_id: UUID) -> list[DividedLine]:
    """The frozen list in the order of its numbers. Inside a door only."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [scopes.current().unit_no, division_id])
        return [DividedLine(*row) for row in cursor.fetchall()]


@source(title="历次分班", roles=OFFICE, reach=API)
def divisions(*, school_year: Year, stage: str) -> list[Division]:
    """Every draw of a year and stage, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from class_division d where d.unit_no = %s and d.school_year = %s and d.stage = %s"
            " order by d.proposed_at desc, d.id desc",
            [scopes.current().unit_no, school_year, stage],
        )
        return [from_row(row) for row in cursor.fetchall()]


@source(title="一次分班", roles=OFFICE, reach=API)
def division(*, division_id: UUID) -> Division:
    """One draw of the acting school. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS} from class_division d where d.unit_no = %s and d.id = %s",
            [scopes.current().unit_no, division_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次分班"))
    return from_row(row)


@source(title="分班结果", roles=OFFICE, reach=PAGE)
def divided_classes(*, division_id: UUID, is_public: bool = False) -> list[DividedClass]:
    """The lists of a draw class by class, numbers in order. is_public: names masked, and nothing but number and name, as the
    sheet on the wall shows them. Before the draw the frozen list stands as one class 0. Raises NotFound."""
    found = division(division_id=division_id)
    lines = read_lines(division_id)
    audit.counted(len(lines))
    if is_public:
        lines = [
            msgspec.structs.replace(
                one, name=mask_name(one.name), key="", siblings="", wish="", fixed_reason="", band="", is_spread=False, way=""
            )
            for one in lines
        ]  # fmt: skip
    if not found.seed:
        return [DividedClass(0, _("锁定的名单"), 0, 0, lines)] if lines else []
    return by_class(
        found,
        lines,
        {one.key if not is_public else str(one.number): one.class_no for one in lines},
        is_public,
    )


def by_class(
    found: Division, lines: list[DividedLine], class_of: dict[str, int | None], is_public: bool = False
) -> list[DividedClass]:
    """Lines grouped by class, the classes by number."""
    names = names_of(found)
    key = (lambda one: str(one.number)) if is_public else (lambda one: one.key)
    found_classes = []
    for number in sorted(found.class_nos):
        boys, girls = found.held.get(number, [0, 0])
        own = [one for one in lines if class_of.get(key(one)) == number]
        found_classes.append(DividedClass(number, names[number], boys, girls, own))
    return found_classes


def names_of(found: Division) -> dict[int, str]:
    """Class number -> what the class is called in its first year."""
    year = SchoolYear(found.school_year)
    cohort = intakes.cohort(schemes_of(scopes.current().unit_no, year), found.stage, year)
    if cohort is None:
        return {number: _("%(n)s 班") % {"n": number} for number in found.class_nos}
    return {number: shown(ClassKey(*cohort, number), year) for number in found.class_nos}


def draw(found: Division, lines: list[DividedLine], seed: str) -> tuple[dict[str, Place], str, str]:
    """(places, hash of the input, hash of the result) of a frozen list with a seed. Raises CannotDivide."""
    candidates, rule = [one.candidate() for one in lines], found.rule()
    inputs = dividing.input_hash(candidates, rule)
    places = dividing.divide(candidates, rule, seed)
    return places, inputs, dividing.result_hash(seed, inputs, places)


@source(title="重演分班", roles=OFFICE, reach=PAGE)
def replay(*, division_id: UUID, seed: str) -> Replay:
    """Draw the frozen list again with `seed`; nothing is written. Raises NotFound."""
    found = division(division_id=division_id)
    lines = read_lines(division_id)
    audit.counted(len(lines))
    places, inputs, result = draw(found, lines, seed.strip())
    classes = by_class(found, lines, {key: place.class_no for key, place in places.items()})
    return Replay(inputs == found.input_hash, result == found.result_hash, inputs, result, classes)
