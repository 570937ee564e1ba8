"""Scores of units, datasets and sources with their trend, as whoever oversees a unit may see them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.hubs.data import quality
from jizuo.hubs.data.queries.quality_failures import MENDERS, QualityTask, tasks_of
from jizuo.hubs.data.queries.quality_rules import WATCHERS, State, in_force, read_state
from jizuo.hubs.data.rules.quality import scoring
from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, Rule
from jizuo.plain import typed

#: Smaller groups are not shown: inside the base, and in anything published.
SMALLEST, SMALLEST_PUBLISHED = 5, 10
TREND_STEPS, TREND_DAYS = 12, 7

NOW = """
select k.unit_no, k.dataset, s.source, s.dimension, s.records, s.failed, s.warned, s.score
from (select distinct unit_no, dataset, x.source from quality_count
      cross join lateral (values (''), (quality_count.source)) as x(source) where unit_no = any(%(units)s)) k
cross join unnest(%(dimensions)s::text[]) as d(dimension)
cross join lateral (select * from quality_score q where q.unit_no = k.unit_no and q.dataset = k.dataset
  and q.source = k.source and q.dimension = d.dimension and q.day <= %(day)s order by q.day desc limit 1) s
"""
TREND = """
select w.day, s.dataset, s.dimension, sum(s.records) as records, sum(s.failed) as failed, sum(s.warned) as warned
from unnest(%(days)s::date[]) as w(day)
cross join (select distinct unit_no, dataset from quality_count where unit_no = any(%(units)s)) k
cross join unnest(%(dimensions)s::text[]) as d(dimension)
cross join lateral (select * from quality_score q where q.unit_no = k.unit_no and q.dataset = k.dataset and q.source = ''
  and q.dimension = d.dimension and q.day <= w.day order by q.day desc limit 1) s
group by 1, 2, 3
"""
WORST = """
select rule, unit_no, count(*) as failing, count(*) filter (where due_on < %(today)s) as late from quality_failure
where state = 'open' and unit_no = any(%(units)s) and rule = any(%(rules)s) group by 1, 2
"""
CHECKED = "select max(checked_at) as at from quality_count where unit_no = any(%(units)s) group by dataset"
#: All of it in one read.
EVERYTHING = f"""
select (select coalesce(jsonb_agg(jsonb_build_array(unit_no, dataset, source, dimension, records, failed, warned, score)),
    '[]')::text from ({NOW}) n),
  (select coalesce(jsonb_agg(jsonb_build_array(day, dataset, dimension, records, failed, warned)), '[]')::text
   from ({TREND}) t),
  (select coalesce(jsonb_agg(jsonb_build_array(rule, unit_no, failing, late)), '[]')::text from ({WORST}) w),
  (select min(at) from ({CHECKED}) c)
"""
ScoreRow = tuple[int, str, str, str, int, int, int, float]
TrendRow = tuple[date, str, str, int, int, int]
FailingCount = tuple[str, int, int, int]


class Part(msgspec.Struct, frozen=True):
    """A score with what it is made of. score None: too few records to say, or none."""

    records: int
    failed: int
    warned: int
    score: float | None


class DatasetScore(msgspec.Struct, frozen=True):
    """One dataset of the units asked for: its total and each dimension that has rules."""

    dataset: str
    title: str
    total: Part
    dimensions: dict[str, Part]


class UnitScore(msgspec.Struct, frozen=True):
    """One unit: its mean and the total of each dataset."""

    unit_no: int
    name: str
    score: float | None
    datasets: dict[str, float | None]
    open: int


class SourceScore(msgspec.Struct, frozen=True):
    """The records that one source wrote last."""

    source: str
    records: int
    score: float | None


class WorstRule(msgspec.Struct, frozen=True):
    """A rule with what fails it. failing None: a group too small to be told outside its unit."""

    code: str
    title: str
    dataset: str
    severity: str
    failing: int | None
    units: int
    late: int | None


class QualityNow(msgspec.Struct, frozen=True):
    """Quality of the units asked for. trend: day -> mean score; checked_at: the oldest last check of a dataset."""

    score: float | None
    datasets: list[DatasetScore]
    units: list[UnitScore]
    sources: list[SourceScore]
    trend: list[tuple[date, float | None]]
    worst: list[WorstRule]
    records: int
    checked_at: datetime | None


def units_asked(unit_no: int | None) -> list[int]:
    """The units in reach, or the one of them that is named. Raises NotFound."""
    units = [one for one in scopes.current().units if one != scopes.BASE_UNIT]
    if unit_no is None:
        return units
    if unit_no not in units:
        raise NotFound(_("没有这个单位"))
    return [unit_no]


def is_outside(units: Iterable[int]) -> bool:
    """Whether the acting role looks at these units from outside."""
    scope = scopes.current()
    return scope.role not in MENDERS or any(unit != scope.unit_no for unit in units)


def smallest(*, is_published: bool, outside: bool) -> int:
    """The smallest group that may be told."""
    return SMALLEST_PUBLISHED if is_published else SMALLEST if outside else 1


def told_count(count: int, least: int) -> int | None:
    """A count, or None for a group too small to be told."""
    return None if 0 < count < least else count


def part_of(rows: Iterable[tuple[int, int, int]], least: int) -> Part:
    """Records, failed and warned added up, with the score where there are records enough."""
    records = failed = warned = 0
    for one in rows:
        records, failed, warned = records + one[0], failed + one[1], warned + one[2]
    return Part(records, failed, warned, scoring.score(records, failed, warned) if records >= least else None)


def total_of(dimensions: Mapping[str, Part], whole: Part) -> Part:
    """The total of a dataset from its dimensions."""
    known = {name: one.score for name, one in dimensions.items() if one.score is not None}
    return Part(whole.records, whole.failed, whole.warned, scoring.total(known))


@source(title="数据质量概况", roles=WATCHERS, reach=API)
def quality_now(*, unit_no: int | None = None, is_published: bool = False) -> QualityNow:
    """Scores, trend and the worst rules of the units in reach, or of one of them; never a failing row. is_published:
    groups below ten are left out instead of those below five. Raises NotFound."""
    return now_of(read_state(), unit_no, is_published)


class SchoolQuality(msgspec.Struct, frozen=True):
    """What a school's page of quality shows."""

    now: QualityNow
    tasks: list[QualityTask]


