"""Long work: started by a door, run by the worker, watched, cancelled and retried by a person.

A job's row and its place in the queue are written in the door's own transaction. The worker rebuilds the
scope from the grant at run time; a grant that ended stops the job. Each chunk commits together with its
number, so a killed worker's job goes on after the last finished chunk.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import procrastinate
import procrastinate.periodic
import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from jizuo.ground import acting, bootstrap, facts, outbox
from jizuo.ground import scope as scopes
from jizuo.ground.errors import DoorError
from jizuo.ground.ids import new_id
from jizuo.ground.shapes import JobRef

log = logging.getLogger(__name__)
QUEUES = ("facts", "people", "bulk")
#: A worker silent for this long is gone, and its jobs go to another.
STALLED_SECONDS = float(os.environ.get("JIZUO_STALLED_SECONDS") or 30)
#: A job is given up after so many starts that finished no chunk.
MOST_TRIES = 5

Body = Callable[..., Any]


class Cancelled(Exception):
    """The person who started the job, or an admin, cancelled it."""


class Superseded(Exception):
    """Another worker has taken the job over: this one was silent for too long. Its open chunk is rolled back."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job as a plate registers it: ``room.verb``, its queue and its body ``body(run, **args)``."""

    name: str
    queue: str
    body: Body


_kinds: dict[str, Kind] = {}


def register(name: str, body: Body, *, queue: str = "people") -> None:
    """Register a kind. The body takes `Run` and the job's args; it may be run again from its last chunk."""
    if queue not in QUEUES:
        raise ValueError(f"{name}: no queue {queue}")
    _kinds[name] = Kind(name, queue, body)


def start(kind: str, title: str, *, unit_no: int | None = None, **args: Any) -> JobRef:
    """Start a job of `kind` in the running action. args: ids and small settings, never personal values."""
    scope = scopes.current()
    if not scopes.in_transaction():
        raise scopes.NoScope("a job is started inside a door")
    unit_no = scope.unit_no if unit_no is None else unit_no
    job_id = new_id()
    queue = _kinds[kind].queue
    told: list[Any] = [job_id, unit_no, kind, title, Jsonb(args), queue, scope.grant_no]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into job (id, unit_no, kind, title, args, queue, grant_no, state, done, total, unit_word, chunk,"
            " error, fix, tries) values (%s, %s, %s, %s, %s, %s, %s, 'waiting', 0, 0, '', 0, '', '', 0)",
            told,
        )
    enqueue(job_id, unit_no, scope.grant_no, queue)
    return JobRef(job_id=job_id, title=title)


def enqueue(job_id: UUID, unit_no: int, grant_no: int | None, queue: str) -> None:
    """Put a job's ticket into the queue, in the open transaction. A ticket that waits there already will do."""
    from procrastinate.contrib.django import app

    task = app.configure_task("run_job", queue=queue, allow_unknown=False, queueing_lock=str(job_id))
    with contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued), transaction.atomic():
        task.defer(job_id=str(job_id), unit_no=unit_no, grant_no=grant_no)


class Run:
    """What a job's body holds: its arguments' ids, its place, and how it says how far it is.

    `tell` writes on a connection of its own, so that a page sees progress of a long transaction.
    """

    def __init__(self, job_id: UUID, scope: scopes.Scope, chunk: int, attempt: int) -> None:
        self.job_id, self.scope, self.chunk, self.attempt = job_id, scope, chunk, attempt
        self._line = psycopg.connect(bootstrap.connect().of(bootstrap.login_name()), autocommit=True)
        self._told_at = 0.0

    def close(self) -> None:
        """Give the progress line back."""
        self._line.close()

    def tell(
        self, done: int, total: int | None = None, word: str | None = None, *, now: bool = False
    ) -> None:
        """Say how many of how many are done; at most twice a second unless `now`. Raises `Cancelled` when asked
        to stop, `Superseded` when another worker has the job."""
        if not now and time.monotonic() - self._told_at < 0.5:
            return
        self._told_at = time.monotonic()
        with self._line.transaction():
            self._set_scope()
            row = self._line.execute(
                "update job set done = %s, total = coalesce(%s, total), unit_word = coalesce(%s, unit_word),"
                " heartbeat_at = clock_timestamp() where id = %s and tries = %s returning state",
                [done, total, word, self.job_id, self.attempt],
            ).fetchone()
        if row is None:
            raise Superseded
        if row[0] == "cancelling":
            raise Cancelled

    def _set_scope(self) -> None:
        self._line.execute("select set_config('app.units', %s, true)", [scopes.units_text(self.scope.units)])

    @contextlib.contextmanager
    def step(self, chunk: int, done: int) -> Iterator[None]:
        """One chunk: its work and its number commit together. Skip chunks <= `self.chunk` on a retry."""
        self.tell(done, now=True)
        with scopes.open_transaction(f"job.{self.job_id}"):
            yield
            with connection.cursor() as cursor:
                cursor.execute(
                    "update job set chunk = %s, done = %s, moved_at_try = tries where id = %s and tries = %s",
                    [chunk, done, self.job_id, self.attempt],
                )
                if not cursor.rowcount:
                    raise Superseded
        self.chunk = chunk


