"""The wall in SQL, as each login meets it, on PostgreSQL 17 and 15. Every promise has a twin with it switched off."""

from __future__ import annotations

import contextlib

import psycopg
import pytest

from jizuo.ground import logins
from jizuo.ground.ids import new_id
from tests.live import django_on

FIRST, SECOND = 901, 902
COUNT = "select count(*) from batch"


@pytest.fixture(scope="module", params=["17", "15"])
def place(request, base, make_database):
    """A base of its own with a batch, a person and two audit entries in each of two schools."""
    server = request.getfixturevalue("server" if request.param == "17" else "server15")
    made = make_database(on=server)
    place = Place(made, server)
    for unit in (FIRST, SECOND):
        place.run(made.owner, "insert into unit (unit_no, kind, name, short_name, sort_key)"
                  f" values ({unit}, 'school', 'S{unit}', 'S{unit}', '')")  # fmt: skip
        with place.scoped(unit) as line:
            place.batch[unit] = add_batch(line, unit)
            place.person[unit] = add_person(line, unit)
    return place


class Place:
    def __init__(self, made: logins.Logins, server) -> None:
        self.made, self.server = made, server
        self.batch, self.person = {}, {}

    @contextlib.contextmanager
    def scoped(self, *units, login="app", local=True):
        with psycopg.connect(getattr(self.made, login)) as line:
            line.execute(
                "select set_config('app.units', %s, %s)", [f"{{{','.join(map(str, units))}}}", local]
            )
            yield line

    def run(self, address, text, *values):
        with psycopg.connect(address, autocommit=True) as line:
            line.execute(text, list(values) or None)

    @property
    def root(self):
        return self.server.root(self.made.database)

    @contextlib.contextmanager
    def changed(self, do, undo, *, by="owner"):
        """The twin: the protection off for the block."""
        address = self.root if by == "root" else getattr(self.made, by)
        self.run(address, do)
        try:
            yield
        finally:
            self.run(address, undo)

    def breaches(self):
        from jizuo.ground import census

        with django_on(self.made.app):
            return census.breaches()


def add_batch(line, unit):
    batch = new_id()
    line.execute(
        "insert into batch (id, unit_no, importer, source, title, is_full, options, raw_sha256, state, rows_read,"
        " problems, warnings, counts, hold_reason, print, error) values (%s, %s, 'x', 'x', 'x', false, '{}', '',"
        " 'landed', 0, 0, 0, '{}', '', '', '')",
        [batch, unit],
    )
    return batch


def add_person(line, unit):
    person = new_id()
    columns = dict(REQUIRED(line, "person")) | {"id": person, "base_no": person.hex[-12:], "name": "陆晓岚"}
    fill(line, "person", columns)
    fill(
        line, "affiliation",
        dict(REQUIRED(line, "affiliation")) | {"id": new_id(), "unit_no": unit, "person_id": person},
    )  # fmt: skip
    return person


def REQUIRED(line, table):
    """A harmless value for every column that wants one."""
    plain = {"character varying": "", "text": "", "integer": 0, "smallint": 0, "bigint": 0, "boolean": False}
    plain |= {"ARRAY": [], "jsonb": "{}", "date": "2026-09-01", "timestamp with time zone": "2026-09-01"}
    for name, kind in line.execute(
        "select column_name, data_type from information_schema.columns where table_name = %s"
        " and is_nullable = 'NO' and column_default is null and data_type <> 'uuid'",
        [table],
    ).fetchall():
        yield name, plain[kind]


def fill(line, table, columns):
    names = ", ".join(columns)
    line.execute(
        f"insert into {table} ({names}) values ({', '.join(['%s'] * len(columns))})", list(columns.values())
    )


# ---------------------------------------------------------------------------- RLS-1, 2, 3, 4, 5


def test_rls_1_app_owns_nothing_and_bypasses_nothing(place):
    with psycopg.connect(place.made.app) as line:
        row = line.execute(
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user"
        ).fetchone()
        owned = line.execute(
            "select count(*) from pg_class where relowner = current_user::regrole"
        ).fetchone()
    assert (row, owned) == ((False,), (0,))


