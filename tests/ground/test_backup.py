from __future__ import annotations

import json

import psycopg
import pytest

from jizuo.ground import backup, logins
from jizuo.ground.process import Trouble

TABLES = """
create table pupil (unit_no int, id uuid primary key default gen_random_uuid(), name text, born date,
    at timestamptz default now());
create table word (k text primary key, v numeric);
create table keyless (a int, b text);
create unique index once_a_kind on keyless (a, b) where b::varchar(9) in ('totp', 'codes');
create table entry (id bigint generated always as identity, month date not null, note text, primary key (id, month))
    partition by range (month);
create table entry_202609 partition of entry for values from ('2026-09-01') to ('2026-10-01');
alter table pupil enable row level security;
alter table pupil force row level security;
create policy own on pupil for select using (
    unit_no = any((select nullif(current_setting('app.units', true), '')::int[])::int[]));
grant select on pupil to jizuo_app;
create function whose(int) returns int language sql security definer set search_path = public as 'select $1';
"""
ROWS = """
insert into word select 'k' || n, n / 7.0 from generate_series(1, 300) n;
insert into keyless select n % 5, E'一行\\n\\t\\\\' || n from generate_series(1, 50) n;
insert into entry (month, note) select '2026-09-16', '记' || n from generate_series(1, 20) n;
"""


@pytest.fixture
def place(request):
    return request.getfixturevalue(getattr(request, "param", "server"))


@pytest.fixture
def base(place):
    made = place.create()
    with psycopg.connect(made.owner, autocommit=True) as owner:
        owner.execute(TABLES)
        owner.execute(ROWS)
        owner.execute("alter table pupil no force row level security")
        owner.execute(
            "insert into pupil (unit_no, name, born) select n % 3, '王〇' || n, '2015-03-05' from generate_series(1, 100) n"
        )
        owner.execute("alter table pupil force row level security")
    yield made
    place.drop(made.database)


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "abcd").write_bytes(b"\x00" * 5000)
    (folder / "ab" / "abce").write_bytes("文件".encode())
    (folder / "ab" / "half.part").write_bytes(b"not yet")
    return folder


@pytest.fixture
def made(base, files, tmp_path):
    return backup.make(base.backup, tmp_path / "b1", files, version="0.1", stamp="jizuo schema x")


def restore(place, folder, name="restored"):
    return backup.restore_database(folder, place.address, name, place.data / "secrets")


@pytest.mark.parametrize("place", ["server", "server15"], indirect=True)
def test_a_backup_restores_to_the_same_rows_walls_and_files(place, base, made, files, tmp_path):
    assert made.tables["pupil"].rows == 100
    assert made.tables["entry_202609"].rows == 20
    assert "entry" not in made.tables
    assert set(made.files) == {"ab/abcd", "ab/abce"}
    assert backup.verify(tmp_path / "b1") == []
    again = restore(place, tmp_path / "b1")
    try:
        assert backup.compare(made, again.backup) == []
        assert backup.compare_shapes(base.backup, again.backup) == []
        with psycopg.connect(again.app, autocommit=True) as app:
            assert app.execute("select count(*) from pupil").fetchone() == (0,)
            app.execute("begin; select set_config('app.units', '{1}', true)")
            assert app.execute("select count(*) from pupil").fetchone() == (34,)
        with psycopg.connect(again.owner, autocommit=True) as owner:
            owner.execute("insert into entry (month) values ('2026-09-17')")  # the sequence goes on, no clash
            assert owner.execute("select max(id) from entry").fetchone() == (21,)
        target = tmp_path / "elsewhere"
        assert backup.restore_files(tmp_path / "b1", target) == 2
        assert backup.restore_files(tmp_path / "b1", target) == 0
        assert (target / "ab" / "abce").read_bytes() == "文件".encode()
    finally:
        place.drop("restored")


