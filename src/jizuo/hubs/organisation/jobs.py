"""What the worker does for the organisation hub by the clock."""

from __future__ import annotations

from django.db import connection

from jizuo.ground import acting
from jizuo.ground import scope as scopes

EFFECT = "organisation.take_effect"


def take_effect(timestamp: int) -> int:
    """After midnight in China: what schools agreed for the day takes effect and special identities that are over
    are put away, one root of the tree after another; returns how many."""
    from jizuo.hubs.organisation.actions import moving_register
    from jizuo.hubs.organisation.special import actions as special

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select unit_no from unit where parent_no is null and unit_no > 0 order by unit_no"
            )
            roots = [unit_no for (unit_no,) in cursor.fetchall()]
        done = 0
        for unit_no in roots:
            with scopes.use(acting.base_job_scope(unit_no)):
                done += moving_register.take_due_effect()
                done += special.put_away_due()
        return done
    finally:
        connection.close()


def register() -> None:
    """Register the task with the queue; called once Django is ready. The timetable is kept in UTC."""
    from procrastinate.contrib.django import app

    app.periodic(cron="5 16 * * *")(
        app.task(name=EFFECT, queue="facts", queueing_lock=EFFECT, pass_context=False)(take_effect)
    )
