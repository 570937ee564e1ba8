"""Rosters: a district's OneRoster zip and its schools' workbooks over the import walk.

Jobs run one after another in the process that measures, as a worker with nothing else to do would run them:
the numbers are work, without waiting in a queue.
"""

from __future__ import annotations

import json
import statistics
import time
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import base
from bench.bars import Bar, Result, Table
from bench.base import Bench, answer, timed

MODULE = "bench.roster"
MADE = "made.json"
SHARES = (1, 2, 4, 8)
TODAY = date(2026, 11, 16)
BIG_SCHOOL = 5_000
#: Time per row at the full district against that of an eighth of it.
LINEAR = 1.25


def measure(bench: Bench) -> Result:
    """Every number of the group."""
    files = bench.files
    if not (files / MADE).exists():
        bench.run(MODULE, "make", str(files))
    made = json.loads((files / MADE).read_text())
    loads: dict[int, dict[str, Any]] = {}
    for share in SHARES:
        database = f"bench_{share}"
        bench.create(database)
        zip_file = str(files / f"{share}.zip")
        land = bench.run(MODULE, "land", zip_file, database=database)
        check = bench.run(MODULE, "job", land["batch"], database=database)
        preview = bench.run(MODULE, "job", land["batch"], database=database)
        load = bench.run(MODULE, "apply", land["batch"], database=database)
        loads[share] = {
            "rows": made["rows"][str(share)],
            "check": check["seconds"],
            "check_mb": check["peak_mb"],
            "preview": preview["seconds"],
            "preview_mb": preview["peak_mb"],
            "load": load["seconds"],
            "load_mb": load["peak_mb"],
            "searchable": load["searchable"],
        }
        print(f"roster {share}x {loads[share]}", flush=True)
        if share != SHARES[-1]:
            bench.drop(database)
    full, database = loads[8], "bench_8"
    bench.create("bench_bare")
    bare = bench.run(MODULE, "bare", str(files / "8.zip"), bench.root("bench_bare"))
    peer = bench.run(MODULE, "read", str(files / "8.zip"))
    again = bench.run(MODULE, "again", str(files / "8.zip"), database=database)
    compared = bench.run(MODULE, "again", str(other_bytes(files / "8.zip")), database=database)
    books = bench.run(MODULE, "books", str(files), database=database)
    rate = {share: one["rows"] / one["load"] for share, one in loads.items()}
    growth = (full["load"] / full["rows"]) / (loads[1]["load"] / loads[1]["rows"])
    bars = [
        Bar("roster.check", full["check"], 10, "s"),
        Bar("roster.check_memory", full["check_mb"], 400, "MB"),
        Bar("roster.first_load", rate[8], 20_000, "rows/s", is_least=True),
        Bar("roster.linear", growth, LINEAR, "x time per row at 8x against 1x"),
        Bar("roster.again", again["seconds"], 10, "s"),
        Bar("roster.workbooks", books["all"], 180, "s"),
        Bar("roster.workbook_5000", books["big"], 5, "s"),
    ]
    tables = [
        Table(
            "Growth (1x = every eighth school, 8x = the district)",
            ("size", "rows", "check s", "preview s", "load s", "rows/s", "searchable after s", "peak MB"),
            tuple(
                (
                    f"{share}x", f"{one['rows']:,}", f"{one['check']:.2f}", f"{one['preview']:.2f}", f"{one['load']:.2f}",
                    f"{rate[share]:,.0f}", f"{one['searchable']:.2f}",
                    f"{one['check_mb']} / {one['preview_mb']} / {one['load_mb']}",
                )
                for share, one in loads.items()
            ),
        ),
        Table(
            "Peers in the same run",
            ("what", "seconds", "rows/s", "ours against it"),
            (
                (
                    "bare COPY of the same rows into tables without index, key, wall, history or claims",
                    f"{bare['seconds']:.2f}", f"{bare['rows'] / bare['seconds']:,.0f}",
                    f"load {full['load'] / bare['seconds']:.1f}x",
                ),
                (
                    "polars reading the same files, no check",
                    f"{peer['seconds']:.2f}", f"{peer['rows'] / peer['seconds']:,.0f}",
                    f"check {full['check'] / peer['seconds']:.1f}x",
                ),
            ),
        ),
        Table(
            "The same zip again",
            ("", "land s", "check s", "preview s", "said"),
            tuple(
                (what, f"{one['land']:.2f}", f"{one['check']:.2f}", f"{one['preview']:.2f}", one["state"])
                for what, one in (("the same bytes", again), ("the same rows in other bytes", compared))
            ),
        ),
        Table(
            "School workbooks, upload to preview",
            ("workbooks", "pupils' rows", "all s", "median s", "slowest s", "one of 5,000 s", "states"),
            (
                (
                    str(books["count"]), f"{books['rows']:,}", f"{books['all']:.1f}", f"{books['median']:.2f}",
                    f"{books['slowest']:.2f}", f"{books['big']:.2f}", json.dumps(books["states"]),
                ),
            ),
        ),
    ]  # fmt: skip
    notes = [
        f"The zip holds {full['rows']:,} rows of {made['people']:,} pupils and staff without guardians.",
        "Each step is a process of its own; jobs run one after another without a queue. Check is the whole job:"
        " opening the stored file, every check, keeping problems and the stage.",
        "Load is the whole apply job: claims, history, keys and wall, in one transaction that is durable.",
        "The same bytes are known by the marks their apply left, unless a row has moved since; the same rows in other"
        " bytes are compared one by one.",
        f"Rows are searchable {full['searchable']:.1f} s after the load ended (a fact's handler writes the keys).",
        "The workbooks meet a base that the zip has filled: each person is looked for.",
    ]
    return Result("roster", bars, tables, notes)