def test_rls_1_a_backfill_touches_every_unit_or_fails(place):
    from jizuo.ground import backfill

    with django_on(place.made.owner):
        assert backfill.run("update batch set title = 'y'") >= 2
        with pytest.raises(backfill.TouchedNothing):
            backfill.run("update batch set title = 'y' where title = 'nobody'")
        assert backfill.run("update batch set title = 'y' where title = 'nobody'", may_be_empty=True) == 0
    with psycopg.connect(place.made.owner) as line:
        bare = line.execute("update batch set title = 'z'").rowcount
    assert bare == 0, "the twin: without the helper the owner changes nothing and hears nothing"


def test_rls_2_forced_on_the_owner_too(place):
    with psycopg.connect(place.made.owner) as line:
        assert line.execute(COUNT).fetchone() == (0,)
    with (
        place.changed(
            "alter table batch no force row level security", "alter table batch force row level security"
        ),
        psycopg.connect(place.made.owner) as line,
    ):
        assert line.execute(COUNT).fetchone()[0] >= 2


def test_rls_2_without_a_scope_nothing_is_there(place):
    with psycopg.connect(place.made.app) as line:
        assert line.execute(COUNT).fetchone() == (0,)
        assert line.execute("select count(*) from person").fetchone() == (0,)
    off, on = "alter table batch disable row level security", "alter table batch enable row level security"
    with place.changed(off, on), psycopg.connect(place.made.app) as line:
        assert line.execute(COUNT).fetchone()[0] >= 2


BARE = "unit_no = any((select current_setting('app.units', true)::int[])::int[])"


def second_use(address):
    """The same connection again, after its first transaction has ended: the setting is '' now, not NULL."""
    with psycopg.connect(address, autocommit=True) as line:
        with line.transaction():
            line.execute(f"select set_config('app.units', '{{{FIRST}}}', true)")
            assert line.execute(COUNT).fetchone()[0] >= 1
        return line.execute(COUNT).fetchone()[0]


def test_rls_3_an_empty_setting_is_no_scope(place):
    from jizuo.ground.walls import UNIT_TEST

    assert second_use(place.made.app) == 0
    change = "alter policy wall_select on batch using ({})"
    with (
        place.changed(change.format(BARE), change.format(UNIT_TEST)),
        pytest.raises(psycopg.errors.InvalidTextRepresentation),
    ):
        second_use(place.made.app)


def test_rls_4_a_bare_path_test_shows_everything_and_the_census_refuses_it(place):
    root = "alter table batch add column path ltree default 'a.b'"
    with place.changed(f"create extension ltree; {root}", "drop extension ltree cascade"):
        form = "path <@ {}::ltree"
        off = "alter policy wall_select on batch using ({})"
        from jizuo.ground.walls import UNIT_TEST

        bare = form.format("current_setting('app.units', true)")
        with place.changed(off.format(bare), off.format(UNIT_TEST)), psycopg.connect(place.made.app) as line:
            line.execute("select set_config('app.units', 'a', true)")
            line.rollback()
            assert line.execute(COUNT).fetchone()[0] >= 2, "'' is an ancestor of every path"
            assert any(breach.rule == "RLS-9" and "batch" in breach.where for breach in place.breaches())


def test_rls_5_the_setting_ends_with_its_transaction(place):
    with psycopg.connect(place.made.app, autocommit=True) as line:
        with line.transaction():
            line.execute("select set_config('app.units', %s, true)", [f"{{{FIRST}}}"])
        assert line.execute(COUNT).fetchone() == (0,)
        line.execute("select set_config('app.units', %s, false)", [f"{{{FIRST}}}"])
        assert line.execute(COUNT).fetchone()[0] >= 1, (
            "the twin: a session's setting stays for the next caller"
        )


# ---------------------------------------------------------------------------- RLS-9, 10, 11, 12, 13


