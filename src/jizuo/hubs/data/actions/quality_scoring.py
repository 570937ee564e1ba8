"""What a check leaves to be read: how many records of a unit count, by source, and the scores of the day. Only units
where that may have changed are counted and scored anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from psycopg import sql
from psycopg.sql import Composable

from jizuo.hubs.data.queries.quality_rules import InForce
from jizuo.hubs.data.rules.quality import asking, counting, scoring
from jizuo.hubs.data.rules.quality.asking import TOUCHED, WHOLE
from jizuo.hubs.data.rules.quality.declared import WARN
from jizuo.hubs.data.rules.quality.subjects import Subject

#: A record that nobody brought by a file.
BY_HAND = "page"

FAILED = """
select unit_no, source, dimension, count(*) filter (where is_failed), count(*) filter (where not is_failed) from (
  select f.unit_no, f.source, d.dimension, f.record_id, bool_or(not r.is_warning) as is_failed
  from quality_failure f join unnest(%(codes)s::text[], %(dimensions)s::text[], %(warnings)s::bool[])
    as r(code, dimension, is_warning) on r.code = f.rule
  cross join lateral (values (r.dimension), ('')) as d(dimension)
  where f.dataset = %(dataset)s and f.state = 'open' and (%(within)s::int[] is null or f.unit_no = any(%(within)s))
  group by 1, 2, 3, 4) x
group by 1, 2, 3
"""
KEEP_COUNTS = """
insert into quality_count as c (id, unit_no, dataset, source, records)
select gen_random_uuid(), n.unit_no, %(dataset)s, n.source, n.records
from unnest(%(units)s::int[], %(sources)s::text[], %(records)s::int[]) as n(unit_no, source, records)
on conflict (unit_no, dataset, source) do update set records = excluded.records, checked_at = now(), changed_at = now()
"""
DROP_COUNTS = """
delete from quality_count c where c.dataset = %(dataset)s
  and (%(within)s::int[] is null or c.unit_no = any(%(within)s)) and not exists (
  select 1 from unnest(%(units)s::int[], %(sources)s::text[]) as n(unit_no, source)
  where n.unit_no = c.unit_no and n.source = c.source)
"""
COUNTS = """
select unit_no, source, records from quality_count
where dataset = %(dataset)s and (%(within)s::int[] is null or unit_no = any(%(within)s))
"""
#: A day has a row where it differs from the last one before it.
KEEP_SCORES = """
insert into quality_score as s (id, unit_no, day, dataset, source, dimension, records, failed, warned, score)
select gen_random_uuid(), n.unit_no, %(today)s, %(dataset)s, n.source, n.dimension, n.records, n.failed, n.warned, n.score
from unnest(%(units)s::int[], %(sources)s::text[], %(dims)s::text[], %(records)s::int[], %(failed)s::int[],
            %(warned)s::int[], %(scores)s::numeric[]) as n(unit_no, source, dimension, records, failed, warned, score)
left join lateral (select l.records, l.failed, l.warned, l.score from quality_score l
  where l.unit_no = n.unit_no and l.dataset = %(dataset)s and l.source = n.source and l.dimension = n.dimension
  order by l.day desc limit 1) last on true
where (last.records, last.failed, last.warned, last.score) is distinct from
      (n.records, n.failed, n.warned, round(n.score, 3))
on conflict (unit_no, dataset, source, dimension, day) do update set records = excluded.records,
  failed = excluded.failed, warned = excluded.warned, score = excluded.score, changed_at = now()
"""


def units_to_count(cursor: Any, subject: Subject, since: datetime, histories: Collection[str]) -> list[int]:
    """The units whose number of records, or whose sources of them, may have changed since."""
    told = counting.counted_units(subject, since, histories)
    if told is None:
        cursor.execute("select to_regclass(%s) is not null", [f"pg_temp.{TOUCHED}"])
        (is_there,) = cursor.fetchone()
        told = sql.SQL(" union ").join(asking.touched_units(subject, since, histories)) if is_there else None
    if told is None:
        return []
    cursor.execute(told)
    return sorted({unit_no for (unit_no,) in cursor.fetchall()})


def units_to_score(cursor: Any, dataset: str, since: datetime, counted: Collection[int]) -> list[int]:
    """The units that were counted, and those where failures opened, closed, were waived or taken up since."""
    cursor.execute(
        "select distinct unit_no from quality_failure where dataset = %s and changed_at >= %s",
        [dataset, since],
    )
    return sorted({*counted, *(unit_no for (unit_no,) in cursor.fetchall())})


def count_records(cursor: Any, subject: Subject, day: Composable, units: Sequence[int] | None) -> None:
    """Count the records of these units, or of all, by who wrote them last; kept."""
    counted = subject.where.names if subject.where else ()
    cursor.execute(f"set local enable_nestloop = {'off' if units is None else 'on'}")
    cursor.execute(
        sql.SQL("select {unit}, coalesce(b.source, {by_hand}), count(*) {records} group by 1, 2").format(
            unit=subject.unit, by_hand=sql.Literal(BY_HAND),
            records=asking.records(subject, counted, mode=WHOLE, day=day, units=units),
        )
    )  # fmt: skip
    found = cursor.fetchall()
    cursor.execute("set local enable_nestloop = on")
    given = {
        "dataset": subject.dataset.name, "units": [unit for unit, _source, _count in found],
        "sources": [source for _unit, source, _count in found], "records": [count for _unit, _source, count in found],
        "within": None if units is None else list(units),
    }  # fmt: skip
    cursor.execute(DROP_COUNTS, given)
    cursor.execute(KEEP_COUNTS, given)


def keep_scores(
    cursor: Any,
    dataset: str,
    rules: Sequence[InForce],
    today: date,
    units: Sequence[int] | None,
) -> None:
    """The day's scores of these units, or of all, and of each source, by dimension and in total."""
    within = None if units is None else list(units)
    if within == []:
        return
    cursor.execute(
        FAILED,
        {
            "dataset": dataset,
            "codes": [one.rule.code for one in rules],
            "dimensions": [one.rule.dimension for one in rules],
            "warnings": [one.rule.severity == WARN for one in rules],
            "within": within,
        },
    )
    failed: dict[tuple[int, str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for unit_no, source, dimension, bad, warned in cursor.fetchall():
        for key in ((unit_no, source, dimension), (unit_no, "", dimension)):
            failed[key] = (failed[key][0] + bad, failed[key][1] + warned)
    records: dict[tuple[int, str], int] = defaultdict(int)
    cursor.execute(COUNTS, {"dataset": dataset, "within": within})
    for unit_no, source, count in cursor.fetchall():
        records[unit_no, source] += count
        records[unit_no, ""] += count
    lines = []
    for (unit_no, source), count in records.items():
        dimensions = {one.rule.dimension for one in rules if unit_no not in one.off}
        scores: dict[str, float] = {}
        for dimension in sorted(dimensions):
            bad, warned = failed[unit_no, source, dimension]
            found = scoring.score(count, bad, warned)
            if found is not None:
                scores[dimension] = found
                lines.append((unit_no, source, dimension, count, bad, warned, found))
        whole = scoring.total(scores)
        if whole is not None:
            lines.append((unit_no, source, "", count, *failed[unit_no, source, ""], whole))
    if not lines:
        return
    units, sources, dims, held, bads, warns, values = map(list, zip(*lines, strict=True))
    cursor.execute(
        KEEP_SCORES,
        {
            "today": today, "dataset": dataset, "units": units, "sources": sources, "dims": dims, "records": held,
            "failed": bads, "warned": warns, "scores": values,
        },
    )  # fmt: skip
