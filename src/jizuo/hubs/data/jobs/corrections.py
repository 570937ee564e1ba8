"""What the worker does for corrections by the clock."""

from __future__ import annotations

from django.db import connection

from jizuo.ground import acting
from jizuo.ground import scope as scopes

CHASE = "data.chase_corrections"


def chase(timestamp: int) -> int:
    """Early in the morning in China, one root of the tree after another; returns how many tickets moved."""
    from jizuo.hubs.data.actions import corrections

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no from unit where parent_no is null and unit_no > 0 order by unit_no"
            )
            roots = [unit_no for (unit_no,) in cursor.fetchall()]
        done = 0
        for unit_no in roots:
            with scopes.use(acting.base_job_scope(unit_no)):
                done += sum(corrections.chase_corrections().values())
        return done
    finally:
        connection.close()


def register() -> None:
    """Register the task with the queue; called once Django is ready. The timetable is kept in UTC."""
    from procrastinate.contrib.django import app

    app.periodic(cron="20 21 * * *")(
        app.task(name=CHASE, queue="facts", queueing_lock=CHASE, pass_context=False)(chase)
    )
