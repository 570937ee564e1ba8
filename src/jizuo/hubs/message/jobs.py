"""What the worker does for the message hub: hand over what is due, put the evening's digest."""

from __future__ import annotations

import contextlib

import procrastinate
from django.db import connection, transaction

from jizuo.ground import scope as scopes
from jizuo.ground.acting import today

DELIVER, TICK = "message.deliver", "message.tick"


def defer_delivering(unit_no: int) -> None:
    """Queue the handing over of what is due for a unit, in the open transaction. One ticket that waits will do."""
    from procrastinate.contrib.django import app

    task = app.configure_task(
        DELIVER, queue="people", allow_unknown=False, queueing_lock=f"{DELIVER}:{unit_no}"
    )
    with contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued), transaction.atomic():
        task.defer(unit_no=unit_no)


def unit_scope(*unit_nos: int) -> scopes.Scope:
    """The scope in which the worker sends for units: the base itself, at home in the first."""
    return scopes.Scope(role=scopes.OPERATOR, unit_no=unit_nos[0], units=unit_nos, today=today())


def deliver(unit_no: int) -> int:
    """Hand over everything that is due for a unit; returns how many."""
    from jizuo.hubs.message.actions.deliver import send_due

    try:
        with scopes.use(unit_scope(unit_no)):
            return send_due(unit_no)
    finally:
        connection.close()


def tick(timestamp: int) -> None:
    """Every few minutes: the digest where its hour has come, and whatever has become due."""
    from jizuo.hubs.message.actions import deliver as deliveries

    try:
        with connection.cursor() as cursor:
            cursor.execute("select unit_no from unit")
            units = tuple(unit_no for (unit_no,) in cursor.fetchall())
        if not units:
            return
        with scopes.use(unit_scope(*units)), scopes.open_transaction(TICK):
            busy = deliveries.units_with_work()
        for unit_no in busy:
            with scopes.use(unit_scope(unit_no)):
                deliveries.put_digest(unit_no=unit_no)
                deliveries.send_due(unit_no)
    finally:
        connection.close()


def register() -> None:
    """Register the tasks with the queue; called once Django is ready."""
    from procrastinate.contrib.django import app

    app.task(name=DELIVER, queue="people", pass_context=False)(deliver)
    app.periodic(cron="*/5 * * * *")(
        app.task(name=TICK, queue="people", queueing_lock=TICK, pass_context=False)(tick)
    )
