"""The census: what the database really looks like, held against what the wall should be (RLS-22, T5).

It reads the catalogue as any login may and names every breach with its mend. The web and the worker call
`refuse_on_breach()` at start and do not start while one stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

from jizuo.ground import logins as login_roles
from jizuo.ground import walls


class CensusBreach(RuntimeError):
    """The wall has a hole; the message lists every one."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One hole. rule: RLS number; where: table, role or function; what: the fault; fix: the mend."""

    rule: str
    where: str
    what: str
    fix: str = "jizuo migrate"

    def __str__(self) -> str:
        return f"{self.rule} {self.where}: {self.what} -> {self.fix}"


def plain_form(expression: str | None) -> str:
    """A policy expression as PostgreSQL prints it, brought to one spelling on 15 and 17: no casts of
    constants, no aliases, no parentheses, no blanks."""
    if expression is None:
        return ""
    text = expression.lower()
    text = re.sub(r"::(text|integer|int)\b", "", text)
    text = re.sub(r'\bas "?nullif"?', "", text)
    text = re.sub(r"::\[\]|\[\]", "", text)
    return (
        re.sub(r"[\s()\"]|::", "", text)
        .replace("select1as?column?", "select1")
        .replace("select1as1", "select1")
    )


#: Every schema where a table or function of somebody's could stand.
OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'"
#: A name as the census says it: bare in `public`, with its schema elsewhere.
NAMED = "case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end"
TABLES = f"""
select {NAMED}, c.relkind::text, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
       coalesce(c.reloptions::text, '')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""
PARENTS = """
select c.relname, p.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
join pg_class p on p.oid = i.inhparent where c.relnamespace = 'public'::regnamespace
"""
POLICIES = f"""
select {NAMED}, p.polname, p.polcmd::text, p.polpermissive, p.polroles::regrole[]::text[],
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
where {OURS}
"""
#: What app may really do: its own grants, those of everybody, those of roles it is in, and those on columns.
RIGHTS = f"""
select {NAMED}, array(
    select r from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) r
    where has_table_privilege(%(app)s, c.oid, r)
       or (r in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(%(app)s, c.oid, r)))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""
FUNCTIONS = f"""
select p.proname, p.proleakproof, p.prosecdef, pg_get_userbyid(p.proowner), coalesce(p.proconfig::text, '')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {OURS}
"""
LOGINS = """
select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
       array(select roleid::regrole::text from pg_auth_members where member = r.oid)
from pg_roles r where rolname = any(%s)
"""
OWNED = """
select classid::regclass::text, pg_describe_object(classid, objid, objsubid) from pg_shdepend
where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid = %s::regrole
  and dbid = (select oid from pg_database where datname = current_database())
"""
#: A scope that a login or a database brings along would be in force before any door.
SETTINGS = """
select coalesce(d.datname, r.rolname, '?'), unnest(s.setconfig) from pg_db_role_setting s
left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole
where (d.datname is null or d.datname = current_database()) and (r.rolname is null or r.rolname = any(%s))
"""


def breaches(*, about: str | None = None) -> list[Breach]:
    """Every hole found now; empty when the wall stands. about: of one table, its twin and their partitions."""
    app, ops_ro = login_roles.role_name("app"), login_roles.role_name("ops_ro")
    wanted = walls.by_table()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(PARENTS)
        parent_of = dict(cursor.fetchall())
        if about is not None:
            twins = (about, f"{about}_history")
            wanted = {name: wall for name, wall in wanted.items() if name in twins}
            tables = {name: row for name, row in tables.items() if parent_of.get(name, name) in twins}
        cursor.execute(POLICIES)
        policies: dict[str, list[tuple]] = {}
        for table, *rest in cursor.fetchall():
            policies.setdefault(table, []).append(tuple(rest))
        cursor.execute(RIGHTS, {"app": app})
        rights = {table: set(held) for table, held in cursor.fetchall()}

    found: list[Breach] = []
    if about is None:
        found += login_breaches(app, ops_ro) + function_breaches()
    for table, row in sorted(tables.items()):
        wall = wanted.get(parent_of.get(table, table))
        found += table_breaches(table, row, wall, rights.get(table, set()), policies.get(table, []))
    for table in sorted(wanted.keys() - tables.keys()):
        found.append(Breach("RLS-22", table, "declared and missing"))
    return found


