from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.hubs.organisation import given
from tests.hubs.organisation.actions.test_moving import Place
from tests.hubs.organisation.actions.test_turning import run


def told(scope: Any) -> list[str]:
    from jizuo.hubs.organisation import waiting

    return given.within(scope, lambda: [str(one.words) for one in waiting.moving_up()])


def test_each_role_is_told_what_waits_for_it(base: Any) -> None:
    place = Place(base)
    movement_id = place.ask(kind="suspend", until_on=date(2027, 9, 1))
    assert told(place.head) == ["1 项异动等您决定"] and told(place.clerk) == [] and told(place.teacher) == []
    place.step(place.head, movement_id, "agreed")
    assert told(place.head) == [] and "等您上报" in told(place.clerk)[0]
    place.papers(movement_id)
    place.step(place.clerk, movement_id, "sent")
    assert told(place.clerk) == []
    run(
        place.clerk,
        "update movement set due_on = %s where id = %s",
        date(2026, 9, 16) - timedelta(days=1),
        movement_id,
    )
    assert "超过十个工作日" in told(place.clerk)[0] and told(Place(base).clerk) == []


def test_large_classes_are_told_to_school_and_district(base: Any) -> None:
    from jizuo.hubs.organisation import waiting

    bureau = base.unit("澜江区教育局", kind="bureau")
    made = given.fill(base, base.unit(parent=bureau), classes=1, pupils=67)
    for scope in (base.scope(made.unit_no, "head"), base.scope(bureau, "district_leader")):
        (one,) = given.within(scope, waiting.moving_up)
        assert "其中超大班额 1 个" in str(one.words) and one.tone == "zhu"
    assert given.within(base.scope(made.unit_no, "homeroom_teacher"), waiting.moving_up) == []
