from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from jizuo.ground.disk import DiskFull
from jizuo.ground.process import Trouble, is_alive
from jizuo.project import supervise
from jizuo.project.supervise import Child, Log, Supervisor


def child(name: str, body: str, **more) -> Child:
    return Child(name, [sys.executable, "-c", body], dict(os.environ), **more)


STAY = "import time; print('here', flush=True); time.sleep(600)"


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(Log(tmp_path / "logs"), say=lambda text: None)
    yield made
    made.stop()


def tend_until(supervisor: Supervisor, is_so, seconds: float = 60) -> None:
    """Tend until it is so. The wait is long because a child begins late on a busy machine; it ends with the sign."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        supervisor.tend()
        time.sleep(0.02)


def events(supervisor: Supervisor) -> list[dict]:
    lines = (supervisor.log.folder / "jizuo.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_child_that_dies_comes_back_with_a_growing_delay(supervisor):
    dying = child("dying", "raise SystemExit(7)")
    supervisor.children = [dying, child("staying", STAY)]
    supervisor.start()
    staying = supervisor.children[1].process.pid
    tend_until(supervisor, lambda: dying.deaths == 3)
    died = [event for event in events(supervisor) if event["event"] == "died"]
    assert [(event["code"], event["again_in_seconds"]) for event in died] == [(7, 0.5), (7, 1.0), (7, 2.0)]
    assert supervisor.children[1].process.pid == staying


def test_the_delay_is_forgotten_after_a_healthy_time(supervisor, monkeypatch):
    monkeypatch.setattr(supervise, "HEALTHY_SECONDS", 0.3)
    one = child("one", STAY)
    supervisor.children = [one]
    supervisor.start()
    one.process.kill()
    tend_until(supervisor, lambda: one.deaths == 1)
    assert one.delay_seconds == 1.0
    tend_until(supervisor, lambda: one.deaths == 0)
    assert one.delay_seconds == 0.5


def test_a_child_that_cannot_start_is_said_with_its_last_words(supervisor):
    supervisor.children = [child("web", "raise SystemExit('端口错了')")]
    supervisor.start()
    with pytest.raises(Trouble, match="端口错了"):
        supervisor.wait_ready(lambda: False)


def test_everything_ends_in_the_reverse_order(supervisor):
    supervisor.children = [child(name, STAY) for name in ("builder", "worker", "web")]
    supervisor.start()
    time.sleep(0.3)
    supervisor.stop()
    assert [event["child"] for event in events(supervisor) if event["event"] == "ended"] == [
        "web",
        "worker",
        "builder",
    ]
    assert all(one.process.poll() is not None for one in supervisor.children)


def test_a_child_that_will_not_end_is_killed(supervisor):
    stubborn = child(
        "stubborn",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(600)",
        patience_seconds=0.3,
    )
    supervisor.children = [stubborn]
    supervisor.start()
    tend_until(supervisor, lambda: supervisor.last_words("stubborn") == "x")
    supervisor.stop()
    assert stubborn.process.returncode == -signal.SIGKILL


def test_what_a_dead_child_leaves_behind_is_ended(supervisor):
    body = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
    one = child("one", body)
    supervisor.children = [one]
    supervisor.start()
    tend_until(supervisor, lambda: supervisor.last_words("one").isdigit())
    grandchild = int(supervisor.last_words("one"))
    one.process.kill()
    tend_until(supervisor, lambda: one.deaths == 1)
    assert gone([grandchild])


PARENT = """
import os, sys, time
from pathlib import Path
from jizuo.project.supervise import Child, Log, Supervisor
one = Supervisor(Log(Path(sys.argv[1])))
one.install_signals()
one.children = [Child(name, [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ)) for name in "ab"]
one.start()
print(*[child.process.pid for child in one.children], flush=True)
one.run()
one.stop()
print("ended", flush=True)
"""


def parent(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "logs")], stdout=subprocess.PIPE, text=True
    )
    return process, [int(pid) for pid in process.stdout.readline().split()]


def gone(pids, seconds=5):
    until = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_children_die_with_a_killed_supervisor(tmp_path):
    process, pids = parent(tmp_path)
    assert len(pids) == 2 and all(is_alive(pid) for pid in pids)
    process.kill()
    process.wait()
    assert gone(pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_in_order(tmp_path, number):
    process, pids = parent(tmp_path)
    process.send_signal(number)
    assert process.stdout.read().strip() == "ended"
    assert process.wait(10) == 0
    assert gone(pids)


class FullDisk:
    """A database that has ended for want of room and comes back when there is some."""

    def __init__(self) -> None:
        self.room = False
        self.pid: int | None = None
        self.is_dead = True

    def check(self) -> None:
        if self.is_dead:
            raise DiskFull("磁盘满了", "请腾出空间", "Disk full")

    def stop(self) -> None:
        self.is_dead, self.pid = False, None

    def start(self) -> None:
        if not self.room:
            self.is_dead = True
            raise DiskFull("磁盘满了", "请腾出空间", "Disk full")
        self.is_dead, self.pid = False, 1


def test_a_database_without_room_is_started_again_when_there_is_some(supervisor):
    said: list[str] = []
    supervisor.say = said.append
    supervisor.database = database = FullDisk()
    for _ in range(5):
        supervisor.tend()
    assert len(said) == 1 and "磁盘满了" in said[0] and "Disk full" in said[0]
    database.room = True
    tend_until(supervisor, lambda: database.pid == 1, seconds=15)
    assert "数据库已恢复" in said[-1]


def test_logs_do_not_grow_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(supervise, "_LOG_LIMIT", 100)
    log = Log(tmp_path)
    for number in range(20):
        log.write("tick", number=number)
    assert (tmp_path / "jizuo.log").stat().st_size < 300
    assert (tmp_path / "jizuo.log.1").exists()
