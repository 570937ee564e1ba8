"""Partitions made ahead of time: history twins by year, logs by month (RLS-20).

A partition carries its own row security and policies and no grant of `app`: the parent's policy does not
cover a partition that is read directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from psycopg import sql

from jizuo.ground import walls

#: log table -> partition step
MONTHLY = ("audit_entry", "audit_subject")


def month_starts(today: date, ahead: int) -> Iterator[date]:
    """First days of this month and the `ahead` next ones."""
    year, month = today.year, today.month
    for _step in range(ahead + 1):
        yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def wished(parent: str, today: date) -> Iterator[tuple[str, str, str]]:
    """(partition name, from, to) of the partitions `parent` should have on `today`."""
    if parent in MONTHLY:
        for begin in month_starts(today, 3):
            end = date(begin.year + 1, 1, 1) if begin.month == 12 else date(begin.year, begin.month + 1, 1)
            yield f"{parent}_{begin:%Y%m}", begin.isoformat(), end.isoformat()
    else:
        for year in (today.year, today.year + 1):
            yield f"{parent}_{year}", f"{year}-01-01", f"{year + 1}-01-01"


def ensure(today: date) -> int:
    """Make every missing partition; returns how many were made. Runs as owner, each in its own transaction."""
    made = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'p' and relnamespace = 'public'::regnamespace"
        )
        parents = {name for (name,) in cursor.fetchall()}
        cursor.execute("select relname from pg_class where relispartition and relkind = 'r'")
        there = {name for (name,) in cursor.fetchall()}
    by_table = walls.by_table()
    for parent in sorted(parents & by_table.keys()):
        for name, begin, end in wished(parent, today):
            if name in there:
                continue
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '2s'")
                for statement in partition_statements(by_table[parent], name, begin, end):
                    cursor.execute(statement)
            made += 1
    return made


def statements_of(wall: walls.TableWall, today: date) -> Iterator[sql.Composable]:
    """The DDL of all partitions that `wall`'s table should have on `today`."""
    for name, begin, end in wished(wall.table, today):
        yield from partition_statements(wall, name, begin, end)


def partition_statements(wall: walls.TableWall, name: str, begin: str, end: str) -> Iterator[sql.Composable]:
    """One partition with its own wall; a log's also with its own guard against change."""
    yield sql.SQL("create table if not exists {} partition of {} for values from ({}) to ({})").format(
        sql.Identifier(name), sql.Identifier(wall.table), sql.Literal(begin), sql.Literal(end)
    )
    yield from walls.policy_statements(wall, on=name)
    if wall.table in MONTHLY:
        yield from append_only_statements(name)


def append_only_statements(name: str) -> Iterator[sql.Composable]:
    """A statement trigger of the parent does not fire for a partition that is written directly."""
    table = sql.Identifier(name)
    yield sql.SQL("drop trigger if exists append_only on {}").format(table)
    yield sql.SQL(
        "create trigger append_only before update or delete or truncate on {}"
        " for each statement execute function refuse_change()"
    ).format(table)
