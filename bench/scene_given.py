"""What the parts of `scene` stand on: a demonstration district, packs in use with their tables, scopes and sessions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg

from bench import base
from bench.base import CHECKOUT, Bench, answer

MODULE = "bench.scene_given"
TOWN = "scene_town"
#: Below this share of the full numbers the small district does.
WHOLE = 0.3


def town(bench: Bench, name: str) -> str:
    """A database of that name with the demonstration district, which is made once a run."""
    with psycopg.connect(bench.address, autocommit=True) as root:
        is_there = root.execute("select 1 from pg_database where datname = %s", [TOWN]).fetchone()
    if not is_there:
        bench.create(TOWN)
        size = "district" if bench.size >= WHOLE else "small"
        subprocess.run(
            [sys.executable, "-m", "jizuo.project.cli", "demo", "--size", size],
            env=bench.environment(TOWN), cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with psycopg.connect(bench.root(TOWN), autocommit=True) as root:
            root.execute("analyze")
    bench.drop(name)
    bench.create(name, template=TOWN)
    return name


def use(bench: Bench, database: str, *scenes: str) -> None:
    """Let the bureau and every school use these scenes: names of those that ship, or of bench packs as ``module:function``
    giving path -> text."""
    bench.run(MODULE, "install", *scenes, database=database)
    bench.run(MODULE, "build", database=database, login="owner")


def count(bench: Bench, full: int, least: int) -> int:
    """A number of the full run at this size."""
    return max(least, round(full * bench.size))


def install(*scenes: str) -> None:
    """Bring packs in as the base itself and switch them on at the bureau for all below."""
    from importlib import import_module

    set_up()
    from jizuo.ground import scope as scopes
    from jizuo.ground.packs import actions, files

    operator = scope_of(bureau(), scopes.OPERATOR)
    with scopes.use(operator):
        for scene in scenes:
            module, _colon, function = scene.partition(":")
            told = (
                getattr(import_module(module), function)()
                if function
                else files.of_folder(CHECKOUT / "src" / "jizuo" / "scenes" / scene)
            )
            version_id = actions.bring_pack(files=told)
            actions.install_scene(version_id=version_id, is_for_below=True)
    answer()


def build() -> None:
    """Let the builder make every table that was asked for."""
    set_up("owner")
    from jizuo.ground import builder

    while (end := builder.build_next()) is not None:
        if end != "done":
            raise RuntimeError(f"a plan ended with {end}")
    answer()


def set_up(login: str = "app") -> None:
    """Django on the database of this process, with every plate and address."""
    from jizuo.project.start import set_up as start

    start(login)
    import jizuo.project.urls  # noqa: F401  the pages are offered when the addresses are read


def bureau() -> int:
    """The number of the bureau."""
    return int(
        ask("select unit_no from unit where kind = 'bureau' and unit_no > 0 order by unit_no limit 1")[0][0]
    )


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows as the base itself sees them, over every unit."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground import scope as scopes

    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_no from unit where kind = 'bureau' and unit_no > 0 order by unit_no limit 1"
        )
        (bureau_no,) = cursor.fetchone()
    with (
        scopes.use(acting.base_job_scope(bureau_no)),
        scopes.open_transaction("bench"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall()


def scope_of(unit_no: int, role: str, **more: Any) -> Any:
    """The scope in which a role acts at a unit today."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground.scope import Scope

    with connection.cursor() as cursor:
        cursor.execute("select version from base_state where key = 'units'")
        (version,) = cursor.fetchone()
    more.setdefault("today", acting.today())
    return Scope(role=role, unit_no=unit_no, units=acting.reach(unit_no, role, version), **more)


def session(name: str, unit_no: int, role: str, person_id: UUID | None, **more: Any) -> tuple[str, int]:
    """(session key, grant number) of a new account that acts in a role; more: org_ids, child_ids."""
    from datetime import date

    from django.test import Client

    from jizuo.ground.ids import new_id
    from jizuo.ground.models import Grant
    from jizuo.hubs.identity.models import Account

    account_id = new_id()
    account = Account.objects.create(
        id=account_id, login_code=account_id.hex[-12:], display_name=name[:40], person_id=None
    )
    given: Mapping[str, Any] = {"org_ids": [], "child_ids": []} | more
    grant = Grant.objects.create(
        account_id=account.pk,
        unit_no=unit_no,
        role=role,
        begin_on=date(2020, 9, 1),
        person_id=person_id,
        **given,
    )
    client = Client()
    client.force_login(account)
    return str(client.cookies["jizuo_session"].value), grant.no


def families(limit: int, unit_no: int = 0) -> list[tuple[Any, ...]]:
    """(unit, class, child, guardian, child's name) of so many families, of one unit or of all, in turn by class."""
    return ask(
        "select a.unit_no, a.class_id, a.person_id, g.guardian_id, a.name from affiliation a"
        " join lateral (select guardian_id from guardian_of k where k.child_id = a.person_id and k.may_view and k.may_sign"
        " and not k.is_no_contact and k.begin_on is null and k.end_on is null order by id limit 1) g on true"
        " where a.role = 'pupil' and a.end_on is null and a.class_id is not null and a.is_present"
        " and a.is_registered and (%s = 0 or a.unit_no = %s)"
        " order by a.seat_no, a.unit_no, a.class_id limit %s",
        unit_no, unit_no, limit,
    )  # fmt: skip


if __name__ == "__main__":
    base.steps({"install": install, "build": build})
