"""Standards: from publishing to a table that takes rows, and a new field on a table that is read and written meanwhile.

The builder is the process of `jizuo builder`; a steward publishes through the doors and waits until the dataset is found
and a first row is put. Beside the new field two sessions of the app's login, one reading and one writing single rows,
measure how long a statement ever waits.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import Any

import psycopg

from bench import base
from bench.bars import Bar, Table
from bench.base import CHECKOUT, Bench, answer

MODULE, DATABASE = "bench.data_standards", "data_standards"
FIELDS = 40
SIZES = (10, 20, FIELDS, 80, 160)
ROWS = (250_000, 500_000, 1_000_000, 2_000_000)
UNITS = 100
#: Published so often at each size; the slowest counts.
TIMES = 3
WAIT_SECONDS = 60
PAUSE_SECONDS = 0.01
#: How long a report reads the table in one transaction.
REPORT_SECONDS = 4


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """The bars of publishing, growth, and what makes the numbers honest."""
    bench.create(DATABASE)
    with builder(bench):
        published = bench.run(MODULE, "publish", database=DATABASE)["seconds"]
        print(f"data publish {published}", flush=True)
        grown = {}
        for rows in ROWS:
            grown[rows] = bench.run(MODULE, "widen", str(rows), database=DATABASE)
            print(f"data widen {rows} {grown[rows]}", flush=True)
        busy = bench.run(MODULE, "widen", str(ROWS[0]), "busy", database=DATABASE)
        print(f"data widen beside a report {busy}", flush=True)
    bench.drop(DATABASE)
    waits = [one[kind] for one in (grown[ROWS[-1]], busy) for kind in ("read", "write")]
    bars = [
        Bar("data.publish_40_fields", published[str(FIELDS)], 5, "s"),
        Bar("data.add_field_2m_rows_lock", max(waits), 2, "s"),
    ]
    tables = [
        Table(
            "Publishing a standard until its table takes rows",
            ("fields", "s"),
            tuple((str(size), f"{published[str(size)]:.2f}") for size in SIZES),
        ),
        Table(
            "Adding a field to a made table",
            ("rows", "until usable, s", "longest read meanwhile, ms", "longest write meanwhile, ms",
             "reads and writes meanwhile", "effects of a version counted, s"),
            tuple(
                (
                    f"{rows:,}", f"{one['usable']:.2f}", f"{one['read'] * 1000:.0f}", f"{one['write'] * 1000:.0f}",
                    f"{one['statements']:,}", f"{one['impact']:.2f}",
                )
                for rows, one in (*grown.items(), (ROWS[0], busy))
            ),
        ),
    ]  # fmt: skip
    notes = [
        f"Publishing: asked through the door until `datasets.get` finds the fields and a row is put; slowest of {TIMES}.",
        f"A new field: a table of 10 columns over {UNITS} units with its history and indexes; one session reads and one"
        " updates single rows without a pause, from a second before the publishing until a second after the table is usable.",
        f"The last line is beside a report that keeps the table in one transaction for {REPORT_SECONDS} s: the builder gives"
        " way to it and tries again, and nobody queues behind the builder for longer than its second.",
    ]
    return bars, tables, notes


@contextmanager
def builder(bench: Bench):
    """The builder's process on the bench's database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jizuo.project.cli", "builder"],
        env=bench.environment(DATABASE, "owner"),
        cwd=CHECKOUT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def district() -> Any:
    """The scope of a bureau with its schools, made when it is not there."""
    from django.db import connection

    from jizuo.ground import acting

    with connection.cursor() as cursor:
        cursor.execute("select 1 from unit where unit_no = 1")
        if cursor.fetchone() is None:
            cursor.execute(
                "insert into unit (unit_no, parent_no, kind, name, short_name, sort_key)"
                " select n, nullif(1, n), case when n = 1 then 'bureau' else 'school' end, 'u' || n, 'u' || n, ''"
                " from generate_series(1, %s) n",
                [UNITS],
            )
            cursor.execute("update base_state set version = version + 1 where key = 'units'")
    return acting.base_job_scope(1)


def body_of(name: str, size: int) -> Any:
    """A standard of `size` fields of the usual types."""
    from jizuo.hubs.data.standards import Body, Element

    kinds: tuple[dict[str, Any], ...] = (
        {"type": "text", "length": 40}, {"type": "code", "code": "sex"}, {"type": "date"}, {"type": "integer"},
        {"type": "decimal", "precision": 10, "scale": 2}, {"type": "boolean"}, {"type": "text", "length": 200},
        {"type": "text", "length": 20}, {"type": "timestamptz"}, {"type": "text", "length": 60},
    )  # fmt: skip
    elements = tuple(Element(key=f"f{n}", title=f"字段{n}", **kinds[n % len(kinds)]) for n in range(size))
    return Body(name=name, title=f"标准 {name}", elements=elements, key=("f0",))


