"""Jobs in process, and with the real worker killed in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from jizuo.ground.ids import new_id
from tests.database import CHECKOUT
from tests.ground.worker_jobs import begin, kept, register
from tests.live import wait_for


@pytest.fixture(scope="module", autouse=True)
def kinds(base):
    register()


@pytest.fixture
def unit(base):
    return base.unit()


@pytest.fixture
def scope(base, unit):
    """A clerk of a new school with a real grant."""
    account = base.account()
    return base.scope(unit, "clerk", grant_no=base.grant(account, unit, "clerk"), account_id=account.pk)


def view(scope, job_id):
    from jizuo.ground import queries
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return queries.job(job_id=job_id)


def act(scope, name, job_id):
    from jizuo.ground import actions
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        getattr(actions, name)(job_id=job_id)


def run(scope, job_id):
    from jizuo.ground import jobs

    jobs.run_job(job_id=str(job_id), unit_no=scope.unit_no, grant_no=scope.grant_no)


def tickets(base, job_id):
    with base.owner() as owner:
        return owner.execute(
            "select status::text from procrastinate_jobs where args ->> 'job_id' = %s order by id",
            [str(job_id)],
        ).fetchall()


@pytest.fixture(autouse=True)
def no_tickets_left(base):
    yield
    with base.owner() as owner:
        owner.execute("delete from procrastinate_jobs where task_name = 'run_job'")


# ---------------------------------------------------------------------------- in process


def test_a_job_and_its_ticket_come_with_the_commit(base, scope):
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes

    held = []
    with pytest.raises(ZeroDivisionError), scopes.use(scope), scopes.open_transaction("test"):
        held.append(jobs.start("test.chunks", "试", mark="a", count=1).job_id)
        raise ZeroDivisionError
    assert tickets(base, held[0]) == []
    job_id = begin(scope, "test.chunks", mark="a", count=1)
    assert tickets(base, job_id) == [("todo",)]
    assert view(scope, job_id).state == "waiting"


def test_done_with_its_result(base, scope, unit):
    job_id = begin(scope, "test.chunks", mark="done", count=3)
    run(scope, job_id)
    job = view(scope, job_id)
    assert (job.state, job.done, job.total, job.percent, job.unit_word) == ("done", 3, 3, 100, "块")
    assert job.result == {"chunks": 3} and job.ended_at is not None
    assert kept(base, unit, "done") == [1, 2, 3]
    run(scope, job_id)
    assert kept(base, unit, "done") == [1, 2, 3], "a second ticket does nothing"


def test_a_fault_is_said_and_a_retry_goes_on_from_the_last_chunk(base, scope, unit, tmp_path):
    there = tmp_path / "mended"
    job_id = begin(scope, "test.chunks", mark="again", count=5, fails_at=4, sentinel=str(there))
    run(scope, job_id)
    job = view(scope, job_id)
    assert (job.state, job.error, job.done) == ("failed", "RuntimeError: 磁带断了", 3)
    assert job.fix
    there.touch()
    act(scope, "retry_job", job_id)
    run(scope, job_id)
    assert view(scope, job_id).state == "done"
    assert kept(base, unit, "again") == [1, 2, 3, 4, 5]


def test_a_refusal_keeps_its_words_and_its_mend(scope):
    job_id = begin(scope, "test.refuse")
    run(scope, job_id)
    job = view(scope, job_id)
    assert (job.state, job.error, job.fix) == ("failed", "第三行不对", "改第三行")


def test_a_waiting_job_is_cancelled_at_once_and_can_come_back(base, scope, unit):
    job_id = begin(scope, "test.chunks", mark="back", count=2)
    act(scope, "cancel_job", job_id)
    assert view(scope, job_id).state == "cancelled"
    run(scope, job_id)
    assert kept(base, unit, "back") == []
    act(scope, "retry_job", job_id)
    assert tickets(base, job_id) == [("todo",)], "the ticket that waits already will do"
    run(scope, job_id)
    assert kept(base, unit, "back") == [1, 2]


def test_a_running_job_stops_at_its_next_word(base, scope):
    import threading

    from django.db import connection

    job_id = begin(scope, "test.wait", seconds=20)

    def work():
        try:
            run(scope, job_id)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: view(scope, job_id).state == "running", 10)
    job = wait_for(lambda: (job := view(scope, job_id)).done and job, 10)
    assert (job.percent, job.unit_word) == (1, "步") and job.left_seconds is not None
    act(scope, "cancel_job", job_id)
    thread.join(10)
    assert view(scope, job_id).state == "cancelled"


def test_only_the_starter_and_an_overseer_may_touch_it(base, scope, unit):
    from jizuo.ground.errors import NotFound

    job_id = begin(scope, "test.wait", seconds=1)
    for stranger in (
        base.scope(unit, "head", grant_no=scope.grant_no + 10_000),
        base.scope(base.unit(), "clerk"),
    ):
        with pytest.raises(NotFound):
            act(stranger, "cancel_job", job_id)
    act(base.scope(unit, "district_admin"), "cancel_job", job_id)


def test_a_grant_that_ended_stops_the_job(base, scope, unit):
    job_id = begin(scope, "test.chunks", mark="ended", count=2)
    with base.owner() as owner:
        owner.execute("update acting_grant set end_on = begin_on where no = %s", [scope.grant_no])
    run(scope, job_id)
    job = view(scope, job_id)
    assert (job.state, job.error) == ("failed", "发起人的身份已结束，没有继续")
    assert kept(base, unit, "ended") == []


def test_a_worker_taken_for_dead_does_no_chunk_twice(base, scope, unit):
    """It was silent, not dead: its open chunk rolls back, and it writes no end over the other's work."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from tests.ground.worker_jobs import keep

    job_id = begin(scope, "test.chunks", mark="fence", count=3)
    with scopes.use(scope):
        _kind, _args, chunk, attempt = jobs.take(job_id)
        slow = jobs.Run(job_id, scope, chunk, attempt)
        with slow.step(1, 1):
            keep(scope, "fence.1")
        with pytest.raises(jobs.Superseded), slow.step(2, 2):
            keep(scope, "fence.2")
            with psycopg.connect(base.logins.app, autocommit=True) as line, line.transaction():
                line.execute("select set_config('app.units', %s, true)", [f"{{{unit}}}"])
                line.execute("update job set tries = tries + 1 where id = %s", [job_id])
        with pytest.raises(jobs.Superseded):
            slow.tell(2, now=True)
        slow.close()
        jobs.finish(job_id, scope, "failed", attempt=attempt, error="x")
    assert view(scope, job_id).state == "running"
    run(scope, job_id)
    assert (view(scope, job_id).state, kept(base, unit, "fence")) == ("done", [1, 2, 3])


