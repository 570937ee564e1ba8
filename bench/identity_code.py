"""The student code: codes on phones checked on line by scanners of a school gate, and cards checked in the scanner page without a
network."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from bench import base, portal, scene_given
from bench.bars import Bar, Table, at
from bench.base import Bench, answer
from bench.identity_line import Act, Line, Refused, closed

MODULE = "bench.identity_code"
CLIENTS = (1, 2, 4, 8)
SECONDS = 10
#: Codes laid in for a second; more than a scanner of this machine can use up.
CODES_A_SECOND = 2_500
CARDS = 200
PATIENCE_MS = 20_000
CHECK = "/scanner/check"


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    seconds = max(3.0, SECONDS * min(1.0, bench.size * 3))
    database = scene_given.town(bench, "identity_code")
    school = bench.run(
        MODULE, "gate", str(max(CLIENTS)), str(scene_given.count(bench, CARDS, 30)), database=database
    )
    found = {}
    for clients in CLIENTS:
        codes = bench.data / f"codes-{clients}.json"
        bench.run(
            MODULE,
            "show",
            str(school["unit_no"]),
            str(round(CODES_A_SECOND * seconds)),
            str(codes),
            database=database,
        )
        bench.settle(database)
        with portal.serving(bench, database) as url:
            found[clients] = bench.run(
                MODULE, "check", url, str(codes), str(seconds), *school["tokens"][:clients], database=database
            )
    cards = bench.data / "cards.json"
    cards.write_text(json.dumps(school["cards"]), encoding="utf-8")
    with portal.serving(bench, database) as url:
        page = bench.run(MODULE, "offline", url, school["pairing"], str(cards), database=database)
    bench.drop(database)
    print(f"identity code {found} {page}", flush=True)
    best = max(found, key=lambda clients: found[clients]["per_s"])
    bars = [
        Bar("identity.code_check", found[best]["per_s"], 500, f"checks/s ({best} scanners)", is_least=True)
    ]
    notes = [
        "On line: each code is shown once by a phone and used up by its check, which keeps the scan; scanners ask one after"
        f" another over kept connections, {seconds:g} s a row. Web: granian with {portal.WEB_WORKERS} workers, clients on the"
        " same machine.",
    ]
    if page["times"]:
        bars.append(
            Bar(
                "identity.offline_check",
                at(page["times"], 0.95),
                5,
                f"ms p95 in the scanner page ({len(page['times'])} cards, median {at(page['times'], 0.5):.2f})",
            )
        )
        notes.append(
            f"Off line: Chromium {page['version']} cut from its network, the page's own check of signature, day, revocation and"
            " list, timed by the page itself."
        )
    else:
        notes.append("Off line not measured: no Chromium (JIZUO_CHROMIUM names one).")
    table = Table(
        "Checks of codes on phones",
        ("scanners", "checks/s", "median ms", "p95 ms"),
        tuple(
            (str(clients), f"{one['per_s']:.0f}", f"{one['median'] * 1000:.1f}", f"{one['p95'] * 1000:.1f}")
            for clients, one in found.items()
        ),
    )
    return bars, [table], notes


def gate(scanners: str, count: str) -> None:
    """A gate at the largest school: its scanners' tokens, one more pairing code, and the codes of so many cards."""
    scene_given.set_up()
    from jizuo.ground import scope as scopes
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions.student_codes import cards, devices, places
    from jizuo.hubs.identity.entry import Secret
    from jizuo.project import rooms

    rooms.plates()
    ((unit_no,),) = scene_given.ask(
        "select unit_no from affiliation where role = 'pupil' and end_on is null group by 1 order by count(*) desc limit 1"
    )
    _key, grant_no = scene_given.session("周教务", unit_no, "clerk", None)
    account_id = Grant.objects.get(no=grant_no).account_id
    pupils = scene_given.ask(
        "select person_id from affiliation where unit_no = %s and role = 'pupil' and end_on is null and class_id is not null"
        " order by id limit %s",
        unit_no, int(count),
    )  # fmt: skip
    people = [person_id for (person_id,) in pupils]
    with scopes.use(scene_given.scope_of(unit_no, "clerk", grant_no=grant_no, account_id=account_id)):
        place_id = places.open_place(name="东门", purpose="gate", class_ids=[])
        cards.issue_cards(person_ids=people)
        printed = [one.code for one in cards.print_cards(person_ids=people)]
        pairings = [devices.offer_pairing(place_id=place_id) for _one in range(int(scanners) + 1)]
    tokens = []
    with scopes.use(scene_given.scope_of(scopes.BASE_UNIT, entry.VISITOR)):
        for pairing in pairings[1:]:
            paired = devices.pair(code=Secret(pairing), name="东门手机", address="127.0.0.1")
            if paired is None:
                raise RuntimeError("a scanner was not let in")
            tokens.append(paired.token)
    answer(unit_no=unit_no, tokens=tokens, pairing=pairings[0], cards=printed)


