"""The job of a check: each dataset a chunk; killed on the way it goes on and finds the same; by night for every tree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.data.quality_given import build


class Killed(BaseException):
    """The worker is gone."""


def test_a_run_that_is_killed_goes_on_and_finds_the_same(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.ground import acting, jobs, queries
    from jizuo.hubs.data.actions import quality_asking
    from jizuo.hubs.data.jobs import quality as quality_jobs

    town = build(base)
    scope = acting.base_job_scope(town.bureau)
    with scopes.use(scope):
        job = quality_asking.start_check()
    real, seen = quality_jobs.check_dataset, []

    def stumble(**given: Any) -> Any:
        done = real(**given)
        seen.append(given["dataset"])
        if len(seen) in (2, 5):
            raise Killed
        return done

    monkeypatch.setattr(quality_jobs, "check_dataset", stumble)
    for _try in range(2):
        with pytest.raises(Killed):
            jobs.run_job(job_id=str(job.job_id), unit_no=town.bureau, grant_no=None)
    jobs.run_job(job_id=str(job.job_id), unit_no=town.bureau, grant_no=None)
    with scopes.use(scope):
        assert queries.job(job_id=UUID(str(job.job_id))).state == "done"
    assert seen.count("school") == 1 and seen.count("org") == 2, (
        "a chunk that was not committed is done again"
    )
    kept = town.failures()
    assert kept
    town.check(full=True)
    assert town.failures() == kept


def test_a_check_can_be_cancelled_between_datasets(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.ground import acting, jobs, queries
    from jizuo.hubs.data.actions import quality_asking
    from jizuo.hubs.data.jobs import quality as quality_jobs

    town = build(base)
    scope = acting.base_job_scope(town.bureau)
    with scopes.use(scope):
        job = quality_asking.start_check(is_full=True)
    real, seen = quality_jobs.check_dataset, []

    def note(**given: Any) -> Any:
        seen.append(given["dataset"])
        return real(**given)

    told = jobs.Run.tell

    def cancel(self: Any, done: int, *rest: Any, **more: Any) -> None:
        if done == 2:
            with self._line.transaction():
                self._set_scope()
                self._line.execute("update job set state = 'cancelling' where id = %s", [self.job_id])
        told(self, done, *rest, **more)

    monkeypatch.setattr(quality_jobs, "check_dataset", note)
    monkeypatch.setattr(jobs.Run, "tell", cancel)
    jobs.run_job(job_id=str(job.job_id), unit_no=town.bureau, grant_no=None)
    with scopes.use(scope):
        assert queries.job(job_id=UUID(str(job.job_id))).state == "cancelled"
    assert len(seen) == 1


def test_the_night_asks_every_tree_and_stands_in_the_timetable(base: Any) -> None:
    from procrastinate.contrib.django import app

    from jizuo.hubs.data.jobs import quality as quality_jobs

    town = build(base)
    assert quality_jobs.by_night(0) >= 1
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{town.bureau}}}"])
        (count,) = owner.execute("select count(*) from job where kind = 'data.quality'").fetchone()
    assert count == 1
    assert quality_jobs.NIGHT in {timed.task.name for timed in app.periodic_registry.periodic_tasks.values()}
