"""The token endpoint and the hop: a client's own tokens, refreshes, a live session to tokens; by clients, by tokens that are
there already, and beside another provider on the same PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

from bench import base, identity_given, identity_peer, portal, scene_given
from bench.bars import Bar, Table
from bench.base import Bench, answer
from bench.identity_line import Act, Line, closed

MODULE = "bench.identity_tokens"
CLIENTS = (1, 2, 4, 8)
FULL_CLIENTS = 4
TOKENS = 100_000
SECONDS = 15
KINDS = {"client_credentials": 240, "refresh": 240, "hop": 100}
WORDS = {"client_credentials": "tokens", "refresh": "refreshes", "hop": "hops"}


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    seconds = max(3.0, SECONDS * min(1.0, bench.size * 3))
    tokens = scene_given.count(bench, TOKENS, 2_000)
    database = scene_given.town(bench, "identity_tokens")
    vendor = identity_given.vendor(bench, database)
    keys = bench.run(identity_given.MODULE, "sessions", str(max(CLIENTS)), database=database)["sessions"]
    cookies = [f"jizuo_session={key}" for key in keys]
    bench.settle(database)

    def ask(url: str, clients: int) -> dict[str, Any]:
        return run(bench, database, url, vendor, clients, seconds, cookies)

    with portal.serving(bench, database) as url:
        found = {clients: ask(url, clients) for clients in CLIENTS}
    identity_given.fill(bench, database, vendor, tokens)
    with portal.serving(bench, database) as url:
        full = ask(url, FULL_CLIENTS)
    bench.drop(database)
    print(f"identity tokens {found} {full}", flush=True)
    bars = []
    for kind, limit in KINDS.items():
        best = max(found, key=lambda clients: found[clients][kind]["per_s"])
        said = f"{WORDS[kind]}/s ({best} clients)"
        bars.append(Bar(f"identity.{kind}", found[best][kind]["per_s"], limit, said, is_least=True))
    rows = [row(str(clients), "few", one) for clients, one in found.items()]
    rows.append(row(str(FULL_CLIENTS), f"{tokens:,} families, {tokens * 3:,} tokens", full))
    tables = [
        Table(
            "Tokens",
            ("clients", "there before", *(f"{WORDS[kind]}/s, median / p95 ms" for kind in KINDS)),
            tuple(rows),
        )
    ]
    notes = [
        "client_credentials: a confidential client with its secret. refresh: every token is used once and changed for a new"
        " pair with an ID token. hop: a live session at the authorization endpoint with PKCE, the code, and the code for"
        " access, refresh and ES256 ID token; two requests count as one hop.",
        f"Web: granian with {portal.WEB_WORKERS} workers, clients in one process on the same machine, connections kept;"
        f" {seconds:g} s a cell.",
    ]
    peer = identity_peer.beside(bench, seconds, FULL_CLIENTS)
    if isinstance(peer, str):
        notes.append(f"Not measured beside npm oidc-provider: {peer}.")
        return bars, tables, notes
    tables.append(
        Table(
            f"Beside npm oidc-provider {peer['version']}, {FULL_CLIENTS} clients",
            ("", "jizuo /s", "oidc-provider /s", "ratio"),
            tuple(
                (
                    kind, f"{found[FULL_CLIENTS][kind]['per_s']:.0f}", f"{peer['found'][kind]['per_s']:.0f}",
                    f"{found[FULL_CLIENTS][kind]['per_s'] / peer['found'][kind]['per_s']:.2f}",
                )
                for kind in KINDS
            ),
        )
    )  # fmt: skip
    notes.append(
        f"oidc-provider: Node {peer['node']}, {portal.WEB_WORKERS} processes behind one port, its clients in memory, its"
        " artifacts in PostgreSQL of the same server through an adapter of ours (bench/oidc_provider), refresh tokens"
        " rotated at every use, PKCE, ES256; the same load script."
    )
    return bars, tables, notes


def row(clients: str, there: str, found: dict[str, Any]) -> tuple[str, ...]:
    cells = (
        f"{one['per_s']:.0f}, {one['median'] * 1000:.1f} / {one['p95'] * 1000:.1f}"
        for one in (found[kind] for kind in KINDS)
    )
    return (clients, there, *cells)


def run(
    bench: Bench,
    database: str,
    url: str,
    vendor: identity_given.Vendor,
    clients: int,
    seconds: float,
    cookies: list[str],
) -> dict[str, Any]:
    """Every kind with so many clients; cookies: ``name=value; ...`` of the browser of each."""
    told = identity_given.kept(vendor)
    return bench.run(
        MODULE, "load", url, told, str(clients), str(seconds), *cookies[:clients], database=database
    )


def load(url: str, told: str, clients: str, seconds: str, *cookies: str) -> None:
    """What `run` asks for."""
    vendor = identity_given.read(told)

    def own(_cookie: str) -> Act:
        line = Line(url)

        async def act() -> None:
            await vendor.tokens(line, grant_type="client_credentials", scope=identity_given.OWN_SCOPE)

        return act

    def refresh(cookie: str) -> Act:
        line, held = Line(url), [""]

        async def act() -> None:
            if not held[0]:
                held[0] = (await vendor.hop(browser(cookie), line))["refresh_token"]
            made = await vendor.tokens(line, grant_type="refresh_token", refresh_token=held[0])
            held[0] = made["refresh_token"]

        return act

    def hop(cookie: str) -> Act:
        line, person = Line(url), browser(cookie)

        async def act() -> None:
            await vendor.hop(person, line)

        return act

    def browser(cookie: str) -> Line:
        return Line(url, dict(part.split("=", 1) for part in cookie.split("; ")))

    kinds = {"client_credentials": own, "refresh": refresh, "hop": hop}
    answer(
        **{
            name: asyncio.run(closed([kind(cookie) for cookie in cookies[: int(clients)]], float(seconds)))
            for name, kind in kinds.items()
        }
    )


if __name__ == "__main__":
    base.steps({"load": load})