def test_rls_9_a_unit_meets_only_its_own_rows(place):
    with place.scoped(FIRST) as line:
        assert line.execute("select distinct unit_no from batch").fetchall() == [(FIRST,)]
        assert (
            line.execute("update batch set title = 'mine' where id = %s", [place.batch[SECOND]]).rowcount == 0
        )
        assert line.execute("delete from batch where id = %s", [place.batch[SECOND]]).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction():
            add_batch(line, SECOND)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), line.transaction():
            line.execute("update batch set unit_no = %s where id = %s", [SECOND, place.batch[FIRST]])
    with place.scoped(FIRST, SECOND) as line:
        assert line.execute("select count(distinct unit_no) from batch").fetchone() == (2,)


@pytest.mark.parametrize("command", ["select", "insert", "update", "delete"])
def test_rls_9_each_command_is_kept_by_its_own_policy(place, command):
    """The twin of the test above, policy by policy: opened, exactly that command reaches the other school."""
    from jizuo.ground.walls import UNIT_TEST

    parts = {"select": "using ({})", "insert": "with check ({})", "delete": "using ({})"}
    form = parts.get(command, "using ({0}) with check ({0})")
    change = f"alter policy wall_{command} on batch {form}"
    also_seen = "alter policy wall_select on batch using ({})"
    with contextlib.ExitStack() as stack:
        stack.enter_context(place.changed(change.format("true"), change.format(UNIT_TEST)))
        if command in ("update", "delete"):
            stack.enter_context(place.changed(also_seen.format("true"), also_seen.format(UNIT_TEST)))
        line = stack.enter_context(place.scoped(FIRST))
        other = place.batch[SECOND]
        if command == "select":
            assert line.execute("select count(*) from batch where id = %s", [other]).fetchone() == (1,)
        elif command == "insert":
            add_batch(line, SECOND)
        elif command == "update":
            assert line.execute("update batch set title = 'mine' where id = %s", [other]).rowcount == 1
        else:
            assert line.execute("delete from batch where id = %s", [other]).rowcount == 1
        line.rollback()


def test_rls_10_for_all_widens_reading(place):
    do = "create policy wide on batch for all using (true)"
    with place.changed(do, "drop policy wide on batch"):
        with place.scoped(FIRST) as line:
            assert line.execute("select count(distinct unit_no) from batch").fetchone() == (2,)
        assert [b.rule for b in place.breaches()] == ["RLS-10"]


def test_rls_11_views_ask_as_their_caller(place):
    do = "create view peek with (security_invoker = true) as select unit_no from batch; grant select on peek to {}"
    app = logins.role_name("app")
    with place.changed(do.format(app), "drop view peek", by="root"), place.scoped(FIRST) as line:
        assert line.execute("select distinct unit_no from peek").fetchall() == [(FIRST,)]
    twin = do.replace(" with (security_invoker = true)", "").format(app)
    with place.changed(twin, "drop view peek", by="root"):
        with place.scoped(FIRST) as line:
            assert line.execute("select count(distinct unit_no) from peek").fetchone() == (2,)
        assert [b.rule for b in place.breaches()] == ["RLS-11"]


def test_rls_12_materialised_views_stand_outside_the_wall(place):
    do = "create materialized view tally as select unit_no, count(*) from batch group by 1"
    with place.changed(do, "drop materialized view tally", by="root"):
        with place.scoped(FIRST) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("select * from tally")
        assert place.breaches() == []
        app = logins.role_name("app")
        for right in (f"grant select on tally to {app}", f"grant select (unit_no) on tally to {app}"):
            place.run(place.root, right)
            with place.scoped(FIRST) as line:
                assert line.execute("select count(unit_no) from tally").fetchone()[0] >= 2
            assert [b.rule for b in place.breaches()] == ["RLS-12"]
            place.run(place.root, right.replace("grant", "revoke").replace(" to ", " from "))