def make(folder: str) -> None:
    """Write the zips of every size and the workbooks."""
    from jizuo.hubs.organisation.demo import oneroster
    from jizuo.hubs.organisation.protocols.oneroster.write import write
    from jizuo.plain.demo import workbooks
    from jizuo.plain.demo.district import make as make_district

    place = Path(folder)
    (place / "books").mkdir(parents=True, exist_ok=True)
    district = make_district("district", seed=2026, today=TODAY)
    tables = oneroster.tables(district, guardians=False)
    rows = {}
    for share in SHARES:
        part = tables if share == 8 else part_of(tables, share)
        write(place / f"{share}.zip", part, "bench")
        rows[share] = sum(frame.height for frame in part.values())
    for school in district.schools:
        (place / "books" / f"{school.name}.xlsx").write_bytes(workbooks.pupils(district, school))
    (place / "big").mkdir(exist_ok=True)
    name, content = big_book(district)
    (place / "big" / f"{name}.xlsx").write_bytes(content)
    made = {"rows": rows, "people": len(district.pupils) + len(district.staff)}
    (place / MADE).write_text(json.dumps(made))
    answer(**made)


def other_bytes(path: Path) -> Path:
    """The same files in a zip without compression, beside the given one."""
    import zipfile

    other = path.with_stem(f"{path.stem}-stored")
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(other, "w") as out:
        for name in parts.namelist():
            out.writestr(name, parts.read(name))
    return other


def part_of(tables: dict[str, Any], share: int) -> dict[str, Any]:
    """Every eighth school times `share`, with whoever belongs to them."""
    import polars as pl

    orgs = tables["orgs"]
    schools = orgs.filter(pl.col("type") == "school")["sourcedId"].to_list()
    dropped = [school for number, school in enumerate(schools) if number % 8 >= share]
    out = {
        "orgs": orgs.filter(~pl.col("sourcedId").is_in(dropped) & ~pl.col("parentSourcedId").is_in(dropped)),
        "academicSessions": tables["academicSessions"],
    }
    out["courses"] = tables["courses"].filter(~pl.col("orgSourcedId").is_in(dropped))
    out["classes"] = tables["classes"].filter(~pl.col("schoolSourcedId").is_in(dropped))
    out["users"] = tables["users"].filter(~pl.col("primaryOrgSourcedId").is_in(dropped))
    users = out["users"]["sourcedId"].implode()
    out["roles"] = tables["roles"].filter(
        pl.col("userSourcedId").is_in(users) & ~pl.col("orgSourcedId").is_in(dropped)
    )
    out["enrollments"] = tables["enrollments"].filter(
        pl.col("userSourcedId").is_in(users) & ~pl.col("schoolSourcedId").is_in(dropped)
    )
    out["demographics"] = tables["demographics"].filter(pl.col("sourcedId").is_in(users))
    return {name: out[name] for name in tables}


