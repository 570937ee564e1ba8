"""The wall between units, raised from the models' own declarations (RLS-1 to RLS-21).

`raise_all()` runs as owner after every migration and is idempotent: row security enabled and forced, one
policy per command, grants of the app login, composite keys inside a unit, history twins with their year
partitions. A table is closed to `app` until its wall stands, so a crash between the two leaves it shut.
The builder raises the same wall round a made table with the same functions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from jizuo.ground import logins
from jizuo.ground.rows import Walled

log = logging.getLogger(__name__)

#: RLS-9: the only test a unit's row is ever put to. The sub-select makes it run once per statement.
UNIT_TEST = "unit_no = any((select nullif(current_setting('app.units', true), '')::int[])::int[])"
#: RLS-14: a person is visible behind a visible affiliation.
PERSON_TEST = "exists (select 1 from affiliation a where a.person_id = {table}.{column})"

#: Tables of libraries on the shared list, with what `app` may do. Row rights do not apply to them.
LIBRARY_TABLES = {
    "django_migrations": "SELECT",
    "django_content_type": "SELECT",
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "auth_permission": "SELECT",
    "auth_group": "SELECT",
    "auth_group_permissions": "SELECT",
    "account_emailaddress": "SELECT, INSERT, UPDATE, DELETE",
    "account_emailconfirmation": "SELECT, INSERT, UPDATE, DELETE",
    "mfa_authenticator": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_jobs": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_periodic_defers": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_events": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_workers": "SELECT, INSERT, UPDATE, DELETE",
}

HISTORY_COLUMNS = (
    "unit_no int, row_id uuid not null, person_ref uuid, valid_from timestamptz not null,"
    " valid_to timestamptz not null default now(), xid xid8 not null default pg_current_xact_id(),"
    " op char(1) not null, grant_no bigint, door text, batch_id uuid, old jsonb not null"
)

#: One function for every history twin: statement-level with a transition table, so a bulk change costs one
#: insert. TG_ARGV: name of the person column ('' when the row has none), 't' when the row has unit_no.
HISTORY_FUNCTION = """
create or replace function keep_history() returns trigger language plpgsql as $$
declare
    person_expr text := case when tg_argv[0] = '' then 'null::uuid' else format('o.%I', tg_argv[0]) end;
    unit_expr text := case when tg_argv[1] = 't' then 'o.unit_no' else 'null::int' end;
