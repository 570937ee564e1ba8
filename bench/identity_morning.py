"""A town's morning: people arrive at an application by a fixed schedule, most with a live session, some with a one-time code or a
password, and every one of them ends with tokens."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from pathlib import Path
from typing import Any

from bench import base, identity_given, portal, scene_given
from bench.bars import Bar, Table, at
from bench.base import Bench, answer
from bench.identity_given import Vendor
from bench.identity_line import Act, Line, Refused, opened
from bench.identity_password import sign_in

MODULE = "bench.identity_morning"
#: 100,000 pupils in half an hour.
PER_SECOND = 56.0
SECONDS = 60
SHARES = {"session": 0.7, "code": 0.2, "password": 0.1}
WORDS = {"session": "silent, live session", "code": "one-time code", "password": "password"}
#: Come before the morning, so that no worker is new; of each kind.
FIRST = 40
FIRST_PER_SECOND = 10.0


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    seconds = max(5, round(SECONDS * min(1.0, bench.size)))
    database = scene_given.town(bench, "identity_morning")
    vendor = identity_given.vendor(bench, database)
    counts = {kind: round(PER_SECOND * seconds * share) for kind, share in SHARES.items()}
    given = {
        kind: bench.run(identity_given.MODULE, step, str(counts[kind] + FIRST), database=database)[step_gives]
        for kind, step, step_gives in (
            ("session", "sessions", "sessions"),
            ("code", "slips", "codes"),
            ("password", "names", "names"),
        )
    }
    bench.settle(database)
    told = bench.data / "morning.json"
    told.write_text(json.dumps(given), encoding="utf-8")
    with portal.serving(bench, database) as url:
        found = bench.run(MODULE, "load", url, identity_given.kept(vendor), str(told), database=database)
    bench.drop(database)
    print(f"identity morning {found}", flush=True)
    whole = found["whole"]
    bars = [
        Bar("identity.morning", whole["p99"], 1.5, f"s p99 ({whole['count']:,} sign-ins, {PER_SECOND:g}/s for {seconds} s)"),
        Bar("identity.morning_faults", found["faults"], 0, "people who did not get in"),
    ]  # fmt: skip
    rows = [(WORDS[kind], found[kind]) for kind in SHARES] + [("all", whole)]
    table = Table(
        f"A morning: {PER_SECOND:g} sign-ins/s",
        ("way", "people", "median ms", "p95 ms", "p99 ms", "longest ms"),
        tuple(
            (
                word,
                f"{one['count']:,}",
                *(f"{one[name] * 1000:.0f}" for name in ("median", "p95", "p99", "longest")),
            )
            for word, one in rows
        ),
    )
    notes = [
        "Arrivals by a fixed schedule, whatever the server does; the time of each runs from when it was due to the tokens in the"
        " application's hands, so lateness of the load counts too. Nobody comes twice.",
        "Silent: authorization endpoint, code, tokens (2 requests). The others begin at the application as well: authorization"
        " endpoint, sign-in page, its form, back to the provider, tokens (5 requests), each on a new connection; nobody takes"
        " time for typing.",
        f"Web: granian with {portal.WEB_WORKERS} workers, clients in one process on the same machine.",
    ]
    return bars, [table], notes


def load(url: str, told: str, path: str) -> None:
    """The morning of those named in a file: kind -> session keys, codes, names."""
    vendor = identity_given.read(told)
    given: dict[str, list[str]] = json.loads(Path(path).read_text(encoding="utf-8"))
    answer(**asyncio.run(morning(url, vendor, given)))


async def morning(url: str, vendor: Vendor, given: dict[str, list[str]]) -> dict[str, Any]:
    lines: list[Line] = []

    def person(kind: str, holds: str) -> Act:
        async def act() -> None:
            # The application keeps its connections; a person comes with a new one.
            line = lines.pop() if lines else Line(url)
            browser = Line(url)
            try:
                await arrive(vendor, browser, line, kind, holds)
            finally:
                browser.close()
            lines.append(line)

        return act

    def mixed(people: list[tuple[str, str]]) -> tuple[list[str], list[Act]]:
        random.Random(2026).shuffle(people)
        return [kind for kind, _holds in people], [person(kind, holds) for kind, holds in people]

    _kinds, before = mixed([(kind, one) for kind, held in given.items() for one in held[:FIRST]])
    _took, faults = await opened(before, FIRST_PER_SECOND)
    if faults:
        raise RuntimeError(f"{len(faults)} of the first {len(before)}: {faults[0]}")
    kinds, acts = mixed([(kind, one) for kind, held in given.items() for one in held[FIRST:]])
    took, faults = await opened(acts, PER_SECOND)
    for fault in faults[:5]:
        print(fault, flush=True)
    by_kind = {kind: [spent for one, spent in zip(kinds, took, strict=True) if one == kind] for kind in given}
    return {kind: said(spent) for kind, spent in by_kind.items()} | {
        "whole": said(took),
        "faults": len(faults),
    }


def said(took: list[float]) -> dict[str, float]:
    return {
        "count": len(took), "median": at(took, 0.5), "p95": at(took, 0.95), "p99": at(took, 0.99), "longest": max(took),
    }  # fmt: skip


async def arrive(vendor: Vendor, browser: Line, line: Line, kind: str, holds: str) -> None:
    """One person at the application's door, until the application has its tokens; raises Refused. holds: a session key, a
    one-time code or a sign-in name."""
    if kind == "session":
        browser.cookies["jizuo_session"] = holds
        await vendor.hop(browser, line)
        return
    verifier = secrets.token_urlsafe(32)
    page = (await browser.get(vendor.request(verifier))).expected(302).headers["location"]
    if kind == "code":
        back = await sign_in(browser, f"{page}&by=paper", {"code": holds})
    else:
        back = await sign_in(browser, page, {"name": holds, "password": identity_given.PASSWORD})
    found = (await browser.get(back)).expected(302)
    if not (code := found.told().get("code")):
        raise Refused(f"no code: {found.headers.get('location', '')[:300]}")
    await vendor.redeem(line, code, verifier)


if __name__ == "__main__":
    base.steps({"load": load})
