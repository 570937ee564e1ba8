from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from jizuo.ground import logins
from jizuo.ground.process import Trouble


@pytest.fixture(params=["server", "server15"])
def place(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def base(place):
    made = place.create()
    yield made
    place.drop(made.database)


def run(address, statement, *values):
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def test_each_login_has_only_its_own_rights(base):
    rights = run(
        base.owner,
        "select rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
        " from pg_roles where rolname like 'jizuo\\_%%' and rolcanlogin order by 1",
    )
    assert rights == [
        ("jizuo_app", False, False, False, False, False, True),
        ("jizuo_backup", False, False, False, False, True, True),
        ("jizuo_ops_ro", False, False, False, False, False, True),
        ("jizuo_owner", False, False, False, False, False, True),
    ]


@pytest.mark.parametrize("login", ["app", "ops_ro", "backup"])
def test_guests_make_nothing(base, login):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        run(getattr(base, login), "create table mine (id int)")
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        run(getattr(base, login), "create schema mine")


def test_backup_reads_past_row_security_and_writes_nothing(base):
    run(base.owner, "create table walled (id int)")
    run(base.owner, "insert into walled values (1)")
    run(base.owner, "alter table walled enable row level security")
    run(base.owner, "alter table walled force row level security")
    assert run(base.owner, "select * from walled") == []
    assert run(base.backup, "select * from walled") == [(1,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(base.backup) as connection:
        connection.execute("set default_transaction_read_only = off")
        connection.commit()
        connection.execute("insert into walled values (2)")
    for login in (base.app, base.ops_ro):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(login, "select * from walled")


def test_app_may_copy_into_temporary_tables_and_ops_ro_may_not(base):
    run(base.app, "create temporary table heap (id int) on commit drop")
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        run(base.ops_ro, "create temporary table heap (id int)")


@pytest.mark.parametrize(("offers", "has"), [(["pglz", "lz4"], "lz4"), (["pglz"], "pglz")])
def test_wide_rows_are_packed_the_quick_way_where_the_server_knows_it(base, monkeypatch, offers, has):
    """The twin is a server built without it."""

    class Root:
        def execute(self, _text: str, _values: object) -> Root:
            return self

        def fetchall(self) -> list[tuple[str, list[str]]]:
            return [("default_toast_compression", offers)]

    assert logins.offered(Root(), "app").get("default_toast_compression", "pglz") == has
    assert run(base.app, "show default_toast_compression") == [("lz4",)]
    assert run(base.ops_ro, "show default_toast_compression") == [("pglz",)]


def test_owner_may_become_a_definer_but_inherits_nothing_of_it(base):
    assert run(
        base.owner,
        "select rolcanlogin, pg_has_role(oid, 'MEMBER'), pg_has_role(oid, 'USAGE') from pg_roles"
        " where rolname = 'jizuo_matcher'",
    ) == [(False, True, False)]
    run(base.owner, "create table whose (id int)")


def test_a_new_function_is_nobodys(base):
    run(base.owner, "create function secret() returns int language sql as 'select 1'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(base.app, "select secret()")


def test_strangers_cannot_connect(place, base):
    run(place.address, "drop role if exists stranger")
    run(place.address, "create role stranger login password 'x'")
    stranger = base.app.replace("jizuo_app", "stranger")
    password = stranger.split("stranger:")[1].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger.replace(password, "x"))


@pytest.fixture
def apart(place, tmp_path, monkeypatch):
    """`apart(name)`: the logins of a database of roles of their own. Roles are the cluster's: a password or a right that
    is changed on `jizuo_*` would reach every other test of this moment."""
    monkeypatch.setenv("JIZUO_ROLE_PREFIX", "apart")
    made = []

    def ensure(name):
        made.append(name)
        return logins.ensure(place.address, name, tmp_path / "secrets")

    yield ensure
    for name in made:
        place.drop(name)
    for role in (*logins.LOGINS, *logins.DEFINERS):
        run(place.address, f"drop role if exists apart_{role}")


def test_again_changes_nothing_and_mends_what_crept_in(place, apart, tmp_path):
    base = apart("again")
    before = logins.read_secrets(tmp_path / "secrets")
    run(place.address, "alter role apart_app bypassrls createdb")
    run(place.address, "alter role apart_owner password 'other'")
    again = apart("again")
    assert again == base
    assert logins.read_secrets(tmp_path / "secrets") == before
    assert run(again.owner, "select rolbypassrls, rolcreatedb from pg_roles where rolname = 'apart_app'") == [
        (False, False)
    ]


def test_those_who_start_at_once_share_one_set_of_passwords(place, apart):
    with ThreadPoolExecutor(6) as side_by_side:
        found = list(side_by_side.map(apart, [f"at_once_{n}" for n in range(6)]))
    assert len({one.app.partition("@")[0] for one in found}) == 1
    assert [run(one.app, "select current_user::text") for one in found] == [[("apart_app",)]] * 6


def test_passwords_are_kept_from_others(place, base):
    path = logins.secrets_file(place.data / "secrets")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (
        run(place.address, "select count(*) from pg_authid where rolpassword like 'SCRAM-SHA-256%%'")[0][0]
        >= 5
    )


def test_another_base_on_the_same_server_needs_its_own_prefix(place, base, tmp_path, monkeypatch):
    with pytest.raises(Trouble, match="JIZUO_ROLE_PREFIX"):
        logins.ensure(place.address, base.database, tmp_path)
    monkeypatch.setenv("JIZUO_ROLE_PREFIX", "second")
    other = logins.ensure(place.address, "second", tmp_path)
    try:
        assert run(other.app, "select current_user::text") == [("second_app",)]
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(other.app.replace("/second?", f"/{base.database}?"))
    finally:
        place.drop("second")
        for login in logins.LOGINS:
            run(place.address, f"drop role second_{login}")


def test_a_modest_bootstrap_login_goes_on_without_backup(place, tmp_path, monkeypatch):
    monkeypatch.setenv("JIZUO_ROLE_PREFIX", "modest")
    run(place.address, "create role clerk login createrole createdb password 'pass'")
    user, password = place.address.split("://")[1].split("@")[0].split(":")
    address = place.address.replace(f"{user}:{password}@", "clerk:pass@")
    try:
        for _ in range(2):
            made = logins.ensure(address, "modest", tmp_path)
            assert made.backup is None
            assert "BYPASSRLS" in made.notes[0]
        assert run(made.app, "select 1") == [(1,)]
        assert run(made.owner, "select pg_has_role('modest_matcher', 'MEMBER')") == [(True,)]
    finally:
        place.drop("modest")
        for role in ("modest_matcher", "modest_owner", "modest_app", "modest_ops_ro", "clerk"):
            run(place.address, f"drop role if exists {role}")


def test_an_unreachable_server_is_said_in_words(tmp_path):
    with pytest.raises(Trouble, match="连不上数据库"):
        logins.ensure(f"postgresql://nobody:x@/postgres?host={tmp_path}", "x", tmp_path)


def test_a_database_of_somebody_else_is_left_alone(place, tmp_path):
    name = f"foreign_{os.getpid()}"
    run(place.address, f"create database {name}")
    try:
        with pytest.raises(Trouble, match="属于 postgres"):
            logins.ensure(place.address, name, place.data / "secrets")
    finally:
        place.drop(name)
