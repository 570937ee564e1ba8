"""A connector of a school on its walk, its jobs run as the worker would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.walking import clerk

MAPPING = {"kch": "code", "kcmc": "title", "xk": "subject_code"}


@dataclass
class Source:
    """One connector. scope: of the head who keeps it."""

    base: Any
    unit_no: int
    scope: Any
    connector_id: UUID

    def save(self, **values: Any) -> None:
        from jizuo.hubs.data.actions import connecting

        with scopes.use(self.scope):
            connecting.save_connector(connector_id=self.connector_id, **values)

    def run(self) -> Any:
        """Read the source now and do all that follows; the run as a page sees it."""
        from jizuo.hubs.data.actions import collecting

        with scopes.use(self.scope):
            run_id = collecting.run_connector(connector_id=self.connector_id)
        work(self.base, self.scope)
        return self.view(run_id)

    def view(self, run_id: UUID) -> Any:
        from jizuo.hubs.data.queries import collecting as queries

        with scopes.use(self.scope):
            return queries.collect_run(run_id=run_id)

    def runs(self) -> list[Any]:
        from jizuo.hubs.data.queries import collecting as queries

        with scopes.use(self.scope):
            return queries.collect_runs(connector_id=self.connector_id)

    def told(self) -> Any:
        from jizuo.hubs.data.queries import collecting as queries

        with scopes.use(self.scope):
            return queries.connector(connector_id=self.connector_id)

    def aside(self, state: str = "open") -> list[Any]:
        from jizuo.hubs.data.queries import collecting as queries

        with scopes.use(self.scope):
            return queries.quarantined_rows(connector_id=self.connector_id, state=state)

    def troubles(self) -> dict[str, str]:
        from jizuo.hubs.data.queries import collecting as queries

        with scopes.use(self.scope):
            return {one.kind: one.said for one in queries.collect_troubles(connector_id=self.connector_id)}

    def courses(self) -> list[tuple[Any, ...]]:
        return rows_of(
            self.base,
            self.unit_no,
            "select code, title from course where unit_no = %s order by code",
            self.unit_no,
        )


def work(base: Any, scope: Any) -> None:
    """Run every job that waits in the units of a scope, until none does. A job may fail: its run says so."""
    from jizuo.ground import jobs

    for _round in range(40):
        with base.owner() as owner:
            owner.execute("select set_config('app.units', %s, false)", [scopes.units_text(scope.units)])
            waiting = owner.execute(
                "select id::text, unit_no, grant_no from job where state = 'waiting' order by id"
            ).fetchall()
        if not waiting:
            return
        for job_id, unit_no, grant_no in waiting:
            jobs.run_job(job_id=job_id, unit_no=unit_no, grant_no=grant_no)
    raise AssertionError("the jobs come to no end")


def source(
    base: Any, kind: str, settings: dict[str, Any], *, unit_no: int | None = None, **more: Any
) -> Source:
    """A connector of courses at a school of its own, which applies by itself."""
    from jizuo.hubs.data.actions import connecting
    from jizuo.project import rooms

    rooms.plates()
    unit_no = unit_no or base.unit()
    scope = clerk(base, unit_no, "head")
    with scopes.use(scope):
        connector_id = connecting.add_connector(kind=kind, title="教务系统")
    made = Source(base, unit_no, scope, connector_id)
    values: dict[str, Any] = {"dataset": "course", "mapping": MAPPING, "applies_itself": True} | more
    made.save(settings=settings, **values)
    return made


def serve(outside: Any, rows: Any, path: str = "/kc") -> dict[str, str]:
    """Let the outside server answer with rows, or with what they are when asked; the settings of such a source."""
    outside.answers[path] = lambda _query, _headers: (200, {}, rows() if callable(rows) else rows)
    return {"url": f"{outside.url}{path}"}


def row(number: int, **more: Any) -> dict[str, Any]:
    """A course as the outside server tells it."""
    return {"kch": f"K{number:04d}", "kcmc": f"课程{number}", "xk": "语文", **more}
