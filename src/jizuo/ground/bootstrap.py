"""Where the database is and how each login reaches it, from environment and data folder; starts nothing.

JIZUO_DATA         data folder; default `.data` beside pyproject.toml in a checkout, else ~/.local/share/jizuo
JIZUO_DB           bootstrap address of an outside server; empty = the embedded one
JIZUO_DB_NAME      database name, default `jizuo`
JIZUO_LOGIN        login this process uses, default `app`
JIZUO_ROLE_PREFIX  first part of the role names, default `jizuo`
JIZUO_POOL         connections an `app` process pools at most, default 2
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from jizuo.ground import logins, postgres, programs
from jizuo.ground.process import Trouble


@dataclass(frozen=True)
class RoleNames:
    """Database role of each login; `prefix` stands before the underscore."""

    prefix: str
    owner: str
    app: str
    ops_ro: str
    backup: str


def role_names() -> RoleNames:
    """The role names of this installation."""
    return RoleNames(logins.role_prefix(), *(logins.role_name(login) for login in logins.LOGINS))


@dataclass(frozen=True)
class Addresses:
    """One address (postgresql://...) a login, on database `database` of the server at `host`:`port`.

    Passwords are empty before the first `jizuo migrate` or `jizuo run`; a connection then fails.
    """

    host: str
    port: int
    database: str
    owner: str
    app: str
    ops_ro: str
    backup: str
    is_embedded: bool

    def of(self, login: str) -> str:
        """The address of one login; KeyError for an unknown one."""
        if login not in logins.LOGINS:
            raise KeyError(login)
        return str(getattr(self, login))


def data_folder() -> Path:
    """The base's data folder, absolute; it may not exist yet."""
    named = os.environ.get("JIZUO_DATA")
    if named:
        return _folder_named(named)
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").exists():
        return checkout / ".data"
    return Path.home() / ".local" / "share" / "jizuo"


@lru_cache(maxsize=8)
def _folder_named(named: str) -> Path:
    return Path(named).expanduser().absolute()


def secrets_folder() -> Path:
    return _secrets_in(data_folder())


@lru_cache(maxsize=8)
def _secrets_in(folder: Path) -> Path:
    return folder / "secrets"


def database_name() -> str:
    return os.environ.get("JIZUO_DB_NAME") or "jizuo"


def login_name() -> str:
    """The login this process works with; ValueError for a name that is none of the four."""
    name = os.environ.get("JIZUO_LOGIN") or "app"
    if name not in logins.LOGINS:
        raise ValueError(f"JIZUO_LOGIN={name}: choose one of {', '.join(logins.LOGINS)}")
    return name


def is_embedded() -> bool:
    return not os.environ.get("JIZUO_DB")


def _server() -> tuple[str, int, dict[str, str]]:
    outside = os.environ.get("JIZUO_DB")
    if not outside:
        return str(programs.socket_folder(data_folder())), programs.PORT, {}
    parts = conninfo_to_dict(outside)
    kept = {key: str(parts[key]) for key in ("sslmode", "sslrootcert") if parts.get(key)}
    return str(parts.get("host") or "localhost"), int(str(parts.get("port") or 5432)), kept


def connect(database: str | None = None) -> Addresses:
    """Addresses of the four logins on `database` (default: the base's own)."""
    host, port, extra = _server()
    name = database or database_name()
    kept = logins.read_secrets(secrets_folder())
    tail = "".join(f"&{key}={value}" for key, value in extra.items())

    def of(login: str) -> str:
        role = logins.role_name(login)
        return programs.address_of(host, port, role, kept.get(role, ""), name) + tail

    return Addresses(
        host=host,
        port=port,
        database=name,
        owner=of("owner"),
        app=of("app"),
        ops_ro=of("ops_ro"),
        backup=of("backup"),
        is_embedded=is_embedded(),
    )


def pool_size() -> int:
    """Connections an `app` process pools at most; ValueError for what is no count."""
    size = int(os.environ.get("JIZUO_POOL") or 2)
    if size < 1:
        raise ValueError(f"JIZUO_POOL={size}: at least 1")
    return size


def database_settings(login: str | None = None) -> dict[str, Any]:
    """Django's `DATABASES["default"]` for one login (default: `JIZUO_LOGIN`).

    `app` gets psycopg's pool of up to `pool_size()` connections a process (the budget counts with 2 for the
    web); the others work in one process and hold one plain connection.
    """
    chosen = login or login_name()
    host, port, extra = _server()
    role = logins.role_name(chosen)
    options: dict[str, Any] = dict(extra) | {"application_name": f"jizuo {chosen}"}
    if chosen == "app":
        options["pool"] = {"min_size": 1, "max_size": pool_size(), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name(),
        "USER": role,
        "PASSWORD": logins.read_secrets(secrets_folder()).get(role, ""),
        "HOST": host,
        "PORT": str(port),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


@contextmanager
def opened(*, starting: bool = True) -> Iterator[str]:
    """The bootstrap address of a server that runs while the block does.

    An outside server and an embedded one that is already up are used as they are; otherwise the embedded
    one is started for the time of the block (`starting=False`: Trouble instead).
    """
    outside = os.environ.get("JIZUO_DB")
    if outside:
        yield outside
        return
    server = postgres.Embedded(data_folder())
    if programs.is_running(data_folder()):
        yield server.address()
        return
    if not starting:
        raise Trouble(
            "内置数据库没有运行。", "请先执行 jizuo run。", "The embedded database is not running: jizuo run."
        )
    with server:
        yield server.address()


def ensure(bootstrap_address: str) -> logins.Logins:
    """`logins.ensure` with this installation's database name and secrets folder."""
    return logins.ensure(bootstrap_address, database_name(), secrets_folder())
