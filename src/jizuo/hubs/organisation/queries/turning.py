"""The yearly turn before it is done: what becomes of each class and pupil, unit by unit; and what was done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import BadInput, NotFound, Problem
from jizuo.hubs.organisation import class_names, turns
from jizuo.hubs.organisation.class_names import ClassView
from jizuo.plain.class_name import ClassKey, shown
from jizuo.plain.school_year import SchoolYear

SCHOOL_TURNERS = frozenset({scopes.CLERK, scopes.HEAD})
DISTRICT_TURNERS = frozenset({scopes.DISTRICT_ADMIN, scopes.DISTRICT_STEWARD})
TURNERS = SCHOOL_TURNERS | DISTRICT_TURNERS
WATCHERS = TURNERS | {scopes.DISTRICT_LEADER}
MOST_NAMES = 3_000


class PupilCount(msgspec.Struct, frozen=True):
    """So many pupils of a class who stand alike. goes_to: the class that a 留级 named."""

    class_id: UUID | None
    is_registered: bool
    is_on_leave: bool
    repeats: bool
    count: int


class ClassTurn(msgspec.Struct, frozen=True):
    """One class in the turn. before, after: its shown name in the old and the new year, after_grade: the word of its
    new year; verdict: `turns.fate`;
    graduates, home, stays, repeats, goes: pupils by `turns.lot`, of an ending class only."""

    class_id: UUID
    before: str
    after: str
    grade: str
    stage: str
    to_stage: str
    verdict: str
    pupils: int
    graduates: int = 0
    home: int = 0
    stays: int = 0
    repeats: int = 0
    goes: int = 0
    is_late: bool = False
    after_grade: str = ""


class TurnState(msgspec.Struct, frozen=True):
    """A turn as it was asked for. state: see `models.YearTurn`; receipt: counts of what it did."""

    turn_id: UUID
    unit_no: int
    school_year: int
    state: str
    reason: str
    receipt: dict[str, Any]
    job_id: UUID | None
    district_id: UUID | None
    asked_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None


class UnitTurn(msgspec.Struct, frozen=True):
    """What the turn would do in one unit. skipped: why it is left out, '' otherwise. effect: a hash of it; an apply that
    was shown another effect is refused."""

    unit_no: int
    unit_name: str
    school_year: int
    skipped: str
    classes: list[ClassTurn]
    without_class: int
    has_sessions: bool
    warnings: list[str]
    effect: str
    turn: TurnState | None

    def total(self, name: str) -> int:
        """The sum of a count over all classes."""
        return sum(getattr(one, name) for one in self.classes)

    @property
    def ending(self) -> list[ClassTurn]:
        """The classes that end with the turn."""
        return [one for one in self.classes if one.verdict in turns.ENDING]


class Grade(msgspec.Struct, frozen=True):
    """One grade's line of a preview."""

    before: str
    after: str
    verdict: str
    classes: int
    pupils: int


class Named(msgspec.Struct, frozen=True):
    """A pupil of an ending class, or one without a class. lot: `turns.lot`, '' without a class."""

    affiliation_id: UUID
    name: str
    class_id: UUID | None
    lot: str


