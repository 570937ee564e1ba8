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


TABLES = """
select c.relname, c.relkind::text, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
       pg_get_userbyid(c.relowner), coalesce(c.reloptions::text, '')
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""
POLICIES = """
select c.relname, p.polname, p.polcmd::text, p.polpermissive, p.polroles::regrole[]::text[],
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace
"""
RIGHTS = """
select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and (a.grantee = 0 or a.grantee = %s::regrole)
"""
FUNCTIONS = """
select p.proname, p.proleakproof, p.prosecdef, pg_get_userbyid(p.proowner),
       coalesce(p.proconfig::text, '') from pg_proc p where p.pronamespace = 'public'::regnamespace
"""
LOGINS = "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = any(%s)"


def breaches() -> list[Breach]:
    """Every hole found now; empty when the wall stands."""
    app, ops_ro = login_roles.role_name("app"), login_roles.role_name("ops_ro")
    found: list[Breach] = []
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(POLICIES)
        policies: dict[str, list[tuple]] = {}
        for table, *rest in cursor.fetchall():
            policies.setdefault(table, []).append(tuple(rest))
        cursor.execute(RIGHTS, [app])
        rights: dict[str, set[str]] = {}
        for table, privilege in cursor.fetchall():
            rights.setdefault(table, set()).add(privilege)
        cursor.execute(FUNCTIONS)
        functions = cursor.fetchall()
        cursor.execute(LOGINS, [[app, ops_ro]])
        logins = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("select i.inhrelid::regclass::text, i.inhparent::regclass::text from pg_inherits i")
        parent_of = dict(cursor.fetchall())

    wanted = {}
    for wall in (*walls.declared(), *walls.made_walls()):
        wanted[wall.table] = wall
        if wall.has_history:
            wanted[f"{wall.table}_history"] = walls.history_wall(wall)
    found += login_breaches((app, ops_ro), logins)
    for table, (kind, is_partition, has_rls, is_forced, owner, options) in sorted(tables.items()):
        table_rights = rights.get(table, set())
        if owner == app:
            found.append(Breach("RLS-1", table, "the app login owns it", "ALTER TABLE ... OWNER TO owner"))
        if "TRUNCATE" in table_rights:
            found.append(Breach("RLS-13", table, "TRUNCATE is granted to app"))
        if kind == "m":
            if table_rights:
                found.append(Breach("RLS-12", table, "a materialised view is granted to app", "REVOKE"))
            continue
        if kind == "v":
            if "security_invoker=true" not in options:
                found.append(Breach("RLS-11", table, "a view without security_invoker", "ALTER VIEW ... SET"))
            continue
        wall = wanted.get(parent_of.get(table, table))
        if wall is None:
            found.append(Breach("RLS-22", table, "a table nobody declared", "DROP TABLE or declare it"))
            continue
        if is_partition and table_rights:
            found.append(Breach("RLS-20", table, "app holds rights on a partition", "REVOKE"))
        if wall.kind == "shared":
            continue
        if not (has_rls and is_forced):
            found.append(Breach("RLS-2", table, "row security is not enabled and forced"))
        found += policy_breaches(wall, table, policies.get(table, []))
    for table in sorted(wanted.keys() - tables.keys()):
        found.append(Breach("RLS-22", table, "declared and missing"))
    found += function_breaches(functions)
    return found


def login_breaches(wanted: tuple[str, ...], logins: dict[str, tuple]) -> list[Breach]:
    """RLS-1: the app login is an ordinary one."""
    found = []
    for role in wanted:
        if role not in logins:
            found.append(Breach("RLS-1", role, "the login is missing", "jizuo doctor"))
            continue
        is_super, bypasses, creates_role, creates_db, _can_login = logins[role]
        if is_super or bypasses or creates_role or creates_db:
            found.append(
                Breach(
                    "RLS-1",
                    role,
                    "the login may step over the wall",
                    "ALTER ROLE ... NOSUPERUSER NOBYPASSRLS",
                )
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


def function_breaches(functions: list[tuple]) -> list[Breach]:
    """RLS-16 and 17: no LEAKPROOF; SECURITY DEFINER only as declared, by its narrow role, with a fixed search_path."""
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
    """Raise `CensusBreach` naming every hole. Called by web and worker before they take work."""
    found = breaches()
    if found:
        raise CensusBreach("the wall has holes:\n" + "\n".join(map(str, found)))
