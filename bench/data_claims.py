"""One source per field: the merge of a pupil library of 40 fields from four sources, and the lists of what differs.

The library is a master dataset that the builder makes. Each source tells of every pupil; it agrees with the others
but for one field in fifty, and leaves one in twenty empty. Every step looks at what it left behind.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from itertools import permutations
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import polars as pl

from bench import base
from bench.bars import Bar, Table
from bench.base import Bench, answer, timed

MODULE, DATABASE = "bench.data_claims", "data_claims"
PUPILS, FIELDS, UNITS = 57_171, 40, 105
SOURCES = ("register", "civil_affairs", "school", "family")
#: The order in which the files come: each is believed before some of what came before it.
ARRIVING = ("family", "school", "register", "civil_affairs")
#: Workers of a base on two cores.
WORKERS = 2
#: Growth: shares of all pupils, in eighths.
SHARES = (1, 2, 4, 8)
CHANGED = 1_000
#: Claims and conflicts behind the lists, and how often each list is asked for.
LISTED, ASKED = 1_000_000, 40
#: Every order of arrival is tried on so many pupils.
ORDERED = 400
SEED = 2026
NAME = "bench_pupil"
KINDS = ("text", "code", "date", "integer", "boolean")


def measure(bench: Bench) -> tuple[list[Bar], list[Table], list[str]]:
    """The bars of the merge, growth, and what makes the numbers honest."""
    bench.create(DATABASE)
    bench.run(MODULE, "build", database=DATABASE, login="owner")
    grown: dict[int, dict[str, float]] = {}
    for share in SHARES:
        grown[share] = bench.run(MODULE, "merge", str(share), database=DATABASE)
        print(f"data merge {share}/8 {grown[share]}", flush=True)
    orders = bench.run(MODULE, "orders", database=DATABASE)
    print(f"data orders {orders}", flush=True)
    lists: dict[int, dict[str, float]] = {}
    for share in SHARES:
        bench.run(MODULE, "fill", str(share), database=DATABASE, login="owner")
        lists[share] = bench.run(MODULE, "lists", database=DATABASE)
        print(f"data lists {share}/8 {lists[share]}", flush=True)
    bench.drop(DATABASE)
    whole, all_listed = grown[8], lists[8]
    bars = [
        Bar("data.merge_cold", whole["cold"], 60, "s by two workers"),
        Bar("data.merge_nothing_changed", whole["again"], 6, "s"),
        Bar("data.merge_1000_changed", whole["changed"], 2, "s"),
        Bar("data.merge_orders_that_differ", orders["ends"] - 1, 0, "orders of arrival with another end"),
        Bar("data.conflict_groups", all_listed["groups"], 300, "ms p95"),
        Bar("data.conflict_list", all_listed["list"], 300, "ms p95"),
        Bar("data.value_history", all_listed["history"], 300, "ms p95"),
    ]
    rows = tuple(
        (
            f"{share}/8",
            f"{found['records']:,}",
            f"{found['cold']:.1f}",
            f"{found['alone']:.1f}",
            f"{found['again']:.2f}",
            f"{found['changed']:.2f}",
            f"{found['replay']:.1f}",
            f"{found['conflicts']:,}",
            f"{found['copy']:.2f}",
        )
        for share, found in grown.items()
    )
    head = ("of the pupils", "records", "cold, two workers, s", "cold, one worker, s", "nothing changed, s",
            f"{CHANGED} changed, s", "replay from claims, s", "conflicts", "bare COPY of the four files, s")  # fmt: skip
    notes = [
        f"Merge: {FIELDS} fields (24 text, 4 each of code, date, integer and boolean), four files of every pupil put one"
        " after another, each in its own transaction with its history; cold begins with an empty library.",
        f"{CHANGED} changed: the whole file of one source with {CHANGED} pupils changed in one field each.",
        f"All {orders['tried']} orders of the four sources end in the same rows and conflicts ({ORDERED} pupils).",
    ]
    list_rows = tuple(
        (f"{int(found['conflicts']):,}", *(f"{found[name]:.0f}" for name in ("groups", "list", "history")))
        for found in lists.values()
    )
    list_head = ("conflicts and claims", "groups, ms p95", "one list, ms p95", "one value, ms p95")
    notes.append(
        f"Lists: p95 of {ASKED} calls of each door by a steward who reaches every school, pages at random places."
    )
    return bars, [Table("Merge of four sources", head, rows), Table("Lists", list_head, list_rows)], notes


def fields() -> list[tuple[str, str]]:
    """(key, type) of the 40 fields."""
    kinds = ["text"] * 24 + [kind for kind in KINDS[1:] for _n in range(4)]
    return [(f"f{number:02}_{kind}", kind) for number, kind in enumerate(kinds)]


def plan() -> Any:
    """The schema plan of the library."""
    from jizuo.ground.plans import Column, SchemaPlan

    more: dict[str, dict[str, Any]] = {"text": {"length": 60}, "code": {"code_table": "sex"}}
    return SchemaPlan(
        NAME,
        1,
        tuple(Column(key, kind, key, 3, **more.get(kind, {})) for key, kind in fields()),  # type: ignore[arg-type]
    )


def build() -> None:
    """As owner: the table and its schools."""
    base_django("owner")
    from django.db import connection

    from jizuo.ground import builder
    from jizuo.ground.ids import new_id

    problems = builder.build(new_id(), plan())
    if problems:
        raise RuntimeError(str(problems))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key)"
            " select n, 'school', '第' || n || '小学', '第' || n || '小学', '' from generate_series(1, %s) n",
            [UNITS],
        )
    answer()


def base_django(login: str = "app") -> None:
    """Django with every room, as a job would have it."""
    from jizuo.project import start

    start.set_up(login)


def register() -> None:
    """Make the library known, its fields owned by the four sources in turn."""
    from jizuo.hubs.data import datasets

    db_types = {
        "text": "varchar(60)",
        "code": "varchar(20)",
        "date": "date",
        "integer": "bigint",
        "boolean": "boolean",
    }
    datasets.register(
        datasets.Dataset(
            name=NAME, title="学生库", english="Pupil library", table=plan().table, wall="unit", is_master=True,
            version="1.0", room="bench",
            fields={
                key: datasets.Field(
                    key=key, title=key, english=key, grade=3, db_type=db_types[kind], owner=SOURCES[place % 4]
                )
                for place, (key, kind) in enumerate(fields())
            },
        )
    )  # fmt: skip


def truth(count: int, seed: int = SEED) -> list[tuple[Any, ...]]:
    """(id, unit_no, 40 values) of so many pupils."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        row: list[Any] = [str(UUID(int=chance.getrandbits(128))), number * UNITS // count + 1]
        for _key, kind in fields():
            row.append(value(chance, kind))
        rows.append(tuple(row))
    rows.sort()
    return rows


