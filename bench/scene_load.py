"""Real pages under load: forms handed in by fifty families, to-do lists and pages of blocks while the base grows to a million
matters, the morning roll of every class, and installing a scene."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench import base, portal, scene_given
from bench.bars import Bar, Table, at
from bench.base import CHECKOUT, Bench, answer

MODULE = "bench.scene_load"
FAMILIES, THINK_SECONDS, SECONDS = 50, 1.0, 30
SIZES = (10_000, 100_000, 1_000_000)
READERS = 20
CLASSES, ROLL_SECONDS = 1_500, 300
CSRF = "b" * 32
TABLES = ("matter", "matter_task", "matter_event")
PUPILS = """
create temporary table bench_pupil as
select (row_number() over (order by a.seat_no, a.unit_no, a.class_id))::int - 1 as n, a.unit_no, a.class_id, a.person_id, a.name,
  (select guardian_id from guardian_of where child_id = a.person_id order by id limit 1) as guardian_id
from affiliation a where a.role = 'pupil' and a.end_on is null and a.class_id is not null
"""
#: An id that begins with its time, like those the base gives; the same number and salt give the same id.
ID = (
    "(lpad(to_hex(1760000000000 + i), 12, '0') || '7' || substr(md5(i || '{0}'), 1, 3) || '8'"
    " || substr(md5(i || '{0}'), 4, 15))::uuid"
)
MATTER = f"""
insert into matter (id, unit_no, scene, flow, form, version_id, no, title, state, at, data, subject_id, org_id, applicant_id,
  applicant_role, submit_key, way, turn, begun_at, ended_at, running_since, limit_days, due_on)
select {ID.format("m")}, p.unit_no, 'leave', 'leave', 'leave', %(version)s, 'B' || i, p.name || ' 请假',
  case when i %% 33 = 0 then 'open' else 'done' end, case when i %% 33 = 0 then 'homeroom' else '' end,
  jsonb_build_object('form', jsonb_build_object('kind', 'sick', 'days', 1, 'pupil_id', p.person_id, 'reason', '发热'),
    'steps', '{{}}'::jsonb, 'now', case when i %% 33 = 0 then jsonb_build_array({ID.format("t")}) else '[]'::jsonb end,
    'subject', jsonb_build_object('name', p.name, 'class_id', p.class_id)),
  p.person_id, p.class_id, p.guardian_id, 'guardian', 'bench' || i, 'phone', 1, now() - make_interval(mins => i %% 500000),
  case when i %% 33 > 0 then now() end, current_date, 2, case when i %% 33 = 0 then current_date + 2 end
from generate_series(%(first)s::int, %(last)s::int) i join bench_pupil p on p.n = i %% (select count(*) from bench_pupil)
"""
TASK = f"""
insert into matter_task (id, unit_no, matter_id, scene, step, "do", holder, title, state, verb, opened_at, due_on, done_at)
select {ID.format("t")}, p.unit_no, {ID.format("m")}, 'leave', 'homeroom', 'approve',
  'homeroom_teacher@' || p.unit_no || '/' || p.class_id, p.name || ' 请假', case when i %% 33 = 0 then 'open' else 'done' end,
  case when i %% 33 = 0 then '' else 'approve' end, now(), current_date + 2, case when i %% 33 > 0 then now() end
from generate_series(%(first)s::int, %(last)s::int) i join bench_pupil p on p.n = i %% (select count(*) from bench_pupil)
"""
EVENT = f"""
insert into matter_event (unit_no, matter_id, step, verb, role, name, told)
select p.unit_no, {ID.format("m")}, s.step, s.verb, s.role, '陆晓岚', '{{}}'
from generate_series(%(first)s::int, %(last)s::int) i join bench_pupil p on p.n = i %% (select count(*) from bench_pupil)
cross join (values ('', 'start', 'guardian'), ('homeroom', 'approve', 'homeroom_teacher'),
  ('keep', 'write', '')) s(step, verb, role)
