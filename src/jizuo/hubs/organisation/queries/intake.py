"""New pupils as the desk sees them: counts, the list by name or code, one child, who stays away, likely twins."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime
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
from jizuo.hubs.organisation import intakes, masks
from jizuo.plain import phones, pinyin
from jizuo.plain.school_year import SCHEMES, SchoolYear

OFFICE = frozenset({scopes.CLERK, scopes.HEAD})
MOST = 30


class Arrival(msgspec.Struct, frozen=True):
    """A child who comes in. was_in: she was in already, since `at`."""

    intake_id: UUID
    name: str
    school_year: int
    stage: str
    was_in: bool
    at: datetime | None


class Incoming(msgspec.Struct, frozen=True):
    """Graduates another school handed to this one of whom some are not on its list."""

    batch_no: UUID
    school: str
    pupils: int


class IntakeSet(msgspec.Struct, frozen=True):
    """The list of one year and stage in numbers. unplaced: come in and without a class yet."""

    school_year: int
    stage: str
    admitted: int
    reported: int
    absent: int
    withdrawn: int
    boys: int
    girls: int
    unplaced: int
    incoming: list[Incoming]

    @property
    def total(self) -> int:
        return self.admitted + self.reported + self.absent + self.withdrawn


class Guardian(msgspec.Struct, frozen=True):
    """A guardian on the list; the phone is masked for a role without that duty."""

    name: str
    relation: str
    phone: str


class IntakeLine(msgspec.Struct, frozen=True):
    """A child in a list. class_name is '' until her class is applied."""

    intake_id: UUID
    name: str
    sex: str
    code: str
    admission_no: str
    state: str
    from_school: str
    reported_at: datetime | None
    reported_way: str
    siblings: str
    wish: str
    fixed_class: int | None
    fixed_reason: str
    is_spread: bool
    band: str
    note: str
    birth_on: date | None
    affiliation_id: UUID | None
    adults: list[Guardian]


class IntakeDesk(msgspec.Struct, frozen=True):
    """Every list of the school, the one that is open, and of it the children asked for. count: how many answer."""

    sets: list[IntakeSet]
    of: IntakeSet | None
    lines: list[IntakeLine]
    count: int


class Births(msgspec.Struct, frozen=True):
    """Births of several children in a list, without their guardians. of: the list, None when the school has none; noted: by
    birth; likely: pairs born on one day whom the list gives a guardian's phone in common; placed: children with a class
    given or to be spread; found: who answers to what was typed."""

    of: IntakeSet | None
    noted: list[list[IntakeLine]]
    likely: list[tuple[IntakeLine, IntakeLine]]
    placed: list[IntakeLine]
    found: list[IntakeLine]


COLUMNS = (
    "i.id, i.name, i.sex, i.code, i.admission_no, i.state, i.from_school, i.reported_at, i.reported_way, i.siblings, i.wish,"
    " i.fixed_class, i.fixed_reason, i.is_spread, i.band, i.note, i.birth_on, i.affiliation_id,"
    " (select json_agg(json_build_array(a.name, a.relation, a.phone) order by a.ordinal) from intake_adult a"
    " where a.unit_no = i.unit_no and a.intake_id = i.id) as adults"
)
LIST = f"""
select {COLUMNS} from intake i where i.unit_no = %(unit)s and i.school_year = %(year)s and i.stage = %(stage)s
and (%(state)s = '' or i.state = %(state)s)
order by i.sort_key collate "C", i.id
"""
#: A batch of graduates is for entry in the year it names or the next; one that no list takes up yet begins a list, with
#: the stage they have finished in place of the one they enter.
SETS = """
select s.*, (
    select json_agg(json_build_array(h.batch_no, coalesce(u.short_name, ''), h.pupils) order by h.sent_at)
    from handover h left join unit u on u.unit_no = h.other_unit_no
    where h.unit_no = %(unit)s and h.way = 'in' and h.state in ('sent', 'taken')
      and h.school_year in (s.school_year, s.school_year - 1)
      and exists (
        select 1 from handover_line l where l.unit_no = h.unit_no and l.handover_id = h.id and not exists (
            select 1 from intake i where i.unit_no = h.unit_no and i.school_year = s.school_year
              and i.person_id = l.person_id)))
