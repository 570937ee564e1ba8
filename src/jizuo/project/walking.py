"""The import walk from the command line: the same doors, the same jobs, with a progress bar."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from jizuo.ground.scope import Scope
from jizuo.project.output import Output
from jizuo.project.words import _

ENDED = ("faulty", "ready", "held", "applied", "undone", "discarded", "failed")


def land(
    path: Path, *, importer: str, scope: Scope, source: str, is_full: bool, options: dict[str, Any]
) -> UUID:
    """Keep the file at `path` and land it as a batch of the scope's unit."""
    from jizuo.ground import scope as scopes
    from jizuo.ground.files import actions as files
    from jizuo.hubs.data import importers
    from jizuo.hubs.data.actions import walk

    kind = importers.get(importer).file_kind
    with scopes.use(scope), path.open("rb") as stream:
        kept = files.keep(stream, name=path.name, kind=kind, grade=4, unit_no=scope.unit_no)
        return walk.land_batch(
            importer=importer, file_id=kept.file_id, title=path.name, source=source, is_full=is_full,
            unit_no=scope.unit_no, options=options,
        )  # fmt: skip


def go_on(batch_id: UUID, scope: Scope, out: Output, label: str) -> Any:
    """Run the batch's waiting jobs to their end, showing how far they are; returns the batch, in a state of `ENDED`
    unless its job came to no end."""
    from jizuo.ground import jobs
    from jizuo.ground import scope as scopes
    from jizuo.hubs.data.queries import imports as queries

    def view() -> Any:
        with scopes.use(scope):
            return queries.batch(batch_id=batch_id)

    with out.progress(label) as bar:
        batch = view()
        while batch.state not in ENDED:
            worker = threading.Thread(target=jobs.work_off, name="work off")
            worker.start()
            while worker.is_alive():
                worker.join(0.4)
                show(batch, scope, bar)
            batch = view()
            if batch.state not in ENDED and job_is_over(batch, scope):
                break
    return batch


def see_through(job_id: UUID, scope: Scope, out: Output, label: str) -> Any:
    """Run what waits until a job has come to its end, showing how far it is; returns the job as a page sees it. Where a
    worker of the running base has taken the job first, its end is waited for."""
    from jizuo.ground import jobs, queries
    from jizuo.ground import scope as scopes

    def view() -> Any:
        with scopes.use(scope):
            return queries.job(job_id=job_id)

    with out.progress(label) as bar:
        worker = threading.Thread(target=jobs.work_off, name="work off")
        worker.start()
        job = view()
        while worker.is_alive() or job.state in ("waiting", "running", "cancelling"):
            worker.join(0.4)
            time.sleep(0 if worker.is_alive() else 0.4)
            job = view()
            bar.to(job.done, job.total or None)
    return job


def job_is_over(batch: Any, scope: Scope) -> bool:
    """True when nothing runs for the batch any more although it has come to no end: its job was cancelled, or was
    interrupted too often."""
    from jizuo.ground import queries
    from jizuo.ground import scope as scopes

    with scopes.use(scope):
        return queries.job(job_id=batch.job_id).state in ("done", "failed", "cancelled")


def show(batch: Any, scope: Scope, bar: Any) -> None:
    """Bring the bar to where the batch's job is."""
    from jizuo.ground import queries
    from jizuo.ground import scope as scopes
    from jizuo.ground.errors import NotFound

    if batch.job_id is None:
        return
    try:
        with scopes.use(scope):
            job = queries.job(job_id=batch.job_id)
    except NotFound:
        return
    bar.to(job.done, job.total or None)


def scope_of_unit(unit: str) -> Scope:
    """The command line's scope of a unit named by number or by exact name; the one bureau when empty."""
    from django.db import connection

    from jizuo.ground import acting
    from jizuo.ground.process import Trouble

    with connection.cursor() as cursor:
        if unit.isdigit():
            cursor.execute("select unit_no from unit where unit_no = %s", [int(unit)])
        elif unit:
            cursor.execute("select unit_no from unit where name = %s or short_name = %s", [unit, unit])
        else:
            cursor.execute(
                "select unit_no from unit where kind = 'bureau' and parent_no is null and closed_on is null"
            )
        found = [unit_no for (unit_no,) in cursor.fetchall()]
    if len(found) != 1:
        said = _("没有叫“{unit}”的单位。") if unit else _("有几个区教育局，或一个也没有。")
        raise Trouble(
            said.format(unit=unit),
            "请用 --unit 写单位编号或全称；单位清单见 jizuo roster units。",
            "Name one unit by --unit (number or full name); jizuo roster units lists them.",
        )
    return acting.base_job_scope(found[0])
