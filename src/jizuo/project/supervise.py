"""The parent of all processes of a base: starts them in order, restarts one that dies, ends them in order.

Every child dies with the supervisor, even when that is killed (see `ground.process.spawn`).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jizuo.ground.disk import DiskFull
from jizuo.ground.postgres import Embedded
from jizuo.ground.process import Trouble, spawn

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
TRIES_AT_START = 3
_LOG_LIMIT = 20 * 1024 * 1024


class Log:
    """Events of the supervisor as JSON lines in `<data>/logs/jizuo.log`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / "jizuo.log"

    def write(self, event: str, **facts: Any) -> None:
        """One line: time (UTC), event, facts. A full disk must not end the supervisor, so it is let pass."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        with suppress(OSError):
            keep_short(self._path)
            with open(self._path, "a", encoding="utf-8") as log:
                log.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def keep_short(path: Path) -> None:
    """Move a log past 20 MB aside and go on in place; its writer holds it open for appending."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            with open(path, "r+b") as log:
                log.truncate(0)


@dataclass
class Child:
    """One process to keep alive. `patience_seconds` is how long it may take to end on SIGTERM."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    patience_seconds: float = 20.0
    process: subprocess.Popen[bytes] | None = None
    delay_seconds: float = FIRST_DELAY_SECONDS
    begun_at: float = 0.0
    due_at: float = 0.0
    deaths: int = 0


@dataclass
class Supervisor:
    """Keeps `children` (in starting order) and the embedded database, when there is one, alive until `stop`."""

    log: Log
    children: list[Child] = field(default_factory=list)
    database: Embedded | None = None
    say: Callable[[str], None] = print
    is_stopping: bool = False
    _database_due_at: float = 0.0
    _database_delay: float = FIRST_DELAY_SECONDS

    def install_signals(self) -> None:
        """SIGINT and SIGTERM ask for an orderly end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, _frame: object) -> None:
        self.is_stopping = True

    def start(self) -> None:
        """Start every child once."""
        for child in self.children:
            self._start(child)

    def _start(self, child: Child) -> None:
        path = self.log.folder / f"{child.name}.log"
        keep_short(path)
        with open(path, "ab") as out:
            child.process = spawn(child.command, env=child.env, stdout=out, stderr=out)
        child.begun_at = time.monotonic()
        self.log.write("started", child=child.name, pid=child.process.pid)

    def wait_ready(self, is_ready: Callable[[], bool], timeout_seconds: float = 60) -> None:
        """Tend until `is_ready()`; Trouble with the last lines of its log when a child keeps dying meanwhile."""
        until = time.monotonic() + timeout_seconds
        while not is_ready():
            if self.is_stopping:
                return
            self.tend()
            failing = next((child for child in self.children if child.deaths >= TRIES_AT_START), None)
            if failing is not None or time.monotonic() > until:
                name = failing.name if failing else self.children[-1].name
                said = self.last_words(name)
                raise Trouble(
                    f"{name} 启动失败：\n{said}",
                    f"完整记录在 {self.log.folder / name}.log；运行 jizuo doctor 可逐项检查。",
                    f"{name} does not start:\n{said}\nIts log is {self.log.folder / name}.log; try jizuo doctor.",
                )
            time.sleep(0.02)

    def last_words(self, name: str, lines: int = 12) -> str:
        """The last lines of a child's log."""
        with suppress(OSError):
            text = (self.log.folder / f"{name}.log").read_bytes()[-20_000:].decode("utf-8", "replace")
            return "\n".join(text.splitlines()[-lines:])
        return ""

    def tend(self) -> None:
        """One look at everything: note the dead, restart whom it is time to restart."""
        now = time.monotonic()
        self._tend_database(now)
        for child in self.children:
            if child.process is not None:
                code = child.process.poll()
                if code is None:
                    if child.deaths and now - child.begun_at > HEALTHY_SECONDS:
                        child.deaths, child.delay_seconds = 0, FIRST_DELAY_SECONDS
                    continue
                end_group(child.process.pid)
                child.process, child.deaths = None, child.deaths + 1
                child.due_at = now + child.delay_seconds
                self.log.write("died", child=child.name, code=code, again_in_seconds=child.delay_seconds)
                self.say(f"{child.name} 退出（{code}），{child.delay_seconds:g} 秒后重启 / ended, restarting")
                child.delay_seconds = min(child.delay_seconds * 2, LONGEST_DELAY_SECONDS)
            elif now >= child.due_at and not self.is_stopping:
                self._start(child)

    def _tend_database(self, now: float) -> None:
        database = self.database
        if database is None or now < self._database_due_at:
            return
        try:
            database.check()
            if database.pid is None and not self.is_stopping:
                database.start()
                self._database_delay = FIRST_DELAY_SECONDS
                self.log.write("started", child="database", pid=database.pid)
                self.say("数据库已恢复 / the database is back")
        except Trouble as trouble:
            self.log.write("database", what=trouble.what, english=trouble.english)
            if self._database_delay == FIRST_DELAY_SECONDS:
                self.say(f"{trouble.what} {trouble.fix}\n{trouble.english}")
            database.stop()
            is_full = isinstance(trouble, DiskFull)
            self._database_delay = min(self._database_delay * 2, 5.0 if is_full else LONGEST_DELAY_SECONDS)
            self._database_due_at = now + self._database_delay

    def run(self) -> None:
        """Tend until asked to stop."""
        while not self.is_stopping:
            self.tend()
            time.sleep(0.1)

    def stop(self) -> None:
        """End the children in the reverse order of their start, then the database."""
        self.is_stopping = True
        for child in reversed(self.children):
            process = child.process
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(child.patience_seconds)
            except subprocess.TimeoutExpired:
                self.log.write("killed", child=child.name)
                end_group(process.pid)
                process.wait(10)
            self.log.write("ended", child=child.name, code=process.returncode)
        if self.database is not None:
            self.database.stop()
            self.log.write("ended", child="database")


def end_group(leader: int) -> None:
    """Kill what is left of a child's group: a web server killed hard leaves workers that hold the port."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