def publish_and_wait(scope: Any, version_id: Any, seen: str, name: str, key: str) -> None:
    """Publish a draft; returns when the dataset has the field `key` and took a row."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.ids import new_id
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.actions.put import put

    with scopes.use(scope):
        standards.publish_standard(version_id=version_id, seen=seen)
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            with scopes.open_transaction("bench"):
                known = datasets.all_datasets().get(name)
                if known is not None and key in known.fields:
                    put(dataset=name, columns=("id", "unit_no", "f0", key), rows=[(new_id(), 2, "甲", None)],
                        source="school")  # fmt: skip
                    return
            time.sleep(PAUSE_SECONDS)
    raise RuntimeError(f"{name}: no table after {WAIT_SECONDS} s")


def drafted(scope: Any, told: Any) -> tuple[Any, str]:
    """Start a standard with its body; its version and print."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import standards

    with scopes.use(scope):
        version_id = standards.start_standard(name=told.name, title=told.title)
        return version_id, standards.save_draft(version_id=version_id, body=told)


def publish() -> None:
    """Seconds from publishing to a row put, for each number of fields."""
    scope = district()
    found = {}
    for size in SIZES:
        took = []
        for again in range(TIMES):
            name = f"size_{size}_{again}"
            version_id, seen = drafted(scope, body_of(name, size))
            begun = time.perf_counter()
            publish_and_wait(scope, version_id, seen, name, f"f{size - 1}")
            took.append(time.perf_counter() - begun)
        found[str(size)] = max(took)
    answer(seconds=found)


FILL = """
insert into made_{name}_v1 (id, unit_no, f0, f1, f3)
select gen_random_uuid(), 2 + n %% {units}, 'n' || n, '1', n from generate_series(1, %s) n
"""


def widen(rows: str, beside: str = "") -> None:
    """Add a field to a table of so many rows while two sessions work on it; beside ``busy``, a report too."""
    from django.db import connection

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import standards
    from jizuo.hubs.data.queries import standards as queries
    from jizuo.hubs.data.standards import Element

    scope = district()
    name = f"wide_{rows}{beside and '_busy'}"
    version_id, seen = drafted(scope, body_of(name, 10))
    publish_and_wait(scope, version_id, seen, name, "f9")
    with scopes.use(scope), scopes.open_transaction("bench"), connection.cursor() as cursor:
        cursor.execute(FILL.format(name=name, units=UNITS - 1), [int(rows)])
    with scopes.use(scope):
        version_id = standards.revise_standard(name=name)
        seen = standards.save_element(
            version_id=version_id, element=Element(key="more", title="新字段", length=40)
        )
        begun = time.perf_counter()
        impact = queries.standard_impact(version_id=version_id)
        counted = time.perf_counter() - begun
    if impact.rows < int(rows):
        raise RuntimeError(f"{impact.rows} rows counted of {rows}")
    ended = threading.Event()
    longest: dict[str, float] = {}
    counts: dict[str, int] = {}
    sides = [
        threading.Thread(target=knock, args=(name, kind, ended, longest, counts))
        for kind in ("read", "write")
    ]
    if beside:
        sides.append(threading.Thread(target=report, args=(name,)))
    for side in sides:
        side.start()
    time.sleep(1)
    begun = time.perf_counter()
    publish_and_wait(scope, version_id, seen, name, "more")
    usable = time.perf_counter() - begun
    time.sleep(1)
    ended.set()
    for side in sides:
        side.join()
    if beside and usable < REPORT_SECONDS:
        raise RuntimeError("the report kept nothing")
    if set(longest) != {"read", "write"}:
        raise RuntimeError(f"a session broke off: {longest}")
    answer(usable=usable, impact=counted, statements=sum(counts.values()), **longest)


def report(name: str) -> None:
    """Hold the table as a long report does."""
    from jizuo.ground import bootstrap

    with psycopg.connect(bootstrap.connect().of("app")) as line:
        line.execute(f"select count(*) from made_{name}_v1")
        time.sleep(1 + REPORT_SECONDS)


def knock(
    name: str, kind: str, ended: threading.Event, longest: dict[str, float], counts: dict[str, int]
) -> None:
    """Read or write single rows until the end; keep the longest wait in seconds."""
    from jizuo.ground import bootstrap

    table = f"made_{name}_v1"
    statement = {
        "read": f"select f0 from {table} where unit_no = %s and f0 = %s",
        "write": f"update {table} set f3 = f3 + 1, changed_at = now() where unit_no = %s and f0 = %s",
    }[kind]
    most, count = 0.0, 0
    with psycopg.connect(bootstrap.connect().of("app"), autocommit=True) as line:
        while not ended.is_set():
            number = 1 + (count * 7919) % 200_000
            begun = time.perf_counter()
            with line.transaction():
                line.execute("select set_config('app.units', %s, true)", [f"{{{2 + number % (UNITS - 1)}}}"])
                line.execute(statement, [2 + number % (UNITS - 1), f"n{number}"])
            most = max(most, time.perf_counter() - begun)
            count += 1
    longest[kind], counts[kind] = most, count


if __name__ == "__main__":
    from jizuo.project.start import set_up

    set_up("app")
    base.steps({"publish": publish, "widen": widen})
