"""The four database logins, made from one bootstrap address, embedded or outside.

owner      owns the database and everything in it; migrate and the builder only
app        web and worker; owns nothing, sees only what row security lets through
ops_ro     read-only, for watching
backup     read-only past row security (BYPASSRLS); on the embedded server by the local socket only
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from jizuo.ground.disk import write_secret
from jizuo.ground.process import Trouble
from jizuo.ground.programs import address_of

Login = Literal["owner", "app", "ops_ro", "backup"]
LOGINS: tuple[Login, ...] = get_args(Login)
#: NOLOGIN roles that own the narrow SECURITY DEFINER functions (RLS-16); `walls.definer` names them.
DEFINERS: tuple[str, ...] = ("matcher", "merger")
EXTENSIONS: tuple[str, ...] = ("btree_gist",)

# A transaction of app that hangs holds back the audit sealer for everybody, so it is bounded.
ROLE_SETTINGS: Mapping[Login, Mapping[str, str]] = {
    "owner": {"lock_timeout": "2s"},
    # The rows of an import stand in temporary tables; a session takes of this only what it fills.
    "app": {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s", "temp_buffers": "128MB"},
    "ops_ro": {"default_transaction_read_only": "on", "statement_timeout": "30s", "lock_timeout": "2s"},
    "backup": {
        "default_transaction_read_only": "on",
        "idle_in_transaction_session_timeout": "0",
        "lock_timeout": "0",
    },
}
#: Settings of owner and app that not every server is built for; they stand where the server offers the value. Rows of
#: history and claims are wide objects: the older way of packing them cost half of a large import.
WHERE_OFFERED: Mapping[str, str] = {"default_toast_compression": "lz4"}


@dataclass(frozen=True)
class Logins:
    """Addresses (postgresql://...) of the logins on one database.

    `backup` is None where the bootstrap login may not create a role with BYPASSRLS; `notes` says so in words.
    """

    database: str
    owner: str
    app: str
    ops_ro: str
    backup: str | None
    notes: tuple[str, ...] = field(default=())


def role_prefix() -> str:
    """First part of every role name, without the underscore that follows it."""
    return os.environ.get("JIZUO_ROLE_PREFIX") or "jizuo"


def role_name(login: str) -> str:
    """Database role of a login: `JIZUO_ROLE_PREFIX` (default `jizuo`), an underscore, the login."""
    return f"{role_prefix()}_{login}"


def secrets_file(secrets_folder: Path) -> Path:
    return secrets_folder / "logins.json"


def read_secrets(secrets_folder: Path) -> dict[str, str]:
    """`{"base": id, "<role name>": password, ...}`; empty before the first start."""
    path = secrets_file(secrets_folder)
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(
            f"读不出数据库口令文件 {path}：{error}",
            "请用启动基座的账号运行；文件坏了可以删掉它，再运行 jizuo migrate 重新生成口令。",
            f"Cannot read {path} ({error}): use the account that started the base, or delete it and migrate.",
        ) from error
    return {str(key): str(value) for key, value in kept.items()}


def ensure(
    bootstrap_address: str,
    database: str,
    secrets_folder: str | Path,
    *,
    extensions: tuple[str, ...] = EXTENSIONS,
) -> Logins:
    """Make (or mend) the four logins and the database; running it again changes nothing.

    `bootstrap_address` may be a superuser's or one with CREATEROLE and CREATEDB. Passwords are made here and
    kept in `secrets_folder` (0600). Raises Trouble when the server cannot be reached, is older than 15, not
    UTF-8, or when the logins belong to another base on the same server.
    """
    folder = Path(secrets_folder)
    # Two that start at once on one folder must not each make passwords of their own.
    with _alone(folder):
        kept = read_secrets(folder)
        kept.setdefault("base", secrets.token_hex(8))
        passwords = {login: kept.setdefault(role_name(login), secrets.token_urlsafe(24)) for login in LOGINS}
        # Written before the roles are made: a crash in between must not leave a role whose password nobody has.
        write_secret(secrets_file(folder), json.dumps(kept, indent=1, sort_keys=True))

    notes: list[str] = []
    with connect(bootstrap_address) as root:
        _check_server(root)
        with root.transaction():
            root.execute("select pg_advisory_xact_lock(hashtext('jizuo logins'))")
            made = [_make_role(root, login, passwords[login], kept["base"], notes) for login in LOGINS]
            _make_definers(root)
        _make_database(root, database)
        host, port = _server_of(root, bootstrap_address)
        extra = _tls_of(bootstrap_address)

    addresses = {
        login: address_of(host, port, role_name(login), passwords[login], database) + extra
        for login in LOGINS
    }
    for login, exists in zip(LOGINS, made, strict=True):
        if exists:
            _check_password(bootstrap_address, addresses[login], login, passwords[login], database)
    _fence(addresses["owner"], database, extensions, made[LOGINS.index("backup")])
    return Logins(
        database=database,
        owner=addresses["owner"],
        app=addresses["app"],
        ops_ro=addresses["ops_ro"],
        backup=addresses["backup"] if made[LOGINS.index("backup")] else None,
        notes=tuple(notes),
    )


@contextmanager
def _alone(secrets_folder: Path) -> Iterator[None]:
    """One process at a time is inside, of those that keep their passwords in this folder."""
    secrets_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(secrets_folder / "logins.lock", os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def connect(address: str) -> psycopg.Connection[Any]:
    """An autocommit connection, or Trouble in words when the server does not answer or refuses us."""
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        parts = conninfo_to_dict(address)
        where = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"
        said = " ".join(str(error).split())
        raise Trouble(
            f"连不上数据库 {where}（用户 {parts.get('user', '?')}）：{said}",
            "请确认数据库已经启动、地址和口令正确、防火墙放行；运行 jizuo doctor 可逐项检查。",
            f"Cannot connect to the database at {where} as {parts.get('user', '?')}: {said}",
        ) from error


def _check_server(root: psycopg.Connection[Any]) -> None:
    if root.info.server_version < 150000:
        raise Trouble(
            f"数据库版本是 {root.info.server_version // 10000}，基座需要 PostgreSQL 15 或更新。",
            "请升级数据库服务器，或清空 JIZUO_DB 使用内置数据库。",
            "PostgreSQL 15 or later is needed: upgrade the server, or unset JIZUO_DB for the embedded one.",
        )


def _make_role(
    root: psycopg.Connection[Any], login: Login, password: str, base: str, notes: list[str]
) -> bool:
    """Create a missing role, bring its rights in line; False when BYPASSRLS is not ours to give."""
    name = sql.Identifier(role_name(login))
    found = root.execute(
        "select shobj_description(oid, 'pg_authid'), rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
        " rolcanlogin, rolreplication from pg_roles where rolname = %s",
        [role_name(login)],
    ).fetchone()
    wanted = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
    through = login == "backup"
    if found is None:
        try:
            with root.transaction():
                root.execute(
                    sql.SQL("CREATE ROLE {} WITH {} {} PASSWORD {}").format(
                        name,
                        sql.SQL(wanted),
                        sql.SQL("BYPASSRLS" if through else "NOBYPASSRLS"),
                        sql.Literal(password),
                    )
                )
                if through:
                    root.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))
        except psycopg.errors.InsufficientPrivilege:
            if not through:
                raise Trouble(
                    f"引导地址的账号没有权限创建数据库角色 {role_name(login)}。",
                    "请给它 CREATEROLE 和 CREATEDB 权限，或换用管理员地址运行一次 jizuo migrate。",
                    "The bootstrap login may not create roles: give it CREATEROLE and CREATEDB.",
                ) from None
            notes.append(
                "引导账号不能创建带 BYPASSRLS 的备份角色：jizuo backup 不可用，"
                "请使用数据库服务器自带的备份工具。"
                " The bootstrap login may not create a BYPASSRLS role: use the server's own backup tools."
            )
            return False
        root.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, sql.Literal(_mark(base))))
    else:
        mark, is_super, bypass, may_role, may_db, may_login, may_replicate = found
        if mark and mark.startswith("jizuo base ") and mark != _mark(base):
            if os.environ.get("JIZUO_TAKE_LOGINS") != "1":
                raise Trouble(
                    f"数据库角色 {role_name(login)} 属于同一服务器上的另一个基座。",
                    "请用 JIZUO_ROLE_PREFIX 换一个角色前缀；如果确认就是这个基座（例如换了数据文件夹），"
                    "设 JIZUO_TAKE_LOGINS=1 再运行一次。",
                    f"Role {role_name(login)} belongs to another base on this server: set JIZUO_ROLE_PREFIX,"
                    " or JIZUO_TAKE_LOGINS=1 when it is this one with a new data folder.",
                )
            root.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, sql.Literal(_mark(base))))
        if is_super or may_role or may_db or may_replicate or not may_login or bypass != through:
            # A right that crept in would silently open the wall; only the attributes that differ are touched,
            # because each needs its own privilege.
            change = [
                word
                for word, wrong in (
                    ("NOSUPERUSER", is_super),
                    ("NOCREATEROLE", may_role),
                    ("NOCREATEDB", may_db),
                    ("NOREPLICATION", may_replicate),
                    ("LOGIN", not may_login),
                    ("BYPASSRLS" if through else "NOBYPASSRLS", bypass != through),
                )
                if wrong
            ]
            root.execute(sql.SQL("ALTER ROLE {} WITH {}").format(name, sql.SQL(" ".join(change))))
    for key, value in {**ROLE_SETTINGS[login], **offered(root, login)}.items():
        root.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(key), sql.Literal(value))
        )
    return True


def offered(root: psycopg.Connection[Any], login: Login) -> dict[str, str]:
    """Of `WHERE_OFFERED` what this server can do, for the logins that write."""
    if login not in ("owner", "app"):
        return {}
    known = dict(
        root.execute(
            "select name, enumvals from pg_settings where name = any(%s)", [list(WHERE_OFFERED)]
        ).fetchall()
    )
    return {key: value for key, value in WHERE_OFFERED.items() if value in (known.get(key) or ())}


def _make_definers(root: psycopg.Connection[Any]) -> None:
    """The definers' roles, handed to owner so that it may give them their functions. Owner does not inherit:
    a policy of theirs must not open anything to owner itself."""
    owner = sql.Identifier(role_name("owner"))
    root.execute(sql.SQL("ALTER ROLE {} WITH NOINHERIT").format(owner))
    for definer in DEFINERS:
        name = sql.Identifier(role_name(definer))
        if not root.execute("select 1 from pg_roles where rolname = %s", [role_name(definer)]).fetchone():
            root.execute(sql.SQL("CREATE ROLE {} WITH NOLOGIN NOBYPASSRLS NOINHERIT").format(name))
        root.execute(sql.SQL("GRANT {} TO {}").format(name, owner))


def _mark(base: str) -> str:
    return f"jizuo base {base}"


def _make_database(root: psycopg.Connection[Any], database: str) -> None:
    owner = sql.Identifier(role_name("owner"))
    found = root.execute(
        "select pg_encoding_to_char(encoding), pg_get_userbyid(datdba) from pg_database where datname = %s",
        [database],
    ).fetchone()
    if found is None:
        if not _is_superuser(root):
            root.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        try:
            root.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(database), owner
                )
            )
        except psycopg.errors.InsufficientPrivilege:
            raise Trouble(
                f"引导地址的账号没有权限创建数据库 {database}。",
                "请给它 CREATEDB 权限。",
                f"The bootstrap login may not create database {database}: give it CREATEDB.",
            ) from None
        except psycopg.errors.DuplicateDatabase:
            pass  # another start was faster
        return
    encoding, owned_by = found
    if encoding != "UTF8":
        raise Trouble(
            f"数据库 {database} 的编码是 {encoding}，基座需要 UTF8。",
            "请换一个数据库名（JIZUO_DB_NAME），由基座自己建立。",
            f"Database {database} is {encoding}, UTF8 is needed: let the base make its own (JIZUO_DB_NAME).",
        )
    if owned_by != role_name("owner"):
        raise Trouble(
            f"数据库 {database} 属于 {owned_by}，不是 {role_name('owner')}。",
            "请换一个数据库名（JIZUO_DB_NAME），或由管理员执行 ALTER DATABASE ... OWNER TO。",
            f"Database {database} belongs to {owned_by}: choose another (JIZUO_DB_NAME), or alter its owner.",
        )


def _fence(owner_address: str, database: str, extensions: tuple[str, ...], has_backup: bool) -> None:
    name = sql.Identifier(database)
    present = [login for login in LOGINS[1:] if login != "backup" or has_backup]
    guests = [sql.Identifier(role_name(login)) for login in present]
    with connect(owner_address) as owner, owner.transaction():
        owner.execute("select pg_advisory_xact_lock(hashtext('jizuo fence'))")
        owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        owner.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.SQL(", ").join(guests)))
        owner.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(name, guests[0]))
        # `public` belongs to pg_database_owner. Owner is that, but does not inherit: 15 wants it said.
        owner.execute("SET LOCAL ROLE pg_database_owner")
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        owner.execute(
            sql.SQL("GRANT ALL ON SCHEMA public TO {} WITH GRANT OPTION").format(
                sql.Identifier(role_name("owner"))
            )
        )
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.SQL(", ").join(guests)))
        owner.execute("RESET ROLE")
        # A new function could be called by anybody unless its right is taken away where it is made.
        owner.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        for extension in extensions:
            owner.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _check_password(bootstrap: str, address: str, login: Login, password: str, database: str) -> None:
    try:
        psycopg.connect(address, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        # 42501: right password, but a database copied from a template has no CONNECT for guests yet.
        if "permission denied for database" in str(error):
            return
        with connect(bootstrap) as root:
            root.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role_name(login)), sql.Literal(password)
                )
            )


def _is_superuser(root: psycopg.Connection[Any]) -> bool:
    row = root.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _server_of(root: psycopg.Connection[Any], address: str) -> tuple[str, int]:
    return str(conninfo_to_dict(address).get("host") or root.info.host), root.info.port


def _tls_of(address: str) -> str:
    parts = conninfo_to_dict(address)
    return "".join(f"&{key}={parts[key]}" for key in ("sslmode", "sslrootcert") if parts.get(key))
