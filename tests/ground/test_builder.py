"""The builder and the query builder on real databases: plans in, tables with their wall out, nothing half made."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import psycopg
import pytest

from jizuo.ground import logins
from jizuo.ground.ids import new_id
from jizuo.ground.scope import Scope
from tests.live import django_on, wait_for

COLUMNS = [
    {"key": "title", "type": "text", "title": "题名", "grade": 2, "length": 40, "is_required": True},
    {"key": "pages", "type": "integer", "title": "页数", "grade": 1},
    {"key": "price", "type": "decimal", "title": "价格", "grade": 1, "precision": 8, "scale": 2},
    {"key": "is_lent", "type": "boolean", "title": "借出", "grade": 1},
    {"key": "bought_on", "type": "date", "title": "购入日期", "grade": 1},
    {"key": "seen_at", "type": "timestamptz", "title": "盘点时间", "grade": 1},
    {"key": "shelf", "type": "code", "title": "架位", "grade": 1, "code_table": "shelf"},
    {"key": "reader_id", "type": "person", "title": "读者", "grade": 3},
    {"key": "room_id", "type": "org", "title": "班级", "grade": 2},
    {"key": "cover_id", "type": "file", "title": "封面", "grade": 1},
]


def plan_of(standard="book", *, major=1, columns=COLUMNS, indexes=(("title",),)):
    from jizuo.ground.plans import SchemaPlan

    return msgspec.convert(
        {"standard": standard, "major": major, "columns": columns, "indexes": indexes}, SchemaPlan
    )


def column(key, type="text", **more):
    told = {"key": key, "type": type, "title": key, "grade": 1} | more
    return told | ({"length": 20} if type == "text" and "length" not in more else {})


def ask(plan):
    """Write the wish as the web does: through the door, as `app`."""
    from jizuo.ground import plans, scope

    with scope.use(Scope(role="district_steward", unit_no=1, units=(1,))):
        return plans.ask_table(plan=plan)


def asked(made, plan):
    with django_on(made.app):
        return ask(plan)


def build_all(made):
    from jizuo.ground import builder

    with django_on(made.owner):
        ends = []
        while (end := builder.build_next()) is not None:
            ends.append(end)
        return ends


def look(address, text, *values):
    with psycopg.connect(address, autocommit=True) as line:
        return line.execute(text, list(values) or None).fetchall()


def run(address, text):
    with psycopg.connect(address, autocommit=True) as line:
        line.execute(text)


def breaches(address):
    from jizuo.ground import census

    with django_on(address):
        return [str(breach) for breach in census.breaches()]


@pytest.fixture(scope="module")
def made(base, make_database):
    """A database of this module's own with the table `made_book_v1`."""
    found = make_database()
    asked(found, plan_of())
    assert build_all(found) == ["done"]
    return found


