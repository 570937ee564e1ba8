"""Pages: the full district under 20 clients, the queries behind each page, search, and what the wall costs.

Which pages there are is asked of the rooms' plates: every menu page of a role, and of the pages that need a
value (a person, a class) the first one that a menu page links to.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from bench import base
from bench.bars import Bar, Result, Table, at
from bench.base import CHECKOUT, Bench, answer
from jizuo.ground.process import spawn

MODULE = "bench.portal"
ROLES = ("district_admin", "clerk", "homeroom_teacher", "guardian")
CLIENTS = 20
THINK_SECONDS = 1.0
SECONDS_A_ROLE = 20
SEARCHES = 300
WALL_ROUNDS = 12
WEB_WORKERS = 2
SIZES = ("small", "district")


def measure(bench: Bench) -> Result:
    """Every number of the group."""
    queries: dict[str, dict[str, int]] = {}
    calm: dict[str, dict[str, float]] = {}
    for size in SIZES:
        database = f"portal_{size}"
        bench.create(database)
        subprocess.run(
            [sys.executable, "-m", "jizuo.project.cli", "demo", "--size", size],
            env=bench.environment(database), cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with psycopg.connect(bench.root(database), autocommit=True) as root:
            root.execute("analyze")
        found = bench.run(MODULE, "pages", database=database)
        queries[size], calm[size] = found["queries"], found["seconds"]
        print(f"portal {size} {len(found['queries'])} pages", flush=True)
    full = "portal_district"
    keys, words = found["sessions"], prefixes(bench, full)
    asks = [f"{name} {address}" for name, address in found["places"].items()]
    with serving(bench, full) as url:
        loaded = bench.run(MODULE, "load", url, *pairs(keys), *asks, database=full)
        searched = bench.run(
            MODULE, "search", url, keys["district_admin"], found["search"], *words, database=full
        )
    bench.create("portal_open", template=full)
    take_wall_off(bench, "portal_open")
    walls: dict[str, list[dict[str, float]]] = {full: [], "portal_open": []}
    for _round in range(2):
        for database, seen in walls.items():
            seen.append(bench.run(MODULE, "calm", *pairs(keys), *asks, database=database)["seconds"])
    took = {
        database: {page: min(one[page] for one in seen) for page in found["queries"]}
        for database, seen in walls.items()
    }
    ratio = sum(took[full].values()) / sum(took["portal_open"].values())
    worst = max(loaded["p95_ms"], key=loaded["p95_ms"].get)
    most = max(queries["district"], key=queries["district"].get)
    names = sorted(set(queries["small"]) & set(queries["district"]))
    grown = max(names, key=lambda name: queries["district"][name] - queries["small"][name])
    bars = [
        Bar("portal.page_p95", loaded["p95_ms"][worst], 300, f"ms ({worst})"),
        Bar("portal.queries", queries["district"][most], 12, f"queries ({most})"),
        Bar(
            "portal.queries_flat",
            queries["district"][grown] - queries["small"][grown],
            0,
            f"more at the district ({grown})",
        ),
        Bar("portal.search_p95", searched["p95_ms"], 100, "ms"),
        Bar("portal.wall", ratio, 1.3, "x page time"),
    ]
    tables = [
        Table(
            f"Each page, full district, {CLIENTS} clients, {THINK_SECONDS:g} s think time",
            ("page", "asked", "median ms", "p95 ms", "queries small", "queries district", "wall on / off"),
            tuple(
                (
                    page, str(loaded["count"].get(page, 0)), f"{loaded['median_ms'].get(page, 0):.0f}",
                    f"{loaded['p95_ms'].get(page, 0):.0f}", str(queries["small"].get(page, "-")),
                    str(queries["district"][page]), f"{took[full][page] / took['portal_open'][page]:.2f}",
                )
                for page in sorted(queries["district"])
            ),
        ),
    ]  # fmt: skip
    notes = [
        f"Web: granian with {WEB_WORKERS} workers; clients are threads of another process on the same machine.",
        f"Search: {len(words)} prefixes of names, pinyin, initials and numbers, one after another over HTTP as the"
        f" district's administrator; median {searched['median_ms']:.0f} ms.",
        "Each worker has met each page before it is measured.",
        f"Answers that were no page: {loaded['failed']}.",
        "Wall off: row security disabled on a copy of the database; pages asked in process, one client, the best of"
        f" two medians of {WALL_ROUNDS}. All pages together: {sum(took[full].values()) * 1000:.0f} ms with,"
        f" {sum(took['portal_open'].values()) * 1000:.0f} ms without.",
    ]
    return Result("portal", bars, tables, notes)


def pairs(keys: dict[str, str]) -> list[str]:
    return [f"{role}={key}" for role, key in keys.items()]


def told(args: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """(role -> session key, ``role /page`` -> address) of a step's arguments."""
    keys = dict(arg.split("=", 1) for arg in args if " " not in arg)
    return keys, dict(arg.rsplit(" ", 1) for arg in args if " " in arg)


