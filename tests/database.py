"""Real PostgreSQL for the tests: one server of each version a run for all workers, databases by template.

The server belongs to a keeper process that lives while any worker holds the users' lock; it does not matter
which worker ends first or how. Fixtures: `server`, `server15` (skips without Debian's PostgreSQL 15),
`make_database`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from jizuo.ground import logins, postgres

BIN_15 = Path("/usr/lib/postgresql/15/bin")
CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATE = "jizuo_template"


@dataclass(frozen=True)
class Server:
    """A running server: its data folder (secrets in `data/secrets`) and its superuser's address."""

    data: Path
    address: str

    def environment(self, database: str, login: str = "app") -> dict[str, str]:
        """Environment of a jizuo process that works on `database` of this server."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("JIZUO_")}
        return clean | {"JIZUO_DATA": str(self.data), "JIZUO_DB_NAME": database, "JIZUO_LOGIN": login}

    def create(self, template: str | None = None, name: str | None = None) -> logins.Logins:
        """A new database with the four logins on it, empty or copied from `template`."""
        name = name or f"t_{uuid.uuid4().hex[:12]}"
        if template is not None:
            with psycopg.connect(self.address, autocommit=True) as root:
                root.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                        sql.Identifier(name),
                        sql.Identifier(template),
                        sql.Identifier(logins.role_name("owner")),
                    )
                )
                # A copy does not inherit the comment, which says what the tables are of.
                stamp = root.execute(
                    "select shobj_description(oid, 'pg_database') from pg_database where datname = %s",
                    [template],
                ).fetchone()
                root.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                        sql.Identifier(name), sql.Literal(stamp[0])
                    )
                )
        return logins.ensure(self.address, name, self.data / "secrets")

    def root(self, database: str) -> str:
        """The superuser's address on `database`."""
        return self.address.replace("/postgres?", f"/{database}?")

    def drop(self, name: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as root:
            root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def template(self) -> str:
        """Name of the migrated template database, made once a run by whoever asks first."""
        with locked(self.data / "template.lock"):
            done = self.data / "template.done"
            if not done.exists():
                self.drop(TEMPLATE)
                ran = subprocess.run(
                    [sys.executable, "-m", "jizuo.project.cli", "migrate", "--yes"],
                    env=self.environment(TEMPLATE, "owner"),
                    cwd=CHECKOUT,
                    capture_output=True,
                    text=True,
                )
                if ran.returncode != 0:
                    raise RuntimeError(
                        f"jizuo migrate failed ({ran.returncode}):\n{ran.stdout}\n{ran.stderr}"
                    )
                done.touch()
        return TEMPLATE


MakeDatabase = Callable[..., logins.Logins]


@pytest.fixture(scope="session")
def server(run_folder: Path) -> Iterator[Server]:
    """The wheel's PostgreSQL (17)."""
    with shared_server(run_folder / "17", None) as running:
        yield running


@pytest.fixture(scope="session")
def server15(run_folder: Path) -> Iterator[Server]:
    """Debian's PostgreSQL 15 through the same class."""
    if not (BIN_15 / "postgres").exists():
        pytest.skip("needs PostgreSQL 15 in /usr/lib/postgresql/15 (package postgresql-15)")
    with shared_server(run_folder / "15", BIN_15) as running:
        yield running


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder that one run's workers share; not under pytest's, which other accounts cannot enter."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return Path(tempfile.gettempdir()) / f"jizuo-tests-{os.getuid()}-{run[:16]}"


@pytest.fixture(scope="session")
def make_database(server: Server) -> Iterator[MakeDatabase]:
    """`make_database(template=None, on=server) -> Logins`: migrated by default, `"empty"`: no tables."""
    made: list[tuple[Server, str]] = []

    def make(template: str | None = None, *, on: Server | None = None) -> logins.Logins:
        place = on or server
        found = place.create(None if template == "empty" else template or place.template())
        made.append((place, found.database))
        return found

    yield make
    for place, name in made:
        with contextlib.suppress(psycopg.OperationalError):  # a server that ended took its databases along
            place.drop(name)


@contextlib.contextmanager
def shared_server(folder: Path, bin_folder: Path | None) -> Iterator[Server]:
    """The server of `folder`, kept up for as long as any process is inside this block."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    folder.parent.chmod(0o755)
    users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(users, fcntl.LOCK_SH)
        with locked(folder / "start.lock"):
            ready = folder / "ready.json"
            if not ready.exists():
                keeper = subprocess.Popen(
                    [sys.executable, "-m", "tests.database", str(folder), str(bin_folder or "")],
                    cwd=CHECKOUT,
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
                until = time.monotonic() + 60
                while not ready.exists():
                    if keeper.poll() is not None or time.monotonic() > until:
                        raise RuntimeError("the tests' database server did not start; see above")
                    time.sleep(0.02)
        yield Server(folder / "data", json.loads(ready.read_text())["address"])
    finally:
        os.close(users)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time is inside the block."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(folder: Path, bin_folder: str) -> None:
    """Run the server until nobody holds `users.lock`, then remove the folder."""
    server = postgres.Embedded(
        folder / "data", bin_folder=bin_folder or None, fast=True, settings={"max_connections": "200"}
    )
    with server:
        half = folder / "ready.half"
        half.write_text(json.dumps({"address": server.address()}))
        half.rename(folder / "ready.json")
        users = os.open(folder / "users.lock", os.O_RDWR)
        while True:
            server.check()
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.2)
        (folder / "ready.json").unlink()
    if server.home.parent != server.data:
        shutil.rmtree(server.home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2])
