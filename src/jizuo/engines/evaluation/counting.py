"""One indicator as one statement: what is measured, over which rows, divided how. Inside a door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from jizuo.engines.evaluation.shapes import Indicator
from jizuo.ground import made
from jizuo.ground import scope as scopes
from jizuo.ground.errors import NotFound
from jizuo.ground.made import Filter, Made
from jizuo.ground.packs import reach, versions
from jizuo.ground.packs.shapes import Use
from jizuo.ground.packs.versions import Installed
from jizuo.hubs.data import datasets
from jizuo.hubs.data.datasets import Dataset
from jizuo.hubs.data.parts import SceneStandard
from jizuo.hubs.data.queries.rows import table_of
from jizuo.hubs.data.queries.scene_rows import Sight, filters_of, term_begin
from jizuo.hubs.organisation import class_names

#: The smallest group whose number is shown to who does not read the rows (house.md, section 11).
SMALL = 5
#: How many periods back a division goes.
PERIODS = {"day": 14, "week": 12, "month": 12, "term": 6, "year": 5}
BUCKETS = {
    "day": "t.{0}", "week": "date_trunc('week', t.{0})::date", "month": "date_trunc('month', t.{0})::date",
    "term": "case when extract(month from t.{0}) >= 9 then make_date(extract(year from t.{0})::int, 9, 1)"
    " when extract(month from t.{0}) >= 2 then make_date(extract(year from t.{0})::int, 2, 1)"
    " else make_date(extract(year from t.{0})::int - 1, 9, 1) end",
    "year": "make_date(extract(year from t.{0})::int - case when extract(month from t.{0}) >= 9 then 0 else 1 end, 9, 1)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """One cell. by: what it is divided by (unit_no, id, code, grade), None for all; begin: first day of its period; value:
    None without a row; n: rows (people, when told apart by them); part: how many of a share's rows answer."""

    by: Any
    begin: date | None
    value: float | None
    n: int
    part: int