def big_book(district: Any) -> tuple[str, bytes]:
    """A workbook of one school with 5,000 pupils: its own and those of schools of the same stage, in further
    classes."""
    from jizuo.plain.demo.workbooks.sheet import Book

    # The package's name `pupils` is the function of that module.
    lists = import_module("jizuo.plain.demo.workbooks.pupils")

    unit = max(district.schools, key=lambda school: len(school.pupils))
    columns, style = lists.layout(unit)[1], lists.date_style(unit)
    rows: list[Any] = []
    others = sorted(
        district.schools, key=lambda school: (school is not unit, school.kind != unit.kind, school.id)
    )
    classes = 0
    for school in others:
        for klass, listed in lists.members(district, school):
            if klass.stage not in [stage for stage, _first, _last in unit.stages]:
                continue
            classes += school is not unit
            said = lists.class_name(klass, lists.style_of(unit))
            if school is not unit:
                said = f"{klass.entry_year}级{100 + classes}班"
            for pupil in listed:
                if len(rows) < BIG_SCHOOL:
                    rows.append(lists.row(district, unit, said, pupil, len(rows) + 1, style))
    book = Book(district.today)
    book.table("学生名册", lists.title(district, unit), columns, rows, [])
    return unit.name, book.bytes()


@contextmanager
def acting(unit_name: str = ""):
    """Django as `app` with the scope of the bureau (opened when it is not there) or of a named unit."""
    from jizuo.project.start import set_up

    set_up("app")
    from django.db import connection

    from jizuo.ground import acting as ground_acting
    from jizuo.ground import scope as scopes
    from jizuo.hubs.organisation.actions import units
    from jizuo.project import demonstration

    if demonstration.is_empty():
        with scopes.use(scopes.base_scope()):
            demonstration.name_demo()
            units.open_units(
                parent_no=scopes.BASE_UNIT, schools=[units.NewUnit(name="澜江区教育局", kind="bureau")]
            )
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no from unit where name = %s or (%s = '' and kind = 'bureau' and unit_no > 0)"
            " order by unit_no limit 1",
            [unit_name, unit_name],
        )
        (unit_no,) = cursor.fetchone()
    yield ground_acting.base_job_scope(unit_no)
    connection.close()


def keep(path: Path, importer: str, scope: Any, *, is_full: bool, options: dict[str, Any]) -> str:
    """Land a file; the id of its batch."""
    from jizuo.project import walking

    return str(
        walking.land(path, importer=importer, scope=scope, source="school", is_full=is_full, options=options)
    )


def next_job(batch: str, scope: Any) -> tuple[str, str]:
    """Run the one waiting job of a batch; its kind and the batch's state after it."""
    from django.db import connection

    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries import imports as queries

    with scopes.use(scope), scopes.open_transaction("bench"), connection.cursor() as cursor:
        cursor.execute(
            "select id::text, kind, unit_no, grant_no from job where state = 'waiting' and args ->> 'batch_id' = %s",
            [batch],
        )
        ((job_id, kind, unit_no, grant_no),) = cursor.fetchall()
    jobs.run_job(job_id=job_id, unit_no=unit_no, grant_no=grant_no)
    from jizuo.ground import acting as ground_acting

    with scopes.use(ground_acting.base_job_scope(scope.unit_no)):
        found = queries.batch(batch_id=batch)
    if found.state == "failed":
        raise RuntimeError(f"{kind} of {found.title} failed: {found.error}")
    return kind, found.state


def land(path: str) -> None:
    """Upload."""
    with acting() as scope:
        took: dict[str, float] = {}
        with timed(took, "seconds"):
            batch = keep(Path(path), "oneroster", scope, is_full=True, options={"open_units": True})
        answer(batch=batch, **took)


def job(batch: str) -> None:
    """The batch's next job: check or preview."""
    with acting() as scope:
        took: dict[str, float] = {}
        with timed(took, "seconds"):
            kind, state = next_job(batch, scope)
        if state == "faulty":
            raise RuntimeError("the zip has faults")
        answer(kind=kind, state=state, **took)


