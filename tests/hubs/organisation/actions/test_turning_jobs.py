"""A district's turn: school by school, a fault of one leaves the others alone, and one undo takes all back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.hubs.organisation.actions.test_turning import (
    JULY,
    act,
    image,
    run,
    school,
    state_of,
    turn,
    undo,
    work,
)


def test_a_district_turns_school_by_school(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning, turning_school
    from jizuo.hubs.organisation.queries.turning import preview_district

    bureau = base.unit("澜江区教育局", kind="bureau")
    made = [school(base, parent=bureau)[0] for _ in range(4)]
    own, merged, broken, usual = made
    scope = base.scope(bureau, "district_steward", today=JULY)
    own_turn = turn(base.scope(own.unit_no, today=JULY))
    run(scope, "update school set successor_no = %s where unit_no = %s", own.unit_no, merged.unit_no)
    before = image(scope)

    kept = turning_school.write

    def fault(plan: Any, year: Any, batch_id: UUID) -> Any:
        if plan.unit_no == broken.unit_no:
            kept(plan, year, batch_id)
            raise RuntimeError("the disk is full")
        return kept(plan, year, batch_id)

    monkeypatch.setattr(turning_school, "write", fault)
    ref = act(scope, turning.start_district_turn, school_year=2027)
    with pytest.raises(Conflict, match="正在进行"):
        act(scope, turning.start_district_turn, school_year=2027)
    work(scope, ref)
    plans = {one.unit_no: one for one in act(scope, preview_district, school_year=2027)}
    assert {no: plans[no].turn.state for no in plans if plans[no].turn} == {
        own.unit_no: "applied", merged.unit_no: "skipped", broken.unit_no: "failed", usual.unit_no: "applied",
    }  # fmt: skip
    assert plans[merged.unit_no].turn.reason.startswith("已并入")
    bureau_turn = state_of(scope)
    assert bureau_turn.receipt["schools"] == 1 and bureau_turn.receipt["graduates"] == 8
    assert run(
        scope,
        "select count(*) from affiliation where unit_no = %s and role = 'pupil' and end_on is not null",
        broken.unit_no,
    ) == [(0,)]
    monkeypatch.undo()
    assert undo(scope, bureau_turn.turn_id).state == "undone"
    # The school that turned by itself keeps its turn.
    assert plans[own.unit_no].turn.turn_id == own_turn
    assert image(scope) == before
