"""Bring a base's database to this version: migrations, walls, partitions, census - as owner."""

from __future__ import annotations

from datetime import date

from django.core.management import call_command
from django.db import connection

from jizuo.ground import census, partitions, walls


def run(*, today: date | None = None, verbosity: int = 0) -> dict[str, int]:
    """Migrate, raise the walls, make partitions ahead, take the census. Safe to repeat.

    Returns counts {"walled", "partitions"}. Raises `CensusBreach` when the result is not what the models declare.
    A table is shut to `app` from its making to its wall, so a crash in between opens nothing.
    """
    call_command("migrate", interactive=False, verbosity=verbosity)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into base_state (key, version) values ('units', 1), ('grants', 1), ('catalogue', 1)"
            " on conflict do nothing"
        )
        cursor.execute(
            "insert into unit (unit_no, kind, name, short_name, sort_key) values (0, 'base', '基座', '基座', '')"
            " on conflict do nothing"
        )
    walled = walls.raise_all()
    made = partitions.ensure(today or date.today())
    census.refuse_on_breach()
    return {"walled": walled, "partitions": made}