where i %% 33 > 0 or s.verb = 'start'
"""
ROW = """
insert into {table} (id, unit_no, pupil_id, class_id, kind, from_on, to_on, days)
select gen_random_uuid(), p.unit_no, p.person_id, p.class_id, 'sick', d.day, d.day, 1
from generate_series(%(first)s::int, %(last)s::int) i join bench_pupil p on p.n = i %% (select count(*) from bench_pupil)
cross join lateral (select current_date - (i / (select count(*) from bench_pupil)) :: int * 9 as day) d
where i %% 33 > 0
"""


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """Everything that a browser waits for."""
    seconds = max(5, round(SECONDS * min(1, bench.size * 3)))
    database = scene_given.town(bench, "scene_load")
    installed = _install(bench, database)
    families = bench.run(MODULE, "families", str(FAMILIES), database=database)
    readers = bench.run(MODULE, "readers", str(READERS), database=database)
    classes = scene_given.count(bench, CLASSES, 30)
    with portal.serving(bench, database) as url:
        handed = bench.run(MODULE, "hand_in", url, str(seconds), *families["sessions"], database=database)
    grown: list[tuple[int, dict[str, int], dict[str, Any]]] = []
    done = 0
    for full in SIZES:
        size = scene_given.count(bench, full, 500)
        begun = time.perf_counter()
        sizes = _fill(bench, database, done, size)
        done = size
        print(f"scene {size} matters in {time.perf_counter() - begun:.0f} s", flush=True)
        with portal.serving(bench, database) as url:
            read = bench.run(MODULE, "read", url, str(seconds), *readers["sessions"], database=database)
        grown.append((size, sizes, read))
    with portal.serving(bench, database) as url:
        rolled = _roll(bench, database, url, classes)
    bench.drop(database)
    print(f"scene load {handed} {grown} {rolled}", flush=True)
    most, _sizes, last = grown[-1]
    bars = [
        Bar("scene.install", installed, 10, "s (one scene, bureau and all schools)"),
        Bar(
            "scene.submit_p95", handed["p95"] * 1000, 200, f"ms ({FAMILIES} clients, {handed['count']} forms)"
        ),
        Bar("scene.todo_p95", last["todo"]["p95"] * 1000, 150, f"ms ({most:,} matters)"),
        Bar(
            "scene.page_p95", last["page"]["p95"] * 1000, 300, f"ms (three blocks and more, {most:,} matters)"
        ),
        Bar(
            "scene.roll_submit_p95",
            rolled["p95"] * 1000,
            300,
            f"ms ({rolled['count']} classes in {rolled['seconds']:.0f} s)",
        ),
        Bar(
            "scene.roll_district", rolled["number_after"], 5, f"s until the bureau reads {rolled['number']:g}"
        ),
    ]
    growth = Table(
        f"Growth: {READERS} clients, {THINK_SECONDS:g} s think time",
        ("matters", *(f"{name} MB (table / index)" for name in TABLES), "rows MB (table / index)", "to-do median / p95 ms",
         "page median / p95 ms"),
        tuple(
            (
                f"{size:,}",
                *(f"{sizes[name] / 1e6:.0f} / {sizes[name + '.index'] / 1e6:.0f}" for name in (*TABLES, "rows")),
                *(f"{read[one]['median'] * 1000:.0f} / {read[one]['p95'] * 1000:.0f}" for one in ("todo", "page")),
            )
            for size, sizes, read in grown
        ),
    )  # fmt: skip
    notes = [
        f"Forms: {FAMILIES} families on the leave form of the page itself, {THINK_SECONDS:g} s think time, {seconds} s; median"
        f" {handed['median'] * 1000:.0f} ms, refused {handed['failed']}. Web: granian with {portal.WEB_WORKERS} workers, clients"
        " on the same machine.",
        "Matters of the growth are laid in by the owner's statements: 3 of 100 wait, each with its task, timeline and row of the"
        f" dataset. Pages: the to-do list and the scene's page of homeroom teachers; answers that were no page:"
        f" {sum(read[one]['failed'] for _size, _sizes, read in grown for one in ('todo', 'page'))}.",
        f"Roll: each class hands its sheet in once, spread evenly; answers that were no success: {rolled['failed']}. The bureau's"
        " number is asked until it says what was handed in.",
    ]  # fmt: skip
    return bars, [growth], notes


def _install(bench: Bench, database: str) -> float:
    """Seconds of the command that installs a scene at the bureau for all below, tables built."""
    from bench import scene_matters

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, scene_matters.SCENE)
        for path, text in scene_matters.pack().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "jizuo.project.cli", "scene", "install", str(folder), "--below"],
            env=bench.environment(database), cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return time.perf_counter() - begun


def _fill(bench: Bench, database: str, first: int, last: int) -> dict[str, int]:
    """Lay matters in up to so many; bytes of each table and of its indexes."""
    told: dict[str, Any] = {"first": first, "last": last - 1}
    with psycopg.connect(bench.root(database)) as root:
        (told["version"],) = _one(
            root, "select version_id from scene_use where scene = 'leave' and state = 'on' limit 1"
        )
        table = "made_leave_v1"
        root.execute(PUPILS)
        for statement in (MATTER, TASK, EVENT, ROW.format(table=table)):
            root.execute(statement, told)
        root.commit()
        root.autocommit = True
        sizes = {}
        for name in (*TABLES, table):
            root.execute(f"vacuum analyze {name}")
            heap, index = _one(root, "select pg_table_size(%s), pg_indexes_size(%s)", name, name)
            key = name if name in TABLES else "rows"
            sizes[key], sizes[f"{key}.index"] = heap, index
    return sizes


def _one(line: psycopg.Connection[Any], statement: str, *values: Any) -> tuple[Any, ...]:
    row = line.execute(statement, values or None).fetchone()
    if row is None:
        raise RuntimeError(statement)
    return row


def _roll(bench: Bench, database: str, url: str, classes: int) -> dict[str, Any]:
    made = bench.run(MODULE, "teachers", str(classes), database=database)
    spread = ROLL_SECONDS * min(1.0, classes / CLASSES)
    return bench.run(MODULE, "roll", url, str(spread), made["bureau"], *made["sessions"], database=database)


def families(count: str) -> None:
    """Sessions of so many families: key:grant:child."""
    scene_given.set_up()
    told = []
    for unit_no, class_id, child, guardian, name in scene_given.families(int(count)):
        key, grant = scene_given.session(
            f"{name}家长", unit_no, "guardian", guardian, child_ids=[child], org_ids=[class_id]
        )
        told.append(f"{key}:{grant}:{child}")
    answer(sessions=told)


def readers(count: str) -> None:
    """Sessions of homeroom teachers of classes of several schools: key:grant."""
    scene_given.set_up()
    classes = scene_given.ask(
        "select distinct on (unit_no, class_id) unit_no, class_id from affiliation where role = 'pupil' and end_on is null"
        " and class_id is not null order by unit_no, class_id"
    )
    chosen = random.Random(2026).sample(classes, min(int(count), len(classes)))
    staff = dict(
        scene_given.ask(
            "select unit_no, min(person_id::text)::uuid from affiliation where role = 'staff' group by 1"
        )
    )
    told = []
    for unit_no, class_id in chosen:
        key, grant = scene_given.session(
            "班主任", unit_no, "homeroom_teacher", staff.get(unit_no), org_ids=[class_id]
        )
        told.append(f"{key}:{grant}")
    answer(sessions=told)


def client(url: str, key: str) -> Any:
    """A browser's session whose writes carry its token."""
    import httpx

    return httpx.Client(
        base_url=url, cookies={"jizuo_session": key, "jizuo_csrf": CSRF}, timeout=60,
        headers={"X-CSRFToken": CSRF, "Accept-Language": "zh-hans", "Referer": url},
    )  # fmt: skip


