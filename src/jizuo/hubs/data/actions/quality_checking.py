"""Checking a dataset: one statement with all its rules, whole or beside the touched records only.

What fails is written as the work of its unit and closes itself when it fails no more; a rule that was written anew, or
that changes with the day, is run whole, the others look at what was written since. Everything of a dataset is one
transaction, so a run that is killed leaves what was, and the next one does the same work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.sql import Composable
from psycopg.types.json import Jsonb

from jizuo.ground.ids import new_id
from jizuo.hubs.data import quality
from jizuo.hubs.data.actions.quality_scoring import (
    BY_HAND,
    count_records,
    keep_scores,
    units_to_count,
    units_to_score,
)
from jizuo.hubs.data.queries.quality_rules import InForce
from jizuo.hubs.data.rules.quality import asking
from jizuo.hubs.data.rules.quality.asking import FEW, TOUCHED, WHOLE
from jizuo.hubs.data.rules.quality.declared import Rule
from jizuo.hubs.data.rules.quality.subjects import Subject

#: Beyond this share of touched records the whole is quicker.
MOST_TOUCHED = 0.2
#: In a smaller table any plan will do.
MANY = 10_000

#: No writer that began before this instant is still at work: what is written later carries a later `changed_at`.
SETTLED = """
select least(now(), coalesce(min(xact_start), now())) from pg_stat_activity
where usename = current_user and datname = current_database() and pid <> pg_backend_pid()
"""
#: A large table that was never analysed, or of which half was written since.
UNKNOWN = """
select 1 from pg_stat_user_tables where schemaname = 'public' and relname = any(%(tables)s)
  and n_live_tup > %(many)s and (n_mod_since_analyze > n_live_tup / 2
    or coalesce(last_analyze, last_autoanalyze) is null) limit 1
"""
OPEN_FAILURES = """
insert into quality_failure as q (id, unit_no, dataset, rule, record_id, org_id, source, state, due_on)
select gen_random_uuid(), f.unit_no, %(dataset)s, r.code, f.record_id, f.org_id, f.source, 'open', %(today)s::date + r.days
from (select distinct on (rule_no, unit_no, record_id) * from quality_found) f
join unnest(%(codes)s::text[], %(days)s::int[]) with ordinality as r(code, days, no) on r.no = f.rule_no
on conflict (unit_no, rule, record_id) do update set
  state = case q.state when 'closed' then 'open' else q.state end,
  opened_at = case q.state when 'closed' then now() else q.opened_at end,
  due_on = case q.state when 'closed' then excluded.due_on else q.due_on end,
  times = case q.state when 'closed' then q.times + 1 else q.times end,
  reason = case q.state when 'closed' then '' else q.reason end,
  closed_at = null, org_id = excluded.org_id, source = excluded.source, changed_at = now()
where q.state = 'closed' or (q.org_id, q.source) is distinct from (excluded.org_id, excluded.source)
"""
CLOSE_MENDED = """
update quality_failure q set state = 'closed', closed_at = now(), changed_at = now()
where q.dataset = %(dataset)s and q.rule = any(%(codes)s) and q.state in ('open', 'waived') {few}
  and not exists (select 1 from quality_found f where f.unit_no = q.unit_no and f.record_id = q.record_id
                  and f.rule_no = array_position(%(codes)s::text[], q.rule::text))
