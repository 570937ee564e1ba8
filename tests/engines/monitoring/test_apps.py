"""The worker knows the five-minute look."""

from __future__ import annotations

from typing import Any


def test_the_look_stands_on_the_timetable(base: Any) -> None:
    from procrastinate.contrib.django import app

    from jizuo.engines.monitoring.jobs import WATCH

    timed = {one.task.name: one.cron for one in app.periodic_registry.periodic_tasks.values()}
    assert timed[WATCH] == "*/5 * * * *"
