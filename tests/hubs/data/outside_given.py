"""Real outside systems for connectors: a MariaDB server, a database of PostgreSQL, an HTTP server with faults."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import pymysql
import pytest

MARIADBD = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
READER, PASSWORD = "reader", "r3ad-only"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end(server: subprocess.Popen[bytes], word: signal.Signals) -> None:
    """Ask a server to end; one that does not is killed."""
    server.send_signal(word)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(20)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: Any) -> Iterator[dict[str, Any]]:
    """A MariaDB server of this run, with a database ``sis`` and an account that may only read it."""
    if not Path(MARIADBD).exists():
        pytest.skip("needs mariadbd (package mariadb-server)")
    # Its account must be able to reach the folder.
    home = Path(tempfile.mkdtemp(prefix="jizuo-mariadb-"))
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:
        about = pwd.getpwnam("mysql")
        os.chown(home, about.pw_uid, about.pw_gid)
        as_user = {"user": about.pw_uid, "group": about.pw_gid, "extra_groups": []}
    port, place = free_port(), home / "s.sock"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={home / 'data'}", "--auth-root-authentication-method=normal",
         "--skip-test-db"], check=True, capture_output=True, cwd="/", **as_user,
    )  # fmt: skip
    server = subprocess.Popen(
        [MARIADBD, "--no-defaults", f"--datadir={home / 'data'}", f"--socket={place}", f"--port={port}",
         "--bind-address=127.0.0.1", f"--pid-file={home / 'pid'}", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            try:
                root = pymysql.connect(
                    unix_socket=str(place), user="root", autocommit=True, charset="utf8mb4"
                )
                break
            except pymysql.MySQLError:
                if time.monotonic() > until or server.poll() is not None:
                    raise
                time.sleep(0.2)
        with root.cursor() as cursor:
            cursor.execute("create database sis character set utf8mb4")
            cursor.execute(f"create user {READER}@'%' identified by '{PASSWORD}'")
            cursor.execute(f"grant all on sis.* to {READER}@'%'")
        root.select_db("sis")
        yield {"port": port, "root": root, "database": "sis"}
    finally:
        end(server, signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def sis_postgres() -> Iterator[dict[str, Any]]:
    """A PostgreSQL 15 server of this run that listens on a port, with a database ``sis``."""
    binaries = Path("/usr/lib/postgresql/15/bin")
    if not (binaries / "postgres").exists():
        pytest.skip("needs PostgreSQL 15 in /usr/lib/postgresql/15 (package postgresql-15)")
    home = Path(tempfile.mkdtemp(prefix="jizuo-sis-"))
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:
        about = pwd.getpwnam("postgres")
        os.chown(home, about.pw_uid, about.pw_gid)
        as_user = {"user": about.pw_uid, "group": about.pw_gid, "extra_groups": []}
    port = free_port()
    secret = home / "pw"
    secret.write_text("root-only\n")
    secret.chmod(0o644)
    subprocess.run(
        [binaries / "initdb", "-D", home / "data", "-U", "root", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256",
         f"--pwfile={secret}"], check=True, capture_output=True, cwd="/", **as_user,
    )  # fmt: skip
    server = subprocess.Popen(
        [binaries / "postgres", "-D", home / "data", "-p", str(port), "-k", str(home), "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    address = f"host=127.0.0.1 port={port} user=root password=root-only"
    try:
        until = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as root:
                    root.execute("create database sis")
                    root.execute(f"create role {READER} login password '{PASSWORD}'")
                break
            except psycopg.OperationalError:
                if time.monotonic() > until or server.poll() is not None:
                    raise
                time.sleep(0.2)
        root = psycopg.connect(f"{address} dbname=sis", autocommit=True)
        root.execute(f"grant create on schema public to {READER}")
        root.execute(f"alter default privileges grant all on tables to {READER}")
        yield {"port": port, "root": root, "database": "sis", "server": server}
    finally:
        # SIGINT is its fast shutdown; on SIGTERM it would wait for every line that is still open.
        end(server, signal.SIGINT)
        shutil.rmtree(home, ignore_errors=True)


Answer = tuple[int, dict[str, str], Any]


@dataclass
class Outside:
    """An HTTP server whose answers the test writes: path -> what answers (query, headers). asked: every request."""

    url: str
    port: int
    answers: dict[str, Callable[[dict[str, str], Any], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A local HTTP server with faults. An answer body of bytes is sent as it is; a status of 0 drops the line midway."""
    held: list[Outside] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_told: Any) -> None:
            pass

        def do_GET(self) -> None:
            self.answer("")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def answer(self, body: str) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query)) | dict(parse_qsl(body))
            held[0].asked.append((parts.path, query, dict(self.headers)))
            status, headers, told = held[0].answers[parts.path](query, self.headers)
            content = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
            self.send_response(status or 200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) + (0 if status else 1000)))
            self.end_headers()
            self.wfile.write(content)
            if not status:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    held.append(Outside(f"http://127.0.0.1:{port}", port))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield held[0]
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_hosts(base: Any) -> Iterator[Callable[..., None]]:
    """`open_hosts("127.0.0.1", folders={...})`: what the operator opens, for the length of a test."""
    from jizuo.ground import bootstrap

    path = bootstrap.secrets_folder() / "collect.json"
    with path.with_suffix(".lock").open("w") as turn:

        def opened(*hosts: str, folders: dict[str, list[int]] | None = None) -> None:
            # Every worker of a run has the same secrets: one test at a time says what is open.
            fcntl.flock(turn, fcntl.LOCK_EX)
            path.write_text(json.dumps({"hosts": list(hosts), "folders": folders or {}}))
            path.chmod(0o600)
            is_mine.append(True)

        is_mine: list[bool] = []
        yield opened
        if is_mine:
            path.unlink(missing_ok=True)
