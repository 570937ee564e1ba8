"""The builder on real databases: tables with their wall out, nothing half made, nobody kept out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date

import psycopg
import pytest

from jizuo.ground.ids import new_id
from tests.ground.making import (
    COLUMNS,
    asked,
    breaches,
    build_all,
    column,
    look,
    made,
    plan_of,
)
from tests.live import django_on, wait_for

__all__ = ["made"]


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
        root.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event = 'PgSleep'"
        )
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
    """RLS-1, BAK-5: the builder gives up after a second; nobody queues behind it for longer."""
    asked(made, plan_of("busy", columns=[column("a")], indexes=()))
    assert build_all(made) == ["done"]
    plan_id = asked(made, plan_of("busy", columns=[column("a"), column("b")], indexes=()))
    from jizuo.ground import builder

    with psycopg.connect(made.app) as reader:
        reader.execute("select count(*) from made_busy_v1")
        begun = time.monotonic()
        with django_on(made.owner):
            assert builder.build_next() == "waiting"
        assert time.monotonic() - begun < 2
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
    assert valid == [(True,)] * 4


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
