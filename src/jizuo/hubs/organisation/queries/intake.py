"""New pupils as the desk sees them: counts, the list by name or code, one child, who stays away, likely twins."""

from __future__ import annotations

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


COLUMNS = (
    "i.id, i.name, i.sex, i.code, i.admission_no, i.state, i.from_school, i.reported_at, i.reported_way, i.siblings, i.wish,"
    " i.fixed_class, i.fixed_reason, i.is_spread, i.band, i.note, i.birth_on, i.affiliation_id"
)
LIST = f"""
select {COLUMNS} from intake i where i.unit_no = %(unit)s and i.school_year = %(year)s and i.stage = %(stage)s
and (%(state)s = '' or i.state = %(state)s)
order by i.sort_key collate "C", i.id
"""
SETS = """
select school_year, stage, count(*) filter (where state = 'admitted'), count(*) filter (where state = 'reported'),
       count(*) filter (where state = 'absent'), count(*) filter (where state = 'withdrawn'),
       count(*) filter (where state = 'reported' and sex = '1'), count(*) filter (where state = 'reported' and sex = '2'),
       count(*) filter (where state = 'reported' and affiliation_id is null)
from intake where unit_no = %s group by 1, 2 order by 1 desc, 2
"""
ADULTS = "select intake_id, name, relation, phone from intake_adult where intake_id = any(%s) order by intake_id, ordinal"
#: Two children born on one day of one list whom the list gives a guardian's phone in common.
TWINS = """
select i.id, j.id from intake i join intake j on j.unit_no = i.unit_no and j.school_year = i.school_year
  and j.stage = i.stage and j.birth_on = i.birth_on and j.id > i.id
where i.unit_no = %(unit)s and i.school_year = %(year)s and i.stage = %(stage)s and i.siblings = '' and j.siblings = ''
  and i.state <> 'withdrawn' and j.state <> 'withdrawn' and exists (
    select 1 from intake_adult a join intake_adult b on b.unit_no = a.unit_no and b.phone = a.phone
    where a.unit_no = i.unit_no and a.intake_id = i.id and b.intake_id = j.id and a.phone <> '')
order by i.sort_key collate "C", i.id
"""


@source(title="新生人数", roles=OFFICE, reach=API)
def intake_sets() -> list[IntakeSet]:
    """The acting school's lists of new pupils, the newest year first."""
    with connection.cursor() as cursor:
        cursor.execute(SETS, [scopes.current().unit_no])
        return [IntakeSet(*row) for row in cursor.fetchall()]


@source(title="新生名单", roles=OFFICE, reach=PAGE)
def intake_list(
    *, school_year: Year, stage: str, state: str = "", text: str = "", most: int = MOST
) -> tuple[list[IntakeLine], int]:
    """(at most `most` children in the order of names, how many answer). text: name, pinyin, initials, code, admission number
    or a phone."""
    given: dict[str, Any] = {
        "unit": scopes.current().unit_no, "year": school_year, "stage": stage,
        "state": state if state in intakes.STATES else "",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LIST, given)
        rows = cursor.fetchall()
        key = pinyin.query_key(text[:60]).lower()
        if key:
            by_phone = holders_of(cursor, text)
            rows = [row for row in rows if row[0] in by_phone or answers(row, key)]
        found = lines(cursor, rows[:most])
    audit.counted(len(found))
    return found, len(rows)


def holders_of(cursor: Any, text: str) -> set[UUID]:
    """Children of whom a guardian has a phone that ends in these digits."""
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) < 4:
        return set()
    cursor.execute(
        "select intake_id from intake_adult where unit_no = %s and phone like %s",
        [scopes.current().unit_no, f"%{digits}"],
    )
    return {intake_id for (intake_id,) in cursor.fetchall()}


def answers(row: Sequence[Any], key: str) -> bool:
    """True when a child is found by `key`."""
    name, code, number = row[1], row[3].lower(), row[4].lower()
    return (
        code.startswith(key)
        or number.startswith(key)
        or any(one.startswith(key) for one in pinyin.search_keys(name))
    )


def lines(cursor: Any, rows: Sequence[Sequence[Any]]) -> list[IntakeLine]:
    """Rows of COLUMNS with their guardians."""
    opens = masks.opens_phones(scopes.current().role)
    adults: dict[UUID, list[Guardian]] = {}
    if rows:
        cursor.execute(ADULTS, [[row[0] for row in rows]])
        for intake_id, name, relation, phone in cursor.fetchall():
            shown = phone if opens or not phone else phones.mask(phone)
            adults.setdefault(intake_id, []).append(Guardian(name, relation, shown))
    if opens and adults:
        audit.disclose(["name", "phone"], list(adults), len(rows))
    return [IntakeLine(*(*row, adults.get(row[0], []))) for row in rows]


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
        (found,) = lines(cursor, [row[:-2]])
    return found, row[-2], row[-1]


@source(title="多胞胎", roles=OFFICE, reach=PAGE)
def births(
    *, school_year: Year, stage: str
) -> tuple[list[list[IntakeLine]], list[tuple[IntakeLine, IntakeLine]]]:
    """(noted births, pairs that may be twins: born on one day with a guardian's phone in common)."""
    given: dict[str, Any] = {"unit": scopes.current().unit_no, "year": school_year, "stage": stage}
    with connection.cursor() as cursor:
        cursor.execute(TWINS, given)
        pairs = cursor.fetchall()
        cursor.execute(
            f"select {COLUMNS} from intake i where i.unit_no = %(unit)s and i.school_year = %(year)s and i.stage = %(stage)s"
            " and (i.siblings <> '' or i.id = any(%(near)s)) order by i.siblings, i.sort_key collate \"C\", i.id",
            given | {"near": [one for pair in pairs for one in pair]},
        )
        found = lines(cursor, cursor.fetchall())
    by_id = {one.intake_id: one for one in found}
    noted: dict[str, list[IntakeLine]] = {}
    for one in found:
        if one.siblings:
            noted.setdefault(one.siblings, []).append(one)
    return list(noted.values()), [(by_id[left], by_id[right]) for left, right in pairs]


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


@source(title="移交来的毕业生批次", roles=OFFICE, reach=PAGE)
def incoming(*, school_year: Year) -> list[tuple[UUID, str, int]]:
    """(batch, from which school, pupils) of graduates handed to the acting school for entry in `school_year` of whom some
    are not on its list."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.batch_no, coalesce(u.short_name, ''), h.pupils from handover h"
            " left join unit u on u.unit_no = h.other_unit_no"
            " where h.unit_no = %(unit)s and h.way = 'in' and h.state in ('sent', 'taken')"
            " and h.school_year in (%(year)s, %(year)s - 1)"
            " and exists (select 1 from handover_line l where l.unit_no = h.unit_no and l.handover_id = h.id"
            " and not exists (select 1 from intake i where i.unit_no = h.unit_no and i.school_year = %(year)s"
            " and i.person_id = l.person_id)) order by h.sent_at",
            {"unit": scopes.current().unit_no, "year": school_year},
        )
        return cursor.fetchall()


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