def prefixes(bench: Bench, database: str) -> list[str]:
    """What people type: the first letters of search keys, chosen with a fixed seed."""
    with psycopg.connect(bench.root(database)) as root:
        keys = [
            key
            for (key,) in root.execute(
                "select key from (select distinct key from search_key where kind = 'person') k"
                " order by md5(key) limit %s",
                [SEARCHES],
            )
        ]
    chosen = random.Random(2026)
    return [key[: chosen.randint(1 if key[0] > "\u2e80" else 2, 6)] for key in keys]


@contextmanager
def serving(bench: Bench, database: str) -> Iterator[str]:
    """The web server as `jizuo run` starts it; its address."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", str(WEB_WORKERS), "--blocking-threads", "1", "--runtime-threads", "1"]
    web += ["--no-ws", "--http", "auto", "--log-level", "warning", "jizuo.project.wsgi:application"]
    process = spawn(web, env=bench.environment(database), cwd=CHECKOUT)
    try:
        import httpx

        until = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/livez", timeout=5).status_code < 500:
                    break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def take_wall_off(bench: Bench, database: str) -> None:
    """Disable row security on every table of a copy."""
    with psycopg.connect(bench.root(database), autocommit=True) as root:
        walled = root.execute(
            "select c.oid::regclass::text, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relrowsecurity and n.nspname = 'public'"
        ).fetchall()
        for _shown, name in walled:
            root.execute(
                sql.SQL("alter table {} disable row level security, no force row level security").format(
                    sql.Identifier(name)
                )
            )
        root.execute("analyze")


def sign_in(role: str) -> tuple[str, int]:
    """(session key, grant number) of the demonstration's account of a role."""
    from django.db import connection
    from django.test import Client

    from jizuo.hubs.identity.models import Account

    with connection.cursor() as cursor:
        # The demonstration's accounts are those with a password.
        cursor.execute(
            "select g.no, a.id from acting_grant g join account a on a.id = g.account_id"
            " where g.role = %s and a.activated_at is not null and g.end_on is null order by g.no limit 1",
            [role],
        )
        grant_no, account_id = cursor.fetchone()
    client = Client()
    client.force_login(Account.objects.get(pk=account_id))
    return str(client.cookies["jizuo_session"].value), grant_no


def browser(key: str) -> Any:
    """Django's client with a session."""
    from django.test import Client

    client = Client(headers={"accept-language": "zh-hans"})
    client.cookies["jizuo_session"] = key
    return client


def set_up() -> None:
    from django.test.utils import setup_test_environment

    from jizuo.project.start import set_up as start

    start("app")
    import jizuo.project.urls  # noqa: F401  the pages are offered when the addresses are read

    setup_test_environment()


def pages() -> None:
    """Every page of each role with its queries and its time, asked in process."""
    set_up()
    from django.urls import Resolver404, resolve

    from jizuo.ground.pages import shell

    sessions, found, seconds, places, search = {}, {}, {}, {}, ""
    for role in ROLES:
        key, grant_no = sign_in(role)
        sessions[role] = key
        client = browser(key)
        addresses = [
            shell.here(grant_no, page.path) for page in shell.offered() if page.in_menu and role in page.roles
        ]
        if role == "district_admin":
            search = shell.here(grant_no, "search")
        seen_routes = {resolve(address).route for address in addresses}
        for address in list(addresses):
            body = client.get(address).content.decode("utf-8", "replace")
            for href in dict.fromkeys(re.findall(r'href="(/as/\d+/[^"?#]+)"', body)):
                try:
                    route = resolve(href).route
                except Resolver404:
                    continue
                if route not in seen_routes and "<" in route.removeprefix("as/<int:grant_no>/"):
                    seen_routes.add(route)
                    addresses.append(href)
        for address in addresses:
            route = resolve(address).route.removeprefix("as/<int:grant_no>/")
            name = f"{role} /" + re.sub(r"<[a-z]+:([a-z_]+)>", r"<\1>", route)
            status, count, took = asked(client, address)
            if status == 200:
                found[name], seconds[name], places[name] = count, took, address
            else:
                print(f"{name}: {status}, left out", file=sys.stderr)
    answer(sessions=sessions, queries=found, seconds=seconds, places=places, search=search)


