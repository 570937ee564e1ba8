from __future__ import annotations

from typing import Any


def test_the_rooms_tasks_stand_in_the_queue(base: Any) -> None:
    from procrastinate.contrib.django import app

    from jizuo.hubs.data.jobs.corrections import CHASE

    assert CHASE in app.tasks