def test_rls_13_truncate_is_never_granted(place):
    with place.scoped(FIRST) as line:
        held = line.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and has_table_privilege(oid, 'TRUNCATE')"
        ).fetchall()
        assert held == []
    app = logins.role_name("app")
    with (
        place.changed(
            f"grant truncate on batch_change to {app}", f"revoke truncate on batch_change from {app}"
        ),
        place.scoped(SECOND) as line,
    ):
        for unit in (FIRST, SECOND):
            line.execute("select set_config('app.units', %s, true)", [f"{{{unit}}}"])
            line.execute(
                "insert into batch_change (id, unit_no, batch_ref_id, dataset, verdict, label, place, note, ordinal)"
                " values (gen_random_uuid(), %s, %s, 'x', 'new', '', '', '', 1)",
                [unit, place.batch[unit]],
            )
        line.execute("set constraints all immediate")
        line.execute("truncate batch_change")
        line.execute("select set_config('app.units', %s, true)", [f"{{{FIRST}}}"])
        assert line.execute("select count(*) from batch_change").fetchone() == (0,), (
            "gone in the other school too"
        )
        line.rollback()


# ---------------------------------------------------------------------------- RLS-14, 15, 16, 17


def test_rls_14_a_person_is_seen_behind_an_affiliation(place):
    from jizuo.ground.walls import PERSON_TEST

    with place.scoped(FIRST) as line:
        assert line.execute("select id from person").fetchall() == [(place.person[FIRST],)]
        assert (
            line.execute("update person set name = 'x' where id = %s", [place.person[SECOND]]).rowcount == 0
        )
    change = "alter policy wall_select on person using ({})"
    held = PERSON_TEST.format(table="person", column="id")
    with place.changed(change.format("true"), change.format(held)):
        with place.scoped(FIRST) as line:
            assert line.execute("select count(*) from person").fetchone()[0] >= 2
        assert [b.rule for b in place.breaches()] == ["RLS-9"]


def test_rls_14_a_new_person_comes_without_returning(place):
    with place.scoped(FIRST) as line:
        columns = dict(REQUIRED(line, "person")) | {
            "id": new_id(),
            "base_no": "N" + new_id().hex[-11:],
            "name": "新",
        }
        fill(line, "person", columns)
        names = ", ".join(columns)
        columns |= {"id": new_id(), "base_no": "M" + new_id().hex[-11:]}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute(
                f"insert into person ({names}) values ({', '.join(['%s'] * len(columns))}) returning id",
                list(columns.values()),
            )


PROBLEM = (
    'insert into batch_problem (id, unit_no, batch_ref_id, severity, code, file, sheet, "column", field, value,'
    " reason, fix, suggestion, label, ordinal)"
    " values (gen_random_uuid(), %s, %s, 'x', 'x', '', '', '', '', '', '', '', '', '', 1)"
)


def test_rls_15_a_key_cannot_point_into_another_unit(place):
    with place.scoped(FIRST) as line:
        line.execute(PROBLEM, [FIRST, place.batch[FIRST]])
        line.execute("set constraints all immediate")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            line.execute(PROBLEM, [FIRST, place.batch[SECOND]])
    name = "batch_problem_batch_ref_id_within"
    plain = (
        f"alter table batch_problem drop constraint {name}, add constraint {name}"
        " foreign key (batch_ref_id) references batch (id)"
    )
    whole = (
        f"alter table batch_problem drop constraint {name}, add constraint {name} foreign key (unit_no, batch_ref_id)"
        " references batch (unit_no, id) deferrable initially deferred"
    )
    with place.changed(plain, whole), place.scoped(FIRST) as line:
        line.execute(PROBLEM, [FIRST, place.batch[SECOND]])
        line.rollback()


def test_rls_15_every_declared_key_stands(place):
    from jizuo.ground import walls

    with psycopg.connect(place.made.owner) as line:
        held = dict(
            line.execute(
                "select conname, replace(pg_get_constraintdef(oid), chr(34), '')"
                " || case when convalidated then '' else ' NOT' end"
                " from pg_constraint where contype = 'f'"
            ).fetchall()
        )
    wanted = [(wall, *key) for wall in walls.declared() for key in wall.unit_keys]
    assert wanted
    for wall, column, target in wanted:
        text = held[f"{wall.table}_{column}_within"]
        assert text.startswith(f"FOREIGN KEY (unit_no, {column}) REFERENCES {target}(unit_no, id)"), (
            wall.table
        )
        assert not text.endswith("NOT"), wall.table