def asked(client: Any, address: str) -> tuple[int, int, float]:
    """(status, queries, seconds) of a page once it is warm."""
    from django.db import connection

    client.get(address)
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counting):
        begun = time.perf_counter()
        response = client.get(address)
        if response.streaming:
            b"".join(response)
        took = time.perf_counter() - begun
    return response.status_code, count, took


def calm(*args: str) -> None:
    """The median time of each page, one client, in process."""
    set_up()
    keys, listed = told(args)
    seconds = {}
    for name, address in listed.items():
        client = browser(keys[name.split(" ", 1)[0]])
        client.get(address)
        took = []
        for _round in range(WALL_ROUNDS):
            begun = time.perf_counter()
            client.get(address)
            took.append(time.perf_counter() - begun)
        seconds[name] = at(took, 0.5)
    answer(seconds=seconds)


def load(url: str, *args: str) -> None:
    """20 clients with think time over each role's pages in turn."""
    keys, listed = told(args)
    took: dict[str, list[float]] = defaultdict(list)
    failed = 0
    for role, key in keys.items():
        mine = {name: address for name, address in listed.items() if name.startswith(f"{role} ")}
        warm(url, key, mine)
        failed += crowd(url, key, mine, took)
    answer(
        p95_ms={page: at(times, 0.95) * 1000 for page, times in took.items()},
        median_ms={page: at(times, 0.5) * 1000 for page, times in took.items()},
        count={page: len(times) for page, times in took.items()},
        failed=failed,
    )


def warm(url: str, key: str, mine: dict[str, str]) -> None:
    """Ask for each page until every web worker has met it: a base that has just begun is not what is measured."""
    import httpx

    with ThreadPoolExecutor(WEB_WORKERS * 2) as several:
        for _round in range(3):
            asks = [address for address in mine.values() for _worker in range(WEB_WORKERS)]
            list(
                several.map(
                    lambda address: httpx.get(url + address, cookies={"jizuo_session": key}, timeout=60), asks
                )
            )


def crowd(url: str, key: str, mine: dict[str, str], took: dict[str, list[float]]) -> int:
    """Let the clients ask for these pages; returns answers other than 200."""
    import httpx

    until = time.monotonic() + SECONDS_A_ROLE
    lock = threading.Lock()
    failed = 0

    def person(number: int) -> None:
        nonlocal failed
        chosen = random.Random(number)
        with httpx.Client(
            base_url=url, cookies={"jizuo_session": key}, timeout=30, headers={"Accept-Language": "zh-hans"}
        ) as client:
            time.sleep(chosen.random() * THINK_SECONDS)
            while time.monotonic() < until:
                name, address = chosen.choice(list(mine.items()))
                begun = time.perf_counter()
                response = client.get(address)
                spent = time.perf_counter() - begun
                with lock:
                    took[name].append(spent)
                    failed += response.status_code != 200
                time.sleep(THINK_SECONDS * (0.5 + chosen.random()))

    people = [threading.Thread(target=person, args=(number,)) for number in range(CLIENTS)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return failed


def search(url: str, key: str, address: str, *words: str) -> None:
    """Search for each prefix."""
    import httpx

    took = []
    with httpx.Client(base_url=url, cookies={"jizuo_session": key}, timeout=30) as client:
        client.get(address, params={"q": "wang"})
        for word in words:
            begun = time.perf_counter()
            response = client.get(address, params={"q": word})
            took.append(time.perf_counter() - begun)
            if response.status_code != 200:
                raise RuntimeError(f"search {word!r} answered {response.status_code}")
    answer(p95_ms=at(took, 0.95) * 1000, median_ms=at(took, 0.5) * 1000, count=len(took))


if __name__ == "__main__":
    base.steps({"pages": pages, "calm": calm, "load": load, "search": search})
