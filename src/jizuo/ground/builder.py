"""The builder: the one process beside migrate that works as owner. It takes schema plans one at a time.

A table, its wall, grants, history twin, partitions, indexes, catalogue entry and the plan's end are one
transaction with a short `lock_timeout`: a crash in the middle leaves nothing, and the plan waits. Indexes of a
table that holds rows already are built beside the traffic, after the columns. Once a day it makes the
partitions of the time ahead.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from jizuo.ground import acting, bootstrap, catalogue_state, census, logins, partitions, plans, walls
from jizuo.ground.errors import Problem
from jizuo.ground.plans import Column, SchemaPlan
from jizuo.plain import typed

log = logging.getLogger(__name__)
#: One builder at a time on a database.
LOCK = 0x6A697A756F
PAUSE_SECONDS = 5.0
#: lock timeout, deadlock, serialisation: the same plan goes through a little later
BUSY = frozenset({"55P03", "40P01", "40001"})
#: Where a reference column points: within the unit by both keys (RLS-15), or to a table of the base by one.
WITHIN = {"org": "org", "file": "stored_file"}
OF_BASE = {"person": "person"}

HOUSE = (
    "id uuid primary key, unit_no int not null, batch_id uuid, changed_at timestamptz not null default now(),"
    " extras jsonb not null default '{}', held_by jsonb not null default '{}', unique (unit_no, id)"
)


def work() -> None:
    """Build until SIGTERM or SIGINT. A second builder on the same database waits until the first is gone."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ahead_on: date | None = None
    while not ended.is_set():
        try:
            with alone() as is_alone:
                while is_alone and not ended.is_set():
                    if ahead_on != acting.today():
                        partitions.ensure(acting.today())
                        ahead_on = acting.today()
                    if build_next() is None:
                        wait_for_plan(ended)
            ended.wait(1.0)
        except (DatabaseError, psycopg.Error):
            log.exception("the builder lost its footing; trying again")
            connection.close()
            ended.wait(1.0)


@contextmanager
def alone() -> Iterator[bool]:
    """Hold the builder's place on this connection; yields False when another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def wait_for_plan(ended: threading.Event, seconds: float = PAUSE_SECONDS) -> None:
    """Sleep until a plan is asked for, at most `seconds`."""
    address = bootstrap.connect().of(bootstrap.login_name())
    with psycopg.connect(address, autocommit=True) as line:
        line.execute("listen jizuo_plan")
        with connection.cursor() as cursor:
            cursor.execute("select 1 from schema_plan where state = 'waiting' and why = ''")
            if cursor.fetchone() is not None:
                return
        left = seconds
        while left > 0 and not ended.is_set():
            if list(line.notifies(timeout=0.5, stop_after=1)):
                return
            left -= 0.5


def build_next() -> str | None:
    """Take the oldest waiting plan that is not known to be held up, else the oldest that is.

    Returns its end: ``done``, ``refused`` or ``waiting`` (the table was busy); None when no plan waits. A held-up
    plan is tried again after `PAUSE_SECONDS`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, plan::text from schema_plan where state = 'waiting'"
            " and (ended_at is null or ended_at < clock_timestamp() - make_interval(secs => %s))"
            " order by ended_at nulls first, id limit 1",
            [PAUSE_SECONDS],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    plan_id, text = row
    try:
        plan = typed.from_json(text, SchemaPlan)
    except msgspec.ValidationError as error:
        return end(plan_id, "refused", _("方案读不懂：%(error)s") % {"error": error})
    try:
        found = build(plan_id, plan)
    except census.CensusBreach as error:
        log.exception("plan %s", plan_id)
        return end(plan_id, "refused", _("建成后普查不通过，已撤回：%(error)s") % {"error": error})
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in BUSY:
            return end(plan_id, "waiting", _("表正忙，稍后自动再试"))
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("plan %s", plan_id)
        return end(plan_id, "refused", _("数据库不接受：%(error)s") % {"error": error})
    if found:
        return end(plan_id, "refused", "\n".join(in_words(problem) for problem in found))
    return "done"


def in_words(problem: Problem) -> str:
    """where: what -> fix"""
    return f"{problem.where}: {problem.what}" + (f" → {problem.fix}" if problem.fix else "")