class Count:
    """An indicator as the acting role may count it. hides: small groups are not told."""

    def __init__(self, scene: str, number: str) -> None:
        scope = scopes.current()
        self.installed: Installed = versions.in_use(scene, scope.unit_no)
        self.use: Use = reach.uses_of(self.installed)
        found = self.installed.pack.part("indicators").get(number)
        if found is None or not self.may_count(found):
            raise NotFound(_("没有这个数"), fix=_("请从场景的页面进入"))
        known = datasets.all_datasets().get(found.of)
        if known is None:
            raise NotFound(_("数据表还在建"), fix=_("请过一会儿再试"))
        self.scene, self.name = scene, number
        self.indicator: Indicator = found
        self.known: Dataset = known
        self.standard: SceneStandard = self.installed.pack.part("standards")[found.of]
        is_reader = found.of in self.use.read
        self.sight = Sight(scene, found.of) if is_reader else None
        self.hides = bool(self.standard.subject) and (not is_reader or scope.role in scopes.DISTRICT_ROLES)

    def may_count(self, indicator: Indicator) -> bool:
        """A reader of its rows may, and a member of staff with a page of the scene: numbers of a whole unit are no
        family's."""
        if indicator.of in self.use.read:
            return True
        return scopes.current().role in scopes.STAFF_ROLES and bool(self.use.pages)

    def ask(self, *, by: str = "", period: str = "") -> list[Group]:
        """The cells, in one statement (two when divided by grade)."""
        wall = [] if self.sight is None else self.sight.wall()
        asked = filters_of(self.indicator.where)
        part = filters_of(self.indicator.part)
        if wall is None or asked is None or part is None:
            return []
        table = table_of(self.known)
        tests, values = made.tests_of(table, [*wall, *asked, *self.in_period(period)])
        given: list[Any] = []
        divided, joined = self.division(by, table, given)
        bucket: sql.Composable = sql.SQL("null::date")
        if period:
            bucket = sql.SQL(BUCKETS[period]).format(sql.Identifier(self.indicator.on))
        part_test, part_values = self.part_of(table, part)
        statement = sql.SQL(
            "select {by}, {bucket}, {measure}, {n}, count(*) filter (where {part}) from {table} t {joined}"
            " where {tests} group by 1, 2 order by 1, 2"
        ).format(
            by=divided,
            bucket=bucket,
            measure=self.measure(part_test),
            n=self.counted(),
            part=part_test,
            table=sql.Identifier(table.table),
            joined=joined,
            tests=sql.SQL(" and ").join([sql.SQL("true"), *tests]),
        )
        measured = part_values if self.indicator.measure == "share" else []
        with connection.cursor() as cursor:
            cursor.execute(statement, [*measured, *part_values, *given, *values])
            return [
                Group(key, begin, None if value is None else float(value), n, answering)
                for key, begin, value, n, answering in cursor.fetchall()
            ]

    def part_of(self, table: Made, part: Sequence[Filter]) -> tuple[sql.Composable, list[Any]]:
        """The test of a share's part; false for another measure."""
        tests, values = made.tests_of(table, part)
        return (sql.SQL(" and ").join(tests), values) if tests else (sql.SQL("false"), [])

    def counted(self) -> sql.Composable:
        """How many stand behind a cell."""
        if not self.indicator.distinct:
            return sql.SQL("count(*)")
        return sql.SQL("count(distinct t.{})").format(sql.Identifier(self.indicator.distinct))

    def measure(self, part: sql.Composable) -> sql.Composable:
        """The value of a cell; null where no row has one."""
        kind, column = self.indicator.measure, sql.Identifier(self.indicator.column or "id")
        if kind == "count":
            return self.counted()
        if kind == "share":
            return sql.SQL("100.0 * count(*) filter (where {}) / nullif(count(*), 0)").format(part)
        if kind in ("sum", "mean"):
            return sql.SQL("sum(t.{0})" if kind == "sum" else "avg(t.{0})").format(column)
        share = 0.5 if kind == "median" else self.indicator.percentile / 100
        return sql.SQL("percentile_cont({share}) within group (order by t.{column})").format(
            share=sql.Literal(share), column=column
        )

    def division(self, by: str, table: Made, given: list[Any]) -> tuple[sql.Composable, sql.Composable]:
        """What the cells are divided by, and what has to be joined for it."""
        if not by:
            return sql.SQL("null::int"), sql.SQL("")
        if by == "unit":
            return sql.SQL("t.unit_no"), sql.SQL("")
        if by != "grade":
            return sql.SQL("t.{}").format(sql.Identifier(self.column_by(by))), sql.SQL("")
        views = class_names.of_units(scopes.current().units)
        given += [[one.org_id for one in views], [one.grade for one in views]]
        join = sql.SQL("join unnest(%s::uuid[], %s::text[]) as g(id, grade) on g.id = t.{}")
        return sql.SQL("g.grade"), join.format(sql.Identifier(self.standard.klass))

    def column_by(self, by: str) -> str:
        """The column of a division."""
        return self.standard.klass if by == "class" else by

    def in_period(self, period: str) -> list[Filter]:
        """The rows of a division's periods, or of the present one where the indicator is of a period."""
        of = period or self.indicator.period
        if not of or not self.indicator.on:
            return []
        today = scopes.current().today
        begin = first_of(of, today, PERIODS[of] - 1 if period else 0)
        return [Filter(self.indicator.on, "ge", begin), Filter(self.indicator.on, "le", today)]


def first_of(period: str, day: date, back: int = 0) -> date:
    """The first day of the period of a day, or of one `back` periods before it. A school year begins in September, its
    second term in February."""
    if period == "day":
        return day - timedelta(days=back)
    if period == "week":
        return day - timedelta(days=day.weekday() + 7 * back)
    if period == "month":
        months = day.year * 12 + day.month - 1 - back
        return date(months // 12, months % 12 + 1, 1)
    if period == "year":
        return date(day.year - (day.month < 9) - back, 9, 1)
    begin = term_begin(day)
    for _step in range(back):
        begin = term_begin(begin - timedelta(days=1))
    return begin


def hidden(groups: Sequence[Group], *, hides: bool, is_share: bool) -> set[int]:
    """Places of the cells that are too small to tell; a single one takes the next smallest with it, so that the whole
    does not give it away."""
    if not hides:
        return set()
    small = {place for place, one in enumerate(groups) if is_small(one, is_share=is_share)}
    if len(small) == 1 and len(groups) > 1:
        others = [place for place, one in enumerate(groups) if place not in small and one.n]
        if others:
            small.add(min(others, key=lambda place: groups[place].n))
    return small


def is_small(one: Group, *, is_share: bool) -> bool:
    """Whether a cell stands for fewer people than may be told."""
    if 0 < one.n < SMALL:
        return True
    return is_share and (0 < one.part < SMALL or 0 < one.n - one.part < SMALL)