UNITS = """
select u.unit_no, u.short_name, u.closed_on, s.successor_no,
       (select n.short_name from unit n where n.unit_no = s.successor_no), coalesce(s.scheme, ''),
       exists (select 1 from academic_session x where x.unit_no = u.unit_no and x.kind = 'schoolYear'
               and x.begin_on >= %(year_from)s and x.begin_on < %(year_to)s)
from unit u left join school s using (unit_no)
where u.unit_no = any(%(units)s) and u.unit_no > 0 and u.kind in ('school', 'centre')
order by u.sort_key collate "C", u.unit_no
"""
#: Who is on leave by the register, or by the school's decision that the register has not said yet.
ON_LEAVE = (
    "(coalesce(p.status, '') = '02' or exists (select 1 from movement m where m.unit_no = a.unit_no"
    " and m.affiliation_id = a.id and m.kind = 'suspend' and m.state in ('agreed', 'sent', 'registered')))"
)
#: Who repeats by a decision that has not taken effect.
REPEATING = (
    "exists (select 1 from movement m where m.unit_no = a.unit_no and m.affiliation_id = a.id and m.kind = 'repeat'"
    " and m.state in ('agreed', 'sent', 'registered') and m.done_at is null)"
)
COUNTS = f"""
select a.unit_no, a.class_id, a.is_registered, {ON_LEAVE}, {REPEATING}, count(*)
from affiliation a left join pupil p on p.unit_no = a.unit_no and p.id = a.id
where a.unit_no = any(%(units)s) and a.role = 'pupil' and a.end_on is null group by 1, 2, 3, 4, 5
"""
NAMES = f"""
select a.id, a.name, a.class_id, a.is_registered, {ON_LEAVE}, {REPEATING}
from affiliation a left join pupil p on p.unit_no = a.unit_no and p.id = a.id
where a.unit_no = %(unit)s and a.role = 'pupil' and a.end_on is null
  and (a.class_id is null or a.class_id = any(%(classes)s))
order by a.class_id, a.seat_no nulls last, a.sort_key collate "C", a.id limit {MOST_NAMES}
"""
TURN = "id, unit_no, school_year, state, reason, receipt::text, job_id, district_id, asked_at, applied_at, undone_at"


def year_of(school_year: int | None) -> SchoolYear:
    """The school year asked for, or the one of the day. Raises BadInput for one too far off."""
    usual = turns.default_year(scopes.current().today)
    if school_year is None:
        return usual
    if not usual.first - 1 <= school_year <= usual.first + 1:
        raise BadInput(_("没有这个学年的升级"), problems=[Problem("school_year", str(school_year))])
    return SchoolYear(school_year)


def turn_of(row: tuple[Any, ...]) -> TurnState:
    """A row of `TURN`."""
    told = [*row[:5], msgspec.json.decode(row[5]), *row[6:]]
    return TurnState(*told)