def value(chance: random.Random, kind: str) -> Any:
    """One value of a kind."""
    if kind == "text":
        return "".join(chance.choices("云间小学路弄号室东南西北中山人民解放", k=chance.randint(2, 14)))
    if kind == "code":
        return chance.choice("129")
    if kind == "date":
        return (date(2010, 1, 1) + timedelta(days=chance.randint(0, 4000))).isoformat()
    return str(chance.randint(0, 999)) if kind == "integer" else chance.choice(("true", "false"))


def told(rows: list[tuple[Any, ...]], source: str) -> pl.DataFrame:
    """What one source says: one field in fifty otherwise, one in twenty empty."""
    chance = random.Random(f"{SEED} {source}")
    kinds = [kind for _key, kind in fields()]
    said = []
    for row in rows:
        line = list(row)
        for place, kind in enumerate(kinds, 2):
            luck = chance.random()
            if luck < 0.05:
                line[place] = None
            elif luck < 0.07:
                line[place] = value(chance, kind)
        said.append(line)
    names = ["id", "unit_no", *(key for key, _kind in fields())]
    schema = {name: pl.Int32 if name == "unit_no" else pl.String for name in names}
    return pl.DataFrame(said, schema=schema, orient="row")


def put_all(frame: pl.DataFrame, source: str) -> Any:
    """One file of one source in a transaction of its own."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions.put import put

    with scopes.use(scopes.base_scope(tuple(range(1, UNITS + 1)))), scopes.open_transaction("bench.put"):
        return put(dataset=NAME, columns=frame.columns, rows=frame, source=source)


def look(sql: str) -> Any:
    """The first row of a read over every school."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with (
        scopes.use(scopes.base_scope(tuple(range(1, UNITS + 1)))),
        scopes.open_transaction("bench.look"),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        return cursor.fetchone()


