"""npm oidc-provider on the same PostgreSQL server, under the load script that asks ours."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.base import CHECKOUT, Bench
from bench.identity_given import BACK, OWN_SCOPE, SCOPES, Vendor
from bench.identity_line import Line, Refused
from bench.portal import WEB_WORKERS

FOLDER = CHECKOUT / "bench" / "oidc_provider"
DATABASE = "identity_peer"
VENDOR = Vendor("bench", "bench-secret-of-sufficient-length-0123456789", "/auth", "/token")
#: Of the provider's own words: a session of hops ends in a code when every page was answered.
MOST_PAGES = 6


def beside(bench: Bench, seconds: float, clients: int) -> dict[str, Any] | str:
    """``version``, ``node`` and what `bench.identity_tokens` found; or why it cannot be measured here."""
    from bench import identity_tokens

    node, npm = tool("node"), tool("npm")
    if node is None or npm is None:
        return "node or npm is missing"
    installed = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=FOLDER, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    if installed.returncode != 0:
        return f"npm ci ended with {installed.returncode}: {installed.stderr.strip()[-300:]}"
    package = json.loads((FOLDER / "node_modules/oidc-provider/package.json").read_text(encoding="utf-8"))
    version = subprocess.run(
        [node, "--version"], env=environment(), capture_output=True, text=True, check=True
    )
    with psycopg.connect(bench.address, autocommit=True) as root:
        root.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    with serving(bench, node) as url:
        cookies = asyncio.run(sessions(url, clients))
        found = identity_tokens.run(bench, DATABASE, url, VENDOR, clients, seconds, cookies)
    bench.drop(DATABASE)
    return {"version": package["version"], "node": version.stdout.strip().removeprefix("v"), "found": found}


def tool(name: str) -> str | None:
    """The tool of this environment, or of the machine."""
    return shutil.which(name, path=environment()["PATH"])


def environment() -> dict[str, str]:
    own = Path(sys.executable).parent
    return os.environ | {"PATH": os.pathsep.join([str(own), os.environ.get("PATH", "")])}


@contextmanager
def serving(bench: Bench, node: str) -> Iterator[str]:
    """The provider with as many processes as our web has workers; its address."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {
        "client_id": VENDOR.client_id, "client_secret": VENDOR.secret, "redirect_uri": BACK, "scope": " ".join(SCOPES),
        "own_scope": OWN_SCOPE,
    }  # fmt: skip
    process = subprocess.Popen(
        [node, "server.mjs", str(port), str(WEB_WORKERS), json.dumps(told)],
        cwd=FOLDER, start_new_session=True, stdout=subprocess.DEVNULL,
        env=environment() | {"DATABASE_URL": bench.root(DATABASE), "NODE_ENV": "production"},
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


async def sessions(url: str, count: int) -> list[str]:
    """The cookies of so many people who have come through the provider's sign-in once."""
    found = []
    for number in range(count):
        browser = Line(url, {"bench_person": f"person-{number}"})
        at = VENDOR.request("v" * 43)
        for _page in range(MOST_PAGES):
            page = (await browser.get(at)).expected(302, 303)
            if "code" in page.told():
                break
            place = urlsplit(page.headers["location"])
            at = f"{place.path}?{place.query}" if place.query else place.path
        else:
            raise Refused(f"no session: {at}")
        found.append("; ".join(f"{name}={value}" for name, value in browser.cookies.items()))
        browser.close()
    return found