def test_interrupted_too_often_it_is_given_up(base, scope):
    from jizuo.ground import jobs

    job_id = begin(scope, "test.wait", seconds=0)
    with psycopg.connect(base.logins.app) as line:
        line.execute("select set_config('app.units', %s, true)", [f"{{{scope.unit_no}}}"])
        line.execute("update job set tries = %s where id = %s", [jobs.MOST_TRIES, job_id])
    run(scope, job_id)
    job = view(scope, job_id)
    assert (job.state, job.error) == ("failed", "多次中断，已停止重试")


def test_who_moves_between_interruptions_is_not_given_up(base, scope):
    from jizuo.ground import jobs

    job_id = begin(scope, "test.wait", seconds=0)
    with psycopg.connect(base.logins.app) as line:
        line.execute("select set_config('app.units', %s, true)", [f"{{{scope.unit_no}}}"])
        line.execute(
            "update job set tries = %s, moved_at_try = %s where id = %s",
            [jobs.MOST_TRIES + 4, jobs.MOST_TRIES, job_id],
        )
    run(scope, job_id)
    assert view(scope, job_id).state == "done"


def test_a_job_list_by_pages_and_state(base, scope):
    from jizuo.ground import queries
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import BadInput

    started = [begin(scope, "test.wait", seconds=0) for _n in range(5)]
    act(scope, "cancel_job", started[0])
    with scopes.use(scope):
        first = queries.job_list(limit=3)
        second = queries.job_list(limit=3, after=first.next)
        assert [row.job_id for row in (*first.rows, *second.rows)] == started[::-1]
        assert (first.count, second.next) == (5, "")
        assert [row.job_id for row in queries.job_list(state="cancelled").rows] == started[:1]
        for wrong in ({"limit": 0}, {"limit": 501}, {"after": "x"}):
            with pytest.raises(BadInput):
                queries.job_list(**wrong)


def test_which_errors_mean_that_the_database_is_gone(base):
    from django.db import DataError, OperationalError

    from jizuo.ground.jobs import is_lost

    def wrapped(kind, cause):
        error = kind("x")
        error.__cause__ = cause
        return error

    for error, lost in (
        (wrapped(OperationalError, psycopg.errors.AdminShutdown("x")), True),
        (wrapped(OperationalError, psycopg.OperationalError("the connection is lost")), True),
        (psycopg.OperationalError("the connection is closed"), True),
        (wrapped(OperationalError, psycopg.errors.LockNotAvailable("x")), False),
        (wrapped(OperationalError, psycopg.errors.QueryCanceled("x")), False),
        (wrapped(DataError, psycopg.errors.DivisionByZero("x")), False),
        (ValueError("x"), False),
    ):
        assert is_lost(error) is lost, repr(error.__cause__ or error)


# ---------------------------------------------------------------------------- the real worker