def empty() -> None:
    """Take the library away again."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with (
        scopes.use(scopes.base_scope(tuple(range(1, UNITS + 1)))),
        scopes.open_transaction("bench.empty"),
        connection.cursor() as cursor,
    ):
        for table in (plan().table, "claim", "field_conflict"):
            cursor.execute(f"delete from {table}")


STATE = (
    f"select md5(string_agg((to_jsonb(t) - 'batch_id' - 'changed_at')::text, '' order by t.id)), count(*),"
    " (select md5(string_agg(k.record_id || k.field || k.source || k.owner || k.held || k.claimed || k.state, ''"
    f" order by k.record_id, k.field, k.source)) from field_conflict k where k.state = 'open') from made_{NAME}_v1 t"
)


def merge(share: str) -> None:
    """Cold, again, changed and replayed, on a share of the pupils."""
    base_django()
    register()
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data import datasets
    from jizuo.hubs.data.actions.replaying import chosen, recompute

    rows = truth(PUPILS * int(share) // 8)
    files = {source: told(rows, source) for source in SOURCES}
    seconds: dict[str, float] = {}
    with timed(seconds, "copy"):
        bare_copy(files)
    with timed(seconds, "alone"):
        for source in ARRIVING:
            put_all(files[source], source)
    before = look(STATE)
    empty()
    seconds["cold"] = two_workers(len(rows))
    if look(STATE) != before:
        raise RuntimeError("two workers left something else than one")
    with timed(seconds, "again"):
        for source in SOURCES:
            if put_all(files[source], source).changed:
                raise RuntimeError("a file that says nothing new changed something")
    # Of pupils of whom the school says something there: an empty cell takes no word back.
    is_chosen = pl.col("f02_text").is_not_null() & (pl.col("f02_text").is_not_null().cum_sum() <= CHANGED)
    changed = files["school"].with_columns(
        pl.when(is_chosen).then(pl.lit("改过的")).otherwise(pl.col("f02_text")).alias("f02_text")
    )
    with timed(seconds, "changed"):
        if put_all(changed, "school").changed != min(CHANGED, len(rows)):
            raise RuntimeError("not exactly the changed pupils changed")
    put_all(files["school"], "school")
    if look(STATE)[:2] != before[:2]:
        raise RuntimeError("the changes did not go back")
    dataset = datasets.get(NAME)
    with (
        timed(seconds, "replay"),
        scopes.use(scopes.base_scope(tuple(range(1, UNITS + 1)))),
        scopes.open_transaction("bench.replay"),
        chosen(dataset) as (ids, _last),
    ):
        if any(recompute(dataset, ids)):
            raise RuntimeError("a replay changed what the merge had left")
    (conflicts,) = look("select count(*) from field_conflict where state = 'open'")
    empty()
    answer(records=len(rows), conflicts=conflicts, **seconds)


def two_workers(count: int) -> float:
    """Seconds that two workers need together, each with the four files of half of the schools; both have read their
    files before the clock starts, as the one alone has."""
    context = get_context("spawn")
    gate = context.Barrier(WORKERS + 1)
    done = context.SimpleQueue()
    workers = [context.Process(target=half, args=(number, count, gate, done)) for number in range(WORKERS)]
    for one in workers:
        one.start()
    gate.wait()
    begun = time.perf_counter()
    for one in workers:
        one.join()
    seconds = time.perf_counter() - begun
    if sorted(done.get() for _one in workers if not done.empty()) != list(range(WORKERS)):
        raise RuntimeError("a worker did not end well")
    return seconds


def half(number: int, count: int, gate: Any, done: Any) -> None:
    """One of the two workers."""
    base_django()
    register()
    rows = truth(count)
    mine = pl.col("unit_no") % WORKERS == number
    files = {source: told(rows, source).filter(mine) for source in SOURCES}
    look("select 1")
    gate.wait()
    for source in ARRIVING:
        put_all(files[source], source)
    done.put(number)


def bare_copy(files: dict[str, pl.DataFrame]) -> None:
    """The physical limit: the four files into a bare temporary table."""
    from django.db import connection

    from jizuo.ground import scope as scopes

    with (
        scopes.use(scopes.base_scope(tuple(range(1, UNITS + 1)))),
        scopes.open_transaction("bench.copy"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"create temporary table bare (like made_{NAME}_v1 including defaults) on commit drop")
        for frame in files.values():
            names = ", ".join(frame.columns)
            with cursor.copy(f"copy bare ({names}) from stdin (format csv)") as copy:
                copy.write(frame.write_csv(include_header=False))


def orders() -> None:
    """Every order of arrival on a few pupils: how many different ends there are."""
    base_django()
    register()
    rows = truth(ORDERED, seed=SEED + 1)
    files = {source: told(rows, source) for source in SOURCES}
    ends = set()
    tried = list(permutations(SOURCES))
    for order in tried:
        for source in order:
            put_all(files[source], source)
        ends.add(look(STATE))
        empty()
    answer(ends=len(ends), tried=len(tried))


def fill(share: str) -> None:
    """As owner: a share of a million claims and a million open conflicts, four of each to a record."""
    base_django("owner")
    import psycopg

    from jizuo.ground import bootstrap

    count = LISTED * int(share) // 8 // len(SOURCES)
    with psycopg.connect(bootstrap.connect().of("owner"), autocommit=True) as owner:
        owner.execute(
            "select set_config('app.units', %s, false)", [f"{{{','.join(map(str, range(UNITS + 1)))}}}"]
        )
        # The night folds the tally of conflicts that have gone; an emptied one is as good.
        for table in (plan().table, "claim", "field_conflict", "conflict_tally"):
            owner.execute(f"delete from {table}")
        owner.execute(
            f"insert into {plan().table} (id, unit_no, f00_text, held_by) select"
            " ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n %% %s + 1, '张' || n,"
            " jsonb_build_object('f00_text', 'register')"
            " from generate_series(1, %s) n",
            [UNITS, count],
        )
        keys = [key for key, _kind in fields()]
        owner.execute(
            "insert into claim (id, unit_no, dataset, record_id, source, fields, as_of, batch_id)"
            " select gen_random_uuid(), n %% %s + 1, %s, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,"
            " (%s::text[])[k], jsonb_build_object('f00_text', '张' || (n + k)), now(), gen_random_uuid()"
            " from generate_series(1, %s) n, generate_series(1, 4) k",
            [UNITS, NAME, list(SOURCES), count],
        )
        owner.execute(
            "insert into field_conflict (id, unit_no, dataset, record_id, field, owner, held, source, claimed, cause, state)"
            " select gen_random_uuid(), n %% %s + 1, %s, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,"
            " (%s::text[])[(n * k) %% 40 + 1], 'register', '甲', (%s::text[])[k], '乙',"
            " (array['writing', 'part', 'sign', 'date', 'other'])[n %% 5 + 1], 'open'"
            " from generate_series(1, %s) n, generate_series(1, 4) k on conflict do nothing",
            [UNITS, NAME, keys, list(SOURCES), count],
        )
        owner.execute("vacuum analyze claim, field_conflict, conflict_tally, " + plan().table)
        (conflicts,) = owner.execute("select count(*) from field_conflict").fetchone() or (0,)
    answer(conflicts=conflicts)


def lists() -> None:
    """p95 of the steward's lists, in milliseconds."""
    base_django()
    register()
    import time

    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries import conflicts, lineage

    steward = scopes.Scope(role=scopes.DISTRICT_STEWARD, unit_no=1, units=tuple(range(1, UNITS + 1)))
    chance = random.Random(SEED)
    keys = [key for key, _kind in fields()]
    found: dict[str, list[float]] = {"groups": [], "list": [], "history": []}
    (last,) = look(f"select count(*) from {plan().table}")

    def ask(name: str, door: Any, **given: Any) -> None:
        begun = time.perf_counter()
        with scopes.use(steward):
            door(**given)
        found[name].append((time.perf_counter() - begun) * 1000)

    for _n in range(ASKED):
        ask("groups", conflicts.conflict_groups)
        after = UUID(int=chance.getrandbits(128))
        ask("list", conflicts.conflict_list, dataset=NAME, field=chance.choice(keys), owner="register",
            said_by=chance.choice(SOURCES), cause="sign", after=after)  # fmt: skip
        record = UUID(f"00000000-0000-7000-8000-{chance.randint(1, last):012x}")
        ask("history", lineage.value_lineage, dataset=NAME, record_id=record, field="f00_text")
    (count,) = look("select count(*) from field_conflict")
    answer(conflicts=count, **{name: sorted(times)[int(len(times) * 0.95)] for name, times in found.items()})


if __name__ == "__main__":
    base.steps({"build": build, "merge": merge, "orders": orders, "fill": fill, "lists": lists})