def test_the_dump_and_its_counts_are_of_one_moment(place, base, tmp_path, files):
    """Rows written while the backup runs are in both or in neither."""
    import threading

    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(base.owner, autocommit=True) as owner:
            n = 1000
            while not stop.is_set():
                n += 1
                owner.execute("insert into word values (%s, 1)", [f"w{n}"])
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(30)
    try:
        made = backup.make(base.backup, tmp_path / "live", files)
    finally:
        stop.set()
        writer.join()
    again = restore(place, tmp_path / "live")
    try:
        assert [one for one in backup.compare(made, again.backup) if "sequence" not in one.expected] == []
        assert made.tables["word"].rows > 300
    finally:
        place.drop("restored")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("update word set v = v + 1 where k = 'k7'", "word"),
        ("delete from keyless where ctid = (select ctid from keyless limit 1)", "keyless"),
        ("insert into keyless values (9, 'x')", "keyless"),
        ("update entry set note = '记' || ' ' where id = 3", "entry_202609"),
        ("drop table word", "word"),
        ("create table extra (i int)", "extra"),
        ("alter sequence entry_id_seq restart with 5", "entry_id_seq"),
    ],
)
def test_any_difference_is_found(base, made, change, where):
    with psycopg.connect(base.owner, autocommit=True) as owner:
        owner.execute(change)
    assert [one.where for one in backup.compare(made, base.backup)] == [where]


def test_a_hole_in_the_restored_wall_is_found(place, base, made, tmp_path):
    again = restore(place, tmp_path / "b1")
    try:
        with psycopg.connect(again.owner, autocommit=True) as owner:
            owner.execute("alter table pupil no force row level security")
        (found,) = backup.compare_shapes(base.backup, again.backup)
        assert "FORCE ROW LEVEL SECURITY" in found.expected and found.found == "missing"
    finally:
        place.drop("restored")


@pytest.mark.parametrize("fault", ["cut", "flip", "lose", "add"])
def test_a_damaged_backup_is_noticed(made, tmp_path, fault):
    folder = tmp_path / "b1"
    victim = folder / "files" / "ab" / "abcd"
    if fault == "cut":
        dump = folder / "database.dump"
        dump.write_bytes(dump.read_bytes()[:-10])
    elif fault == "flip":
        victim.write_bytes(b"\x01" + victim.read_bytes()[1:])
    elif fault == "lose":
        victim.unlink()
    else:
        (folder / "files" / "more").write_bytes(b"x")
    assert len(backup.verify(folder)) == 1


def test_a_cut_dump_restores_nothing(place, base, made, tmp_path):
    dump = tmp_path / "b1" / "database.dump"
    dump.write_bytes(dump.read_bytes()[: len(dump.read_bytes()) // 2])
    with pytest.raises(Trouble, match="pg_restore"):
        restore(place, tmp_path / "b1")
    with psycopg.connect(place.address) as root:
        assert root.execute("select count(*) from pg_database where datname like 'restored%'").fetchone() == (
            0,
        )


def test_a_base_with_tables_is_not_overwritten(place, base, made, tmp_path):
    with pytest.raises(Trouble, match="已经有"):
        restore(place, tmp_path / "b1", base.database)
    assert backup.compare(made, base.backup) == []


def test_another_role_prefix_is_said(place, made, tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_ROLE_PREFIX", "other")
    with pytest.raises(Trouble, match="JIZUO_ROLE_PREFIX=jizuo"):
        restore(place, tmp_path / "b1")


def test_a_backup_is_whole_or_absent(base, files, tmp_path, monkeypatch):
    def fail(*_):
        raise Trouble("坏了", "", "broken")

    monkeypatch.setattr(backup, "sequence_values", fail)
    with pytest.raises(Trouble):
        backup.make(base.backup, tmp_path / "b2", files)
    assert not list(tmp_path.glob("b2*"))


def test_an_existing_folder_is_left_alone(base, made, files, tmp_path):
    with pytest.raises(Trouble, match="已经存在"):
        backup.make(base.backup, tmp_path / "b1", files)


@pytest.mark.parametrize("content", [None, "{", '{"format": 1}'])
def test_what_is_no_backup_is_said(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(Trouble):
        backup.read(tmp_path)


def test_a_newer_format_is_said(made, tmp_path):
    path = tmp_path / "b1" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(Trouble, match="备份格式"):
        backup.read(tmp_path / "b1")


def test_the_newest_backup_is_found(made, tmp_path):
    place, at = backup.latest(tmp_path)
    assert place == tmp_path / "b1" and at == made.made_at
    assert backup.latest(tmp_path / "files") is None


def test_the_password_is_on_no_command_line(base):
    assert "password" not in backup._plain_of(base.backup)
    assert logins.role_name("backup") in backup._plain_of(base.backup)