@source(title="本单位的数据质量", roles=scopes.SCHOOL_ROLES, reach=PAGE)
def school_quality() -> SchoolQuality:
    """The acting unit's scores and what it has to mend, in one transaction."""
    state = read_state()
    return SchoolQuality(now_of(state, scopes.current().unit_no, False), tasks_of(state))


def now_of(state: State, unit_no: int | None, is_published: bool) -> QualityNow:
    """Quality with the rules as they stand."""
    scope = scopes.current()
    units = units_asked(unit_no)
    least = smallest(is_published=is_published, outside=is_outside(units))
    rules = {one.rule.code: one.rule for one in in_force(units, scope.today, state)}
    given: dict[str, Any] = {
        "units": units, "day": scope.today, "today": scope.today, "rules": list(rules),
        "dimensions": ["", *DIMENSIONS],
        "days": [scope.today - timedelta(days=TREND_DAYS * step) for step in range(TREND_STEPS - 1, -1, -1)],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING, given)
        scores, trend, counts, checked_at = cursor.fetchone()
    now = typed.from_json(scores, list[ScoreRow])
    past = typed.from_json(trend, list[TrendRow])
    failing = typed.from_json(counts, list[FailingCount])
    datasets = dataset_scores(now, least)
    opened: Counter[int] = Counter()
    for _code, unit, count, _late in failing:
        opened[unit] += count
    names = {unit: name for unit, name in state.names.items() if unit in set(units)}
    return QualityNow(
        score=scoring.mean(one.total.score for one in datasets),
        datasets=datasets,
        units=unit_scores(now, names, opened, least),
        sources=source_scores(now, least),
        trend=trend_of(past, given["days"], least),
        worst=worst_rules(failing, rules, least),
        records=sum(one.total.records for one in datasets),
        checked_at=checked_at,
    )


def in_order(found: Iterable[str]) -> list[str]:
    """Datasets in the order in which rooms declared them, others after."""
    known = quality.checked()
    return sorted(found, key=lambda name: (known.index(name) if name in known else len(known), name))


def dataset_scores(now: Iterable[ScoreRow], least: int) -> list[DatasetScore]:
    """Each dataset over all its units."""
    parts: dict[str, dict[str, list[tuple[int, int, int]]]] = defaultdict(lambda: defaultdict(list))
    for _unit, dataset, source_, dimension, records, failed, warned, _score in now:
        if not source_:
            parts[dataset][dimension].append((records, failed, warned))
    out = []
    for name in in_order(parts):
        sides = {key: part_of(parts[name][key], least) for key in DIMENSIONS if key in parts[name]}
        out.append(
            DatasetScore(
                name, quality.title_of(name), total_of(sides, part_of(parts[name][""], least)), sides
            )
        )
    return out


def unit_scores(
    now: Iterable[ScoreRow], names: Mapping[int, str], opened: Mapping[int, int], least: int
) -> list[UnitScore]:
    """Each unit that has any record."""
    held: dict[int, dict[str, float | None]] = defaultdict(dict)
    for unit, dataset, source_, dimension, records, _failed, _warned, score in now:
        if not source_ and not dimension:
            held[unit][dataset] = score if records >= least or dataset == "school" else None
    return [
        UnitScore(unit, name, scoring.mean(held[unit].values()), held[unit], opened.get(unit, 0))
        for unit, name in names.items()
        if unit in held
    ]


def source_scores(now: Iterable[ScoreRow], least: int) -> list[SourceScore]:
    """Each source over all datasets, the mean of its datasets' totals by records."""
    parts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for _unit, _dataset, source_, dimension, records, _failed, _warned, score in now:
        if source_ and not dimension:
            parts[source_].append((records, score))
    out = []
    for name, some in sorted(parts.items()):
        records = sum(count for count, _score in some)
        mean = sum(count * score for count, score in some) / records if records >= least else None
        out.append(SourceScore(name, records, mean))
    return sorted(out, key=lambda one: -one.records)


def trend_of(past: Iterable[TrendRow], days: Iterable[date], least: int) -> list[tuple[date, float | None]]:
    """The mean score on each day; None before anything was checked."""
    parts: dict[date, dict[str, dict[str, Part]]] = defaultdict(lambda: defaultdict(dict))
    for day, dataset, dimension, records, failed, warned in past:
        if dimension:
            parts[day][dataset][dimension] = part_of([(records, failed, warned)], least)
    return [
        (day, scoring.mean(total_of(sides, Part(0, 0, 0, None)).score for sides in parts[day].values()))
        for day in days
    ]


def worst_rules(failing: Iterable[FailingCount], rules: Mapping[str, Rule], least: int) -> list[WorstRule]:
    """Rules by how many records fail them; of groups too small only that there are some."""
    counts: Counter[str] = Counter()
    lates: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for code, _unit, count, late in failing:
        counts[code] += count
        lates[code] += late
        units[code] += 1
    return [
        WorstRule(
            code, rules[code].word, rules[code].dataset, rules[code].severity, told_count(count, least), units[code],
            told_count(lates[code], least),
        )
        for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]  # fmt: skip
