"""Whether the database's tables are those of this version of the code, and bringing them there."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

import jizuo
from jizuo.project import scenes
from jizuo.project.start import set_up

_PARTS = (
    "migrations/",
    "models",
    "walls.py",
    "partitions.py",
    "rows.py",
    "census.py",
    "migrate.py",
    "room.py",
)


def fingerprint() -> str:
    """A short hash of the code that shapes tables and walls, of the scenes that ship, and of this month (partitions run
    ahead)."""
    root = Path(jizuo.__file__).parent
    digest = hashlib.sha256(f"{date.today():%Y-%m}".encode())
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if any(part in f"/{name}" for part in _PARTS):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    for path in sorted(one for one in scenes.SCENES.rglob("*") if one.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:20]


def stamp_of(address: str) -> str:
    """The fingerprint the database was last brought to, empty when never."""
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        ).fetchone()
    return (row[0] or "").removeprefix("jizuo schema ") if row else ""


def is_current(owner_address: str) -> bool:
    """Whether `bring_up` has nothing to do. Web and worker still take the census at every start."""
    return stamp_of(owner_address) == fingerprint()


def pending() -> tuple[list[str], bool]:
    """Migrations still to run (`app.name`, in order); whether the base has no tables yet.

    Sets Django up as owner.
    """
    set_up("owner")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    is_new = not executor.loader.applied_migrations
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _backwards in plan], is_new


def bring_up(owner_address: str) -> tuple[dict[str, Any], list[str]]:
    """Migrate, raise walls, make partitions, take the census, take in the scenes that ship, note the fingerprint; returns
    counts and, in words, which scenes could not be taken in. Django runs as owner."""
    from jizuo.ground import migrate
    from jizuo.ground import scope as scopes
    from jizuo.project import rooms

    counts = migrate.run()
    rooms.plates()
    with scopes.use(scopes.base_scope()):
        brought, troubles = scenes.bring_shipped()
    with psycopg.connect(owner_address, autocommit=True) as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(connection.info.dbname), sql.Literal(f"jizuo schema {fingerprint()}")
            )
        )
    return {**counts, "scenes": len(brought)}, troubles
