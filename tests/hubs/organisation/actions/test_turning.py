"""Asking for a turn: once, in time, by whom it concerns; and what its preview says."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from jizuo.ground import scope as scopes
from tests.hubs.organisation import given

JULY = date(2027, 7, 5)
#: Everything that a turn may write, in one comparable value.
IMAGE = {
    "affiliation": "select * from affiliation order by id",
    "org": "select * from org order by id",
    "enrolment": "select * from enrolment order by id",
    "academic_session": "select * from academic_session order by id",
    "search_key": "select unit_no, key, ref_id from search_key order by 1, 2, 3",
}


def run(scope: Any, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    def body() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    return given.within(scope, body)


def image(scope: Any) -> dict[str, Any]:
    return {name: run(scope, sql) for name, sql in IMAGE.items()}


def act(scope: Any, door: Any, **values: Any) -> Any:
    with scopes.use(scope):
        return door(**values)


def work(scope: Any, ref: Any) -> None:
    """Run a job as the worker would, on the day of the scope."""
    from jizuo.ground import jobs
    from jizuo.ground.jobs import Run

    with scopes.use(scope):
        kind, args, chunk, attempt = jobs.take(ref.job_id)
        job = Run(ref.job_id, scope, chunk, attempt)
        try:
            result = jobs._kinds[kind].body(job, **args)
        finally:
            job.close()
        jobs.finish(ref.job_id, scope, "done", attempt=attempt, result=result)


def school(base: Any, scheme: str = "5", classes: int = 10, parent: int | None = None, **more: Any) -> Any:
    """A school on a July day whose last two classes finish a five-year primary."""
    from jizuo.hubs.organisation import room  # noqa: F401

    made = given.fill(base, base.unit(parent=parent), classes=classes, scheme=scheme, pupils=4, **more)
    return made, base.scope(made.unit_no, today=JULY, grant_no=None)


def turn(scope: Any, **more: Any) -> UUID:
    from jizuo.hubs.organisation.actions import turning

    ref = act(scope, turning.start_turn, school_year=2027, **more)
    work(scope, ref)
    return state_of(scope).turn_id


def state_of(scope: Any, year: int = 2027) -> Any:
    from jizuo.hubs.organisation.queries import turning
    from jizuo.plain.school_year import SchoolYear

    return given.within(scope, lambda: turning.turns_of([scope.unit_no], SchoolYear(year)))[scope.unit_no]


def undo(scope: Any, turn_id: UUID) -> Any:
    from jizuo.hubs.organisation.actions import turning

    work(scope, act(scope, turning.start_undo, turn_id=turn_id))
    return state_of(scope)


def test_the_preview_says_what_the_turn_does(base: Any) -> None:
    from jizuo.hubs.organisation.queries import turning

    made, scope = school(base)
    # The first pupil of the last class is borrowed in, the second on leave.
    (home, leave) = made.pupils[36:38]
    run(scope, "update affiliation set is_registered = false where id = %s", home[1])
    run(scope, "update pupil set status = '02' where id = %s", leave[1])
    plan = act(scope, turning.preview_turn, school_year=2027)
    assert [one.verdict for one in plan.classes].count("up") == 8
    assert (plan.total("graduates"), plan.total("home"), plan.total("stays")) == (6, 1, 1)
    assert any("休学" in words for words in plan.warnings)
    names = act(scope, turning.turn_names, school_year=2027)
    assert sorted(one.lot for one in names) == ["graduates"] * 6 + ["home", "stays"]
    turn(scope, effect=plan.effect)
    assert run(
        scope,
        "select end_reason, count(*) from affiliation where role = 'pupil' and end_on = %s group by 1 order by 1",
        JULY,
    ) == [("21", 6), ("29", 1)]
    assert run(scope, "select class_id, end_on from affiliation where id = %s", leave[1]) == [(None, None)]
    assert run(scope, "select count(*) from org where closed_on = %s", JULY) == [(2,)]
    # Adults whose only child left are out; the one of the child on leave stays.
    assert run(scope, "select count(*) from affiliation where role = 'guardian' and end_on is not null") == [
        (7,)
    ]
    assert run(
        scope,
        "select count(*) from search_key where ref_id = any(%s)",
        [one[1] for one in made.pupils[32:37]],
    ) == [(0,)]


def test_a_turn_is_started_once(base: Any) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning, turning_school

    _made, scope = school(base)
    ref = act(scope, turning.start_turn, school_year=2027)
    with pytest.raises(Conflict, match="正在进行"):
        act(scope, turning.start_turn, school_year=2027)
    work(scope, ref)
    with pytest.raises(Conflict, match="已经升级过"):
        act(scope, turning.start_turn, school_year=2027)
    before = image(scope)
    with pytest.raises(Conflict):
        act(scope, turning_school.turn_school, unit_no=scope.unit_no, school_year=2027)
    assert image(scope) == before


def test_two_clerks_at_once_turn_once(base: Any) -> None:
    """Two requests at the same moment: one job, and the other is told."""
    import threading

    from django.db import connection

    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning

    _made, scope = school(base)
    told: list[str] = []
    gate = threading.Barrier(2)

    def clerk() -> None:
        gate.wait()
        try:
            act(scope, turning.start_turn, school_year=2027)
            told.append("started")
        except Conflict:
            told.append("refused")
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk) for _ in range(2)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert sorted(told) == ["refused", "started"]


def test_a_school_that_merged_does_not_turn(base: Any) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning, turning_school

    made, scope = school(base)
    other = base.unit("启明小学")
    run(scope, "update school set successor_no = %s where unit_no = %s", other, made.unit_no)
    with pytest.raises(Conflict, match="已并入启明小学"):
        act(scope, turning.start_turn, school_year=2027)
    with pytest.raises(Conflict, match="已并入"):
        act(scope, turning_school.turn_school, unit_no=made.unit_no, school_year=2027)


def test_an_early_turn_and_an_old_preview_are_refused(base: Any) -> None:
    from dataclasses import replace

    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.organisation.actions import turning

    made, scope = school(base)
    with pytest.raises(Conflict, match="还没到"):
        act(replace(scope, today=date(2027, 5, 31)), turning.start_turn, school_year=2027)
    with pytest.raises(BadInput):
        act(scope, turning.start_turn, school_year=2035)
    from jizuo.hubs.organisation.queries.turning import preview_turn

    seen = act(scope, preview_turn, school_year=2027).effect
    run(scope, "update affiliation set is_registered = false where id = %s", made.pupils[-1][1])
    with pytest.raises(Conflict, match="预览之后"):
        act(scope, turning.start_turn, school_year=2027, effect=seen)


def test_another_unit_does_not_exist(base: Any) -> None:
    from jizuo.ground.errors import NotFound
    from jizuo.hubs.organisation.actions import turning
    from jizuo.hubs.organisation.queries.turning import preview_turn, turn_state

    _made, scope = school(base)
    theirs, other = school(base)
    turn_id = turn(other)
    for door, values in (
        (turning.start_turn, {"unit_no": theirs.unit_no, "school_year": 2027}),
        (preview_turn, {"unit_no": theirs.unit_no, "school_year": 2027}),
        (turn_state, {"turn_id": turn_id}),
        (turning.start_undo, {"turn_id": turn_id}),
    ):
        with pytest.raises(NotFound):
            act(scope, door, **values)
