"""Whole runs of connectors: fetched, landed, checked, applied, followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict, NotFound
from tests.hubs.data.collecting_given import MAPPING, source, work
from tests.hubs.data.outside_given import PASSWORD, READER


def serve(outside, rows, path="/kc"):
    outside.answers[path] = lambda _query, _headers: (200, {}, rows() if callable(rows) else rows)
    return {"url": f"{outside.url}{path}"}


def row(number, **more):
    return {"kch": f"K{number:04d}", "kcmc": f"课程{number}", "xk": "语文", **more}


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


def test_bad_rows_are_put_aside_and_mended(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    rows = [row(number) for number in range(30)]
    rows[3]["xk"], rows[7]["kch"], rows[9]["xk"] = "语问", "", "占星"
    at = source(base, "http", serve(outside, rows))
    run = at.run()
    assert (run.state, run.quarantined) == ("applied", 3), run
    assert len(at.courses()) == 27
    first, second, third = at.aside()
    assert first.cells["kcmc"] == "课程3" and first.faults[0]["suggestion"] == "语文"
    assert second.faults[0]["code"] == "empty" and second.faults[0]["column"] == "kch"

    from jizuo.hubs.data.actions import collecting
    from jizuo.hubs.data.collecting import Mended

    with scopes.use(at.scope):
        collecting.discard_rows(connector_id=at.connector_id, row_ids=[third.row_id], reason="不是课程")
        run_id = collecting.retry_rows(
            connector_id=at.connector_id,
            rows=[Mended(first.row_id, {"xk": "语文"}), Mended(second.row_id, {"kch": "K0007"})],
        )
    work(base, at.scope)
    assert at.view(run_id).state == "applied"
    assert len(at.courses()) == 29 and not at.aside() and len(at.aside("mended")) == 2
    # What was given up stays given up when it comes the same again.
    at.run()
    assert [one.row_id for one in at.aside("discarded")] == [third.row_id]
    assert {one.cells["kcmc"] for one in at.aside()} == {"课程3", "课程7"}


def test_a_row_mended_wrongly_stays_open(base, outside, open_hosts):
    from jizuo.hubs.data.actions import collecting
    from jizuo.hubs.data.collecting import Mended

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1), row(2, xk="语问")]))
    at.run()
    (bad,) = at.aside()
    with scopes.use(at.scope):
        collecting.retry_rows(connector_id=at.connector_id, rows=[Mended(bad.row_id, {"xk": "数问"})])
    work(base, at.scope)
    (still,) = at.aside()
    assert still.cells["xk"] == "数问" and still.row_id == bad.row_id


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


def test_any_run_is_replayed_from_its_kept_file(base, outside, open_hosts):
    from jizuo.hubs.data.actions import collecting

    open_hosts("127.0.0.1")
    at = source(base, "http", serve(outside, [row(1), row(2)]), mapping={"kch": "code", "xk": "title"})
    first = at.run()
    assert {title for _code, title in at.courses()} == {"语文"}
    at.save(mapping=MAPPING)
    outside.answers.clear()
    with scopes.use(at.scope):
        run_id = collecting.replay_run(run_id=first.run_id)
    work(base, at.scope)
    assert at.view(run_id).state == "applied"
    assert [title for _code, title in at.courses()] == ["课程1", "课程2"]


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


def test_a_trial_shows_rows_and_writes_nothing(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting
    from jizuo.hubs.data.queries.collecting import sampled

    open_hosts("127.0.0.1")
    rows = [row(1, xk=" 语文 "), row(2, xk="语问"), row(3)]
    at = source(base, "http", serve(outside, rows), mapping={})
    with scopes.use(at.scope), pytest.raises(NotFound):
        sampled(at.connector_id)
    with scopes.use(at.scope):
        connecting.try_connector(connector_id=at.connector_id)
    work(base, at.scope)
    told = at.told()
    assert told.columns == ["kch", "kcmc", "xk"] and told.sample_said == ""
    at.save(mapping=MAPPING)
    with scopes.use(at.scope):
        seen = sampled(at.connector_id)
    assert seen.heads == ["课程名称", "课程代码", "学科"] or len(seen.heads) == 3
    assert seen.fault_count == 1 and "语问" in seen.faults[0][1]
    assert seen.was and seen.total == 3
    assert not at.courses() and not at.runs()


def test_a_failed_trial_says_why(base, outside, open_hosts):
    from jizuo.hubs.data.actions import connecting

    at = source(base, "http", serve(outside, [row(1)]), mapping={})
    with scopes.use(at.scope):
        connecting.try_connector(connector_id=at.connector_id)
    work(base, at.scope)
    assert "本机" in at.told().sample_said


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
    assert {path.name.split(" ", 1)[1] for path in (tmp_path / "done").iterdir()} == {
        "课程一.xlsx",
        "课程二.csv",
    }
    failed = sorted(path.name.split(" ", 1)[1] for path in (tmp_path / "failed").iterdir())
    assert failed == ["坏.csv", "坏.csv.txt"]
    assert (tmp_path / "~$课程.xlsx").exists()


def test_secrets_never_come_back_and_never_move(base, outside, open_hosts):
    open_hosts("127.0.0.1")
    at = source(base, "http", {"url": f"{outside.url}/kc", "auth": "bearer"}, secrets={"token": "t0p-secret"})
    told = at.told()
    assert told.secret_keys == ["token"] and "t0p-secret" not in repr(told)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(at.scope.units)])
        (kept,) = owner.execute(
            "select to_jsonb(c)::text from connector c where id = %s", [at.connector_id]
        ).fetchone()
    assert "t0p-secret" not in kept and b"t0p-secret".hex() not in kept
    at.save(settings={"items_path": "data"})
    assert at.told().secret_keys == ["token"]
    at.save(settings={"url": "http://elsewhere.example/kc"})
    assert at.told().secret_keys == []


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


def test_settings_that_cannot_be_are_refused(base):
    at = source(base, "postgres", {"host": "db.example", "database": "x", "user": "y"}, mapping={})
    for values in (
        {"settings": {"query": "drop table x"}},
        {"settings": {"nothing": "x"}},
        {"settings": {"password": "x"}},
        {"settings": {"port": "many"}},
        {"settings": {"tls": "maybe"}},
        {"secrets": {"token": "x"}},
        {"schedule": {"every_minutes": 1}},
        {"increment": {"column": "a", "overlap": -1}},
        {"mapping": {"a": "code", "b": "code"}},
        {"source": "学籍"},
        {"steps": {"code": ["datee"]}},
        {"importer": "nothing"},
        {"title": " "},
    ):
        with pytest.raises(BadInput):
            at.save(**values)


def test_another_unit_s_connector_does_not_exist(base, outside, open_hosts):
    """With a twin: the same calls in one's own unit go through."""
    from jizuo.hubs.data.actions import collecting, connecting
    from jizuo.hubs.data.collecting import Mended
    from jizuo.hubs.data.queries import collecting as queries

    open_hosts("127.0.0.1")
    theirs = source(base, "http", serve(outside, [row(1), row(2, xk="语问")]))
    run = theirs.run()
    (bad,) = theirs.aside()
    ours = source(base, "http", serve(outside, [row(1)], "/ours"))
    calls = [
        lambda at: queries.connector(connector_id=theirs.connector_id),
        lambda at: queries.collect_runs(connector_id=theirs.connector_id),
        lambda at: queries.collect_run(run_id=run.run_id),
        lambda at: queries.quarantined_rows(connector_id=theirs.connector_id),
        lambda at: queries.sampled(theirs.connector_id),
        lambda at: connecting.save_connector(connector_id=theirs.connector_id, title="x"),
        lambda at: connecting.try_connector(connector_id=theirs.connector_id),
        lambda at: connecting.switch_connector(connector_id=theirs.connector_id, is_on=True),
        lambda at: connecting.reset_mark(connector_id=theirs.connector_id),
        lambda at: collecting.run_connector(connector_id=theirs.connector_id),
        lambda at: collecting.replay_run(run_id=run.run_id),
        lambda at: collecting.retry_rows(connector_id=theirs.connector_id, rows=[Mended(bad.row_id)]),
        lambda at: collecting.discard_rows(
            connector_id=theirs.connector_id, row_ids=[bad.row_id], reason="x"
        ),
        lambda at: connecting.retire_connector(connector_id=theirs.connector_id),
    ]
    for call in calls:
        with scopes.use(ours.scope), pytest.raises(NotFound):
            call(ours)
    with scopes.use(ours.scope):
        assert [one.connector_id for one in queries.connectors()] == [ours.connector_id]
        with pytest.raises(NotFound):
            collecting.retry_rows(connector_id=ours.connector_id, rows=[Mended(bad.row_id)])
    with scopes.use(theirs.scope):
        queries.connector(connector_id=theirs.connector_id)
        queries.quarantined_rows(connector_id=theirs.connector_id)
        connecting.save_connector(connector_id=theirs.connector_id, title="x")
        collecting.discard_rows(connector_id=theirs.connector_id, row_ids=[bad.row_id], reason="x")
        connecting.retire_connector(connector_id=theirs.connector_id)
