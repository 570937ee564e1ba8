"""A small importer of campuses, so that the walk is tested without what any room makes of its files.

A file has one line a campus: ``name,place``; a name ``!`` is a fault, ``*`` breaks the plan, a campus that a full
file no longer lists is closed.
"""

from __future__ import annotations

from typing import Any

import polars as pl


class Campuses:
    """The importer ``campuses``. broken: the plan fails with this error while it is set."""

    name = "campuses"
    title = "校区"
    file_kind = "roster"

    def __init__(self) -> None:
        self.broken: Exception | None = None

    def check(self, given: Any) -> Any:
        from jizuo.hubs.data.importers import ERROR, Checked, Fault

        lines = [line.split(",") for line in given.path.read_text().splitlines() if line]
        for number, line in enumerate(lines, 1):
            line[0] = given.patches.get(("", number, "A"), line[0])
        faults = [
            Fault(ERROR, "name", "没有名称", "请填写名称", row_no=number, column="A", value=line[0])
            for number, line in enumerate(lines, 1)
            if line[0] == "!"
        ]
        frame = pl.DataFrame(lines, schema={"name": pl.String, "place": pl.String}, orient="row")
        return Checked(stage={"campuses": frame}, rows_read=len(lines), faults=faults)

    def plan(self, stage: Any, given: Any) -> Any:
        from django.db import connection

        from jizuo.hubs.data.importers import NewLabel, Plan, Step
        from jizuo.hubs.organisation.rules import derived_id

        if self.broken is not None:
            raise self.broken
        named = dict(stage["campuses"].rows())
        ids = {derived_id(given.unit_no, "campus", name): name for name in named}
        with connection.cursor() as cursor:
            cursor.execute(
                "select id::text from org where unit_no = %s and kind = 'campus' and closed_on is null",
                [given.unit_no],
            )
            there = {row_id for (row_id,) in cursor.fetchall()}
        missing = sorted(there - ids.keys()) if given.is_full else []

        def steps() -> Any:
            yield Step(
                "org",
                ("id", "unit_no", "kind", "name", "location"),
                [(row_id, given.unit_no, "campus", name, named[name]) for row_id, name in ids.items()],
                new_labels=[NewLabel(name) for row_id, name in ids.items() if row_id not in there],
            )
            yield Step(
                "org",
                ("id", "unit_no", "closed_on"),
                [(row_id, given.unit_no, given.today) for row_id in missing],
                verdict="gone",
            )

        return Plan(steps(), gone={given.unit_no: (len(missing), len(there))} if missing else {})


def campuses(*names: str, **places: str) -> bytes:
    """A file of campuses: by name alone, or name=place."""
    lines = [f"{name}," for name in names] + [f"{name},{place}" for name, place in places.items()]
    return "".join(f"{line}\n" for line in lines).encode()


def applied(desk, content, **more):
    walked = desk.bring(content, **more)
    assert walked.state == "ready", walked.batch
    walked.apply()
    assert walked.state == "applied"
    return walked


def counts(walked):
    return {key: n for key, n in walked.batch.counts["org"].items() if n}