def crowd(people: list[Callable[[], None]]) -> None:
    """Let them all act at the same time."""
    threads = [threading.Thread(target=one) for one in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def said(took: list[float], failed: int) -> dict[str, Any]:
    return {"p95": at(took, 0.95), "median": at(took, 0.5), "count": len(took), "failed": failed}


def hand_in(url: str, seconds: str, *sessions: str) -> None:
    """Families hand in one leave after another through the page."""
    from datetime import date, timedelta

    took: list[float] = []
    failed: list[str] = []
    begin = threading.Barrier(len(sessions))
    until = [0.0]

    def family(number: int, told: str) -> Callable[[], None]:
        key, grant, child = told.split(":")

        def act() -> None:
            chosen = random.Random(number)
            address = f"/as/{grant}/s/leave/new/leave"
            day = date.today()
            with client(url, key) as page:
                page.get(address)
                page.get(address)
                begin.wait()
                until[0] = until[0] or time.monotonic() + float(seconds)
                time.sleep(chosen.random() * THINK_SECONDS)
                while time.monotonic() < until[0]:
                    day += timedelta(days=7 if day.weekday() < 5 else 2)
                    data = {
                        "do": "submit", "submit_key": uuid4().hex, "at": "0", "pupil_id": child, "kind": "sick",
                        "from_on": day.isoformat(), "to_on": day.isoformat(), "part": "full", "reason": "发热",
                    }  # fmt: skip
                    begun = time.perf_counter()
                    response = page.post(address, data=data)
                    took.append(time.perf_counter() - begun)
                    if response.status_code != 302:
                        failed.append(f"{response.status_code} {response.text[:3000]}")
                    time.sleep(THINK_SECONDS * (0.5 + chosen.random()))

        return act

    crowd([family(number, told) for number, told in enumerate(sessions)])
    if len(failed) > len(took) // 20:
        raise RuntimeError(f"{len(failed)} of {len(took)} were refused: {failed[0]}")
    answer(**said(took, len(failed)))


def read(url: str, seconds: str, *sessions: str) -> None:
    """Teachers look at their to-do list and at the scene's page, in turn."""
    pages = {"todo": "/as/{0}/matters", "page": "/as/{0}/s/leave/today"}
    took: dict[str, list[float]] = {name: [] for name in pages}
    failed = dict.fromkeys(pages, 0)
    begin = threading.Barrier(len(sessions))
    until = [0.0]

    def teacher(number: int, told: str) -> Callable[[], None]:
        key, grant = told.split(":")

        def act() -> None:
            chosen = random.Random(number)
            with client(url, key) as browser:
                for address in (*pages.values(), *pages.values()):
                    browser.get(address.format(grant))
                begin.wait()
                until[0] = until[0] or time.monotonic() + float(seconds)
                time.sleep(chosen.random() * THINK_SECONDS)
                while time.monotonic() < until[0]:
                    name = chosen.choice(list(pages))
                    begun = time.perf_counter()
                    response = browser.get(pages[name].format(grant))
                    took[name].append(time.perf_counter() - begun)
                    failed[name] += response.status_code != 200
                    time.sleep(THINK_SECONDS * (0.5 + chosen.random()))

        return act

    crowd([teacher(number, told) for number, told in enumerate(sessions)])
    answer(**{name: said(took[name], failed[name]) for name in pages})


def teachers(count: str) -> None:
    """Sessions of a homeroom teacher for each of so many classes: key:grant:class:one pupil; and of a leader of the bureau."""
    scene_given.set_up()
    classes = scene_given.ask(
        "select unit_no, class_id, min(person_id::text) from affiliation where role = 'pupil' and end_on is null"
        " and class_id is not null"
        " group by 1, 2 order by 1, 2 limit %s",
        int(count),
    )
    told = []
    for unit_no, class_id, pupil in classes:
        key, grant = scene_given.session("班主任", unit_no, "homeroom_teacher", None, org_ids=[class_id])
        told.append(f"{key}:{grant}:{class_id}:{pupil}")
    key, grant = scene_given.session("分管领导", scene_given.bureau(), "district_leader", None)
    answer(sessions=told, bureau=f"{key}:{grant}")


def roll(url: str, spread: str, bureau: str, *sessions: str) -> None:
    """Every class hands its morning roll in from its page, one child away, within `spread` seconds; then the bureau asks."""
    took: list[float] = []
    failed: list[str] = []
    lanes = 12
    started = time.monotonic()
    step = float(spread) / len(sessions)

    def lane(number: int) -> Callable[[], None]:
        def act() -> None:
            for place in range(number, len(sessions), lanes):
                key, grant, class_id, away = sessions[place].split(":")
                time.sleep(max(0.0, started + place * step - time.monotonic()))
                with client(url, key) as browser:
                    begun = time.perf_counter()
                    response = browser.post(
                        f"/as/{grant}/s/roll/roll/0",
                        data={"class": class_id, "period": "morning", "away": away},
                    )
                    took.append(time.perf_counter() - begun)
                if response.status_code != 302:
                    failed.append(f"{response.status_code} {response.text[:500]}")

        return act

    crowd([lane(number) for number in range(lanes)])
    ended = time.monotonic()
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(took)}: {failed[0]}")
    wanted = float(len(sessions))
    key, grant = bureau.split(":")
    with client(url, key) as browser:
        while True:
            response = browser.get(
                f"/as/{grant}/api/read/evaluation.number", params={"scene": "roll", "number": "rolled"}
            )
            value = response.json().get("value") if response.status_code == 200 else None
            if value == wanted:
                break
            if time.monotonic() - ended > 60:
                raise RuntimeError(
                    f"the bureau reads {response.status_code} {response.text[:300]}, not {wanted}"
                )
            time.sleep(0.2)
        after = time.monotonic() - ended
    answer(**said(took, len(failed)), seconds=ended - started, number=wanted, number_after=after)


if __name__ == "__main__":
    base.steps(
        {
            "families": families,
            "readers": readers,
            "hand_in": hand_in,
            "read": read,
            "teachers": teachers,
            "roll": roll,
        }
    )
