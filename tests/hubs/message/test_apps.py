from __future__ import annotations

from typing import Any


def test_the_rooms_tasks_stand_in_the_queue(base: Any) -> None:
    from procrastinate.contrib.django import app

    from jizuo.hubs.message.jobs import DELIVER, TICK

    assert {DELIVER, TICK} <= set(app.tasks)
