"""What the worker does for alerts by the clock."""

from __future__ import annotations

from django.db import connection

from jizuo.ground import acting
from jizuo.ground import scope as scopes

WATCH = "monitoring.watch_alerts"


def watch(timestamp: int) -> int:
    """Every five minutes, one root of the tree after another; returns how many cases moved."""
    from jizuo.engines.monitoring import actions

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no from unit where parent_no is null and unit_no > 0 order by unit_no"
            )
            roots = [unit_no for (unit_no,) in cursor.fetchall()]
        done = 0
        for unit_no in roots:
            with scopes.use(acting.base_job_scope(unit_no)):
                done += actions.watch_alerts()
        return done
    finally:
        connection.close()


def schedule() -> None:
    """Register the task with the queue; called once Django is ready."""
    from procrastinate.contrib.django import app

    app.periodic(cron="*/5 * * * *")(
        app.task(name=WATCH, queue="facts", queueing_lock=WATCH, pass_context=False)(watch)
    )
