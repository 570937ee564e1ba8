"""Alerts looked at: the rows that answer now against the cases that are kept. Inside a door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from jizuo.engines.monitoring import rules
from jizuo.engines.monitoring.rules import Change, Held, Reason
from jizuo.engines.monitoring.shapes import Alert
from jizuo.ground import made
from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id
from jizuo.ground.made import Filter
from jizuo.ground.packs import versions
from jizuo.ground.packs.parts import Pack
from jizuo.hubs.data import datasets
from jizuo.hubs.data.queries.rows import table_of
from jizuo.hubs.data.queries.scene_rows import filters_of

MOST_ROWS = 50
CASES = """
select id, unit_no, key, row_ids, state, stage, since, subject_id, org_id, closed_by is not null from alert_case
where unit_no = any(%(units)s) and scene = %(scene)s and alert = %(alert)s
  and (state <> 'closed' or (closed_by is not null and closed_at > %(now)s - interval '60 days'))
"""
OPEN = """
insert into alert_case (id, unit_no, scene, alert, key, subject_id, org_id, row_ids, state, since, stage, note)
values (%s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, 0, '')
on conflict (unit_no, scene, alert, key) where state <> 'closed' do nothing
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """An alert and the units for which it is looked at alike. may_open: its time has come."""

    scene: str
    name: str
    alert: Alert
    pack: Pack
    units: tuple[int, ...]
    may_open: bool


def watches(now: datetime, *, units: Iterable[int], dataset: str = "") -> list[Watch]:
    """Every alert of the scenes that units use, those over one dataset when named. now: local."""
    grouped: dict[tuple[str, UUID, str, bool], list[int]] = defaultdict(list)
    told: dict[tuple[str, UUID, str, bool], tuple[Alert, Pack]] = {}
    for unit_no in units:
        for scene, installed in versions.all_in_use(unit_no).items():
            for name, alert in installed.pack.part("alerts").items():
                if dataset and alert.of != dataset:
                    continue
                key = (scene, installed.version_id, name, rules.is_due(alert, installed.settings, now))
                grouped[key].append(unit_no)
                told[key] = (alert, installed.pack)
    return [Watch(key[0], key[2], *told[key], tuple(units_of), key[3]) for key, units_of in grouped.items()]


def reasons(watch: Watch) -> list[Reason] | None:
    """What an alert finds now, in one statement; None while its table is being built."""
    alert, standard = watch.alert, watch.pack.part("standards")[watch.alert.of]
    known = datasets.all_datasets().get(alert.of)
    filters = filters_of(alert.where)
    if known is None or known.made is None or filters is None:
        return None
    begin = rules.since(alert, scopes.current().today)
    if begin is not None:
        filters.append(Filter(alert.on, "ge", begin))
    table = table_of(known)
    tests, values = made.tests_of(table, filters)
    klass = (
        sql.SQL("(array_agg(t.{}))[1]").format(sql.Identifier(standard.klass))
        if standard.klass
        else sql.SQL("null")
    )
    statement = sql.SQL(
        "select t.unit_no, t.{each}::text, (array_agg(t.id order by t.id))[:{most}], {klass} from {table} t where"
        " t.unit_no = any(%s) and t.{each} is not null and {tests} group by 1, 2 having count(*) >= %s order by 1, 2"
    ).format(
        each=sql.Identifier(alert.each), most=sql.Literal(MOST_ROWS), klass=klass, table=sql.Identifier(table.table),
        tests=sql.SQL(" and ").join([sql.SQL("true"), *tests]),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(watch.units), *values, max(alert.least, 1)])
        is_person = alert.each == standard.subject
        is_class = alert.each == standard.klass
        return [
            Reason(
                unit_no, key[:120], tuple(row_ids), UUID(key) if is_person else None, UUID(key) if is_class else org_id
            )
            for unit_no, key, row_ids, org_id in cursor.fetchall()
        ]  # fmt: skip


def cases(watch: Watch, now: datetime) -> list[Held]:
    """The cases that are kept of an alert: open ones, and those that people closed lately."""
    given: dict[str, Any] = {
        "units": list(watch.units),
        "scene": watch.scene,
        "alert": watch.name,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(CASES, given)
        return [
            Held(case_id, unit_no, key, tuple(row_ids), state, stage, since, subject_id, org_id, is_by_hand)
            for case_id, unit_no, key, row_ids, state, stage, since, subject_id, org_id, is_by_hand in cursor.fetchall()
        ]  # fmt: skip


def keep(watch: Watch, change: Change, now: datetime) -> list[Held]:
    """Write what changes; returns the cases that were opened."""
    opened: list[Held] = []
    with connection.cursor() as cursor:
        for one in change.new:
            case_id = new_id()
            values: list[Any] = [
                case_id, one.unit_no, watch.scene, watch.name, one.key, one.subject_id, one.org_id, list(one.row_ids), now,
            ]  # fmt: skip
            cursor.execute(OPEN, values)
            if cursor.rowcount:
                opened.append(
                    Held(case_id, one.unit_no, one.key, one.row_ids, rules.OPEN, 0, now, one.subject_id, one.org_id)
                )  # fmt: skip
        for held, reason in change.moved:
            cursor.execute(
                "update alert_case set row_ids = %s where unit_no = %s and id = %s",
                [list(reason.row_ids), held.unit_no, held.case_id],
            )
        if change.gone:
            cursor.execute(
                "update alert_case set state = 'closed', closed_at = %s where unit_no = any(%s) and id = any(%s)",
                [now, list(watch.units), [one.case_id for one in change.gone]],
            )
    return opened


def raise_stage(told: Mapping[UUID, int], now: datetime) -> None:
    """Keep how far each case was told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update alert_case c set stage = s.stage, state = 'told', told_at = %s"
            " from unnest(%s::uuid[], %s::int[]) as s(id, stage) where c.id = s.id and c.unit_no = any(%s)",
            [now, list(told), list(told.values()), list(scopes.current().units)],
        )


def look(watch: Watch, now: datetime) -> tuple[Sequence[Held], Sequence[Held], int]:
    """Look once: the cases opened, every case that is open now, and how many ended."""
    found = reasons(watch)
    if found is None:
        return (), (), 0
    held = cases(watch, now)
    change = rules.compare(found, held, may_open=watch.may_open)
    opened = keep(watch, change, now)
    gone = {one.case_id for one in change.gone}
    alive = [one for one in held if one.state != rules.CLOSED and one.case_id not in gone]
    return opened, [*alive, *opened], len(gone)
