"""A fresh base to measure on: a data folder of its own, the embedded server, a database for each size.

Django stands on one database a process, so each measurement runs as `python -m bench.roster STEP ...` (or
bench.portal) with the environment of its database and answers with one line of JSON.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from jizuo.ground import logins
from jizuo.ground.postgres import Embedded

CHECKOUT = Path(__file__).resolve().parent.parent
TEMPLATE = "bench_template"
MARK = "bench-says "


@dataclass(frozen=True)
class Bench:
    """The running server of this run. files: where the district's zips and workbooks are made; size: share of the full
    numbers, for trying."""

    files: Path
    data: Path
    address: str
    size: float = 1.0

    def environment(self, database: str, login: str = "app") -> dict[str, str]:
        """The environment of a jizuo process on one database of this server."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("JIZUO_")}
        # An installed base has its code compiled.
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        clean |= {"JIZUO_DATA": str(self.data), "JIZUO_DB_NAME": database, "JIZUO_LOGIN": login}
        return clean | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), clean.get("PYTHONPATH", "")])}

    def root(self, database: str) -> str:
        """The superuser's address on a database."""
        return self.address.replace("/postgres?", f"/{database}?")

    def create(self, name: str, template: str = TEMPLATE) -> logins.Logins:
        """A database that is a copy of a migrated one."""
        with psycopg.connect(self.address, autocommit=True) as root:
            root.execute(
                sql.SQL("create database {} template {} owner {}").format(
                    sql.Identifier(name),
                    sql.Identifier(template),
                    sql.Identifier(logins.role_name("owner")),
                )
            )
            stamp = root.execute(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [template]
            ).fetchone()
            if stamp and stamp[0]:
                root.execute(
                    sql.SQL("comment on database {} is {}").format(
                        sql.Identifier(name), sql.Literal(stamp[0])
                    )
                )
        return logins.ensure(self.address, name, self.data / "secrets")

    def settle(self, name: str) -> None:
        """What an hour of rest does to a database: statistics of what it holds, and nothing left to be written out."""
        with psycopg.connect(self.root(name), autocommit=True) as root:
            root.execute("analyze")
            root.execute("checkpoint")

    def drop(self, name: str) -> None:
        """Remove a database and whoever is on it."""
        with psycopg.connect(self.address, autocommit=True) as root:
            root.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def run(
        self, module: str, step: str, *args: str, database: str = TEMPLATE, login: str = "app"
    ) -> dict[str, Any]:
        """Run a step in a process of its own; what it answered, with ``wall_s`` and ``peak_mb``."""
        done = subprocess.run(
            [sys.executable, "-m", module, step, *args],
            env=self.environment(database, login),
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        said = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
        if done.returncode != 0 or not said:
            raise RuntimeError(f"{module} {step} ended with {done.returncode}:\n{done.stdout[-2000:]}")
        return json.loads(said[-1].removeprefix(MARK))


@contextmanager
def fresh(files: Path | None = None, size: float = 1.0) -> Iterator[Bench]:
    """A server with an empty, migrated template database; gone with the block. files: a folder to keep."""
    with tempfile.TemporaryDirectory(prefix="jizuo-bench-") as folder:
        place = Path(folder)
        # The server runs under an account of its own when we are root.
        place.chmod(0o755)
        data = place / "data"
        data.mkdir()
        with Embedded(data) as server:
            bench = Bench(files or place / "files", data, server.address(), size)
            logins.ensure(bench.address, TEMPLATE, data / "secrets")
            subprocess.run(
                [sys.executable, "-m", "jizuo.project.cli", "migrate", "--yes"],
                env=bench.environment(TEMPLATE, "owner"),
                cwd=CHECKOUT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            yield bench


def answer(**found: Any) -> None:
    """The step's answer on its standard output, with the peak memory of this process in 10^6 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(MARK + json.dumps(found | {"peak_mb": round(peak)}), flush=True)


def steps(listed: dict[str, Callable[..., None]]) -> None:
    """Run the step that the command line names."""
    name, *args = sys.argv[1:]
    listed[name](*args)


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    """Wall seconds of the block under a name."""
    begun = time.perf_counter()
    yield
    into[name] = time.perf_counter() - begun


def machine() -> str:
    """The machine in one line: processor, cores, memory, versions, and how busy it was."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()},"
        f" load {load:.1f} when measured"
    )
