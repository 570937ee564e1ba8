"""Scores, what waits, and failing rows. Counts go to whoever oversees a unit; rows only to the unit itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import API, PAGE, source
from jizuo.ground.errors import NotFound
from jizuo.ground.pages.asks import Ask, Slice, cut
from jizuo.hubs.data import quality
from jizuo.hubs.data.queries.quality_rules import WATCHERS, State, in_force, read_state
from jizuo.hubs.data.rules.quality import scoring
from jizuo.hubs.data.rules.quality.declared import DIMENSIONS, Rule

#: Who works on failing rows: the unit itself, never who oversees it.
MENDERS = scopes.SCHOOL_ROLES | {scopes.HOMEROOM_TEACHER}
#: Smaller groups are not shown: inside the base, and in anything published.
SMALLEST, SMALLEST_PUBLISHED = 5, 10
TREND_STEPS, TREND_DAYS = 12, 7
MOST_ROWS = 20_000

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
TASKS = """
select rule, count(*), min(due_on), count(*) filter (where due_on < %(today)s) from quality_failure
where unit_no = %(unit)s and state = 'open' and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s))
group by 1
"""
ROWS = """
select id, record_id, first_seen_at, opened_at, due_on, state, times, source, reason from quality_failure
where unit_no = %(unit)s and rule = %(rule)s and state = any(%(states)s)
  and (%(orgs)s::uuid[] is null or org_id = any(%(orgs)s))
"""


EXPORTED = """
select rule, id, record_id, first_seen_at, opened_at, due_on, state, times, source, reason from quality_failure
where unit_no = %(unit)s and rule = any(%(rules)s) and state = 'open' order by rule, due_on, id limit %(most)s
"""


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
    now = msgspec.json.decode(scores, type=list[ScoreRow])
    past = msgspec.json.decode(trend, type=list[TrendRow])
    failing = msgspec.json.decode(counts, type=list[FailingCount])
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


class QualityTask(msgspec.Struct, frozen=True):
    """Work of the acting school: so many records fail a rule, the first due on a day."""

    code: str
    title: str
    fix: str
    dataset: str
    dataset_title: str
    severity: str
    owner: str
    count: int
    due_on: date
    late: int


@source(title="数据质量待办", roles=MENDERS, reach=API)
def quality_tasks() -> list[QualityTask]:
    """What the acting unit has to mend, by rule, the late first. A homeroom teacher gets what falls to her in her own
    classes."""
    return tasks_of()


def tasks_of(state: State | None = None) -> list[QualityTask]:
    """What the acting unit has to mend, with the rules as they stand; they are read only where a rule is no shipped
    one."""
    scope = scopes.current()
    with connection.cursor() as cursor:
        cursor.execute(TASKS, {"unit": scope.unit_no, "today": scope.today, "orgs": own_orgs()})
        rows = cursor.fetchall()
    known = quality.shipped(scope.today)
    if any(code not in known for code, *_rest in rows):
        known = {one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today, state)}
    rules = mine(known)
    found = [
        QualityTask(
            code, rules[code].word, rules[code].mend, rules[code].dataset, quality.title_of(rules[code].dataset),
            rules[code].severity, rules[code].owner, count, due_on, late,
        )
        for code, count, due_on, late in rows
        if code in rules
    ]  # fmt: skip
    grave = {"block": 0, "error": 1, "warn": 2}
    return sorted(found, key=lambda one: (not one.late, grave[one.severity], one.due_on, -one.count))


def own_orgs() -> list[UUID] | None:
    """The classes of a homeroom teacher; None for who works for the whole unit."""
    scope = scopes.current()
    return list(scope.org_ids) if scope.role == scopes.HOMEROOM_TEACHER else None


def mine(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Of the rules those that fall to the acting role."""
    if scopes.current().role != scopes.HOMEROOM_TEACHER:
        return dict(rules)
    return {code: rule for code, rule in rules.items() if rule.owner == scopes.HOMEROOM_TEACHER}


class FailingRow(msgspec.Struct, frozen=True):
    """One failing record of the acting school. href: the page where it is mended, below the acting role's address."""

    failure_id: UUID
    record_id: UUID
    name: str
    where: str
    href: str
    first_seen_at: datetime
    due_on: date
    state: str
    times: int
    source: str
    reason: str