# ---------------------------------------------------------------------------- plans


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"standard": "Book"}, "standard"),
        ({"standard": 'b"; drop table unit; --'}, "standard"),
        ({"standard": "b" * 31}, "standard"),
        ({"major": 0}, "major"),
        ({"major": 100}, "major"),
        ({"columns": []}, "columns"),
        ({"columns": [column(f"c{n}") for n in range(201)]}, "columns"),
        ({"columns": [column("a"), column("a")]}, "columns[1]"),
        ({"columns": [column("unit_no")]}, "columns[0]"),
        ({"columns": [column("xmin")]}, "columns[0]"),
        ({"columns": [column("extras")]}, "columns[0]"),
        ({"columns": [column("名称")]}, "columns[0]"),
        ({"columns": [column("a b")]}, "columns[0]"),
        ({"columns": [column("a", length=4001)]}, "columns[0]"),
        ({"columns": [column("a", "integer", length=3)]}, "columns[0]"),
        ({"columns": [column("a", "decimal")]}, "columns[0]"),
        ({"columns": [column("a", "decimal", precision=4, scale=5)]}, "columns[0]"),
        ({"columns": [column("a", "code")]}, "columns[0]"),
        ({"columns": [column("a", code_table="sex")]}, "columns[0]"),
        ({"columns": [column("a", grade=6)]}, "columns[0]"),
        ({"columns": [column("a", title=" ")]}, "columns[0]"),
        ({"columns": [column("a")], "indexes": [["b"]]}, "indexes[0]"),
        ({"columns": [column("a")], "indexes": [["a", "a"]]}, "indexes[0]"),
        ({"columns": [column("a")], "indexes": [[]]}, "indexes[0]"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_where_it_is_wrong(made, change, where):
    from jizuo.ground.errors import BadInput
    from jizuo.ground.plans import problems_of

    told = {"standard": "wrong", "columns": [column("a")], "indexes": []} | change
    plan = plan_of(
        told["standard"], major=told.get("major", 1), columns=told["columns"], indexes=told["indexes"]
    )
    assert [problem.where for problem in problems_of(plan)] == [where]
    with django_on(made.app), pytest.raises(BadInput) as refused:
        ask(plan)
    assert [problem.where for problem in refused.value.problems] == [where]


@pytest.mark.parametrize("wild", [{"type": "geometry"}, {"type": "text); drop table unit; --"}, {"sql": "1"}])
def test_a_plan_has_no_place_for_other_types_or_for_sql(wild):
    with pytest.raises(msgspec.ValidationError):
        plan_of(columns=[column("a") | wild])


@pytest.mark.parametrize(
    ("columns", "where"),
    [
        (COLUMNS[1:], "title"),
        ([COLUMNS[0] | {"length": 39}, *COLUMNS[1:]], "title"),
        ([COLUMNS[0], COLUMNS[1] | {"is_required": True}, *COLUMNS[2:]], "pages"),
        ([*COLUMNS[:2], COLUMNS[2] | {"scale": 3}, *COLUMNS[3:]], "price"),
        ([*COLUMNS[:2], COLUMNS[2] | {"precision": 7}, *COLUMNS[3:]], "price"),
        ([column("title", "integer"), *COLUMNS[1:]], "title"),
        ([*COLUMNS, column("isbn", is_required=True)], "isbn"),
    ],
)
def test_a_change_that_takes_away_is_refused_with_what_to_do_instead(made, columns, where):
    from jizuo.ground.errors import BadInput

    with django_on(made.app), pytest.raises(BadInput) as refused:
        ask(plan_of(columns=columns, indexes=()))
    assert [problem.where for problem in refused.value.problems] == [where]
    assert all(problem.fix for problem in refused.value.problems)


# ---------------------------------------------------------------------------- what stands


def test_a_made_table_stands_behind_its_wall(made):
    assert breaches(made.app) == []
    names = {
        name for (name,) in look(made.owner, "select relname from pg_class where relname like 'made_book%'")
    }
    year = date.today().year
    assert {"made_book_v1", "made_book_v1_history", f"made_book_v1_history_{year}"} <= names
    assert f"made_book_v1_history_{year + 1}" in names
    heads = look(
        made.owner,
        "select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'made_book_v1'::regclass",
    )
    assert sum("(unit_no, title)" in text for (text,) in heads) == 1
    assert sum("(unit_no, reader_id)" in text for (text,) in heads) == 1
    keys = {
        text for (text,) in look(
            made.owner,
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'made_book_v1'::regclass",
        )
    }  # fmt: skip
    assert any("(unit_no, room_id) REFERENCES org(unit_no, id)" in text for text in keys)
    assert any("(unit_no, cover_id) REFERENCES stored_file(unit_no, id)" in text for text in keys)


def test_the_catalogue_is_raised_with_the_table(base, make_database):
    found = make_database()
    version = "select version from base_state where key = 'catalogue'"
    before = look(found.owner, version)[0][0]
    asked(found, plan_of("visit", columns=[column("a")], indexes=()))
    assert build_all(found) == ["done"]
    assert look(found.owner, version)[0][0] == before + 1
    assert look(found.owner, "select state, why from schema_plan") == [("done", "")]


def test_a_wider_plan_changes_the_table_in_place(made):
    wider = [COLUMNS[0] | {"length": 60, "is_required": False}, *COLUMNS[1:], column("isbn")]
    plan = plan_of("wide", columns=COLUMNS)
    asked(made, plan)
    asked(made, plan_of("wide", columns=wider, indexes=(("title",), ("isbn",))))
    assert build_all(made) == ["done", "done"]
    described = dict(
        look(
            made.owner,
            "select attname, format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end"
            " from pg_attribute where attrelid = 'made_wide_v1'::regclass and attnum > 0",
        )
    )
    assert described["title"] == "character varying(60)"
    assert described["isbn"] == "character varying(20)"
    assert look(made.owner, "select version from made_table where \"table\" = 'made_wide_v1'") == [(2,)]
    assert breaches(made.app) == []


def test_the_same_plan_twice_changes_nothing(made):
    asked(made, plan_of())
    assert build_all(made) == ["done"]
    assert breaches(made.app) == []


def test_a_plan_that_turned_wrong_meanwhile_is_refused_in_words(made):
    narrow = plan_of("race", columns=[column("a")], indexes=())
    asked(made, plan_of("race", columns=[column("a"), column("b")], indexes=()))
    asked(made, narrow)
    assert build_all(made) == ["done", "refused"]
    (why,) = look(
        made.owner, "select why from schema_plan where state = 'refused' order by ended_at desc limit 1"
    )[0]
    assert "不能删除已有的列：b" in why and "→" in why


def test_a_plan_that_is_no_plan_is_refused(made):
    with psycopg.connect(made.app, autocommit=True) as line:
        line.execute(
            'insert into schema_plan (id, "table", plan, state, why) values (%s, %s, %s, %s, %s)',
            [new_id(), "unit", '{"standard": "x", "major": 1, "columns": "drop table unit"}', "waiting", ""],
        )
    assert build_all(made) == ["refused"]
    assert look(made.owner, "select count(*) from unit")[0][0] >= 1


def test_app_asks_and_reads_but_never_answers(made):
    for text in (
        "update schema_plan set state = 'done'",
        "delete from schema_plan",
        "update made_table set columns = '[]'",
        "create table mine (a int)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            look(made.app, text)


# ---------------------------------------------------------------------------- crash, locks, two at once


SLEEPY = """
create function pg_temp_sleep() returns event_trigger language plpgsql as $$
begin perform pg_sleep(60); end $$;
create event trigger sleepy on ddl_command_end when tag in ('CREATE POLICY') execute function pg_temp_sleep();
"""


def builder_process(server, database):
    return subprocess.Popen(
        [sys.executable, "-m", "jizuo.project.cli", "builder"],
        env=server.environment(database, "owner"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture
def ending():
    processes = []
    yield processes.append
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait(10)


def test_killed_in_the_middle_it_leaves_nothing_and_the_next_one_finishes(
    base, server, make_database, ending
):
    found = make_database()
    with psycopg.connect(server.root(found.database), autocommit=True) as root:
        assert root.info.dbname == found.database
        root.execute(SLEEPY)
        asked(found, plan_of("torn"))
        first = builder_process(server, found.database)
        ending(first)
        busy = (
            "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
            " and query ilike 'create policy%'"
        )
        wait_for(lambda: root.execute(busy).fetchone(), 40)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        root.execute("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'")
        root.execute("drop event trigger sleepy; drop function pg_temp_sleep()")
    still = "select 1 from pg_stat_activity where starts_with(lower(query), 'create policy') and datname = %s"
    wait_for(lambda: not look(server.address, still, found.database), 10)
    assert look(found.owner, "select 1 from pg_class where relname like 'made_torn%'") == []
    assert look(found.owner, "select 1 from made_table") == []
    assert look(found.owner, "select state from schema_plan") == [("waiting",)]
    second = builder_process(server, found.database)
    ending(second)
    wait_for(lambda: look(found.owner, "select 1 from schema_plan where state = 'done'"), 40)
    assert breaches(found.app) == []
    second.send_signal(signal.SIGTERM)
    assert second.wait(15) == 0, second.stdout.read().decode()


def test_only_one_builder_works(made):
    from jizuo.ground import builder

    with django_on(made.owner), builder.alone() as first:
        held = []

        def second():
            from django.db import connection

            with builder.alone() as is_alone:
                held.append(is_alone)
            connection.close()

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        assert (first, held) == (True, [False])


def test_a_busy_table_makes_the_plan_wait_and_not_the_school(made):
    """RLS-1, BAK-5: the builder gives up after two seconds; nobody queues behind it for longer."""
    asked(made, plan_of("busy", columns=[column("a")], indexes=()))
    assert build_all(made) == ["done"]
    plan_id = asked(made, plan_of("busy", columns=[column("a"), column("b")], indexes=()))
    from jizuo.ground import builder

    with psycopg.connect(made.app) as reader:
        reader.execute("select count(*) from made_busy_v1")
        begun = time.monotonic()
        with django_on(made.owner):
            assert builder.build_next() == "waiting"
        assert time.monotonic() - begun < 3.5
        reader.rollback()
    assert look(made.owner, "select state, why from schema_plan where id = %s", plan_id) == [
        ("waiting", "表正忙，稍后自动再试")
    ]
    look(
        made.owner,
        "update schema_plan set ended_at = now() - interval '1 minute' where id = %s returning 1",
        plan_id,
    )
    assert build_all(made) == ["done"]


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_an_additive_change_of_a_full_table_keeps_nobody_out(made, rows):
    """Readers and writers go on while columns and an index are added; no lock is held for 2 s."""
    standard = f"full{rows}"
    asked(made, plan_of(standard, columns=[column("a"), column("n", "integer")], indexes=()))
    assert build_all(made) == ["done"]
    table = f"made_{standard}_v1"
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{1}', true)")
        line.execute(
            f"insert into {table} (id, unit_no, a, n) select gen_random_uuid(), 1, 'x' || g, g"
            " from generate_series(1, %s) g",
            [rows],
        )
    longest, ended = [0.0], threading.Event()

    def write():
        with psycopg.connect(made.app, autocommit=True) as line:
            while not ended.is_set():
                begun = time.monotonic()
                with line.transaction():
                    line.execute("select set_config('app.units', '{1}', true)")
                    line.execute(f"insert into {table} (id, unit_no, a) values (gen_random_uuid(), 1, 'y')")
                longest[0] = max(longest[0], time.monotonic() - begun)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wider = [column("a", length=30), column("n", "integer"), column("b"), column("who", "person")]
        asked(made, plan_of(standard, columns=wider, indexes=(("n",), ("a",))))
        assert build_all(made) == ["done"]
    finally:
        ended.set()
        writer.join()
    assert longest[0] < 2.0
    valid = look(
        made.owner, "select indisvalid from pg_index where indrelid = %s::regclass and not indisunique", table
    )
    assert valid == [(True,)] * 3


def test_an_index_that_a_crash_left_half_built_is_built_anew(made):
    from jizuo.ground import builder

    plan = plan_of("half", columns=[column("a")], indexes=())
    asked(made, plan)
    assert build_all(made) == ["done"]
    name = builder.short_name("made_half_v1", "ix", "a")
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{1}', true)")
        line.execute(
            "insert into made_half_v1 (id, unit_no, a) select gen_random_uuid(), 1, 'z' from generate_series(1, 2)"
        )
    with psycopg.connect(made.owner, autocommit=True) as line, pytest.raises(psycopg.errors.UniqueViolation):
        line.execute(f"create unique index concurrently {name} on made_half_v1 (unit_no, a)")
    asked(made, plan_of("half", columns=[column("a")], indexes=(("a",),)))
    assert build_all(made) == ["done"]
    assert look(
        made.owner, "select indisvalid, indisunique from pg_index where indexrelid = %s::regclass", name
    ) == [(True, False)]


def test_partitions_are_made_ahead(base, make_database):
    from jizuo.ground import partitions

    found = make_database()
    asked(found, plan_of("ahead", columns=[column("a")], indexes=()))
    assert build_all(found) == ["done"]
    with django_on(found.owner):
        assert partitions.ensure(date.today()) == 0
        made_now = partitions.ensure(date(date.today().year + 2, 1, 15))
    assert made_now > 4
    names = {name for (name,) in look(found.owner, "select relname from pg_class where relispartition")}
    year = date.today().year
    assert {
        f"made_ahead_v1_history_{year + 3}",
        f"audit_entry_{year + 2}04",
        f"audit_entry_{year + 2}01",
    } <= names
    assert breaches(found.app) == []


def test_a_partition_of_the_log_refuses_change_by_itself(made):
    """AUD-1: also when it is written directly, by its owner."""
    name = f"audit_entry_{date.today():%Y%m}"
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        look(made.owner, f"update {name} set note = 'x'")


# ---------------------------------------------------------------------------- rows


@contextlib.contextmanager
def inside(made, units=(1,), unit_no=None):
    from jizuo.ground import made as tables
    from jizuo.ground import scope

    with (
        django_on(made.app),
        scope.use(Scope(role="clerk", unit_no=unit_no or units[0], units=units)),
        scope.open_transaction("test"),
    ):
        yield tables


def test_rows_go_in_and_come_out_by_type(made):
    instant = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    with inside(made, (11,)) as tables:
        book = tables.find("book", 1)
        (row_id,) = tables.insert(
            book,
            [
                {
                    "title": "朝花夕拾", "pages": "120", "price": "12.50", "is_lent": False,
                    "bought_on": "2026-09-01", "seen_at": instant, "shelf": "A-1", "extras": {"赠书人": "王%s"},
                }
            ],
        )  # fmt: skip
        page = tables.select(book)
    assert page.rows == [
        {
            "id": row_id, "unit_no": 11, "title": "朝花夕拾", "pages": 120, "price": Decimal("12.50"),
            "is_lent": False, "bought_on": date(2026, 9, 1), "seen_at": instant, "shelf": "A-1",
            "reader_id": None, "room_id": None, "cover_id": None, "extras": {"赠书人": "王%s"},
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({}, "1.title"),
        ({"title": ""}, "1.title"),
        ({"title": 5}, "1.title"),
        ({"title": "x" * 41}, "1.title"),
        ({"title": "a\0b"}, "1.title"),
        ({"title": "\ud800"}, "1.title"),
        ({"title": "a", "pages": 1.5}, "1.pages"),
        ({"title": "a", "pages": True}, "1.pages"),
        ({"title": "a", "pages": 2**63}, "1.pages"),
        ({"title": "a", "price": 1.5}, "1.price"),
        ({"title": "a", "price": "1.555"}, "1.price"),
        ({"title": "a", "price": "1000000"}, "1.price"),
        ({"title": "a", "price": "NaN"}, "1.price"),
        ({"title": "a", "is_lent": "yes"}, "1.is_lent"),
        ({"title": "a", "bought_on": "2026-02-30"}, "1.bought_on"),
        ({"title": "a", "seen_at": "2026-09-01T08:00:00"}, "1.seen_at"),
        ({"title": "a", "shelf": "'; drop"}, "1.shelf"),
        ({"title": "a", "reader_id": "me"}, "1.reader_id"),
        ({"title": "a", "tilte": "b"}, "1.tilte"),
        ({"title": "a", 'x" = 1; --': "b"}, '1.x" = 1; --'),
        ({"title": "a", "extras": []}, "1.extras"),
        ({"title": "a", "extras": {"x": "y" * 70_000}}, "1.extras"),
        ({"title": "a", "extras": {"x": "\0"}}, "1.extras"),
    ],
)
def test_a_wrong_value_is_named_with_its_row_and_column(made, row, where):
    from jizuo.ground.errors import BadInput

    with inside(made, (12,)) as tables, pytest.raises(BadInput) as refused:
        tables.insert(tables.find("book", 1), [row])
    assert [problem.where for problem in refused.value.problems] == [where]


def test_a_near_miss_gets_a_suggestion(made):
    from jizuo.ground.errors import BadInput

    with inside(made) as tables, pytest.raises(BadInput) as refused:
        tables.insert(tables.find("book", 1), [{"title": "a", "tilte": "b"}])
    assert "title" in refused.value.problems[0].fix


def test_another_units_rows_are_not_there(made):
    """RLS-9 and RLS-15 for made tables; the twin reads the same rows with the protection off."""
    from jizuo.ground.errors import NotFound

    with inside(made, (21,)) as tables:
        (theirs,) = tables.insert(tables.find("book", 1), [{"title": "别校的书"}])
    with inside(made, (22,)) as tables:
        book = tables.find("book", 1)
        assert tables.select(book).rows == []
        with pytest.raises(NotFound):
            tables.update(book, theirs, {"title": "我的书"})
        with pytest.raises(NotFound):
            tables.insert(book, [{"title": "塞进别校"}], unit_no=21)
    run(made.owner, "alter table made_book_v1 disable row level security")
    try:
        with inside(made, (22,)) as tables:
            assert theirs in {row["id"] for row in tables.select(tables.find("book", 1)).rows}
    finally:
        run(made.owner, "alter table made_book_v1 enable row level security")


def test_a_row_cannot_point_into_another_unit(made):
    """RLS-15: the room exists, in the other school."""
    from django.db import IntegrityError

    room = new_id()
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{31}', true)")
        line.execute(
            "insert into org (id, unit_no, kind, name, code, stage, scheme, class_type, subject_code, session_ids,"
            " grades, location, source_id) values (%s, 31, 'class', '', '', '', '', '', '', '{}', '{}', '', '')",
            [room],
        )
    with inside(made, (31,)) as tables:
        tables.insert(tables.find("book", 1), [{"title": "本校", "room_id": room}])
    with pytest.raises(IntegrityError), inside(made, (32,)) as tables:
        tables.insert(tables.find("book", 1), [{"title": "别校", "room_id": room}])


def test_a_change_keeps_its_history_and_no_change_keeps_none(made):
    with inside(made, (41,)) as tables:
        book = tables.find("book", 1)
        (row_id,) = tables.insert(book, [{"title": "旧", "price": "1.00"}])
    with inside(made, (41,)) as tables:
        assert tables.update(book, row_id, {"title": "新", "extras": {"a": 1}}) is True
    with inside(made, (41,)) as tables:
        assert tables.update(book, row_id, {"title": "新", "price": "1", "extras": {"a": 1}}) is False
        (row,) = tables.select(book).rows
    assert (row["title"], row["price"]) == ("新", Decimal("1.00"))
    with psycopg.connect(made.app) as line:
        line.execute("select set_config('app.units', '{41}', true)")
        kept = line.execute(
            "select old ->> 'title', door from made_book_v1_history where row_id = %s", [row_id]
        ).fetchall()
        line.execute("select set_config('app.units', '{42}', true)")
        hidden = line.execute("select count(*) from made_book_v1_history").fetchone()
    assert kept == [("旧", "test")]
    assert hidden == (0,)


@pytest.mark.parametrize("order_by", ["id", "pages", "bought_on"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_pages_follow_each_other_without_gap_or_double(made, order_by, is_descending):
    unit = 50 + (10 if is_descending else 0) + ["id", "pages", "bought_on"].index(order_by)
    with inside(made, (unit,)) as tables:
        book = tables.find("book", 1)
        ids = tables.insert(
            book,
            [
                {"title": f"第{n}本", "pages": n % 3 or None, "bought_on": date(2026, 9, 1 + n % 4)}
                for n in range(23)
            ],
        )
        seen, after = [], ""
        while True:
            page = tables.select(
                book, columns=["pages"], order_by=order_by, is_descending=is_descending, after=after, limit=5
            )
            seen += page.rows
            after = page.next
            if not after:
                break
    assert len(seen) == 23 and {row["id"] for row in seen} == set(ids)
    if order_by == "pages":
        known = [row["pages"] for row in seen if row["pages"] is not None]
        assert known == sorted(known, reverse=is_descending)
        assert [row["pages"] for row in seen[len(known) :]] == [None] * (23 - len(known))


@pytest.mark.parametrize(
    ("op", "key", "value", "count"),
    [
        ("eq", "pages", 2, 1),
        ("ne", "pages", 2, 4),
        ("lt", "pages", 2, 1),
        ("le", "pages", "2", 2),
        ("gt", "price", "2.00", 2),
        ("ge", "price", "2.00", 3),
        ("in", "pages", [1, 3], 2),
        ("empty", "pages", True, 1),
        ("empty", "pages", False, 4),
        ("prefix", "title", "李", 3),
        ("prefix", "title", "李%", 0),
        ("eq", "title", "' or true --", 0),
    ],
)
def test_filters(made, op, key, value, count):
    unit = 71
    with inside(made, (unit,)) as tables:
        book = tables.find("book", 1)
        if not tables.select(book).rows:
            tables.insert(
                book,
                [
                    {"title": name, "pages": n, "price": n}
                    for n, name in enumerate(["李白", "李贺", "李", "杜甫"], 1)
                ],
            )
            tables.insert(book, [{"title": "王维"}])
        assert len(tables.select(book, filters=[tables.Filter(key, op, value)]).rows) == count


@pytest.mark.parametrize(
    "wish",
    [
        {"filters": [("no", "eq", 1)]},
        {"filters": [("pages", "like", 1)]},
        {"filters": [("pages", "eq", "x")]},
        {"filters": [("pages", "prefix", "1")]},
        {"filters": [("pages", "in", [])]},
        {"order_by": "no"},
        {"order_by": "pages) --"},
        {"columns": ["pages", "no"]},
        {"limit": 0},
        {"limit": 501},
        {"after": "x"},
        {"after": "[1]"},
    ],
)
def test_a_wrong_question_is_refused(made, wish):
    from jizuo.ground.errors import BadInput

    with inside(made) as tables:
        asked_for = dict(wish)
        asked_for["filters"] = [tables.Filter(*test) for test in wish.get("filters", [])]
        with pytest.raises(BadInput):
            tables.select(tables.find("book", 1), **asked_for)


def test_outside_a_door_nothing_is_read(made):
    from jizuo.ground import made as tables
    from jizuo.ground.scope import NoScope

    with pytest.raises(NoScope):
        tables.find("book", 1)


def test_a_table_that_is_not_there_is_not_found(made):
    from jizuo.ground.errors import NotFound

    with inside(made) as tables, pytest.raises(NotFound):
        tables.find("book", 2)


def test_made_on_15(base, server15, make_database):
    found: logins.Logins = make_database(on=server15)
    asked(found, plan_of())
    assert build_all(found) == ["done"]
    assert breaches(found.app) == []
    with inside(found, (1,)) as tables:
        book = tables.find("book", 1)
        tables.insert(book, [{"title": "一"}, {"title": "二"}])
        assert len(tables.select(book, order_by="title").rows) == 2