from (
    select true as is_begun, school_year, stage,
           count(*) filter (where state = 'admitted'), count(*) filter (where state = 'reported'),
           count(*) filter (where state = 'absent'), count(*) filter (where state = 'withdrawn'),
           count(*) filter (where state = 'reported' and sex = '1'),
           count(*) filter (where state = 'reported' and sex = '2'),
           count(*) filter (where state = 'reported' and affiliation_id is null)
    from intake where unit_no = %(unit)s group by 2, 3
    union all
    select distinct false, h.school_year, h.stage, 0, 0, 0, 0, 0, 0, 0 from handover h
    where h.unit_no = %(unit)s and h.way = 'in' and h.state in ('sent', 'taken') and not exists (
        select 1 from intake i where i.unit_no = h.unit_no and i.school_year in (h.school_year, h.school_year + 1))
) s order by 2 desc, 3
"""


@source(title="新生人数", roles=OFFICE, reach=API)
def intake_sets() -> list[IntakeSet]:
    """The acting school's lists of new pupils, the newest year first, and one that only handed graduates stand for."""
    with connection.cursor() as cursor:
        return sets_of(cursor)


def sets_of(cursor: Any) -> list[IntakeSet]:
    """Every list of the acting school, the newest year first."""
    unit_no = scopes.current().unit_no
    cursor.execute(SETS, {"unit": unit_no})
    found = []
    for is_begun, year, stage, *counts, told in cursor.fetchall():
        entered = stage if is_begun else intakes.next_stage(schemes_of(unit_no, SchoolYear(year)), stage)
        batches = [Incoming(UUID(no), school, pupils) for no, school, pupils in told or ()]
        if entered:
            found.append(IntakeSet(*[year, entered, *counts, batches]))
    return found


def open_set(sets: Sequence[IntakeSet], school_year: int | None, stage: str) -> IntakeSet | None:
    """The list of a year and stage, or the newest."""
    asked = (one for one in sets if (one.school_year, one.stage) == (school_year, stage))
    return next(asked, sets[0] if sets else None)


@source(title="新生报到台", roles=OFFICE, reach=PAGE)
def intake_desk(
    *, school_year: int | None = None, stage: str = "", state: str = "", text: str = ""
) -> IntakeDesk:
    """The page of coming in, in one answer: the list of `school_year` and `stage`, or the newest, filtered as in `intake_list`.
    Who did not come is listed whole, to be rung up; of others the first MOST."""
    with connection.cursor() as cursor:
        sets = sets_of(cursor)
        of = open_set(sets, school_year, stage)
        if of is None:
            return IntakeDesk(sets, None, [], 0)
        most = of.absent if state == intakes.ABSENT else MOST
        found, count = listed(cursor, of.school_year, of.stage, state, text, most)
    return IntakeDesk(sets, of, found, count)


@source(title="新生名单", roles=OFFICE, reach=PAGE)
def intake_list(
    *, school_year: Year, stage: str, state: str = "", text: str = "", most: int = MOST
) -> tuple[list[IntakeLine], int]:
    """(at most `most` children in the order of names, how many answer). text: name, pinyin, initials, code, admission number
    or a phone."""
    with connection.cursor() as cursor:
        return listed(cursor, school_year, stage, state, text, most)


def listed(
    cursor: Any, school_year: int, stage: str, state: str, text: str, most: int
) -> tuple[list[IntakeLine], int]:
    """See `intake_list`."""
    rows = answering(rows_of(cursor, school_year, stage, state), text)
    found = lines(rows[:most])
    audit.counted(len(found))
    return found, len(rows)


def rows_of(cursor: Any, school_year: int, stage: str, state: str = "") -> list[Sequence[Any]]:
    """The rows of COLUMNS of a list, by name. state: one of STATES, anything else means all."""
    given = {
        "unit": scopes.current().unit_no, "year": school_year, "stage": stage,
        "state": state if state in intakes.STATES else "",
    }  # fmt: skip
    cursor.execute(LIST, given)
    found: list[Sequence[Any]] = cursor.fetchall()
    return found


def answering(rows: list[Sequence[Any]], text: str) -> list[Sequence[Any]]:
    """The rows found by a name, pinyin, initials, the beginning of a code or admission number, or the last digits (at least
    four) of a guardian's phone. An empty text finds all."""
    key = pinyin.query_key(text[:60]).lower()
    if not key:
        return rows
    digits = "".join(char for char in text if char.isdigit())
    return [row for row in rows if answers(row, key, digits)]


def answers(row: Sequence[Any], key: str, digits: str) -> bool:
    """See `answering`."""
    name, code, number = row[1], row[3].lower(), row[4].lower()
    return (
        code.startswith(key)
        or number.startswith(key)
        or any(one.startswith(key) for one in pinyin.search_keys(name))
        or (len(digits) >= 4 and any(phone.endswith(digits) for phone in phones_of(row)))
    )


def phones_of(row: Sequence[Any]) -> set[str]:
    """The guardians' phones of a row of COLUMNS."""
    return {phone for _name, _relation, phone in row[-1] or () if phone}