def test_rls_16_definers_belong_to_a_narrow_role(place):
    from jizuo.ground import walls

    assert walls.definers()
    with psycopg.connect(place.made.owner) as line:
        for wish in walls.definers():
            role = walls.definer_role(wish)
            row = line.execute(
                "select rolcanlogin, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = %s",
                [role],
            ).fetchone()
            assert row == (False, False, False, False)
            owner, config, is_definer = line.execute(
                "select pg_get_userbyid(proowner), proconfig, prosecdef from pg_proc where proname = %s",
                [wish.function],
            ).fetchone()
            assert (owner, is_definer) == (role, True)
            assert any(setting.startswith("search_path=") for setting in config)
            rights = line.execute(
                "select c.relname, r from pg_class c, unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) r"
                " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
                " and has_table_privilege(%s, c.oid, r)",
                [role],
            ).fetchall()
            assert rights == []


#: Indexes that do not lead with `unit_no`, each for its reason.
OTHER_HEADS = {
    "_pkey": "the key itself",
    "_history_row": "a row's past is read by its id",
    "_history_batch": "an undo reads a batch's images",
    "_history_when": "what was written since an instant is read over all units in reach",
    "_changed": "the same of what stands",
    "claim_record": "a person of two schools: claims are read by record",
}


def test_rls_17_indexes_of_a_units_table_lead_with_it(place):
    from jizuo.ground import walls

    tables = [wall.table for wall in walls.declared() if wall.kind == "unit"]
    with psycopg.connect(place.made.owner) as line:
        heads = line.execute(
            "select x.relname, a.attname from pg_index i join pg_class x on x.oid = i.indexrelid"
            " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
            " join pg_class c on c.oid = i.indrelid where c.relname = any(%s)",
            [tables],
        ).fetchall()
    assert heads
    strange = [name for name, head in heads if head != "unit_no" and not name.endswith(tuple(OTHER_HEADS))]
    assert sorted(set(strange) - SIGNED_HEADS) == []


#: Signed: `affiliation` by person carries the policy of people (RLS-14), by name it begins a district's list, whose
#: reach is most of the table; `stored_file` by content is the sweep's; a channel's newest attempt stands over all units.
#: A person's claims are heard over the wall (`claims_elsewhere`); a batch finds its run, a record its failures, by an id
#: that is one unit's already, and so a put the conflicts of its records: led by the unit, a planner that takes a filling
#: table for empty walks all of the unit's.
SIGNED_HEADS = {
    "claim_record",
    "collect_run_batch",
    "collect_run_one",
    "correction_asker_account",
    "correction_subject",
    "field_conflict_record",
    "quality_failure_record",
    "quality_switch_newest",
    "affiliation_person",
    "affiliation_names",
    "send_attempt_last",
    "stored_file_sha256_042761b1",
    "stored_file_sha256_042761b1_like",
}


def test_rls_17_no_function_is_leakproof(place):
    with psycopg.connect(place.made.owner) as line:
        held = line.execute(
            "select proname from pg_proc where proleakproof and pronamespace = 'public'::regnamespace"
        ).fetchall()
    assert held == []


# ---------------------------------------------------------------------------- RLS-19, 20, 21


def test_rls_19_keys_leave_room_for_sharding(place):
    from jizuo.ground import walls
    from jizuo.ground.rows import Row

    with psycopg.connect(place.made.owner) as line:
        keys: dict[str, list[str]] = {}
        for table, text in line.execute(
            "select relname, pg_get_constraintdef(k.oid) from pg_constraint k join pg_class c on c.oid = conrelid"
            " where contype in ('p', 'u')"
        ).fetchall():
            keys.setdefault(table, []).append(text)
        parted = {
            name for (name,) in line.execute("select relname from pg_class where relkind = 'p'").fetchall()
        }
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, Row):
            table = model._meta.db_table
            assert "PRIMARY KEY (id)" in keys[table], table
            assert "UNIQUE (unit_no, id)" in keys[table], table
    for wall in walls.declared():
        if wall.table in parted:
            assert keys[wall.table] == ["PRIMARY KEY (id, at)"]


