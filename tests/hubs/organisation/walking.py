"""The import walk in process: land a file, then run its jobs as the worker would."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jizuo.ground import scope as scopes


@dataclass
class Walked:
    """A batch on its walk. Every step runs the job it starts."""

    base: Any
    scope: Any
    batch_id: UUID

    def run(self) -> Any:
        """Run the jobs of the batch that wait, one after another; returns the batch as a page sees it."""
        from jizuo.ground import jobs

        for _round in range(6):
            with self.base.owner() as owner:
                # The wall stands around the owner too.
                owner.execute(
                    "select set_config('app.units', %s, false)", [scopes.units_text(self.scope.units)]
                )
                waiting = owner.execute(
                    "select id::text, unit_no, grant_no from job where state = 'waiting' and args ->> 'batch_id' = %s",
                    [str(self.batch_id)],
                ).fetchall()
            if not waiting:
                break
            for job_id, unit_no, grant_no in waiting:
                jobs.run_job(job_id=job_id, unit_no=unit_no, grant_no=grant_no)
        return self.batch

    @property
    def batch(self) -> Any:
        from jizuo.hubs.data.queries import imports as queries

        with scopes.use(self.scope):
            return queries.batch(batch_id=self.batch_id)

    @property
    def state(self) -> str:
        return self.batch.state

    def problems(self, severity: str = "") -> list[Any]:
        from jizuo.hubs.data.queries import imports as queries

        with scopes.use(self.scope):
            return queries.problem_list(batch_id=self.batch_id, severity=severity, limit=5000).rows

    def changes(self, verdict: str = "", dataset: str = "") -> list[Any]:
        from jizuo.hubs.data.queries import imports as queries

        with scopes.use(self.scope):
            return queries.change_list(
                batch_id=self.batch_id, verdict=verdict, dataset=dataset, limit=2000
            ).rows

    def mend(self, *cells: tuple[str, int, str, str], **options: Any) -> Any:
        from jizuo.hubs.data.actions import walk
        from jizuo.hubs.data.shapes import Patch

        with scopes.use(self.scope):
            walk.mend_batch(
                batch_id=self.batch_id, patches=[Patch(*cell) for cell in cells], options=options or None
            )
        return self.run()

    def step(self, verb: str, scope: Any = None) -> Any:
        """apply_batch, undo_batch, approve_batch, recheck_batch, discard_batch."""
        from jizuo.hubs.data.actions import walk

        with scopes.use(scope or self.scope):
            getattr(walk, verb)(batch_id=self.batch_id)
        return self.run()

    def apply(self) -> Any:
        return self.step("apply_batch")

    def undo(self) -> Any:
        return self.step("undo_batch")


def land(base: Any, scope: Any, content: bytes, name: str, importer: str, **more: Any) -> Walked:
    """Land a file and stop before its check. more: source, is_full, unit_no, options of `land_batch`."""
    from jizuo.ground.files import actions as files
    from jizuo.hubs.data import importers
    from jizuo.hubs.data.actions import walk

    load_plates()
    kind = importers.get(importer).file_kind
    with scopes.use(scope):
        ref = files.keep(io.BytesIO(content), name=name, kind=kind, grade=4, unit_no=more.get("unit_no"))
        batch_id = walk.land_batch(importer=importer, file_id=ref.file_id, title=name, **more)
    return Walked(base, scope, batch_id)


def walk(base: Any, scope: Any, content: bytes, name: str, importer: str, **more: Any) -> Walked:
    """Land a file and run check and preview."""
    walked = land(base, scope, content, name, importer, **more)
    walked.run()
    return walked


def load_plates() -> None:
    """The plates the walk needs."""
    from jizuo.hubs.data import room  # noqa: F401
    from jizuo.hubs.organisation.importers import workbooks

    workbooks.register()


def deliver_facts() -> None:
    """Give every waiting fact to its handlers."""
    from jizuo.ground import facts

    while facts.deliver_due():
        pass


def clerk(base: Any, unit_no: int, role: str = "clerk", name: str = "陆晓岚") -> Any:
    """The scope of a new account with a grant at the unit, as the middleware would make it."""
    account = base.account(name)
    grant_no = base.grant(account, unit_no, role)
    return base.scope(unit_no, role, grant_no=grant_no, account_id=account.pk)
