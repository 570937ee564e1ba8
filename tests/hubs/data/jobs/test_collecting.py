"""Whole runs of connectors: fetched, landed, checked, applied, followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Conflict
from tests.hubs.data.collecting_given import row, serve, source, work
from tests.hubs.data.outside_given import PASSWORD, READER


@pytest.fixture
def table(mariadb):
    with mariadb["root"].cursor() as cursor:
        cursor.execute("drop table if exists kc2")
        cursor.execute("create table kc2 (kch varchar(20), kcmc varchar(60), xk varchar(20), gxsj datetime)")
    settings = {
        "host": "127.0.0.1", "port": str(mariadb["port"]), "database": "sis", "user": READER,
        "query": "select kch, kcmc, xk, gxsj from kc2",
    }  # fmt: skip

    def write(*statements):
        with mariadb["root"].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return settings, write


def test_an_interface_s_rows_arrive(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(number) for number in range(30)]))
    run = at.run()
    assert (run.state, run.rows_read, run.quarantined) == ("applied", 30, 0), (run.error, run.fix)
    assert len(at.courses()) == 30
    told = at.told()
    assert told.last_rows == 30 and told.last_ok_at and not told.troubles
    again = at.run()
    assert again.state == "nothing"


def test_what_the_source_mends_is_no_longer_aside(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    rows = [row(1), row(2, xk="语问")]
    at = source(base, "http", serve(outside, lambda: rows))
    at.run()
    assert len(at.aside()) == 1
    rows[1]["xk"] = "语文"
    assert at.run().state == "applied"
    assert not at.aside() and len(at.aside("gone")) == 1


def test_a_batch_that_is_mostly_bad_waits_for_a_person(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(number, xk="占星") for number in range(40)]))
    run = at.run()
    assert run.state == "waiting" and "40" in run.error
    assert "faulty" in at.troubles() and not at.aside() and not at.courses()


def test_a_database_is_read_on_from_its_mark(base, table, open_hosts):
    open_hosts("127.0.0.1")
    settings, write = table
    write(
        "insert into kc2 select concat('K', seq), concat('课程', seq), '语文', timestampadd(hour, seq, '2026-01-01')"
        " from seq_1_to_100"
    )
    at = source(
        base, "mysql", settings, secrets={"password": PASSWORD}, increment={"column": "gxsj", "overlap": 0}
    )
    run = at.run()
    assert (run.state, run.rows_read) == ("applied", 100), (run, at.troubles())
    assert at.told().mark == "2026-01-05T04:00:00"
    write("insert into kc2 values ('K200', '新课', '数学', '2026-02-01')")
    run = at.run()
    assert (run.state, run.rows_read) == ("applied", 2)
    assert len(at.courses()) == 101 and at.told().mark == "2026-02-01T00:00:00"
    assert at.run().state == "nothing" and not at.troubles()


def test_a_long_list_comes_in_pieces(base, table, open_hosts, monkeypatch):
    from jizuo.hubs.data.connectors import raw

    open_hosts("127.0.0.1")
    monkeypatch.setattr(raw.write, "__kwdefaults__", raw.write.__kwdefaults__ | {"most_rows": 40})
    settings, write = table
    write(
        "insert into kc2 select concat('K', seq), concat('课程', seq), '语文', timestampadd(hour, seq div 7, '2026-01-01')"
        " from seq_1_to_150"
    )
    at = source(base, "mysql", settings, secrets={"password": PASSWORD}, increment={"column": "gxsj"})
    at.run()
    runs = at.runs()
    assert len(runs) >= 4 and {run.reason for run in runs} == {"hand", "more"}
    assert {run.state for run in runs} <= {"applied", "nothing"}
    assert len(at.courses()) == 150
    without = source(base, "mysql", settings, secrets={"password": PASSWORD})
    run = without.run()
    assert run.state == "failed" and "增量列" in run.fix


def test_a_source_that_lies_about_time_is_noticed(base, table, open_hosts):
    open_hosts("127.0.0.1")
    settings, write = table
    write("insert into kc2 values ('A', '甲', '语文', '2026-01-02'), ('B', '乙', '语文', '2126-01-01')")
    at = source(base, "mysql", settings, secrets={"password": PASSWORD}, increment={"column": "gxsj"})
    assert at.run().state == "applied"
    assert "future" in at.troubles()
    assert datetime.fromisoformat(at.told().mark) < datetime.now() + timedelta(days=2)


def test_a_source_that_goes_backwards_is_noticed(base, table, open_hosts):
    open_hosts("127.0.0.1")
    settings, write = table
    write("insert into kc2 values ('A', '甲', '语文', '2026-01-02')")
    at = source(
        base,
        "mysql",
        settings,
        secrets={"password": PASSWORD},
        increment={"column": "gxsj", "overlap": 99999},
    )
    at.run()
    write("delete from kc2", "insert into kc2 values ('A', '甲甲', '语文', '2026-01-01')")
    assert at.run().state == "applied"
    assert "backwards" in at.troubles() and at.told().mark == "2026-01-02T00:00:00"
    write("delete from kc2")
    assert at.run().state == "nothing"


def test_a_source_that_gives_nothing_is_a_clear_fault(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    rows = [row(1)]
    at = source(base, "http", serve(outside, lambda: rows))
    at.run()
    rows.clear()
    run = at.run()
    assert run.state == "failed" and "一行也没有" in run.error
    assert "failing" in at.troubles() and len(at.courses()) == 1
    rows.append(row(2))
    at.run()
    assert "failing" not in at.troubles()


def test_a_source_that_shrinks_waits_for_a_person(base, outside, open_hosts):
    from jizuo.hubs.data.actions import walk

    open_hosts("127.0.0.1")
    rows = [row(number) for number in range(60)]
    at = source(base, "http", serve(outside, lambda: rows))
    at.run()
    del rows[30:]
    rows[0]["kcmc"] = "改了名"
    run = at.run()
    assert run.state == "waiting" and "60" in at.troubles()["shrunk"]
    with pytest.raises(Conflict):
        at.run()
    with scopes.use(at.scope):
        walk.apply_batch(batch_id=run.batch_id)
    work(base, at.scope)
    assert at.view(run.run_id).state == "applied" and "shrunk" not in at.troubles()
    assert at.told().last_rows == 30


def test_a_source_that_changes_its_keys_waits_for_a_person(base, outside, open_hosts):
    from jizuo.hubs.data.actions import walk

    open_hosts("127.0.0.1")
    rows = [row(number) for number in range(40)]
    at = source(base, "http", serve(outside, lambda: rows))
    at.run()
    for one in rows:
        one["kch"] = "N" + one["kch"]
    run = at.run()
    assert run.state == "waiting" and "keys" in at.troubles()
    with scopes.use(at.scope):
        walk.discard_batch(batch_id=run.batch_id)
    tick(base, at)
    assert at.view(run.run_id).state == "discarded" and len(at.courses()) == 40


def test_columns_that_went_are_noticed(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [{"kch": "A", "name": "甲", "xk": "语文"}]))
    run = at.run()
    assert run.state == "failed" and "kcmc" in run.error


def test_without_applying_by_itself_it_waits(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1)]), applies_itself=False)
    run = at.run()
    assert run.state == "waiting" and not at.courses() and not at.troubles()


def tick(base, at, now=None):
    from jizuo.hubs.data.jobs import collecting as jobs

    with scopes.use(scopes.base_scope((at.unit_no,))):
        started = jobs.go_round(now or datetime.now(UTC))
    work(base, at.scope)
    return started


def test_the_clock_starts_what_is_due(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1)]), schedule={"every_minutes": 30})
    assert tick(base, at) == 0
    with scopes.use(at.scope):
        connecting.switch_connector(connector_id=at.connector_id, is_on=True)
    due = at.told().next_at
    assert tick(base, at, due - timedelta(seconds=1)) == 0
    assert tick(base, at, due) == 1
    assert [run.reason for run in at.runs()] == ["schedule"] and at.runs()[0].state == "applied"
    assert at.told().next_at == due + timedelta(minutes=30)


def test_a_silent_source_is_noticed(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting

    open_hosts("127.0.0.1")
    at = source(base, "http", {"url": f"{outside.url}/kc"}, schedule={"every_minutes": 60})
    outside.answers["/kc"] = lambda _query, _headers: (404, {}, {})
    with scopes.use(at.scope):
        connecting.switch_connector(connector_id=at.connector_id, is_on=True)
    now = datetime.now(UTC)
    tick(base, at, now + timedelta(hours=2))
    assert "silent" not in at.troubles() and "failing" in at.troubles()
    tick(base, at, now + timedelta(hours=4))
    assert "silent" in at.troubles()
    serve(outside, [row(1)])
    at.run()
    assert not at.troubles()


def test_a_run_whose_worker_died_ends(base, outside, open_hosts):
    from jizuo.hubs.data.actions import collecting

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1)]))
    with scopes.use(at.scope):
        run_id = collecting.run_connector(connector_id=at.connector_id)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(at.scope.units)])
        owner.execute(
            "update job set state = 'failed', ended_at = now() where args ->> 'run_id' = %s", [str(run_id)]
        )
    tick(base, at)
    assert at.view(run_id).state == "failed"
    assert at.run().state == "applied"


def test_a_folder_is_watched(base, tmp_path, open_hosts):
    from tests.hubs.data.tables.given import workbook

    unit_no = base.unit()
    open_hosts(folders={str(tmp_path): [unit_no]})
    at = source(base, "folder", {"path": str(tmp_path), "quiet_seconds": "1"}, unit_no=unit_no, mapping={})
    assert at.run().state == "nothing"
    (tmp_path / "课程一.xlsx").write_bytes(
        workbook([["课程表"], ["课程代码", "课程名称"], ["A1", "语文一"], ["合计", "1"]])
    )
    (tmp_path / "课程二.csv").write_text("课程代码,课程名称\nA2,数学一\n", encoding="utf-8-sig")
    (tmp_path / "~$课程.xlsx").write_bytes(b"lock")
    (tmp_path / "坏.csv").write_bytes(b"\x7fELF not a list")
    at.run()
    work(base, at.scope)
    states = {run.state for run in at.runs()}
    for _look in range(4):
        at.run()
    assert states <= {"applied", "nothing", "failed"}
    assert [code for code, _title in at.courses()] == ["A1", "A2"]
    assert sorted(run.rows_read for run in at.runs() if run.state == "applied") == [1, 1]
    assert {path.name.split(" ", 1)[1] for path in (tmp_path / "done").iterdir()} == {
        "课程一.xlsx",
        "课程二.csv",
    }
    failed = sorted(path.name.split(" ", 1)[1] for path in (tmp_path / "failed").iterdir())
    assert failed == ["坏.csv", "坏.csv.txt"]
    assert (tmp_path / "~$课程.xlsx").exists()


def test_a_mended_file_for_the_unit_s_own_lists(base, outside, open_hosts):
    """A list with its own importer gets that importer's headings."""
    open_hosts("127.0.0.1")
    rows = [
        {"xm": "陈以宁", "bh": "职1", "xb": "女", "other": "x"},
        {"xm": "王小明", "bh": "职2", "xb": "男", "other": "y"},
    ]
    at = source(
        base, "http", serve(outside, rows), importer="staff", dataset="",
        mapping={"xm": "name", "bh": "local_no", "xb": "sex"},
    )  # fmt: skip
    run = at.run()
    assert run.state in ("applied", "waiting"), (run, at.troubles())
    assert run.rows_read == 2
