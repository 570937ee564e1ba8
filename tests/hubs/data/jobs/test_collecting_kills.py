"""kill -9 of a real worker while it fetches and while it applies: another worker finishes, and nothing is half or twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from jizuo.ground import scope as scopes
from tests.database import CHECKOUT
from tests.hubs.data.collecting_given import source

PATIENCE = 90


@contextlib.contextmanager
def worker(base, server, folder):
    """A worker process of its own on the tests' base."""
    env = server.environment(base.logins.database) | {
        "JIZUO_STALLED_SECONDS": "2", "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }  # fmt: skip
    log = folder / f"worker-{time.monotonic_ns()}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jizuo.project.cli", "worker"],
            env=env,
            cwd=CHECKOUT,
            stdout=out,
            stderr=out,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(20)


def until(is_so, what):
    ends = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert time.monotonic() < ends, what()
        time.sleep(0.1)
    return found


@pytest.fixture
def at(base, outside, open_hosts):
    """A source of two pages; the second waits until `go` is set, once `hold` is."""
    open_hosts("127.0.0.1")
    hold, go, waiting = threading.Event(), threading.Event(), threading.Event()

    def answer(query, _headers):
        page = int(query["page"])
        if page == 2 and hold.is_set():
            waiting.set()
            go.wait(PATIENCE)
        rows = [
            {"kch": f"K{n}", "kcmc": f"课程{n}", "xk": "语文"} for n in range(page * 100, page * 100 + 100)
        ]
        return 200, {}, rows if page < 3 else []

    outside.answers["/kc"] = answer
    made = source(base, "http", {"url": f"{outside.url}/kc", "paging": "page", "page_param": "page"})
    return made, hold, go, waiting


def start(made):
    from jizuo.hubs.data.actions import collecting

    with scopes.use(made.scope):
        return collecting.run_connector(connector_id=made.connector_id)


def test_a_worker_killed_in_the_middle_of_a_fetch(base, server, tmp_path, at):
    made, hold, go, waiting = at
    hold.set()
    run_id = start(made)
    with worker(base, server, tmp_path) as first:
        assert waiting.wait(PATIENCE)
        first.send_signal(signal.SIGKILL)
        first.wait(20)
    assert made.view(run_id).state == "fetching" and not made.courses()
    hold.clear()
    go.set()
    with worker(base, server, tmp_path):
        until(lambda: made.view(run_id).state == "applied", lambda: made.view(run_id))
    assert len(made.courses()) == 200 and len(made.runs()) == 1


def test_a_worker_killed_in_the_middle_of_an_apply(base, server, tmp_path, at):
    made, _hold, _go, _waiting = at
    run_id = start(made)
    with base.owner() as owner, worker(base, server, tmp_path) as first:
        with owner.transaction():
            # Whoever writes a course waits here, in the middle of its transaction.
            owner.execute("lock table course in share mode")
            blocked = "select count(*) from pg_locks where not granted and relation = 'course'::regclass"
            until(lambda: owner.execute(blocked).fetchone()[0], lambda: made.view(run_id))
            first.send_signal(signal.SIGKILL)
            first.wait(20)
        assert made.view(run_id).state == "applying" and not made.courses()
    with worker(base, server, tmp_path):
        until(lambda: made.view(run_id).state == "applied", lambda: made.view(run_id))
    assert len(made.courses()) == 200 and len(made.runs()) == 1
    assert made.told().last_rows == 200