def table_breaches(
    table: str, row: tuple, wall: walls.TableWall | None, rights: set[str], policies: list[tuple]
) -> list[Breach]:
    """The holes of one table, view or partition. rights: what app may do with it."""
    kind, is_partition, has_rls, is_forced, options = row
    found = []
    if "TRUNCATE" in rights:
        found.append(Breach("RLS-13", table, "TRUNCATE is granted to app", "REVOKE TRUNCATE"))
    if kind == "m":
        if rights:
            found.append(Breach("RLS-12", table, "a materialised view is granted to app", "REVOKE"))
        return found
    if kind == "v":
        if "security_invoker=true" not in options:
            found.append(Breach("RLS-11", table, "a view without security_invoker", "ALTER VIEW ... SET"))
        return found
    if wall is None:
        return [*found, Breach("RLS-22", table, "a table nobody declared", "DROP TABLE or declare it")]
    if is_partition and rights:
        found.append(Breach("RLS-20", table, "app holds rights on a partition"))
    too_much = rights - {word.strip() for word in wall.rights.split(",")} - {"TRUNCATE"}
    if too_much and not is_partition:
        found.append(Breach("RLS-1", table, f"app may {', '.join(sorted(too_much))}"))
    if wall.kind == "shared":
        return found
    if not (has_rls and is_forced):
        found.append(Breach("RLS-2", table, "row security is not enabled and forced"))
    return found + policy_breaches(wall, table, policies)


def login_breaches(app: str, ops_ro: str) -> list[Breach]:
    """RLS-1: the logins are ordinary ones, in no other role, own nothing and bring no scope along."""
    with connection.cursor() as cursor:
        cursor.execute(LOGINS, [[app, ops_ro]])
        logins = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("select to_regrole(%s) is not null", [app])
        owned = []
        if cursor.fetchone()[0]:
            cursor.execute(OWNED, [f'"{app}"'])
            owned = [what for _kind, what in cursor.fetchall()]
        cursor.execute("select has_schema_privilege(%s, 'public', 'CREATE')", [app])
        (may_create,) = cursor.fetchone()
        cursor.execute(SETTINGS, [[app, ops_ro]])
        settings = cursor.fetchall()
    found = []
    for role in (app, ops_ro):
        if role not in logins:
            found.append(Breach("RLS-1", role, "the login is missing", "jizuo doctor"))
            continue
        *attributes, member_of = logins[role]
        if any(attributes):
            mend = "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS"
            found.append(Breach("RLS-1", role, "the login may step over the wall", mend))
        if member_of:
            mend = "REVOKE ... FROM ..."
            found.append(Breach("RLS-1", role, f"the login is in another role: {', '.join(member_of)}", mend))
    for what in owned:
        found.append(Breach("RLS-1", what, "the app login owns it", "ALTER ... OWNER TO owner"))
    if may_create:
        found.append(Breach("RLS-1", "public", "app may create in the schema", "REVOKE CREATE"))
    for where, setting in settings:
        if setting.startswith("app."):
            found.append(
                Breach("RLS-5", where, f"a scope outside a transaction: {setting}", "ALTER ... RESET")
            )
    return found


def policy_breaches(wall: walls.TableWall, table: str, present: list[tuple]) -> list[Breach]:
    """RLS-4, 9, 10, 14, 16: exactly the four policies of the one form, and definer policies by name."""
    found = []
    commands = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}
    allowed_definers = {
        f"definer_{wish.role}": walls.definer_role(wish) for wish in walls.definers() if wish.table == table
    }
    seen = set()
    for name, command, is_permissive, roles, using, check in present:
        if name in allowed_definers:
            if [role.strip('"') for role in roles] != [allowed_definers[name]] or command != "r":
                found.append(
                    Breach("RLS-16", f"{table}.{name}", "a definer policy for another role or command")
                )
            continue
        word = commands[command]
        if word == "all":
            found.append(Breach("RLS-10", f"{table}.{name}", "FOR ALL"))
            continue
        if word in seen or not is_permissive:
            found.append(Breach("RLS-10", f"{table}.{name}", f"a second policy for {word}"))
            continue
        seen.add(word)
        want_using, want_check = wall.policies()[word]
        for got, want in ((using, want_using), (check, want_check)):
            if plain_form(got) != plain_form(want.replace(f"{wall.table}.", f"{table}.") if want else None):
                found.append(Breach("RLS-9", f"{table}.{name}", f"not the one policy form: {got}"))
    for word in sorted({"select", "insert", "update", "delete"} - seen):
        found.append(Breach("RLS-10", table, f"no policy for {word}"))
    return found


def function_breaches() -> list[Breach]:
    """RLS-16 and 17: no LEAKPROOF; SECURITY DEFINER only as declared, by its narrow role, with a fixed search_path."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        functions = cursor.fetchall()
    found = []
    declared = {wish.function: walls.definer_role(wish) for wish in walls.definers()}
    for name, is_leakproof, is_definer, owner, config in functions:
        if is_leakproof:
            found.append(Breach("RLS-17", name, "marked LEAKPROOF", "ALTER FUNCTION ... NOT LEAKPROOF"))
        if is_definer and (declared.get(name) != owner or "search_path=" not in config):
            found.append(
                Breach("RLS-16", name, "a SECURITY DEFINER function outside its narrow role", "DROP FUNCTION")
            )
    return found


def refuse_on_breach() -> None:
    """Raise `CensusBreach` naming every hole. Called by web and worker before they take work.

    The connection goes back to the pool: the thread that starts a server never serves, and would keep it.
    """
    found = breaches()
    if not connection.in_atomic_block:
        connection.close()
    if found:
        raise CensusBreach("the wall has holes:\n" + "\n".join(map(str, found)))
