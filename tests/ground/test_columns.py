"""Columns written by id: in reach, and only the rows that were named."""

from __future__ import annotations

from typing import Any

from jizuo.ground import scope as scopes


def test_the_named_rows_in_reach_are_written_and_no_other(base: Any) -> None:
    from django.db import connection

    from jizuo.ground import jobs
    from jizuo.ground.columns import write_columns

    jobs.register("test.columns", lambda run: None)
    here, there = base.unit(), base.unit()
    ids = []
    for unit_no in (here, here, there):
        with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"):
            ids.append(jobs.start("test.columns", "空", unit_no=unit_no).job_id)
    first, second, foreign = ids
    with scopes.use(base.scope(here)), scopes.open_transaction("given"):
        write_columns("job", [first, foreign], total=7, args={"rows": 2})
    for unit_no, told in ((here, {first: (7, "2"), second: (0, None)}), (there, {foreign: (0, None)})):
        with scopes.use(base.scope(unit_no)), scopes.open_transaction("given"), connection.cursor() as cursor:
            cursor.execute("select id, total, args ->> 'rows' from job where id = any(%s)", [ids])
            assert {row[0]: (row[1], row[2]) for row in cursor.fetchall()} == told