def run_job(*, job_id: str, unit_no: int, grant_no: int | None) -> None:
    """Run one job to its end. Called by the worker; calling it for a job that has ended does nothing."""
    scope = acting.scope_for_job(grant_no) if grant_no is not None else acting.base_job_scope(unit_no)
    if scope is None:
        finish(UUID(job_id), scopes.base_scope((unit_no,)), "failed", error=_("发起人的身份已结束，没有继续"))
        return
    with scopes.use(scope):
        taken = take(UUID(job_id))
        if taken is None:
            return
        kind_name, args, chunk, attempt = taken
        run = Run(UUID(job_id), scope, chunk, attempt)
        end = functools.partial(finish, run.job_id, scope, attempt=attempt)
        try:
            result = _kinds[kind_name].body(run, **args)
        except Superseded:
            log.warning("job %s (%s) is another worker's now", job_id, kind_name)
        except Cancelled:
            end("cancelled")
        except DoorError as error:
            end("failed", error=str(error.detail), fix=str(error.fix))
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("job %s (%s) failed", job_id, kind_name)
            end("failed", error=f"{type(error).__name__}: {error}"[:2000],
                fix=_("这是程序的错误，已记入日志；可以重试，或联系管理员"))  # fmt: skip
        else:
            end("done", result=result)
        finally:
            run.close()


def is_lost(error: Exception) -> bool:
    """True when the database went away under a job: nothing of its open chunk was written, and its ticket comes
    again. What the database itself answers (a full disk, a cancelled statement) is an end like any other."""
    cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return not cause.sqlstate or cause.sqlstate.startswith(("08", "57P"))


def take(job_id: UUID) -> tuple[str, dict[str, Any], int, int] | None:
    """Mark a waiting or interrupted job as running: (kind, args, last finished chunk, attempt); None when it has
    ended. The attempt fences off a worker that was taken for dead: its writes to the job find nothing."""
    with scopes.open_transaction("ground.take_job"), connection.cursor() as cursor:
        cursor.execute(
            "update job set state = 'running', started_at = coalesce(started_at, now()), heartbeat_at = now(),"
            " tries = tries + 1 where id = %s and state in ('waiting', 'running') and tries - moved_at_try < %s"
            " returning kind, args::text, chunk, tries",
            [job_id, MOST_TRIES],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "update job set state = case state when 'cancelling' then 'cancelled' else 'failed' end,"
                " ended_at = now(), error = case state when 'cancelling' then '' else %s end"
                " where id = %s and state in ('cancelling', 'running', 'waiting')",
                [_("多次中断，已停止重试"), job_id],
            )
            return None
    return row[0], json.loads(row[1]), row[2], row[3]


def finish(
    job_id: UUID,
    scope: scopes.Scope,
    state: str,
    *,
    attempt: int | None = None,
    result: Any = None,
    error: str = "",
    fix: str = "",
) -> None:
    """Write the end of a job that has none yet; with `attempt`, only while that attempt holds it."""
    held = None if result is None else Jsonb(result)
    told: list[Any] = [state, held, error, fix, state, job_id, attempt, attempt]
    with scopes.use(scope), scopes.open_transaction("ground.finish_job"), connection.cursor() as cursor:
        cursor.execute(
            "update job set state = %s, result = %s, error = %s, fix = %s, ended_at = now(),"
            " done = case when %s = 'done' and total > 0 then total else done end"
            " where id = %s and ended_at is null and (%s::int is null or tries = %s)",
            told,
        )


