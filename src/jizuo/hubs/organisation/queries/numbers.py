"""The numbers of the units in reach: totals, breakdowns, the list of schools. Read from what was counted after the
last change (`actions.counting`), never counted by a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from django.utils import timezone

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.ground.pages.asks import Ask, cut
from jizuo.ground.pages.parts import Todo
from jizuo.hubs.data.waiting import Waiting, waiting
from jizuo.hubs.organisation import todos
from jizuo.hubs.organisation.definitions import SMALLEST_GROUP
from jizuo.plain import typed
from jizuo.plain.school_year import Calendar, SchoolYear, Term

NUMBER_ROLES = scopes.DISTRICT_ROLES | scopes.SCHOOL_ROLES | {scopes.OPERATOR}
FRESH_DAYS = 30

OPEN_UNITS = (
    "u.unit_no = any(%(units)s) and u.unit_no > 0 and (u.closed_on is null or u.closed_on > %(today)s)"
)
SUMMED = ("registered", "present", "lent_in", "lent_out", "classes", "staff", "established", "full_time",
          "without_guardian", "without_phone")  # fmt: skip
OVERVIEW = f"""
select count(*), count(*) filter (where u.kind = 'school'), count(s.counted_at),
       count(*) filter (where s.refreshed_at >= %(fresh)s), min(s.counted_at), max(s.refreshed_at),
       {", ".join(f"sum(s.{name})" for name in SUMMED)},
       (select coalesce(jsonb_agg(jsonb_build_array(t.number, t.stage, t.grade, t.sex, t.kind, t.value)), '[]')::text
        from (select number, stage, grade, sex, kind, sum(value) as value from unit_tally
              where number = any(%(broken)s) group by 1, 2, 3, 4, 5) t),
       (select jsonb_build_array(title, begin_on, end_on)::text from academic_session
        where kind in ('semester', 'term') and begin_on <= %(today)s and end_on > %(today)s
        order by kind = 'semester' desc, begin_on desc limit 1),
       (select count(*) from same_person where state = 'open')
from unit u left join unit_summary s on s.unit_no = u.unit_no
where {OPEN_UNITS}
"""
#: Numbers that pages break down, with what each is broken down by in the tallies.
BROKEN_DOWN = ("registered", "present", "classes", "staff", "full_time")


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """One summed cell; '' for a side the number does not have."""

    number: str
    stage: str
    grade: str
    sex: str
    kind: str
    value: int


class Overview(msgspec.Struct, frozen=True):
    """The headline numbers of the units in reach. A total is None where no unit has data.

    units: open ones; schools: of them schools; counted: units with any data; fresh: refreshed within 30 days;
    counted_at: the oldest count that went into the totals. term: title and week of the term of the city's calendar
    that today lies in, week None outside one.
    """

    units: int
    schools: int
    counted: int
    fresh: int
    counted_at: datetime | None
    refreshed_at: datetime | None
    totals: dict[str, int | None]
    tallies: list[Tally]
    year: int
    term: str
    week: int | None
    waiting: Waiting
    same_people: int

    @property
    def pupils_per_teacher(self) -> float | None:
        """Pupils present for each full-time teacher, None without either."""
        present, teachers = self.totals["present"], self.totals["full_time"]
        return None if present is None or not teachers else present / teachers

    def by(self, number: str, *sides: str) -> dict[tuple[str, ...], int]:
        """A number summed along the named sides (stage, grade, sex, kind)."""
        found: dict[tuple[str, ...], int] = {}
        for tally in self.tallies:
            if tally.number == number:
                key = tuple(getattr(tally, side) for side in sides)
                found[key] = found.get(key, 0) + tally.value
        return found


def shown(value: int | None, *, is_outside: bool) -> int | None:
    """`value`, or None for a group too small to be shown outside its own school."""
    return None if value is not None and is_outside and 0 < value < SMALLEST_GROUP else value


def is_outside() -> bool:
    """True when the acting role looks at schools from outside."""
    return scopes.current().role not in scopes.SCHOOL_ROLES


@source(title="概况", roles=NUMBER_ROLES, reach=PAGE)
def overview() -> Overview:
    """Totals, breakdowns, the school year and what waits, of the open units in reach. Two reads at any size."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            OVERVIEW,
            {
                "units": list(scope.units),
                "today": scope.today,
                "fresh": timezone.now() - timedelta(days=FRESH_DAYS),
                "broken": list(BROKEN_DOWN),
            },
        )
        units, schools, counted, fresh, counted_at, refreshed_at, *sums, cells, session, pairs = (
            cursor.fetchone()
        )
    year = Calendar().year_of(scope.today)
    term, week = term_of(session, year, scope.today)
    return Overview(
        units=units,
        schools=schools,
        counted=counted,
        fresh=fresh,
        counted_at=counted_at,
        refreshed_at=refreshed_at,
        totals={
            name: None if value is None else int(value) for name, value in zip(SUMMED, sums, strict=True)
        },
        tallies=typed.from_json(cells, list[Tally]),
        year=year.first,
        term=term,
        week=week,
        waiting=waiting(),
        same_people=pairs,
    )