def lines(rows: Sequence[Sequence[Any]]) -> list[IntakeLine]:
    """Rows of COLUMNS as children with their guardians."""
    opens = masks.opens_phones(scopes.current().role)
    found = []
    for *own, told in rows:
        adults = [
            Guardian(name, relation, phone if opens or not phone else phones.mask(phone))
            for name, relation, phone in told or ()
        ]
        found.append(IntakeLine(*[*own, adults]))
    shown = [one.intake_id for one in found if one.adults]
    if opens and shown:
        audit.disclose(["name", "phone"], shown, len(rows))
    return found


@source(title="一名新生", roles=OFFICE, reach=PAGE)
def intake_one(*, intake_id: UUID | None = None, code: str = "") -> tuple[IntakeLine, int, str]:
    """(the child, school year, stage) by id or by the family's code. Raises NotFound."""
    by, value = (
        ("i.id", intake_id) if intake_id is not None else ("i.code", "".join(code.split()).upper()[:8])
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {COLUMNS}, i.school_year, i.stage from intake i where i.unit_no = %s and {by} = %s",
            [scopes.current().unit_no, value],
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(_("没有这名新生"), fix=_("这个码不是本校的报到码，请核对通知书上的学校"))
        (found,) = lines([row[:-2]])
    return found, row[-2], row[-1]


@source(title="多胞胎", roles=OFFICE, reach=PAGE)
def births(*, school_year: int | None = None, stage: str = "", text: str = "", most: int = 20) -> Births:
    """Twins of the list of `school_year` and `stage`, or of the newest; at most `most` children answer to `text`."""
    with connection.cursor() as cursor:
        of = open_set(sets_of(cursor), school_year, stage)
        if of is None:
            return Births(None, [], [], [], [])
        rows = rows_of(cursor, of.school_year, of.stage)
    bare = {row[0]: IntakeLine(*[*row[:-1], []]) for row in rows}
    noted: dict[str, list[IntakeLine]] = {}
    for one in sorted(bare.values(), key=lambda one: one.siblings):
        if one.siblings:
            noted.setdefault(one.siblings, []).append(one)
    return Births(
        of=of,
        noted=list(noted.values()),
        likely=[(bare[left], bare[right]) for left, right in likely_twins(rows)],
        placed=[one for one in bare.values() if one.fixed_class or one.is_spread],
        found=[bare[row[0]] for row in answering(rows, text)[:most]] if text.strip() else [],
    )


def likely_twins(rows: Sequence[Sequence[Any]]) -> list[tuple[UUID, UUID]]:
    """Pairs of ids among rows of COLUMNS: born on one day, not noted yet, none withdrawn, a guardian's phone in common."""
    same_day: dict[date, list[Sequence[Any]]] = {}
    for row in rows:
        one = IntakeLine(*[*row[:-1], []])
        if one.birth_on and not one.siblings and one.state != intakes.WITHDRAWN:
            same_day.setdefault(one.birth_on, []).append(row)
    return [
        (left[0], right[0])
        for born in same_day.values()
        for left, right in itertools.combinations(born, 2)
        if phones_of(left) & phones_of(right)
    ]


@source(title="报到通知书", roles=OFFICE, reach=PAGE)
def intake_notices(*, school_year: Year, stage: str) -> list[tuple[str, str]]:
    """(name, code) of everybody who is awaited, for the printed notices."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select name, code from intake where unit_no = %s and school_year = %s and stage = %s"
            " and state in ('admitted', 'absent') order by sort_key collate \"C\", id",
            [scopes.current().unit_no, school_year, stage],
        )
        found = cursor.fetchall()
    audit.counted(len(found))
    return found


@source(title="可收新生的学段", roles=OFFICE, reach=PAGE)
def intake_stages() -> list[str]:
    """The stages the acting school takes new pupils into, by its 学制."""
    return intakes.stages_of(schemes_of(scopes.current().unit_no))


def schemes_of(unit_no: int, year: SchoolYear | None = None) -> list[str]:
    """The 学制 of a unit: what was set for the entry year first, then the school's own, then those of its classes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select scheme, 0 as at from schooling where unit_no = %(unit)s and entry_year = %(year)s union all"
            " select scheme, 1 from school where unit_no = %(unit)s union all"
            " select scheme, 2 from schooling where unit_no = %(unit)s union all"
            " select distinct scheme, 3 from org where unit_no = %(unit)s and kind = 'class' and closed_on is null order by 2, 1",
            {"unit": unit_no, "year": year.first if year else None},
        )
        return list(dict.fromkeys(scheme for scheme, _at in cursor.fetchall() if scheme in SCHEMES))
