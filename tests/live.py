"""A live web server on a database of the tests, and Django in this process on any database.

Fixtures: `live` (granian on the worker's own base, as `app`, one process with a pool of one connection). Start
others with `serving(...)` on a database of their own; arrange there inside `django_on(...)`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict

from jizuo.ground.process import spawn
from tests.base import Base
from tests.database import CHECKOUT, Server

CSRF = "a" * 32


@dataclass
class Live:
    """A running web server. log: what it wrote so far."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, session_key: str = "", **headers: str) -> httpx.Client:
        """A client of a web session (see `session_of`); writes carry their CSRF token. Follows no redirect."""
        cookies = {"jizuo_csrf": CSRF} | ({"jizuo_session": session_key} if session_key else {})
        return httpx.Client(
            base_url=self.url, cookies=cookies, timeout=30,
            headers={"X-CSRFToken": CSRF, "Accept-Language": "zh-hans"} | headers,
        )  # fmt: skip

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def session_of(base: Base, account: Any) -> str:
    """A signed-in web session of the account; its key."""
    return str(base.client(account).cookies["jizuo_session"].value)


@contextlib.contextmanager
def serving(
    server: Server,
    database: str,
    folder: Path,
    *,
    application: str = "jizuo.project.wsgi:application",
    pool: int = 1,
    waits: bool = True,
    **env: str,
) -> Iterator[Live]:
    """A web server of one process and `pool` connections on `database`, ended with the block. waits=False:
    the caller expects that it never answers."""
    port = free_port()
    log = folder / f"web-{port}.log"
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "warning", application]
    with open(log, "wb") as out:
        process = spawn(
            command, cwd=CHECKOUT, stdout=out, stderr=out,
            env=server.environment(database) | {"JIZUO_POOL": str(pool), "PYTHONPATH": f"{CHECKOUT}/src:{CHECKOUT}"} | env,
        )  # fmt: skip
    live = Live(f"http://127.0.0.1:{port}", process, log)
    try:
        if waits:
            wait_for(lambda: is_up(live), 60, lambda: live.words())
        yield live
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def is_up(live: Live) -> bool:
    """Whether the server answers HTTP; AssertionError with its log when it has ended."""
    if live.process.poll() is not None:
        raise AssertionError(f"the web server ended: {live.words()}")
    try:
        httpx.get(f"{live.url}/as/0/api/", timeout=5)
    except httpx.TransportError:
        return False
    return True


def wait_for(is_true: Any, seconds: float, words: Any = lambda: "") -> Any:
    """What `is_true()` gives once it is true; AssertionError with `words()` after `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = is_true()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s. {words()}")
        time.sleep(0.05)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def django_on(address: str) -> Iterator[None]:
    """Django's connection in this process on another database or login (a libpq address) for the block."""
    from django.db import connection

    from jizuo.ground import acting, doors, made

    parts = conninfo_to_dict(address)
    kept = {
        key: connection.settings_dict[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    }
    other = {"NAME": parts["dbname"], "USER": parts["user"], "PASSWORD": parts["password"]}
    other |= {"HOST": parts["host"], "PORT": str(parts["port"]), "OPTIONS": {}}

    def switch(settings: dict[str, Any]) -> None:
        connection.close()
        if kept["OPTIONS"].get("pool"):
            connection.close_pool()
        connection.settings_dict.update(settings)
        # What a process remembers of a base by its version counters is another base's here.
        acting._tree, doors._overrides, made._catalogue = (-1, {}), (0, {}), (-1, {})

    switch(other)
    try:
        yield
    finally:
        connection.close()
        switch(kept)


@pytest.fixture(scope="session")
def live(base: Base, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The web server on this worker's base."""
    with serving(server, base.logins.database, tmp_path_factory.mktemp("live")) as running:
        yield running