def term_of(session: str | None, year: SchoolYear, day: date) -> tuple[str, int | None]:
    """(title, teaching week) of the term that a calendar row tells of; ('', None) without one."""
    if not session:
        return "", None
    title, begin, end = msgspec.json.decode(session)
    return title, Term(year, 1, date.fromisoformat(begin), date.fromisoformat(end)).week(day)


class SchoolLine(msgspec.Struct, frozen=True):
    """One unit in the list of schools; a number is None where nothing was brought in."""

    unit_no: int
    name: str
    kind: str
    scheme: str
    registered: int | None
    present: int | None
    lent_in: int | None
    lent_out: int | None
    classes: int | None
    staff: int | None
    established: int | None
    full_time: int | None
    pupils_per_teacher: Decimal | None
    counted_at: datetime | None
    refreshed_at: datetime | None
    key: Any = None


LINE = (
    "u.unit_no, u.name, u.kind, coalesce(c.scheme, ''), s.registered, s.present, s.lent_in, s.lent_out, s.classes, s.staff,"
    " s.established, s.full_time, s.pupils_per_teacher, s.counted_at, s.refreshed_at"
)
#: column -> (what it is sorted by, never null; its type)
SORTS: Mapping[str, tuple[str, str]] = {
    "name": ('u.sort_key collate "C"', "text"),
    "refreshed_at": ("coalesce(s.refreshed_at, 'epoch')", "timestamptz"),
    "pupils_per_teacher": ("coalesce(s.pupils_per_teacher, -1)", "numeric"),
} | {
    name: (f"coalesce(s.{name}, -1)", "int")
    for name in (
        "registered",
        "present",
        "lent_in",
        "lent_out",
        "classes",
        "staff",
        "established",
        "full_time",
    )
}
FRESHNESS = {
    "fresh": "s.refreshed_at >= %(fresh)s",
    "stale": "s.refreshed_at < %(fresh)s",
    "never": "s.refreshed_at is null",
}


class Schools(msgspec.Struct, frozen=True):
    """One page of the list of schools. count: all that answer."""

    slice: Any
    count: int


@source(title="学校列表", roles=NUMBER_ROLES, reach=PAGE)
def school_list(*, ask: Ask) -> Schools:
    """Open units in reach with their numbers. ask.filters: scheme, kind, fresh; ask.text: the beginning of the name
    or of its pinyin."""
    scope = scopes.current()
    expression, kind = SORTS[ask.sort]
    tests = [OPEN_UNITS]
    given: dict[str, Any] = {
        "units": list(scope.units),
        "today": scope.today,
        "fresh": timezone.now() - timedelta(days=FRESH_DAYS),
        "size": ask.size + 1,
    }
    if ask.filters.get("fresh") in FRESHNESS:
        tests.append(FRESHNESS[ask.filters["fresh"]])
    for name, column in (("scheme", "coalesce(c.scheme, '')"), ("kind", "u.kind")):
        if name in ask.filters:
            tests.append(f"{column} = %({name})s")
            given[name] = ask.filters[name]
    if ask.text:
        tests.append("(strpos(u.name, %(text)s) > 0 or starts_with(u.sort_key, lower(%(text)s)))")
        given["text"] = ask.text
    where = " and ".join(tests)
    cursor_value = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    step = "true"
    if cursor_value is not None:
        given["value"], given["last"] = cursor_value
        step = f"(hit.key, hit.unit_no) {'<' if is_falling else '>'} (%(value)s::{kind}, %(last)s::int)"
    way = "desc" if is_falling else "asc"
    with connection.cursor() as cursor:
        cursor.execute(
            f"with hit as (select {LINE}, {expression} as key from unit u left join unit_summary s on s.unit_no = u.unit_no"
            f" left join school c on c.unit_no = u.unit_no where {where})"
            f" select hit.*, (select count(*) from hit) from hit"
            f" where {step} order by hit.key {way}, hit.unit_no {way} limit %(size)s",
            given,
        )
        rows = cursor.fetchall()
    count = rows[0][-1] if rows else 0
    lines = [SchoolLine(*row[:-1]) for row in rows]
    audit.counted(min(len(lines), ask.size))
    return Schools(cut(lines, ask, sort_key="key", id_key="unit_no"), count)


class Start(msgspec.Struct, frozen=True):
    """What a start page shows. schools: None for one unit; told: what rooms above say waits."""

    overview: Overview
    schools: Schools | None
    told: list[Todo]


@source(title="今日", roles=NUMBER_ROLES, reach=PAGE)
def day_start(*, ask: Ask) -> Start:
    """Numbers, list of schools and what waits, in one transaction."""
    found = overview()
    return Start(found, school_list(ask=ask) if found.units > 1 else None, todos.gather())


@source(title="全部学校", roles=NUMBER_ROLES, reach=PAGE)
def every_school() -> list[SchoolLine]:
    """Every open unit in reach with its numbers, by name: for a file, not for a page."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {LINE} from unit u left join unit_summary s on s.unit_no = u.unit_no"
            f' left join school c on c.unit_no = u.unit_no where {OPEN_UNITS} order by u.sort_key collate "C", u.unit_no',
            {"units": list(scope.units), "today": scope.today},
        )
        return [SchoolLine(*row) for row in cursor.fetchall()]