def show(unit_no: str, count: str, path: str) -> None:
    """Lay codes in as so many phones show them, of the school's pupils in turn; they live for the run."""
    scene_given.set_up()
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.identity import entry
    from jizuo.hubs.identity.actions.student_codes.moving import MOVING
    from jizuo.hubs.identity.rules import codes
    from jizuo.hubs.identity.rules import student_codes as rules

    pupils = scene_given.ask(
        "select person_id from affiliation where unit_no = %s and role = 'pupil' and end_on is null",
        int(unit_no),
    )
    drawn = [rules.MOVING + codes.draw(rules.MOVING_LENGTH) for _one in range(int(count))]
    until = timezone.now() + timedelta(hours=1)
    with (
        scopes.use(scene_given.scope_of(int(unit_no), "clerk")),
        scopes.open_transaction("bench"),
        connection.cursor() as cursor,
    ):
        cursor.executemany(
            "insert into moving_code (id, unit_no, person_id, account_id, code_hash, expires_at)"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (
                    new_id(),
                    int(unit_no),
                    pupils[place % len(pupils)][0],
                    new_id(),
                    entry.code_hash(MOVING, code),
                    until,
                )
                for place, code in enumerate(drawn)
            ],
        )
    Path(path).write_text(json.dumps(drawn), encoding="utf-8")
    answer()


def check(url: str, path: str, seconds: str, *tokens: str) -> None:
    """Each scanner checks one code after another, none twice."""
    codes: Iterator[str] = iter(json.loads(Path(path).read_text(encoding="utf-8")))

    def scanner(token: str) -> Act:
        line = Line(url)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

        async def act() -> None:
            body = json.dumps({"id": str(uuid4()), "code": next(codes)}).encode()
            told = json.loads((await line.ask("POST", CHECK, body, headers)).expected(200).body)
            if told["result"] != "passed":
                raise Refused(str(told))

        return act

    answer(**asyncio.run(closed([scanner(token) for token in tokens], float(seconds))))


def offline(url: str, pairing: str, path: str) -> None:
    """Pair the page, take the list, cut the network, and read each card; the milliseconds that the page says."""
    chromium = Path(os.environ.get("JIZUO_CHROMIUM", "/usr/bin/chromium"))
    if not chromium.exists():
        answer(times=[], version="")
        return
    from playwright.sync_api import sync_playwright

    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{url}/scanner/#{pairing}")
        page.get_by_role("button", name="登记", exact=True).click()
        page.locator("#age[data-state=held]").wait_for()
        context.set_offline(True)
        for code in json.loads(Path(path).read_text(encoding="utf-8")):
            page.evaluate("document.getElementById('result').dataset.result = ''")
            page.fill("#typed [name=code]", code)
            page.keyboard.press("Enter")
            page.locator("#result:not([data-result=''])").wait_for()
            result, took = page.evaluate(
                "(({result, ms}) => [result, ms])(document.getElementById('result').dataset)"
            )
            if result != "passed":
                raise Refused(result)
            times.append(float(took))
            time.sleep(0.02)
        version = browser.version
        browser.close()
    answer(times=times, version=version)


if __name__ == "__main__":
    base.steps({"gate": gate, "show": show, "check": check, "offline": offline})