def on_ready(app: procrastinate.App) -> None:
    """Register the queue's tasks; called by procrastinate when Django is ready."""
    # Its models can be loaded only now.
    from jizuo.ground.files import jobs as file_jobs
    from jizuo.ground.gateways import jobs as gateway_jobs
    from jizuo.ground.packs import site

    site.schedule(app)
    file_jobs.schedule(app)
    gateway_jobs.schedule(app)

    # A job says itself how it ended; what comes out of it is a lost database, and then it is taken again.
    @app.task(name="run_job", retry=procrastinate.RetryStrategy(max_attempts=MOST_TRIES, wait=3))
    def run_ticket(*, job_id: str, unit_no: int, grant_no: int | None) -> None:
        try:
            run_job(job_id=job_id, unit_no=unit_no, grant_no=grant_no)
        finally:
            # The worker's threads come and go: a connection left open would never go back to the pool.
            connection.close()

    # The timetable is kept in UTC: a night in China.
    @app.periodic(cron="17 19 * * *")
    @app.task(name="forget", queue="facts", queueing_lock="forget", pass_context=False)
    def forget(timestamp: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("delete from idempotency where at < now() - interval '24 hours'")
        finally:
            connection.close()


async def reclaim(app: procrastinate.App) -> None:
    """Give the tickets of workers that fell silent back to the queue, for as long as this worker runs."""
    import asyncio

    while True:
        await asyncio.sleep(STALLED_SECONDS / 3)
        try:
            stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
        except Exception:
            log.exception("reclaiming stumbled")
            continue
        for ticket in stalled:
            try:
                await take_back(app, ticket)
            except Exception:
                log.exception("taking ticket %s back stumbled", ticket.id)


async def take_back(app: procrastinate.App, ticket: procrastinate.jobs.Job) -> None:
    """Put a silent worker's ticket into the queue again; where another for the same work waits there already, as one of
    the timetable may, drop it."""
    log.warning("ticket %s is taken back from a silent worker", ticket.id)
    try:
        await app.job_manager.retry_job(ticket)
    except procrastinate.exceptions.UniqueViolation:
        await app.job_manager.finish_job(ticket, procrastinate.jobs.Status.FAILED, delete_job=True)


def deliver_facts(stop: Callable[[], bool], *, pause: float = 1.0) -> None:
    """The outbox loop: deliver due facts until `stop()`; wakes on NOTIFY, else every `pause` seconds, and sooner behind what
    it delivered: others may have told theirs without waking it again."""
    line: psycopg.Connection | None = None
    rest = pause
    while not stop():
        try:
            if line is None or line.closed:
                line = psycopg.connect(bootstrap.connect().of(bootstrap.login_name()), autocommit=True)
                line.execute("listen jizuo_fact")
            if facts.deliver_due():
                rest = min(pause, outbox.WAKES_EVERY)
                continue
            for _note in line.notifies(timeout=rest, stop_after=1):
                pass
            rest = pause
        except psycopg.OperationalError:
            log.warning("the outbox loop lost the database; trying again")
            line = None
            connection.close()
            time.sleep(pause)
        except Exception:
            log.exception("the outbox loop stumbled")
            connection.close()
            time.sleep(pause)
    if line is not None:
        line.close()


def work(*, concurrency: int = 2) -> None:
    """The worker process: the queue and the outbox loop, until SIGTERM. Refuses to start on a breach of the wall."""
    import asyncio
    import threading

    from procrastinate.contrib.django import app

    from jizuo.ground import census

    census.refuse_on_breach()
    ended = threading.Event()
    loop = threading.Thread(target=deliver_facts, args=(ended.is_set,), name="outbox", daemon=True)
    loop.start()

    async def run() -> None:
        worker_app = app.with_connector(worker_connector(app))
        keep_timetable(worker_app)
        async with worker_app.open_async():
            reclaimer = asyncio.create_task(reclaim(worker_app))
            try:
                await worker_app.run_worker_async(
                    queues=list(QUEUES), concurrency=concurrency, install_signal_handlers=True,
                    delete_jobs="successful", fetch_job_polling_interval=2.0,
                    update_heartbeat_interval=min(5.0, STALLED_SECONDS / 4),
                    stalled_worker_timeout=STALLED_SECONDS,
                )  # fmt: skip
            finally:
                reclaimer.cancel()

    try:
        asyncio.run(run())
    finally:
        ended.set()
        loop.join(timeout=5)


def worker_connector(app: procrastinate.App) -> procrastinate.BaseConnector:
    """The queue's own connection, beside Django's."""
    from procrastinate.contrib.django.django_connector import DjangoConnector

    if not isinstance(app.connector, DjangoConnector):
        raise TypeError(f"the queue does not stand on Django's connection: {type(app.connector).__name__}")
    return app.connector.get_worker_connector()


def keep_timetable(app: procrastinate.App) -> None:
    """Let the worker's app put due tasks into the queue by itself: as they were registered they would take a
    connection of Django's pool, in a thread that never gives it back."""
    own = procrastinate.periodic.PeriodicRegistry()
    for timed in app.periodic_registry.periodic_tasks.values():
        task = copy.copy(timed.task)
        task.blueprint = app
        own.register_task(
            task=task, cron=timed.cron, periodic_id=timed.periodic_id, configure_kwargs=timed.configure_kwargs
        )
    app.periodic_registry = own


def work_off() -> None:
    """Run what waits in the queues and come back: for the command line, beside a worker or without one."""
    import asyncio

    from procrastinate.contrib.django import app

    async def run() -> None:
        worker_app = app.with_connector(worker_connector(app))
        # The timetable is the worker's.
        worker_app.periodic_registry = procrastinate.periodic.PeriodicRegistry()
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                queues=list(QUEUES), concurrency=1, wait=False, install_signal_handlers=False,
                listen_notify=False, delete_jobs="successful",
            )  # fmt: skip

    asyncio.run(run())
