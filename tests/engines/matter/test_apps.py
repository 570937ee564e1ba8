"""The worker's timetable knows the clock of matters."""

from __future__ import annotations


def test_the_tick_is_registered(base):
    from procrastinate.contrib.django import app

    from jizuo.engines.matter import clock

    assert clock.TICK in app.tasks
    assert clock.TICK in {told.task.name for told in app.periodic_registry.periodic_tasks.values()}