def test_rls_20_partitions_are_shut_to_app(place):
    with psycopg.connect(place.made.owner) as line:
        parts = [
            name
            for (name,) in line.execute(
                "select relname from pg_class where relispartition and relkind = 'r' order by 1"
            ).fetchall()
        ]
    assert len(parts) > 20
    part = next(name for name in parts if name.startswith("claim_history"))
    with place.scoped(FIRST) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
        line.execute(f"select * from {part}")
    app = logins.role_name("app")
    open_it = f"grant select on {part} to {app}; alter table {part} disable row level security"
    shut_it = f"revoke select on {part} from {app}; alter table {part} enable row level security"
    with place.changed(open_it, shut_it):
        for unit in (FIRST, SECOND):
            with place.scoped(unit) as line:
                line.execute(
                    "insert into claim_history (unit_no, row_id, valid_from, op, old)"
                    " values (%s, gen_random_uuid(), now(), 'U', '{}')",
                    [unit],
                )
        with place.scoped(FIRST) as line:
            assert line.execute(f"select count(distinct unit_no) from {part}").fetchone() == (2,)
            assert line.execute("select count(distinct unit_no) from claim_history").fetchone() == (1,)
        assert sorted(b.rule for b in place.breaches()) == ["RLS-2", "RLS-20"]


def test_rls_21_bulk_rows_come_by_a_temporary_table(place):
    with place.scoped(FIRST) as line:
        with (
            pytest.raises(psycopg.errors.FeatureNotSupported),
            line.transaction(),
            line.cursor().copy("copy mapping (id, unit_no) from stdin"),
        ):
            pass
        line.execute("create temporary table t (id uuid, unit_no int) on commit drop")
        with line.cursor().copy("copy t from stdin") as copy:
            copy.write_row([new_id(), FIRST])
        into = (
            "insert into mapping (id, unit_no, kind, importer, key, value)"
            " select id, unit_no, 'value', 'x', id::text, '{}' from t"
        )
        assert line.execute(into).rowcount == 1
        line.execute("update t set unit_no = %s, id = gen_random_uuid()", [SECOND])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute(into)


# ---------------------------------------------------------------------------- audit and history


def test_aud_1_the_log_is_append_only(place):
    for text in ("update audit_entry set note = 'x'", "delete from audit_entry", "truncate audit_subject"):
        with psycopg.connect(place.made.app) as line, pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute(text)
        with (
            psycopg.connect(place.made.owner) as line,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
        ):
            line.execute(text)


def test_history_keeps_what_was_and_who_changed_it(place):
    with place.scoped(FIRST) as line:
        key = new_id()
        line.execute(
            "insert into mapping (id, unit_no, kind, importer, key, value) values (%s, %s, 'value', 'x', 'k', '1')",
            [key, FIRST],
        )
        line.execute("select set_config('app.grant', '7', true), set_config('app.door', 'test.door', true)")
        line.execute("update mapping set value = '2', changed_at = now() where id = %s", [key])
        line.execute("delete from mapping where id = %s", [key])
        kept = line.execute(
            "select op, old ->> 'value', grant_no, door, unit_no from mapping_history where row_id = %s order by op",
            [key],
        ).fetchall()
        line.rollback()
    assert kept == [("D", "2", 7, "test.door", FIRST), ("U", "1", 7, "test.door", FIRST)]


def test_raising_the_walls_again_changes_nothing(place):
    from jizuo.ground import walls

    look = (
        "select c.relname, p.polname, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)"
        " from pg_policy p join pg_class c on c.oid = p.polrelid order by 1, 2"
    )
    with psycopg.connect(place.made.owner, autocommit=True) as line:
        before = line.execute(look).fetchall()
        with django_on(place.made.owner):
            walls.raise_all()
        assert line.execute(look).fetchall() == before
    assert place.breaches() == []