def apply(batch: str) -> None:
    """Approve nothing, apply, then deliver what follows."""
    from jizuo.project.start import set_up

    set_up("app")
    from jizuo.ground import facts
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.actions import walk

    with acting() as scope:
        took: dict[str, float] = {}
        with scopes.use(scope):
            walk.apply_batch(batch_id=batch)
        with timed(took, "seconds"):
            _kind, state = next_job(batch, scope)
        if state != "applied":
            raise RuntimeError(f"the zip is {state}")
        with timed(took, "searchable"):
            while facts.deliver_due():
                pass
        answer(state=state, **took)


def again(path: str) -> None:
    """The same zip once more, land to preview."""
    with acting() as scope:
        took: dict[str, float] = {}
        with timed(took, "land"):
            batch = keep(Path(path), "oneroster", scope, is_full=True, options={"open_units": True})
        with timed(took, "check"):
            next_job(batch, scope)
        with timed(took, "preview"):
            _kind, state = next_job(batch, scope)
        if state != "applied":
            raise RuntimeError(f"the same zip again is {state}, not nothing")
        answer(state="nothing to do", seconds=sum(took.values()), **took)


def books(folder: str) -> None:
    """Every school's workbook and the big one, each from upload to preview."""
    from jizuo.ground import acting as ground_acting

    with acting() as _scope:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select name, unit_no from unit")
            unit_of = dict(cursor.fetchall())
        seconds, states, rows = [], {}, 0
        for path in sorted(Path(folder, "books").iterdir()):
            spent, state, count = one_book(path, ground_acting.base_job_scope(unit_of[path.stem]))
            seconds.append(spent)
            states[state] = states.get(state, 0) + 1
            rows += count
        (path,) = Path(folder, "big").iterdir()
        big, state, _count = one_book(path, ground_acting.base_job_scope(unit_of[path.stem]))
        states[f"5,000: {state}"] = 1
        answer(
            count=len(seconds), rows=rows, all=sum(seconds), median=statistics.median(seconds),
            slowest=max(seconds), big=big, states=states,
        )  # fmt: skip


def one_book(path: Path, scope: Any) -> tuple[float, str, int]:
    """(seconds, state, rows read) of a workbook from upload to preview."""
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries import imports as queries

    begun = time.perf_counter()
    batch = keep(path, "pupils", scope, is_full=False, options={})
    _kind, state = next_job(batch, scope)
    if state == "checking":
        _kind, state = next_job(batch, scope)
    spent = time.perf_counter() - begun
    with scopes.use(scope):
        found = queries.batch(batch_id=batch)
    return spent, state, found.rows_read


def bare(path: str, address: str) -> None:
    """COPY the same rows into bare tables of text columns."""
    import zipfile

    import psycopg
    from psycopg import sql

    rows, seconds = 0, 0.0
    with psycopg.connect(address) as root, zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name == "manifest.csv":
                continue
            text = parts.read(name)
            head, _, body = text.partition(b"\r\n" if b"\r\n" in text[:20_000] else b"\n")
            columns = head.decode("utf-8-sig").split(",")
            table = sql.Identifier(f"bare_{name.removesuffix('.csv')}")
            root.execute(
                sql.SQL("create table {} ({})").format(
                    table, sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(c)) for c in columns)
                )
            )
            begun = time.perf_counter()
            with root.cursor() as cursor:
                with cursor.copy(sql.SQL("copy {} from stdin (format csv)").format(table)) as copy:
                    for at in range(0, len(body), 1 << 18):
                        copy.write(body[at : at + (1 << 18)])
                rows += cursor.rowcount
            seconds += time.perf_counter() - begun
        begun = time.perf_counter()
        root.commit()
        seconds += time.perf_counter() - begun
    answer(rows=rows, seconds=seconds)


def read(path: str) -> None:
    """Polars alone over the same files."""
    import io
    import zipfile

    import polars as pl

    begun, rows = time.perf_counter(), 0
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            frame = pl.read_csv(io.BytesIO(parts.read(name)), infer_schema=False)
            rows += frame.height if name != "manifest.csv" else 0
    answer(rows=rows, seconds=time.perf_counter() - begun)


if __name__ == "__main__":
    base.steps(
        {
            "make": make,
            "land": land,
            "job": job,
            "apply": apply,
            "again": again,
            "books": books,
            "bare": bare,
            "read": read,
        }
    )
