"""How many database connections the base's processes take at most; checked before they start."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from jizuo.ground.process import Trouble

POOL_SIZE = 2  # connections of one web process (`bootstrap.database_settings`)
_WORKER_OWN = 6  # the queue's own pool and listener, the outbox loop's line
BUILDER = 2
BACKUP = 3  # pg_dump, the snapshot's holder, the reader of rows
PERSON = 3  # migrate, doctor, a psql of the operator


@dataclass(frozen=True)
class Budget:
    """Connections at most, by process."""

    web: int
    worker: int
    builder: int = BUILDER
    backup: int = BACKUP
    person: int = PERSON

    @property
    def total(self) -> int:
        return self.web + self.worker + self.builder + self.backup + self.person


def of(web_workers: int, jobs_at_a_time: int) -> Budget:
    """The budget of `web_workers` web processes and a worker of `jobs_at_a_time` jobs."""
    return Budget(
        web=web_workers * POOL_SIZE, worker=worker_pool(jobs_at_a_time) + jobs_at_a_time + _WORKER_OWN
    )


def worker_pool(jobs_at_a_time: int) -> int:
    """Pooled connections of the worker. Its threads keep theirs while idle, so a web process's two would not do."""
    return jobs_at_a_time * 2 + 6


def check(wanted: Budget, address: str) -> int:
    """Connections left over after `wanted` on the server; Trouble when it cannot give so many.

    Connections that other programs hold on an outside server count against it.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(
            "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
            " - (select count(*)::int from pg_stat_activity where backend_type = 'client backend'"
            " and pid <> pg_backend_pid() and datname is distinct from current_database())"
        ).fetchone()
    free = int(row[0]) if row else 0
    if wanted.total > free:
        raise Trouble(
            f"数据库最多还能给 {free} 个连接，按现在的设置需要 {wanted.total} 个"
            f"（网页 {wanted.web}、后台 {wanted.worker}、建表 {wanted.builder}、备份 {wanted.backup}、人工 {wanted.person}）。",
            "请减少 --workers 或 --jobs，或调大数据库的 max_connections。",
            f"The database can give {free} connections, {wanted.total} are needed: lower --workers or --jobs,"
            " or raise max_connections.",
        )
    return free - wanted.total
