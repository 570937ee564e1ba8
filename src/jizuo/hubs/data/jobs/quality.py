"""The check as a job, one dataset a chunk, and by night."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jizuo.ground import acting
from jizuo.ground import scope as scopes
from jizuo.ground.jobs import Run
from jizuo.hubs.data import quality
from jizuo.hubs.data.actions import quality_asking
from jizuo.hubs.data.actions.quality_checking import check_dataset
from jizuo.hubs.data.queries.quality_rules import in_force, read_state

NIGHT = "data.quality_by_night"
SUNDAY = 6


def check_quality(run: Run, *, is_full: bool = False) -> dict[str, Any]:
    """Check each dataset in its turn; a run that was interrupted goes on with the next one."""
    scope = run.scope
    units = [unit_no for unit_no in scope.units if unit_no != scopes.BASE_UNIT]
    with run.step(run.chunk, 0):
        written = {one.told.get("dataset", "") for one in read_state().written.values()}
    names = [*quality.checked(), *sorted(written - set(quality.checked()))]
    told: dict[str, Any] = {}
    for number, name in enumerate(names, 1):
        if number <= run.chunk:
            continue
        run.tell(number - 1, len(names), _("个数据集"), now=True)
        with run.step(number, number):
            rules = [one for one in in_force(units, scope.today) if one.rule.dataset == name]
            if not rules and name not in quality.checked():
                continue
            done = check_dataset(
                dataset=name, rules=rules, root_no=scope.unit_no, today=scope.today, is_full=is_full
            )  # fmt: skip
            told[name] = {
                "whole": done.whole, "touched": done.touched, "opened": done.opened, "closed": done.closed
            }  # fmt: skip
    return {"datasets": told}


def by_night(timestamp: int) -> int:
    """Ask every tree for its check: what changed, and on Sundays every record; returns how many trees."""
    try:
        roots = quality_asking.roots_of(scopes.BASE_UNIT)
        for root in roots:
            scope = acting.base_job_scope(root)
            with scopes.use(scope):
                quality_asking.start_due_check(is_full=scope.today.weekday() == SUNDAY)
        return len(roots)
    finally:
        connection.close()


def schedule() -> None:
    """Register the nightly task with the queue; called once Django is ready. The timetable is kept in UTC."""
    from procrastinate.contrib.django import app

    app.periodic(cron="40 18 * * *")(
        app.task(name=NIGHT, queue="facts", queueing_lock=NIGHT, pass_context=False)(by_night)
    )
