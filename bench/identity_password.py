"""Sign-ins by password through the page itself, by how many come at once."""

from __future__ import annotations

import asyncio
import html
import time
from itertools import count
from typing import Any

from bench import base, identity_given, portal, scene_given
from bench.bars import Bar, Table
from bench.base import Bench, answer
from bench.identity_line import Act, Line, Refused, closed

MODULE = "bench.identity_password"
CLIENTS = (1, 2, 4, 8)
SECONDS = 20
PEOPLE = 200
PAGE = "/sign-in/"


async def sign_in(browser: Line, path: str, typed: dict[str, str]) -> str:
    """Ask for the sign-in page, post its form with what was typed; where it leads. Raises Refused when the person is not let
    in."""
    page = (await browser.get(path)).expected(200)
    done = await browser.post(path, typed | hidden(page.text), Referer=browser.url + path)
    if done.status != 302 or "jizuo_session" not in browser.cookies:
        raise Refused(f"{done.status} {done.text[:2000]}")
    return done.headers["location"]


def hidden(page: str) -> dict[str, str]:
    """The values that the page's form carries along: its ticket, the CSRF token, where to go on. The form is the one that was
    handed out with a ticket; others choose a language."""
    forms = [part.split("</form>", 1)[0] for part in page.split("<form ")[1:]]
    (form,) = (one for one in forms if 'name="ticket"' in one)
    found: dict[str, str] = {}
    for part in form.split("<input ")[1:]:
        tag = part.split(">", 1)[0]
        if 'type="hidden"' in tag:
            values = {
                name: tag.split(f'{name}="', 1)[1].split('"', 1)[0]
                for name in ("name", "value")
                if f'{name}="' in tag
            }
            found[values.get("name", "")] = html.unescape(values.get("value", ""))
    return found


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    seconds = max(3.0, SECONDS * min(1.0, bench.size * 3))
    database = scene_given.town(bench, "identity_password")
    people = scene_given.count(bench, PEOPLE, 40)
    names = bench.run(identity_given.MODULE, "names", str(people), database=database)["names"]
    bench.settle(database)
    with portal.serving(bench, database) as url:
        found = {
            clients: bench.run(MODULE, "load", url, str(clients), str(seconds), *names, database=database)
            for clients in CLIENTS
        }
    cost = bench.run(MODULE, "hash_cost", database=database)
    bench.drop(database)
    best = max(found, key=lambda clients: found[clients]["per_s"])
    argon = (
        f"Argon2id, {cost['memory_kib'] // 1024} MiB, {cost['passes']} passes, {cost['lanes']} lane,"
        f" {cost['seconds'] * 1000:.0f} ms a check alone"
    )
    bars = [
        Bar(
            "identity.password",
            found[best]["per_s"],
            30,
            f"sign-ins/s ({best} clients; {argon})",
            is_least=True,
        )
    ]
    growth = Table(
        "Password sign-ins through the page",
        ("clients", "sign-ins/s", "median ms", "p95 ms"),
        tuple(
            (str(clients), f"{one['per_s']:.1f}", f"{one['median'] * 1000:.0f}", f"{one['p95'] * 1000:.0f}")
            for clients, one in found.items()
        ),
    )
    notes = [
        "A sign-in is two requests: the page with its form, and the form with name, password and its tokens; each without"
        f" cookies of an earlier one and by the next of {people} people. It ends with an open session.",
        f"{argon}. Web: granian with {portal.WEB_WORKERS} workers, clients in one process on the same machine;"
        f" {seconds:g} s a row.",
    ]
    return bars, [growth], notes


def load(url: str, clients: str, seconds: str, *names: str) -> None:
    """So many clients sign in one after another, each time as the next person."""
    turns = count()

    def client() -> Act:
        browser = Line(url)

        async def act() -> None:
            browser.cookies.clear()
            name = names[next(turns) % len(names)]
            await sign_in(browser, PAGE, {"name": name, "password": identity_given.PASSWORD})

        return act

    answer(**asyncio.run(closed([client() for _one in range(int(clients))], float(seconds))))


def hash_cost() -> None:
    """The parameters in force and the median seconds of one check with nothing else to do."""
    scene_given.set_up()
    from django.contrib.auth.hashers import make_password

    from jizuo.hubs.identity import hashers

    stored, took = make_password(identity_given.PASSWORD), []
    for _round in range(15):
        begun = time.perf_counter()
        hashers.is_right(identity_given.PASSWORD, stored)
        took.append(time.perf_counter() - begun)
    told: Any = hashers.TunedArgon2
    answer(
        seconds=sorted(took)[7], memory_kib=told.memory_cost, passes=told.time_cost, lanes=told.parallelism
    )


if __name__ == "__main__":
    base.steps({"load": load, "hash_cost": hash_cost})