"""
OF_THE_TOUCHED = f"and q.record_id in (select record_id from {TOUCHED})"
CLOSE_GONE = """
update quality_failure set state = 'closed', closed_at = now(), changed_at = now()
where dataset = %s and not rule = any(%s) and state in ('open', 'waived')
"""
KEEP_MARK = """
insert into quality_mark as m (id, unit_no, dataset, since, day, rules) values (%s, %s, %s, %s, %s, %s)
on conflict (unit_no, dataset) do update set since = excluded.since, day = excluded.day, rules = excluded.rules,
  changed_at = now()
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check did. whole: rules run over every record; touched: records looked at by the others, None when there
    was no need to look; opened and closed: failures."""

    dataset: str
    whole: int
    touched: int | None
    opened: int
    closed: int


def check_dataset(
    *, dataset: str, rules: Sequence[InForce], root_no: int, today: date, is_full: bool = False
) -> Checked:
    """Check one dataset at the units in scope, in the open transaction. rules: those of this dataset in force; root_no:
    under which unit it is written how far they are checked; is_full: every rule over every record."""
    subject = quality.subject_of(dataset, today).beside([made for one in rules for made in one.rule.brought])
    day = asking.day_of(today, settings.TIME_ZONE)
    with connection.cursor() as cursor:
        cursor.execute("set local jit = off")
        cursor.execute("set local work_mem = '64MB'")
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), %s)", [f"quality {dataset}", root_no])
        cursor.execute(SETTLED)
        (settled,) = cursor.fetchone()
        since, on_day, ran = mark_of(cursor, dataset, root_no)
        prints = {one.rule.code: fingerprint(one, subject) for one in rules}
        said = said_since(cursor, since)
        is_new_day = on_day != today
        whole = [
            one for one in rules
            if is_full or since is None or ran.get(one.rule.code) != prints[one.rule.code] or one.rule.code in said
            or (is_new_day and (one.rule.is_daily or subject.is_daily(one.rule.names)))
        ]  # fmt: skip
        few = [one for one in rules if one not in whole]
        touched = None
        opened = closed = 0
        histories = histories_of(cursor, subject)
        if few and since is not None:
            touched = find_touched(cursor, subject, [one.rule for one in few], since, histories, day)
            if touched > MOST_TOUCHED * max(1, records_held(cursor, dataset)) or not is_known(
                cursor, subject
            ):
                whole, few, touched = list(rules), [], None
        for some, mode in ((whole, WHOLE), (few if touched else [], FEW)):
            if some:
                found = run_rules(cursor, subject, some, mode, day, today)
                opened, closed = opened + found[0], closed + found[1]
        cursor.execute(CLOSE_GONE, [dataset, [one.rule.code for one in rules]])
        gone = cursor.rowcount
        if whole or gone or since is None or set(ran) - set(prints):
            count_records(cursor, subject, day, None)
            keep_scores(cursor, dataset, rules, today, None)
        else:
            counted = units_to_count(cursor, subject, since, histories)
            if counted:
                count_records(cursor, subject, day, counted)
            keep_scores(cursor, dataset, rules, today, units_to_score(cursor, dataset, since, counted))
        cursor.execute("update quality_count set checked_at = now() where dataset = %s", [dataset])
        given: list[Any] = [new_id(), root_no, dataset, settled, today, Jsonb(prints)]
        cursor.execute(KEEP_MARK, given)
    return Checked(dataset, len(whole), touched, opened, closed + gone)


def mark_of(cursor: Any, dataset: str, root_no: int) -> tuple[datetime | None, date | None, dict[str, str]]:
    """(since, day, fingerprints) of the last check; (None, None, {}) before the first."""
    cursor.execute(
        "select since, day, rules::text from quality_mark where unit_no = %s and dataset = %s",
        [root_no, dataset],
    )
    row = cursor.fetchone()
    return (row[0], row[1], json.loads(row[2])) if row else (None, None, {})


def said_since(cursor: Any, since: datetime | None) -> set[str]:
    """Rules written or switched since: one that was off in between has let go what it found."""
    if since is None:
        return set()
    cursor.execute(
        "select rule from quality_switch where set_at >= %s union select code from quality_rule where written_at >= %s",
        [since, since],
    )
    return {code for (code,) in cursor.fetchall()}


def fingerprint(one: InForce, subject: Subject) -> str:
    """Changes with everything that decides what a rule finds, but the records."""
    told = [
        one.rule.fails.as_string(None), json.dumps(one.rule.told, sort_keys=True, default=str, ensure_ascii=False),
        asking.records(subject, one.rule.names, mode=WHOLE, day=asking.day_of(date(2000, 1, 1), "")).as_string(None),
        sorted(one.off),
    ]  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def records_held(cursor: Any, dataset: str) -> int:
    """How many records the last check counted."""
    cursor.execute("select coalesce(sum(records), 0) from quality_count where dataset = %s", [dataset])
    return int(cursor.fetchone()[0])


def tables_of(subject: Subject) -> set[str]:
    """The tables that a subject reads."""
    tables = {subject.dataset.table}
    for one in (*subject.relations.values(), *filter(None, [subject.held_by])):
        tables |= {one.dataset.table, *(inner.dataset.table for inner in one.inner)}
    return tables


def histories_of(cursor: Any, subject: Subject) -> set[str]:
    """The history twins that there are of the tables that a subject reads."""
    cursor.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relname = any(%s)",
        [[f"{table}_history" for table in tables_of(subject)]],
    )
    return {name for (name,) in cursor.fetchall()}


def find_touched(
    cursor: Any,
    subject: Subject,
    rules: Iterable[Rule],
    since: datetime,
    histories: set[str],
    day: Composable,
) -> int:
    """Write the ids of the records that were touched since into the temporary table; returns how many."""
    names = frozenset().union(*(rule.names for rule in rules))
    cursor.execute(f"drop table if exists {TOUCHED}")
    cursor.execute(f"create temporary table {TOUCHED} (record_id uuid primary key) on commit drop")
    count = 0
    # One by one: each is planned by itself, where a union of them is not.
    for select in asking.touched(subject, names, since, histories, day):
        cursor.execute(
            sql.SQL("insert into {} {} on conflict do nothing").format(sql.Identifier(TOUCHED), select)
        )
        count += cursor.rowcount
    cursor.execute(f"analyze {TOUCHED}")
    return count


def plan_for(cursor: Any, mode: str) -> None:
    """Tell the planner what it cannot estimate behind tests and walls: whole joins go by hash, since a loop over what it
    takes for a few rows runs over all of them; the touched are few indeed."""
    cursor.execute(f"set local enable_nestloop = {'off' if mode == WHOLE else 'on'}")


def is_known(cursor: Any, subject: Subject) -> bool:
    """Whether the planner knows the tables behind a subject: after a first load and before they are analysed it takes
    thousands of records for one, and a loop over the touched would run over all of them, time and again."""
    cursor.execute(UNKNOWN, {"tables": list(tables_of(subject)), "many": MANY})
    return cursor.fetchone() is None


def run_rules(
    cursor: Any, subject: Subject, rules: Sequence[InForce], mode: str, day: Composable, today: date
) -> tuple[int, int]:
    """One pass with these rules; returns how many failures opened and closed."""
    names = frozenset().union(*(one.rule.names for one in rules))
    cases = [
        sql.SQL("case when {} then {} end").format(one.rule.fails, sql.Literal(number))
        for number, one in enumerate(rules, 1)
    ]
    cursor.execute("drop table if exists quality_found")
    plan_for(cursor, mode)
    cursor.execute(
        sql.SQL(
            "create temporary table quality_found on commit drop as"
            " select x.unit_no, x.record_id, x.org_id, x.source, unnest(x.bad) as rule_no from ("
            " select {unit} as unit_no, t.id as record_id, {org} as org_id, coalesce(b.source, {by_hand}) as source,"
            # "offset 0" keeps the planner from working the tests out once more for the filter.
            " array_remove(array[{cases}]::int[], null) as bad {records} offset 0) x where x.bad <> '{{}}'"
        ).format(
            unit=subject.unit,
            org=subject.names[subject.org].sql if subject.org else sql.SQL("null::uuid"),
            by_hand=sql.Literal(BY_HAND),
            cases=sql.SQL(", ").join(cases),
            records=asking.records(subject, names, mode=mode, day=day),
        )
    )
    off = [(number, unit_no) for number, one in enumerate(rules, 1) for unit_no in sorted(one.off)]
    if off:
        cursor.execute(
            "delete from quality_found f using unnest(%s::int[], %s::int[]) as o(rule_no, unit_no)"
            " where o.rule_no = f.rule_no and o.unit_no = f.unit_no",
            [[number for number, _unit in off], [unit_no for _number, unit_no in off]],
        )
    plan_for(cursor, FEW)
    cursor.execute("create index on quality_found (unit_no, record_id, rule_no)")
    cursor.execute("analyze quality_found")
    given: dict[str, Any] = {
        "dataset": subject.dataset.name, "codes": [one.rule.code for one in rules],
        "days": [one.rule.days for one in rules], "today": today,
    }  # fmt: skip
    cursor.execute(CLOSE_MENDED.format(few=OF_THE_TOUCHED if mode == FEW else ""), given)
    closed = cursor.rowcount
    cursor.execute(OPEN_FAILURES, given)
    return cursor.rowcount, closed