begin
    execute format(
        'insert into %I (unit_no, row_id, person_ref, valid_from, op, grant_no, door, batch_id, old)
         select %s, o.id, %s, o.changed_at, %L,
                nullif(current_setting(''app.grant'', true), '''')::bigint,
                nullif(current_setting(''app.door'', true), ''''),
                nullif(current_setting(''app.batch'', true), '''')::uuid, to_jsonb(o)
         from old_rows o', tg_table_name || '_history', unit_expr, person_expr, left(tg_op, 1));
    return null;
end $$
"""


@dataclass(frozen=True, slots=True)
class TableWall:
    """What stands round one table. kind: unit | person | shared; person_column for person rows."""

    table: str
    kind: str
    rights: str
    person_column: str = ""
    has_history: bool = False
    unit_keys: tuple[tuple[str, str], ...] = ()

    @property
    def test(self) -> str:
        """The policy expression of reads, updates and deletes."""
        if self.kind == "unit":
            return UNIT_TEST
        return PERSON_TEST.format(table=self.table, column=self.person_column)

    def policies(self) -> dict[str, tuple[str | None, str | None]]:
        """Command -> (using, with check). One policy per command, no FOR ALL (RLS-10)."""
        insert_check = UNIT_TEST if self.kind == "unit" else "true"
        return {
            "select": (self.test, None),
            "insert": (None, insert_check),
            "update": (self.test, self.test),
            "delete": (self.test, None),
        }


def declared() -> Iterator[TableWall]:
    """The wall of every table this base should have, from the models and the list of library tables."""
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if issubclass(model, Walled):
            yield TableWall(
                table=table,
                kind=model.wall,
                rights=model.app_rights,
                person_column=getattr(model, "person_column", ""),
                has_history=model.has_history,
                unit_keys=model.unit_keys,
            )
        elif table in LIBRARY_TABLES:
            continue
        else:
            raise RuntimeError(f"{table}: a table without a wall; inherit Row, PersonRow, LogRow or Shared")
    for table, rights in LIBRARY_TABLES.items():
        yield TableWall(table=table, kind="shared", rights=rights)


def by_table() -> dict[str, TableWall]:
    """The wall of every table that should stand: declared, made by the builder, and their history twins."""
    found = {}
    for wall in (*declared(), *made_walls()):
        found[wall.table] = wall
        if wall.has_history:
            found[f"{wall.table}_history"] = history_wall(wall)
    return found


def raise_all() -> int:
    """Raise every wall as owner, round made tables and partitions too, and take away what opens one (strange
    policies, rights on a partition); returns the number of tables walled. Idempotent."""
    app, ops_ro = logins.role_name("app"), logins.role_name("ops_ro")
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("set local lock_timeout = '2s'")
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        )
        present = {name for (name,) in cursor.fetchall()}
        cursor.execute(HISTORY_FUNCTION)
        cursor.execute("revoke all on all tables in schema public from public")
        walls = [wall for wall in (*declared(), *made_walls()) if wall.table in present]
        for wall in walls:
            for statement in statements(wall, app):
                cursor.execute(statement)
        for statement in key_statements(cursor, walls):
            cursor.execute(statement)
        for statement in mending_statements(cursor, app):
            cursor.execute(statement)
        for statement in general_statements(cursor, app, ops_ro):
            cursor.execute(statement)
        raise_definers(cursor, present)
    return len(walls)


PARTITIONS = """
select c.relname, p.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
join pg_class p on p.oid = i.inhparent
where c.relispartition and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
"""
STRANGE_POLICIES = """
select c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = 'public'::regnamespace
  and p.polname not in ('wall_select', 'wall_insert', 'wall_update', 'wall_delete')
  and not starts_with(p.polname, 'definer_')
"""


def mending_statements(cursor, app: str) -> Iterator[sql.Composable]:
    """What brings partitions back behind their wall and removes policies that nobody declared."""
    cursor.execute(STRANGE_POLICIES)
    for table, policy in cursor.fetchall():
        yield sql.SQL("drop policy {} on {}").format(sql.Identifier(policy), sql.Identifier(table))
    wall_of = by_table()
    cursor.execute(PARTITIONS)
    for partition, parent in cursor.fetchall():
        wall = wall_of.get(parent)
        if wall is not None and wall.kind != "shared":
            yield sql.SQL("revoke all on {} from {}").format(sql.Identifier(partition), sql.Identifier(app))
            yield from policy_statements(wall, on=partition)


def general_statements(cursor, app: str, ops_ro: str) -> Iterator[sql.Composable]:
    """Rights beside the tables' own: sequences, the queue's functions, and what an operator may watch."""
    app_id = sql.Identifier(app)
    yield sql.SQL("grant usage, select on all sequences in schema public to {}").format(app_id)
    cursor.execute(
        "select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace"
        " and starts_with(proname, 'procrastinate_')"
    )
    for (signature,) in cursor.fetchall():
        yield sql.SQL("grant execute on function {} to {}").format(sql.SQL(signature), app_id)
    yield sql.SQL("grant select on base_state, unit, fact, schema_plan, made_table to {}").format(
        sql.Identifier(ops_ro)
    )


def statements(wall: TableWall, app: str) -> Iterator[sql.Composable]:
    """The DDL of one wall. Used by `raise_all` and by the builder inside its own transaction."""
    table = sql.Identifier(wall.table)
    yield sql.SQL("revoke all on {} from {}").format(table, sql.Identifier(app))
    if wall.kind != "shared":
        yield from policy_statements(wall)
    if wall.has_history:
        yield from history_statements(wall, app)
    yield sql.SQL("grant {} on {} to {}").format(sql.SQL(wall.rights), table, sql.Identifier(app))


def policy_statements(wall: TableWall, *, on: str | None = None) -> Iterator[sql.Composable]:
    """ENABLE, FORCE and the four policies of `wall`, on its table or on its partition `on` (RLS-20)."""
    name = on or wall.table
    table = sql.Identifier(name)
    yield sql.SQL("alter table {} enable row level security").format(table)
    yield sql.SQL("alter table {} force row level security").format(table)
    for command, (using, check) in wall.policies().items():
        policy = sql.Identifier(f"wall_{command}")
        yield sql.SQL("drop policy if exists {} on {}").format(policy, table)
        parts = [sql.SQL("create policy {} on {} for {}").format(policy, table, sql.SQL(command))]
        if using:
            parts.append(sql.SQL(" using ({})").format(sql.SQL(using.replace(f"{wall.table}.", f"{name}."))))
        if check:
            parts.append(
                sql.SQL(" with check ({})").format(sql.SQL(check.replace(f"{wall.table}.", f"{name}.")))
            )
        yield sql.Composed(parts)


def history_wall(wall: TableWall) -> TableWall:
    """The wall round a history twin: the table's own test, on the reference the twin keeps."""
    return TableWall(
        table=f"{wall.table}_history",
        kind=wall.kind,
        rights="SELECT, INSERT",
        person_column="person_ref" if wall.kind == "person" else "",
    )


def history_statements(wall: TableWall, app: str) -> Iterator[sql.Composable]:
    """The twin table, its trigger and its wall."""
    twin = history_wall(wall)
    table, twin_id = sql.Identifier(wall.table), sql.Identifier(twin.table)
    yield sql.SQL("create table if not exists {} ({}) partition by range (valid_to)").format(
        twin_id, sql.SQL(HISTORY_COLUMNS)
    )
    yield sql.SQL("create index if not exists {} on {} (row_id, valid_to)").format(
        sql.Identifier(f"{twin.table}_row"), twin_id
    )
    yield sql.SQL("create index if not exists {} on {} (batch_id) where batch_id is not null").format(
        sql.Identifier(f"{twin.table}_batch"), twin_id
    )
    # What was written since an instant is read by a few pages; such an index costs a writer next to nothing.
    for name, on, column in (
        (f"{twin.table}_when", twin_id, "valid_to"),
        (f"{wall.table}_changed", table, "changed_at"),
    ):
        yield sql.SQL(
            "create index if not exists {} on {} using brin ({}) with (pages_per_range = 16, autosummarize = on)"
        ).format(sql.Identifier(name), on, sql.Identifier(column))
    yield sql.SQL("revoke all on {} from {}").format(twin_id, sql.Identifier(app))
    yield from policy_statements(twin)
    yield sql.SQL("grant {} on {} to {}").format(sql.SQL(twin.rights), twin_id, sql.Identifier(app))
    arguments = sql.SQL(", ").join(
        [sql.Literal(wall.person_column), sql.Literal("t" if wall.kind == "unit" else "f")]
    )
    for command in ("update", "delete"):
        trigger = sql.Identifier(f"keep_history_{command}")
        yield sql.SQL("drop trigger if exists {} on {}").format(trigger, table)
        yield sql.SQL(
            "create trigger {} after {} on {} referencing old table as old_rows"
            " for each statement execute function keep_history({})"
        ).format(trigger, sql.SQL(command), table, arguments)


def key_statements(cursor, walls: list[TableWall]) -> Iterator[sql.Composable]:
    """Composite foreign keys (unit_no, x_id) -> (unit_no, id) that are declared and not there yet (RLS-15)."""
    cursor.execute("select conname from pg_constraint where contype = 'f'")
    there = {name for (name,) in cursor.fetchall()}
    for wall in walls:
        for column, target in wall.unit_keys:
            name = f"{wall.table}_{column}_within"
            if name in there:
                continue
            yield sql.SQL(
                "alter table {} add constraint {} foreign key (unit_no, {}) references {} (unit_no, id)"
                " deferrable initially deferred not valid"
            ).format(
                sql.Identifier(wall.table),
                sql.Identifier(name),
                sql.Identifier(column),
                sql.Identifier(target),
            )
            yield sql.SQL("alter table {} validate constraint {}").format(
                sql.Identifier(wall.table), sql.Identifier(name)
            )


@dataclass(frozen=True, slots=True)
class Definer:
    """A narrow SECURITY DEFINER function (RLS-16): its NOLOGIN role, what that role may read, and its body."""

    role: str
    table: str
    columns: tuple[str, ...]
    function: str
    arguments: str
    create: str


_definers: list[Definer] = []


def definer(wish: Definer) -> None:
    """Register a definer function; raised with the walls."""
    _definers.append(wish)


def definers() -> tuple[Definer, ...]:
    """All registered definer functions."""
    return tuple(_definers)


def definer_role(wish: Definer) -> str:
    """The full name of a definer's NOLOGIN role on this cluster."""
    return logins.role_name(wish.role)


def raise_definers(cursor, present: set[str]) -> None:
    """Create each function under its own role, which holds its own SELECT policy on one table and nothing else."""
    app = sql.Identifier(logins.role_name("app"))
    for wish in _definers:
        if wish.table not in present:
            continue
        role, table = sql.Identifier(definer_role(wish)), sql.Identifier(wish.table)
        policy = sql.Identifier(f"definer_{wish.role}")
        cursor.execute(
            sql.SQL("grant select ({}) on {} to {}").format(
                sql.SQL(", ").join(map(sql.Identifier, wish.columns)), table, role
            )
        )
        cursor.execute(sql.SQL("grant usage on schema public to {}").format(role))
        cursor.execute(sql.SQL("drop policy if exists {} on {}").format(policy, table))
        cursor.execute(
            sql.SQL("create policy {} on {} for select to {} using (true)").format(policy, table, role)
        )
        cursor.execute(sql.SQL("grant create on schema public to {}").format(role))
        # As the role itself: owner does not inherit its rights, and the function is the role's from the start.
        cursor.execute(sql.SQL("set local role {}").format(role))
        cursor.execute(wish.create)
        signature = sql.SQL("{}({})").format(sql.Identifier(wish.function), sql.SQL(wish.arguments))
        cursor.execute(sql.SQL("revoke all on function {} from public").format(signature))
        cursor.execute(sql.SQL("grant execute on function {} to {}").format(signature, app))
        cursor.execute("reset role")
        cursor.execute(sql.SQL("revoke create on schema public from {}").format(role))


def made_walls() -> list[TableWall]:
    """The walls of the tables the builder made, from the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.made_table') is not null")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute('select "table" from made_table order by 1')
        return [made_wall(table) for (table,) in cursor.fetchall()]


def made_wall(table: str) -> TableWall:
    """The wall of one made table: a unit's rows with history."""
    return TableWall(table=table, kind="unit", rights="SELECT, INSERT, UPDATE, DELETE", has_history=True)