@contextlib.contextmanager
def worker(base, server, tmp_path, stalled="2", module="tests.ground.worker_jobs"):
    log = tmp_path / f"worker-{new_id().hex[-6:]}.log"
    environment = server.environment(base.logins.database) | {
        "JIZUO_STALLED_SECONDS": stalled, "PYTHONPATH": str(CHECKOUT), "JIZUO_LOG": "INFO"
    }  # fmt: skip
    command = [sys.executable, "-m", *module.split()]
    with open(log, "wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
    try:
        wait_for(lambda: b"Starting worker" in log.read_bytes() or process.poll() is not None, 120)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait(10)


def test_the_worker_runs_jobs_and_delivers_facts(base, server, scope, unit, tmp_path):
    """End to end with several jobs at once and the outbox loop beside them; a connection lost in the middle is
    not the end of a job; SIGTERM ends the worker in order."""
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes

    with worker(base, server, tmp_path) as process:
        ids = [begin(scope, "test.chunks", mark=f"many{n}", count=4, seconds=0.02) for n in range(6)]
        with scopes.use(scope), scopes.open_transaction("test"):
            for n in range(5):
                facts.tell("test.Told", mark=n)
        wait_for(lambda: all(view(scope, job_id).state == "done" for job_id in ids), 60)
        wait_for(lambda: kept(base, unit, "fact") == [0, 1, 2, 3, 4], 20)
        for n in range(6):
            assert kept(base, unit, f"many{n}") == [1, 2, 3, 4]
        wait_for(lambda: not any(tickets(base, job_id) for job_id in ids), 20)
        job_id = begin(scope, "test.chunks", mark="lost", count=8, seconds=0.2)
        wait_for(lambda: len(kept(base, unit, "lost")) >= 2, 60)
        with psycopg.connect(server.root(base.logins.database)) as root:
            ended = root.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and usename = 'jizuo_app' and query ilike 'insert into mapping%'"
            ).fetchall()
        assert ended
        wait_for(lambda: view(scope, job_id).state == "done", 60)
        assert kept(base, unit, "lost") == list(range(1, 9))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize("kills", [1, pytest.param(4, marks=pytest.mark.soak)])
def test_a_killed_workers_job_goes_on_elsewhere(base, server, scope, unit, tmp_path, kills):
    """T6: kill -9 in the middle of a chunk; another worker takes the job from the last finished one."""
    count = 12
    job_id = begin(scope, "test.chunks", mark="kill", count=count, seconds=0.15)
    for round_no in range(kills):
        with worker(base, server, tmp_path) as process:
            wait_for(lambda n=round_no: len(kept(base, unit, "kill")) >= 2 * (n + 1), 60)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    assert view(scope, job_id).state == "running"
    with worker(base, server, tmp_path):
        begun = time.monotonic()
        wait_for(lambda: view(scope, job_id).state == "done", 60)
        assert time.monotonic() - begun < 45
    assert kept(base, unit, "kill") == list(range(1, count + 1))


def test_due_tasks_are_put_into_the_queue_by_the_workers_own_connection(base):
    """The pool of Django's connections is counted; a timetable that took one would stop a job."""
    from procrastinate.contrib.django import app

    from jizuo.ground import jobs

    worker_app = app.with_connector(jobs.worker_connector(app))
    jobs.keep_timetable(worker_app)
    timed, own = app.periodic_registry.periodic_tasks, worker_app.periodic_registry.periodic_tasks
    assert own.keys() == timed.keys() and own
    assert {task.task.blueprint for task in own.values()} == {worker_app}
    assert worker_app not in {task.task.blueprint for task in timed.values()}


def test_the_command_line_works_off_what_waits_and_leaves_the_timetable_alone(base, scope):
    import threading

    from jizuo.ground import jobs

    def deferred():
        with base.owner() as owner:
            return owner.execute("select count(*) from procrastinate_periodic_defers").fetchone()

    before = deferred()
    job_id = begin(scope, "test.chunks", mark="off", count=1)
    # A thread of its own: a browser's session keeps an event loop in this one.
    working = threading.Thread(target=jobs.work_off)
    working.start()
    working.join(60)
    assert view(scope, job_id).state == "done" and deferred() == before


def test_a_silent_workers_ticket_gives_way_to_one_that_waits_for_the_same_work(base):
    """A task of the timetable came due again while its ticket lay with a dead worker."""

    from procrastinate.contrib.django import app

    from jizuo.ground import jobs

    put = (
        "insert into procrastinate_jobs (queue_name, task_name, queueing_lock, status) values"
        " ('facts', 'reclaimed', %s, %s) returning id"
    )
    with base.owner() as owner:
        ids = [
            owner.execute(put, [lock, status]).fetchone()[0]
            for lock, status in (("twin", "doing"), ("twin", "todo"), ("alone", "doing"))
        ]

    async def take_back() -> None:
        async with app.with_connector(jobs.worker_connector(app)).open_async() as own:
            for ticket in await own.job_manager.list_jobs_async(task="reclaimed", status="doing"):
                await jobs.take_back(own, ticket)

    # A browser test before it leaves a running loop in this thread.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, take_back()).result()
    with base.owner() as owner:
        left = owner.execute(
            "select id, status::text from procrastinate_jobs where task_name = 'reclaimed' order by id"
        ).fetchall()
        owner.execute("delete from procrastinate_jobs where task_name = 'reclaimed'")
    assert left == [(ids[1], "todo"), (ids[2], "todo")]
