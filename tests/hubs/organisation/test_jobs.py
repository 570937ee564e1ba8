from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.hubs.organisation.actions.test_moving import Place


def test_every_root_of_the_tree_comes_to_its_day(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schools below two bureaus, and one alone: each has what it agreed for the day, once."""
    from jizuo.ground import acting
    from jizuo.hubs.organisation import jobs

    places = [Place(base, parent=base.unit("澜江区教育局", kind="bureau")) for _ in range(2)] + [Place(base)]
    for place in places:
        movement_id = place.ask(kind="class", to_class_id=place.made.classes[1], effect_on=date(2026, 10, 1))
        place.step(place.head, movement_id, "agreed")
    monkeypatch.setattr(acting, "today", lambda: date(2026, 10, 1))
    assert jobs.take_effect(0) >= 3
    assert [place.pupil()[0] for place in places] == [place.made.classes[1] for place in places]
    assert jobs.take_effect(0) == 0


def test_the_worker_s_timetable_holds_it(base: Any) -> None:
    from procrastinate.contrib.django import app

    from jizuo.hubs.organisation import jobs

    assert jobs.EFFECT in {timed.task.name for timed in app.periodic_registry.periodic_tasks.values()}