class FailingRows(msgspec.Struct, frozen=True):
    """One page of failing records of a rule (`rules.quality.declared.Rule`). count: all that answer."""

    rule: Any
    slice: Any
    count: int


def whole_slice(rows: Sequence[Any]) -> Slice:
    """Rows that stand on one page."""
    return Slice(rows)


def title_of(rule: Rule) -> str:
    """What a rule checks, in words."""
    return quality.title_of(rule.dataset)


def rule_of(code: str) -> Rule:
    """A rule that holds at the acting unit and falls to the acting role. Raises NotFound."""
    scope = scopes.current()
    rule = mine({one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today)}).get(code)
    if rule is None:
        raise NotFound(_("没有这条规则"))
    return rule


@source(title="质量不合格的记录", roles=MENDERS, reach=PAGE)
def failing_rows(*, code: str, ask: Ask) -> FailingRows:
    """Records of the acting unit that fail a rule, by the day they are due. ask.filters: state. Raises NotFound."""
    rule = rule_of(code)
    states = [ask.filters.get("state", "open")]
    given: dict[str, Any] = {
        "unit": scopes.current().unit_no, "rule": code, "states": states, "orgs": own_orgs(), "size": ask.size + 1,
    }  # fmt: skip
    step, way = "true", "asc"
    place = ask.before or ask.after
    is_falling = ask.is_descending != (ask.before is not None)
    if place is not None:
        given["value"], given["last"] = place
        step = f"(due_on, id) {'<' if is_falling else '>'} (%(value)s::date, %(last)s::uuid)"
    way = "desc" if is_falling else "asc"
    with connection.cursor() as cursor:
        cursor.execute(
            f"with hit as ({ROWS}) select hit.*, (select count(*) from hit) from hit where {step}"
            f" order by due_on {way}, id {way} limit %(size)s",
            given,
        )
        rows = cursor.fetchall()
    lines = lines_of(rule, rows)
    audit.counted(min(len(lines), ask.size))
    return FailingRows(
        rule, cut(lines, ask, sort_key="due_on", id_key="failure_id"), rows[0][-1] if rows else 0
    )


def lines_of(
    rule: Rule, rows: Iterable[tuple[Any, ...]], places: Mapping[UUID, quality.Place] | None = None
) -> list[FailingRow]:
    """The rows with what their records are called and where they are mended."""
    kept = list(rows)
    if places is None:
        places = quality.places_of(rule.dataset, [row[1] for row in kept])
    nameless = quality.Place(_("（记录已不在名单里）"))
    out = []
    for failure_id, record_id, seen_at, _opened, due_on, state, times, source_, reason, *_rest in kept:
        place = places.get(record_id, nameless)
        out.append(
            FailingRow(
                failure_id,
                record_id,
                place.name,
                place.where,
                place.href,
                seen_at,
                due_on,
                state,
                times,
                source_,
                reason,
            )
        )
    return out


@source(title="下载质量不合格的记录", roles=scopes.SCHOOL_ROLES, reach=PAGE)
def export_failing(*, code: str = "") -> list[tuple[Rule, FailingRow]]:
    """Every open failing record of the acting unit, of one rule or of all, at most 20,000; who is named is disclosed.
    Raises NotFound for a rule that does not hold here."""
    scope = scopes.current()
    held = {one.rule.code: one.rule for one in in_force([scope.unit_no], scope.today)}
    if code and code not in held:
        raise NotFound(_("没有这条规则"))
    out: list[tuple[Rule, FailingRow]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            EXPORTED, {"unit": scope.unit_no, "rules": [code] if code else list(held), "most": MOST_ROWS}
        )
        rows = cursor.fetchall()
    of_rule: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    of_dataset: dict[str, list[UUID]] = defaultdict(list)
    for rule_code, *row in rows:
        of_rule[rule_code].append(tuple(row))
        of_dataset[held[rule_code].dataset].append(row[1])
    places = {name: quality.places_of(name, dict.fromkeys(ids)) for name, ids in of_dataset.items()}
    for rule_code, some in of_rule.items():
        rule = held[rule_code]
        out += [(rule, line) for line in lines_of(rule, some, places[rule.dataset])]
    people = {one.person_id for found in places.values() for one in found.values() if one.person_id}
    audit.disclose(("name",), people, len(out))
    audit.note(f"quality {code or 'all'}")
    return out
