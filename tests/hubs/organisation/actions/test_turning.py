from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id
from tests.hubs.organisation import given
from tests.hubs.organisation.walking import deliver_facts

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


def test_undo_puts_everything_back(base: Any) -> None:
    made, scope = school(base)
    run(
        scope,
        "insert into academic_session (id, unit_no, title, kind, begin_on, end_on, school_year, source_id)"
        " values (%s, %s, '2026学年', 'schoolYear', '2026-09-01', '2027-09-01', 2026, '')",
        new_id(), made.unit_no,
    )  # fmt: skip
    before = image(scope)
    turn_id = turn(scope)
    assert state_of(scope).state == "applied"
    assert run(scope, "select school_year from academic_session order by begin_on") == [(2026,), (2027,)]
    assert image(scope) != before
    found = undo(scope, turn_id)
    assert found.state == "undone" and found.receipt["undo"]["kept"] == []
    assert image(scope) == before
    # And once more: an undone turn may be done again.
    turn(scope)
    assert state_of(scope).state == "applied"


@for_all(st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_turn_then_undo_restores_every_affiliation(base: Any, data: Any) -> None:
    """Whatever the scheme, and whoever is on leave, on loan, repeating or without a class."""
    scheme = data.draw(st.sampled_from(["5", "6", "5-4", "3", "3-3"]))
    made, scope = school(base, scheme=scheme, classes=data.draw(st.sampled_from([2, 10, 14])))
    links = [link for _person, link in made.pupils]
    pick = st.lists(st.sampled_from(links), max_size=6, unique=True)
    for sql in (
        "update affiliation set is_registered = false where id = any(%s)",
        "update affiliation set is_present = false where id = any(%s)",
        "update affiliation set class_id = null where id = any(%s)",
        "update pupil set status = '02' where id = any(%s)",
    ):
        run(scope, sql, data.draw(pick))
    for link in data.draw(pick):
        run(
            scope,
            "insert into movement (id, unit_no, kind, state, affiliation_id, name, to_class_id, effect_on, other_text,"
            " reason, papers, register_no, asked_on, closed_by) values (%s, %s, 'repeat', 'agreed', %s, '陈', %s, %s, '', '病',"
            " '{}', '', %s, '')",
            new_id(), made.unit_no, link, made.classes[0], JULY, JULY,
        )  # fmt: skip
    before = image(scope)
    turn_id = turn(scope)
    assert run(
        scope,
        "select count(*) from affiliation a join org o on o.id = a.class_id where a.end_on is null and o.closed_on is not null",
    ) == [(0,)]
    assert undo(scope, turn_id).receipt["undo"]["kept_count"] == 0
    assert image(scope) == before


def test_a_turn_is_started_once(base: Any) -> None:
    from jizuo.ground.errors import Conflict
    from jizuo.hubs.organisation.actions import turning

    _made, scope = school(base)
    ref = act(scope, turning.start_turn, school_year=2027)
    with pytest.raises(Conflict, match="正在进行"):
        act(scope, turning.start_turn, school_year=2027)
    work(scope, ref)
    with pytest.raises(Conflict, match="已经升级过"):
        act(scope, turning.start_turn, school_year=2027)
    before = image(scope)
    with pytest.raises(Conflict):
        act(scope, turning.turn_school, unit_no=scope.unit_no, school_year=2027)
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
    from jizuo.hubs.organisation.actions import turning

    made, scope = school(base)
    other = base.unit("启明小学")
    run(scope, "update school set successor_no = %s where unit_no = %s", other, made.unit_no)
    with pytest.raises(Conflict, match="已并入启明小学"):
        act(scope, turning.start_turn, school_year=2027)
    with pytest.raises(Conflict, match="已并入"):
        act(scope, turning.turn_school, unit_no=made.unit_no, school_year=2027)


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


def test_a_nine_year_school_keeps_its_pupils(base: Any) -> None:
    """Classes of five years in a school that has a junior stage: the pupils stay and wait for a class."""
    made, scope = school(base)
    run(scope, "update school set scheme = '5-4' where unit_no = %s", made.unit_no)
    turn(scope)
    assert run(scope, "select count(*) from affiliation where role = 'pupil' and end_on is not null") == [
        (0,)
    ]
    assert run(scope, "select count(*) from affiliation where role = 'pupil' and class_id is null") == [(8,)]


def test_who_is_registered_elsewhere_stays_out_of_an_undo(base: Any) -> None:
    """The next school has taken the graduate in: taking the turn back leaves her there, in one 学籍."""
    made, scope = school(base)
    there, other = school(base, classes=2)
    person, link = made.pupils[-1]
    turn_id = turn(scope)
    run(
        other,
        "insert into affiliation (id, unit_no, person_id, role, is_primary, is_registered, is_present, begin_on, name,"
        " sort_key, base_no, end_reason, sex, local_no, posts, source_id)"
        " values (%s, %s, %s, 'pupil', true, true, true, %s, '陈', 'chen', '0', '', '', '', '{}', '')",
        new_id(), there.unit_no, person, JULY,
    )  # fmt: skip
    found = undo(scope, turn_id)
    assert found.receipt["undo"]["kept_count"] == 1
    with base.owner() as owner:
        owner.execute(
            "select set_config('app.units', %s, false)", [scopes.units_text((made.unit_no, there.unit_no))]
        )
        assert owner.execute(
            "select unit_no from affiliation where person_id = %s and role = 'pupil' and end_on is null and is_registered",
            [person],
        ).fetchall() == [(there.unit_no,)]
    assert run(scope, "select end_reason from affiliation where id = %s", link) == [("21",)]


def test_a_district_turns_school_by_school(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jizuo.hubs.organisation.actions import turning
    from jizuo.hubs.organisation.queries.turning import preview_district

    bureau = base.unit("澜江区教育局", kind="bureau")
    made = [school(base, parent=bureau)[0] for _ in range(4)]
    own, merged, broken, usual = made
    scope = base.scope(bureau, "district_steward", today=JULY)
    own_turn = turn(base.scope(own.unit_no, today=JULY))
    run(scope, "update school set successor_no = %s where unit_no = %s", own.unit_no, merged.unit_no)
    before = image(scope)

    kept = turning.write

    def fault(plan: Any, year: Any, batch_id: UUID) -> Any:
        if plan.unit_no == broken.unit_no:
            kept(plan, year, batch_id)
            raise RuntimeError("the disk is full")
        return kept(plan, year, batch_id)

    monkeypatch.setattr(turning, "write", fault)
    ref = act(scope, turning.start_district_turn, school_year=2027)
    from jizuo.ground.errors import Conflict

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


def test_a_graduate_s_role_ends_at_once_and_comes_back(base: Any) -> None:
    made, scope = school(base)
    person, link = made.pupils[-1]
    account = base.account("陈以宁", person_id=person)
    grant = base.grant(account, made.unit_no, "pupil", person_id=person, affiliation_id=link)
    client = base.client(account)
    assert client.get(f"/as/{grant}/").status_code == 200
    turn_id = turn(scope)
    assert client.get(f"/as/{grant}/").status_code == 404
    undo(scope, turn_id)
    deliver_facts()
    assert client.get(f"/as/{grant}/").status_code == 200
