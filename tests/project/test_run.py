"""`jizuo run` as an operator meets it: one first start, then everything that may happen to it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import Namespace
from pathlib import Path

import pytest

from jizuo.ground.process import is_alive
from jizuo.ground.programs import home_of
from jizuo.project.commands import run
from jizuo.project.exits import Exit
from jizuo.project.output import Output


class Base:
    """One data folder and at most one `jizuo run` on it."""

    def __init__(self, data: Path) -> None:
        self.data, self.process = data, None

    def start(self, *arguments: str) -> dict:
        env = {key: value for key, value in os.environ.items() if not key.startswith("JIZUO_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jizuo.project.cli", "run", "--json", "--workers", "1", *arguments],
            env=env | {"JIZUO_DATA": str(self.data), "JIZUO_LANG": "zh"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"ok": False, "said": self.process.stderr.read()}

    def events(self, name: str) -> list[dict]:
        lines = (self.data / "logs" / "jizuo.log").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def pids(self) -> dict[str, int]:
        return {event["child"]: event["pid"] for event in self.events("started")}

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(90)


@pytest.fixture(scope="module")
def base():
    folder = Path(tempfile.mkdtemp(prefix="jizuo-run-"))
    folder.chmod(0o755)
    made = Base(folder / "data")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    home = home_of(made.data)
    for place in {home, folder}:
        shutil.rmtree(place, ignore_errors=True)


def answer(url: str) -> int:
    try:
        return urllib.request.urlopen(url, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def gone(pids, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_a_base_lives_and_dies(base):
    told = base.start()
    assert told["ok"], told
    assert answer(told["url"] + "livez") < 500
    assert told["spare"] > 0
    assert len(base.events("migrated")) == 1

    second = Base(base.data)
    assert "正在被另一个基座进程使用" in second.start()["what"]
    assert second.process.wait(30) == Exit.NOT_READY

    web = base.pids()["web"]
    os.kill(web, signal.SIGKILL)
    until = time.monotonic() + 60
    port = int(told["url"].rsplit(":", 1)[1].strip("/"))
    while base.pids()["web"] == web or not run.serves("127.0.0.1", port, is_secure=False):
        assert time.monotonic() < until, "the web did not come back"
        time.sleep(0.1)

    assert base.end() == Exit.OK
    ended = [event["child"] for event in base.events("ended")]
    assert ended[0] == "web" and ended[-1] == "database"
    assert gone(base.pids().values())

    # Again, without anything to migrate; then the hardest end.
    told = base.start()
    assert told["ok"], told
    assert len(base.events("migrated")) == 1
    pids = list(base.pids().values())
    base.process.kill()
    base.process.wait()
    assert gone(pids), "something outlived its supervisor"


@pytest.mark.parametrize(
    ("host", "is_near"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
                          ("192.168.3.4", False), ("example.org", False)]
)  # fmt: skip
def test_loopback(host, is_near):
    assert run.is_loopback(host) is is_near


def arguments(**more):
    usual = {"host": "127.0.0.1", "cert": None, "key": None, "behind_proxy": False, "demo": False}
    return Namespace(**(usual | more))


@pytest.mark.parametrize(
    ("more", "is_refused"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "0.0.0.0", "behind_proxy": True}, False),
        ({"host": "0.0.0.0", "cert": Path("c"), "key": Path("k")}, False),
        ({"cert": Path("c")}, True),
        ({"key": Path("k")}, True),
    ],
)
def test_refusals(more, is_refused):
    assert bool(run.refused(arguments(**more))) is is_refused


def test_a_taken_default_port_moves_on_and_says_so(capsys):
    with contextlib.ExitStack() as stack:
        if run.is_free("127.0.0.1", 8000):
            stack.enter_context(socket.create_server(("127.0.0.1", 8000)))
        port = run.free_port("127.0.0.1", None, Output())
    assert 8000 < port < 8100
    assert str(port) in capsys.readouterr().err


def test_an_asked_for_port_that_is_taken_is_trouble():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(run.Trouble, match="已被占用"):
        run.free_port("127.0.0.1", taken.getsockname()[1], Output())


def test_a_taken_port_is_no_page():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert run.answers("127.0.0.1", silent.getsockname()[1])
        assert not run.serves("127.0.0.1", silent.getsockname()[1], is_secure=False)
