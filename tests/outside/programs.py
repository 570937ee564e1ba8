"""Programs of others as processes of a test: where they are, started, awaited, ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import requests

from tests.database import CHECKOUT
from tests.live import wait_for

PYTHON = CHECKOUT / ".venv-outside" / "bin" / "python"
MODULES = CHECKOUT / "tests" / "outside" / "node_modules"
PHP_LIBRARIES, JAVA_LIBRARIES = Path("/usr/share/php"), Path("/usr/share/java")
HINT = "run: make test-outside"


def python() -> str:
    """The interpreter of the programs in Python; skips without it."""
    return str(needed(PYTHON))


def node() -> str:
    """Node, of the environment or the system, with the packages of tests/outside; skips without them."""
    needed(MODULES)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which("node", path=path)
    if found is None:
        pytest.skip("no node")
    return found


def php() -> str:
    """PHP with curl; skips without them."""
    needed(Path("/var/lib/dpkg/info/php-curl.list"))
    return program("php")


def java() -> str:
    """Java's launcher, with a compiler at hand; skips without them."""
    program("javac")
    return program("java")


def program(name: str) -> str:
    """A program of the system; skips the test without it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}; {HINT}")
    return found


def needed(path: Path) -> Path:
    """The path; skips the test when nothing is there."""
    if not path.exists():
        pytest.skip(f"no {path}; {HINT}")
    return path


@contextlib.contextmanager
def running(
    command: Sequence[object], folder: Path, url: str, *, below: int = 400, **env: str
) -> Iterator[Callable[[], str]]:
    """A process in a folder of its own, from its first answer with a status `below` at `url` to the end of the block;
    gives what it wrote so far. It inherits nothing of this base's settings."""
    folder.mkdir(exist_ok=True)
    log = folder / "log"
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO", "JIZUO", "PYTHON"))
    }
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=clean | env,
        )

    def words() -> str:
        return "".join(one.read_text(errors="replace") for one in sorted(folder.glob("*log")))

    def is_up() -> bool:
        assert process.poll() is None, words()
        try:
            # A proxy in front says 404 or 503 while what stands behind it starts.
            return requests.get(url, timeout=5, allow_redirects=False).status_code < below
        except requests.ConnectionError:
            return False

    try:
        wait_for(is_up, 60, words)
        yield words
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
