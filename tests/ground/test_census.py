"""The census names every planted hole with its rule, and `jizuo migrate` mends what it says it mends."""

from __future__ import annotations

import subprocess
import sys

import psycopg
import pytest

from jizuo.ground import logins
from tests.live import django_on

APP, OPS, OWNER = (logins.role_name(login) for login in ("app", "ops_ro", "owner"))
PART = "(select c.relname from pg_class c where c.relispartition and c.relname like 'claim_history_%' order by 1 limit 1)"


def on_part(text):
    return f"do $$ begin execute format('{text}', {PART.replace('%', '%%')}); end $$".replace("%%'", "%'")


#: name -> (what a careless DBA did, rule, where)
BREACHES = {
    "owned by app": (f"create table mine (a int); alter table mine owner to {APP}", "RLS-1", "mine"),
    "function owned by app": (
        f"create function f() returns int language sql as 'select 1'; alter function f() owner to {APP}",
        "RLS-1",
        "f()",
    ),
    "app is superuser": (f"alter role {APP} superuser", "RLS-1", APP),
    "app bypasses": (f"alter role {APP} bypassrls", "RLS-1", APP),
    "ops bypasses": (f"alter role {OPS} bypassrls", "RLS-1", OPS),
    "app is in owner": (f"grant {OWNER} to {APP}", "RLS-1", APP),
    "app may make tables": (f"grant create on schema public to {APP}", "RLS-1", "public"),
    "too many rights": (f"grant update on audit_entry to {APP}", "RLS-1", "audit_entry"),
    "rights of everybody": ("grant update (note) on audit_entry to public", "RLS-1", "audit_entry"),
    "not forced": ("alter table batch no force row level security", "RLS-2", "batch"),
    "not enabled": ("alter table person disable row level security", "RLS-2", "person"),
    "history not forced": ("alter table claim_history no force row level security", "RLS-2", "claim_history"),
    "a scope of the login": (f"alter role {APP} set app.units = '{{1}}'", "RLS-5", APP),
    "changed text": ("alter policy wall_select on batch using (unit_no >= 0)", "RLS-9", "batch.wall_select"),
    "joined by or": (
        "alter policy wall_select on batch using ({unit} or importer = 'x')",
        "RLS-9",
        "batch.wall_select",
    ),
    "changed check": ("alter policy wall_insert on batch with check (true)", "RLS-9", "batch.wall_insert"),
    "person opened": ("alter policy wall_update on person using (true)", "RLS-9", "person.wall_update"),
    "second policy": ("create policy more on batch for select using (unit_no = 1)", "RLS-10", "batch."),
    "for all": ("create policy wide on batch using (true)", "RLS-10", "batch.wide"),
    "restrictive": ("create policy less on batch as restrictive for delete using (true)", "RLS-10", "batch."),
    "no policy": ("drop policy wall_delete on batch", "RLS-10", "batch"),
    "view": ("create view v as select 1 as a", "RLS-11", "v"),
    "materialised view": (
        f"create materialized view m as select 1 as a; grant select on m to {APP}",
        "RLS-12",
        "m",
    ),
    "truncate": (f"grant truncate on job to {APP}", "RLS-13", "job"),
    "stray definer": (
        "create function d() returns int language sql security definer as 'select 1'",
        "RLS-16",
        "d",
    ),
    "stray definer elsewhere": (
        "create schema s; create function s.d() returns int language sql security definer as 'select 1'",
        "RLS-16",
        "d",
    ),
    "definer without path": (
        "alter function match_identifiers(text[], bytea[]) reset search_path",
        "RLS-16",
        "match_identifiers",
    ),
    "leakproof": ("create function l() returns int language sql leakproof as 'select 1'", "RLS-17", "l"),
    "rights on a partition": (on_part(f"grant select on %I to {APP}"), "RLS-20", "claim_history_"),
    "partition not forced": (
        on_part("alter table %I no force row level security"),
        "RLS-2",
        "claim_history_",
    ),
    "partition opened": (
        on_part("create policy more on %I for select using (true)"),
        "RLS-10",
        "claim_history_",
    ),
    "undeclared": ("create table stray (unit_no int)", "RLS-22", "stray"),
    "undeclared elsewhere": ("create schema s create table t (a int)", "RLS-22", "s.t"),
    "missing": ("alter table mapping rename to mopping", "RLS-22", "mapping"),
}
#: What running `jizuo migrate` once mends by itself.
MENDED = (
    "too many rights", "not forced", "not enabled", "changed check", "person opened", "second policy", "for all",
    "no policy", "truncate", "rights on a partition", "partition not forced", "partition opened",
)  # fmt: skip


@pytest.fixture(scope="module", params=["17", "15"])
def place(request, base, make_database):
    server = request.getfixturevalue("server" if request.param == "17" else "server15")
    return make_database(on=server), server


def plain(text):
    from jizuo.ground.walls import PERSON_TEST, UNIT_TEST

    person = PERSON_TEST.format(table="person", column="id")
    return text.replace("{unit}", UNIT_TEST).replace("{person}", person).replace("{{1}}", "{1}")


def do(address, text):
    with psycopg.connect(address, autocommit=True) as line:
        line.execute(plain(text))


def found_in(made):
    from jizuo.ground import census

    with django_on(made.app):
        return census.breaches()


def found_after(place, *plants, about=None):
    """The census in the transaction that made the hole, which nobody else ever sees: roles are the cluster's."""
    from django.db import connection, transaction

    from jizuo.ground import census

    made, server = place
    with django_on(server.root(made.database)), transaction.atomic():
        with connection.cursor() as cursor:
            for plant in plants:
                cursor.execute(plain(plant))
        found = census.breaches(about=about)
        transaction.set_rollback(True)
    return found


def test_a_fresh_base_has_no_hole(place):
    assert found_in(place[0]) == []
    assert found_after(place) == []


@pytest.mark.parametrize("name", BREACHES)
def test_a_planted_hole_is_named(place, name):
    plant, rule, where = BREACHES[name]
    found = found_after(place, plant)
    assert any(breach.rule == rule and where in breach.where and breach.fix for breach in found), found


def test_migrate_mends_what_it_names(place):
    from jizuo.ground import walls

    made, server = place
    for name in MENDED:
        do(server.root(made.database), BREACHES[name][0])
    assert len(found_in(made)) >= len(MENDED)
    with django_on(made.owner):
        walls.raise_all()
    assert found_in(made) == []


def test_the_worker_refuses_to_start(base, server, make_database):
    """RLS-22 for the worker; the web's refusal is proved over HTTP in test_isolation."""
    made = make_database()
    root = server.root(made.database)
    do(root, BREACHES["undeclared"][0])
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "jizuo.project.cli", "worker"],
            env=server.environment(made.database), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    finally:
        do(root, "drop table stray")
    assert ended.returncode != 0
    assert "RLS-22 stray: a table nobody declared -> DROP TABLE" in ended.stdout + ended.stderr


def test_a_census_of_one_table_looks_at_it_alone(place):
    for_all = BREACHES["for all"][0]
    assert [breach.rule for breach in found_after(place, for_all, about="batch")] == ["RLS-10"]
    assert found_after(place, for_all, about="claim") == []