def end(plan_id: UUID, state: str, why: str) -> str:
    """Note what became of a plan; ``waiting`` keeps it, with the time of this try."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update schema_plan set state = %s, why = %s, ended_at = clock_timestamp() where id = %s",
            [state, why[:4000], plan_id],
        )
    return state


def build(plan_id: UUID, plan: SchemaPlan) -> list[Problem]:
    """Bring one table to `plan`; returns why not, else [] with the plan marked done. Runs as owner.

    Raises `CensusBreach` when the result would have a hole (nothing stays), DatabaseError when it is busy.
    """
    found = plans.problems_of(plan)
    if found:
        return found
    held = catalogue_of(plan.table)
    if held is None:
        with transaction.atomic():
            limit_locks()
            make(plan)
            catalogue_state.raise_version()
            refuse_holes(plan)
            end(plan_id, "done", "")
        return []
    found = plans.change_problems(plan, held)
    if found:
        return found
    with transaction.atomic():
        limit_locks()
        change(plan, held)
        catalogue_state.raise_version()
        refuse_holes(plan)
    make_indexes_beside(plan)
    end(plan_id, "done", "")
    return []


def catalogue_of(table: str) -> dict[str, Column] | None:
    """The columns of a made table; None when it is not there."""
    with connection.cursor() as cursor:
        cursor.execute('select columns::text from made_table where "table" = %s', [table])
        row = cursor.fetchone()
    return plans.columns_of(row[0]) if row else None


def limit_locks() -> None:
    """Never stand in a queue for a lock for longer than a second: everybody behind waits too, and two seconds are the
    most that anybody may wait for a change."""
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1s'")


def refuse_holes(plan: SchemaPlan) -> None:
    """The census of the table as it stands in the open transaction."""
    found = census.breaches(about=plan.table)
    if found:
        raise census.CensusBreach("\n".join(map(str, found)))


def make(plan: SchemaPlan) -> None:
    """A new table with everything that stands round it, in the open transaction."""
    table, app = sql.Identifier(plan.table), logins.role_name("app")
    with connection.cursor() as cursor:
        parts = [
            sql.SQL(HOUSE),
            *(
                sql.SQL("{} {}{}").format(
                    sql.Identifier(column.key),
                    sql.SQL(column.db_type),
                    sql.SQL(" not null" if column.is_required else ""),
                )
                for column in plan.columns
            ),
        ]
        cursor.execute(sql.SQL("create table {} ({})").format(table, sql.SQL(", ").join(parts)))
        for column in plan.columns:
            add_reference(plan, column)
        for index in wanted_indexes(plan):
            cursor.execute(index_statement(plan, index, beside=False))
        wall = walls.made_wall(plan.table)
        for statement in walls.statements(wall, app):
            cursor.execute(statement)
        for statement in partitions.statements_of(walls.history_wall(wall), acting.today()):
            cursor.execute(statement)
        columns = Jsonb(msgspec.to_builtins(plan.columns))
        told: list[Any] = [plan.table, plan.standard, plan.major, columns]
        cursor.execute(
            'insert into made_table ("table", standard, major, columns, version) values (%s, %s, %s, %s, 1)',
            told,
        )


def change(plan: SchemaPlan, held: dict[str, Column]) -> None:
    """Additive changes of a table that stands: none of them rewrites or scans it."""
    table = sql.Identifier(plan.table)
    with connection.cursor() as cursor:
        for column in plan.columns:
            key, old = sql.Identifier(column.key), held.get(column.key)
            if old is None:
                cursor.execute(
                    sql.SQL("alter table {} add column {} {}").format(table, key, sql.SQL(column.db_type))
                )
                add_reference(plan, column)
                continue
            if old.db_type != column.db_type:
                cursor.execute(
                    sql.SQL("alter table {} alter column {} type {}").format(
                        table, key, sql.SQL(column.db_type)
                    )
                )
            if old.is_required and not column.is_required:
                cursor.execute(sql.SQL("alter table {} alter column {} drop not null").format(table, key))
        told: list[Any] = [Jsonb(msgspec.to_builtins(plan.columns)), plan.table]
        cursor.execute(
            'update made_table set columns = %s, version = version + 1 where "table" = %s',
            told,
        )


def add_reference(plan: SchemaPlan, column: Column) -> None:
    """The foreign key of a reference column. NOT VALID: the rows that stand have no value in a new column, and
    every later row is checked."""
    within, of_base = WITHIN.get(column.type), OF_BASE.get(column.type)
    if not (within or of_base):
        return
    key = sql.Identifier(column.key)
    form = (
        "alter table {} add constraint {} foreign key (unit_no, {}) references {} (unit_no, id)"
        if within
        else "alter table {} add constraint {} foreign key ({}) references {} (id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(form + " deferrable initially deferred not valid").format(
                sql.Identifier(plan.table),
                sql.Identifier(short_name(plan.table, "fk", column.key)),
                key,
                sql.Identifier(within or of_base or ""),
            )
        )


def wanted_indexes(plan: SchemaPlan) -> list[tuple[str, ...]]:
    """The plan's indexes and one for each person and org column, without doubles."""
    references = [(column.key,) for column in plan.columns if column.type in ("person", "org")]
    return list(dict.fromkeys([*plan.indexes, *references]))


def index_statement(plan: SchemaPlan, index: tuple[str, ...], *, beside: bool) -> sql.Composed:
    """CREATE INDEX led by `unit_no` (RLS-17); beside: CONCURRENTLY."""
    return sql.SQL("create index {} if not exists {} on {} (unit_no, {})").format(
        sql.SQL("concurrently" if beside else ""),
        sql.Identifier(short_name(plan.table, "ix", *index)),
        sql.Identifier(plan.table),
        sql.SQL(", ").join(map(sql.Identifier, index)),
    )


def make_indexes_beside(plan: SchemaPlan) -> None:
    """Missing indexes of a table that holds rows, without keeping its writers out. An index that a crash left
    half built is dropped first."""
    with connection.cursor() as cursor:
        for index in wanted_indexes(plan):
            name = short_name(plan.table, "ix", *index)
            cursor.execute(
                "select i.indisvalid from pg_index i where i.indexrelid = to_regclass(%s)", [f"public.{name}"]
            )
            row = cursor.fetchone()
            if row is not None and not row[0]:
                cursor.execute(sql.SQL("drop index concurrently if exists {}").format(sql.Identifier(name)))
            if row is None or not row[0]:
                cursor.execute(index_statement(plan, index, beside=True))


def short_name(table: str, kind: str, *columns: str) -> str:
    """A name within PostgreSQL's 63 bytes that is the same at every run."""
    return f"{table}_{kind}_{hashlib.sha256(','.join(columns).encode()).hexdigest()[:10]}"