def turns_of(units: Sequence[int], year: SchoolYear) -> dict[int, TurnState]:
    """unit -> its newest turn into a school year."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select distinct on (unit_no) {TURN} from year_turn where unit_no = any(%s) and school_year = %s"
            " order by unit_no, id desc",
            [list(units), year.first],
        )
        return {row[1]: turn_of(row) for row in cursor.fetchall()}


def plan_units(units: Sequence[int], year: SchoolYear) -> list[UnitTurn]:
    """What the turn into `year` would do in these units, in the order of their names. Inside a door only; the same
    number of statements for one unit and for a district."""
    scope = scopes.current()
    given: dict[str, Any] = {
        "units": list(units),
        "year_from": date(year.first, 7, 1),
        "year_to": date(year.first + 1, 1, 1),
    }
    by_unit: dict[int, list[ClassView]] = defaultdict(list)
    for one in class_names.of_units(units):
        by_unit[one.unit_no].append(one)
    counts: dict[tuple[int, UUID | None], list[PupilCount]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(UNITS, given)
        found = cursor.fetchall()
        cursor.execute(COUNTS, given)
        for unit_no, *rest in cursor.fetchall():
            counts[unit_no, rest[0]].append(PupilCount(*rest))
    held = turns_of(units, year)
    plans = []
    for unit_no, name, closed_on, successor_no, successor, scheme, has_sessions in found:
        skipped = ""
        if successor_no is not None:
            skipped = _("已并入%(name)s，不再升级") % {"name": successor or successor_no}
        elif closed_on is not None and closed_on <= scope.today:
            skipped = _("已撤销，不再升级")
        elif not by_unit[unit_no]:
            skipped = _("没有班级")
        offered = turns.offered_stages([scheme]) | {one.stage for one in by_unit[unit_no]}
        classes = [class_turn(one, year, offered, counts[unit_no, one.org_id]) for one in by_unit[unit_no]]
        without = sum(one.count for one in counts[unit_no, None])
        plans.append(
            UnitTurn(
                unit_no, name, year.first, skipped, [] if skipped else classes, without, has_sessions,
                [] if skipped else warnings(classes, without), effect_of(unit_no, year, classes),
                held.get(unit_no),
            )
        )  # fmt: skip
    return plans


def class_turn(
    one: ClassView, year: SchoolYear, offered: Iterable[str], counts: Sequence[PupilCount]
) -> ClassTurn:
    """One class with its verdict and its pupils by what becomes of them."""
    fate = turns.fate(one.scheme, one.entry_year, year, set(offered))
    lots: dict[str, int] = defaultdict(int)
    if fate.verdict in turns.ENDING:
        for group in counts:
            lots[turns.lot(
                fate.verdict, is_registered=group.is_registered, is_on_leave=group.is_on_leave, repeats=group.repeats,
            )] += group.count  # fmt: skip
    key = ClassKey(one.scheme, one.entry_year, one.class_no) if one.entry_year and one.class_no else None
    before = shown(key, year.shift(-1)) if key and fate.before else one.name
    after = shown(key, year) if key and fate.after else ""
    return ClassTurn(
        one.org_id, before, after, class_names.grade_word(fate.before) if fate.before else "", one.stage,
        fate.after.stage.value if fate.after else "", fate.verdict, sum(group.count for group in counts),
        lots[turns.GRADUATES], lots[turns.HOME], lots[turns.STAYS], lots[turns.REPEATS], lots[turns.GOES],
        fate.verdict in turns.ENDING and turns.place(one.scheme, one.entry_year, year.shift(-1)) != fate.before,
        class_names.grade_word(fate.after) if fate.after else "",
    )  # fmt: skip


def warnings(classes: Sequence[ClassTurn], without_class: int) -> list[str]:
    """What a person should look at before the turn."""
    found = []
    unknown = [one.before for one in classes if one.verdict == turns.UNKNOWN]
    if unknown:
        found.append(
            _("%(n)s 个班没有学制或入学年份，升级不动它们：%(names)s")
            % {"n": len(unknown), "names": "、".join(unknown[:8])}
        )
    late = [one.before for one in classes if one.is_late]
    if late:
        found.append(
            _("%(n)s 个班早该结束，这次一并结束：%(names)s") % {"n": len(late), "names": "、".join(late[:8])}
        )
    empty = [one.before for one in classes if one.verdict in turns.ENDING and not one.pupils]
    if empty:
        found.append(_("%(names)s 没有学生") % {"names": "、".join(empty[:8])})
    stays = sum(one.stays for one in classes)
    if stays:
        found.append(_("%(n)s 名休学学生不随班毕业，升级后等待分班") % {"n": stays})
    crosses = [one for one in classes if one.verdict == turns.CROSSES]
    if crosses:
        found.append(_("%(n)s 个班升入下一学段，班不重编；要重新分班请先办分班") % {"n": len(crosses)})
    if without_class:
        found.append(_("%(n)s 名学生没有班级，升级不动他们") % {"n": without_class})
    return found


def effect_of(unit_no: int, year: SchoolYear, classes: Sequence[ClassTurn]) -> str:
    """The hash of what a turn would do in a unit."""
    told = [
        f"{one.class_id} {one.verdict} {one.graduates} {one.home} {one.stays} {one.repeats} {one.goes}"
        for one in classes
        if one.verdict != turns.UP
    ]
    return hashlib.sha256("\n".join([f"{unit_no} {year.first}", *sorted(told)]).encode()).hexdigest()


def grades(classes: Iterable[ClassTurn]) -> list[Grade]:
    """The preview by grade, in the order of the classes; grades of one word and one verdict stand together."""
    found: dict[tuple[str, str], list[ClassTurn]] = {}
    for one in classes:
        found.setdefault((one.grade or one.after or one.before, one.verdict), []).append(one)
    return [
        Grade(
            word, some[0].after_grade, verdict, len(some),
            sum(one.pupils for one in some),
        )
        for (word, verdict), some in found.items()
    ]  # fmt: skip


@source(title="升级预览", roles=WATCHERS, reach=API)
def preview_turn(*, unit_no: int | None = None, school_year: int | None = None) -> UnitTurn:
    """What the turn into `school_year` (the one of the day) would do in a school in reach. Raises NotFound, BadInput."""
    scope = scopes.current()
    unit_no = scope.unit_no if unit_no is None else unit_no
    found = plan_units([unit_no], year_of(school_year)) if unit_no in scope.units else []
    if not found:
        raise NotFound(_("没有这所学校"))
    return found[0]


@source(title="全区升级预览", roles=DISTRICT_TURNERS | {scopes.DISTRICT_LEADER}, reach=API)
def preview_district(*, school_year: int | None = None) -> list[UnitTurn]:
    """What the turn would do in every school in reach."""
    return plan_units(scopes.current().units, year_of(school_year))


@source(title="全区这次升级", roles=DISTRICT_TURNERS | {scopes.DISTRICT_LEADER}, reach=API)
def district_turn(*, school_year: int | None = None) -> TurnState | None:
    """The newest turn of the acting bureau itself into a school year; None before there is one."""
    scope = scopes.current()
    return turns_of([scope.unit_no], year_of(school_year)).get(scope.unit_no)


@source(title="全区升级页", roles=DISTRICT_TURNERS | {scopes.DISTRICT_LEADER}, reach=PAGE)
def district_page(*, school_year: int | None = None) -> tuple[list[UnitTurn], TurnState | None]:
    """Every school's preview with the bureau's own turn, in one reading."""
    return preview_district(school_year=school_year), district_turn(school_year=school_year)


@source(title="学校升级页", roles=WATCHERS, reach=PAGE)
def turn_page(*, unit_no: int | None = None, school_year: int | None = None) -> tuple[UnitTurn, list[Named]]:
    """A school's preview, with the names of those who come to an end for a role that may turn and while it has not.
    Raises NotFound, BadInput."""
    plan = preview_turn(unit_no=unit_no, school_year=school_year)
    is_done = plan.turn is not None and plan.turn.state == "applied"
    if is_done or scopes.current().role not in TURNERS or not (plan.ending or plan.without_class):
        return plan, []
    return plan, named_in(plan)


@source(title="升级名单", roles=TURNERS, reach=PAGE)
def turn_names(*, unit_no: int | None = None, school_year: int | None = None) -> list[Named]:
    """The pupils whose class ends with the turn, class by class in the order of seats, and those without a class; at
    most 3,000. Raises NotFound."""
    return named_in(preview_turn(unit_no=unit_no, school_year=school_year))


def named_in(plan: UnitTurn) -> list[Named]:
    """The pupils of a plan's ending classes and those without a class. Inside a door only."""
    verdicts = {one.class_id: one.verdict for one in plan.ending}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"unit": plan.unit_no, "classes": list(verdicts)})
        rows = cursor.fetchall()
    audit.counted(len(rows))
    return [
        Named(
            row[0], row[1], row[2],
            turns.lot(verdicts[row[2]], is_registered=row[3], is_on_leave=row[4], repeats=row[5]) if row[2] else "",
        )
        for row in rows
    ]  # fmt: skip


@source(title="一次升级", roles=WATCHERS | {scopes.OPERATOR}, reach=API)
def turn_state(*, turn_id: UUID) -> TurnState:
    """A turn as it stands. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {TURN} from year_turn where id = %s", [turn_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("没有这次升级"))
    return turn_of(row)
