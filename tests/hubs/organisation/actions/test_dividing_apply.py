"""The draw over its whole road and back: proposed, frozen, drawn, replayed, applied, undone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Conflict, NotAllowed
from jizuo.hubs.organisation import intakes
from tests.hubs.organisation import given as organisation
from tests.hubs.organisation.actions.test_dividing import (
    SEED,
    WITNESSES,
    classes_of,
    come_in,
    found,
    frozen,
    head_of,
    pupils_of,
)
from tests.hubs.organisation.actions.test_graduating import Two
from tests.hubs.organisation.actions.test_intake import awaited, listed, numbers
from tests.hubs.organisation.actions.test_turning import act
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.importers.test_intake import HEADINGS, bring, child
from tests.hubs.organisation.walking import clerk, deliver_facts


def test_the_whole_road_and_back(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply
    from jizuo.hubs.organisation.queries import dividing as queries

    scope = awaited(base, *(child(at, f"陈{'一二三四五六七八九十'[at]}宁") for at in range(10)))
    come_in(scope, but=1)
    division_id, head = frozen(base, scope)
    with scopes.use(scope):
        result = dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
        with pytest.raises(Conflict):
            dividing.draw_division(division_id=division_id, seed="again", witnesses=WITNESSES)
        again = queries.replay(division_id=division_id, seed=SEED)
        other = queries.replay(division_id=division_id, seed="4 4 4")
    assert again.is_same and again.is_untouched and again.result_hash == result and not other.is_same
    shown = classes_of(scope, division_id)
    assert again.classes == shown and sum(len(one.lines) for one in shown) == 9
    assert max(one.boys for one in shown) - min(one.boys for one in shown) <= 1
    public = classes_of(scope, division_id, is_public=True)
    assert {line.name for one in public for line in one.lines} == {"陈**"}
    assert {line.key for one in public for line in one.lines} == {""}
    assert [line.number for one in public for line in one.lines] == [
        line.number for one in shown for line in one.lines
    ]
    assert pupils_of(base, scope.unit_no) == []
    with scopes.use(scope), pytest.raises(NotAllowed):
        dividing_apply.apply_division(division_id=division_id)
    with scopes.use(head):
        counts = dividing_apply.apply_division(division_id=division_id)
    deliver_facts()
    assert counts["org"] == 2 and counts["affiliation"] == 18 and counts["guardian_of"] == 9
    class_of = {line.name: one.class_no for one in shown for line in one.lines}
    assert {name: number for name, number, _sex, _id in pupils_of(base, scope.unit_no)} == class_of
    assert numbers(scope).unplaced == 0
    facts = rows_of(
        base,
        scope.unit_no,
        "select distinct entry_year, entered_on::text from pupil where unit_no = %s",
        scope.unit_no,
    )
    assert facts == [(2026, "2026-09-01")]
    with scopes.use(head):
        undone = dividing_apply.undo_division(division_id=division_id)
        with pytest.raises(Conflict):
            dividing_apply.undo_division(division_id=division_id)
    deliver_facts()
    assert undone["kept"] == 0 and pupils_of(base, scope.unit_no) == []
    left = "select count(*) from {} where unit_no = %s"
    for table in ("affiliation", "pupil", "search_key"):
        kind = " and role <> 'staff'" if table == "affiliation" else ""
        assert rows_of(base, scope.unit_no, left.format(table) + kind, scope.unit_no) == [(0,)], table
    assert numbers(scope).unplaced == 9 and found(scope, division_id).state == intakes.UNDONE


def test_late_ones_fill_up_the_classes_that_stand(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply, intake

    scope = awaited(base, *(child(at, f"林{'一二三四五六七八'[at]}安") for at in range(8)))
    come_in(scope, but=2)
    first, head = frozen(base, scope)
    with scopes.use(head):
        dividing.draw_division(division_id=first, seed=SEED, witnesses=WITNESSES)
        dividing_apply.apply_division(division_id=first)
    come_in(scope)
    second, head = frozen(base, scope, classes=1)
    assert found(scope, second).class_nos == [1, 2] and found(scope, second).held.keys() == {1, 2}
    with scopes.use(head):
        dividing.draw_division(division_id=second, seed="9", witnesses=WITNESSES)
        dividing_apply.apply_division(division_id=second)
    sizes = Counter(number for _name, number, _sex, _id in pupils_of(base, scope.unit_no))
    assert sizes == {1: 4, 2: 4}
    with scopes.use(head):
        with pytest.raises(Conflict):
            intake.move_intake(intake_id=listed(scope)[0].intake_id, to=intakes.ADMITTED)
        dividing_apply.undo_division(division_id=second)
    assert len(pupils_of(base, scope.unit_no)) == 6


def test_who_is_known_by_number_stays_one_person(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply

    first, second = awaited(base), awaited(base)
    people = []
    for scope in (first, second):
        come_in(scope)
        division_id, head = frozen(base, scope)
        with scopes.use(head):
            dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
            dividing_apply.apply_division(division_id=division_id)
        people.append(
            rows_of(
                base, scope.unit_no, "select person_id from affiliation where unit_no = %s and role = 'pupil' order by name",
                scope.unit_no,
            )
        )  # fmt: skip
    assert people[0] == people[1] and len(people[0]) == 3


def test_six_hundred_pupils_and_twelve_classes(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply
    from jizuo.hubs.organisation.queries import dividing as queries

    chance = random.Random(12)
    rows = [
        child(at, f"{chance.choice('陈林黄周吴')}{chance.choice('以若子思嘉')}{chance.choice('宁安然远明')}")
        for at in range(600)
    ]
    scope = awaited(base, *rows)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{scope.unit_no}}}"])
        owner.execute("update intake set state = 'reported' where unit_no = %s", [scope.unit_no])
    division_id, head = frozen(base, scope, classes=12, most=50)
    with scopes.use(head):
        dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
        queries.replay(division_id=division_id, seed=SEED)
        dividing_apply.apply_division(division_id=division_id)
        dividing_apply.undo_division(division_id=division_id)
    shown = classes_of(scope, division_id)
    assert {len(one.lines) for one in shown} == {50} and {one.boys for one in shown} == {25}


def test_a_second_import_of_the_list_leaves_pupils_alone(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply

    scope = awaited(base)
    come_in(scope)
    division_id, head = frozen(base, scope)
    with scopes.use(head):
        dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
        dividing_apply.apply_division(division_id=division_id)
    before = pupils_of(base, scope.unit_no)
    again = bring(base, scope, [child(1, "陈以宁"), child(4, "吴嘉明")])
    again.apply()
    assert pupils_of(base, scope.unit_no) == before and numbers(scope).admitted == 1


def test_handed_graduates_become_pupils_as_the_people_they_were(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, dividing_apply, intake

    two = Two(base)
    two.destine(two.links, to_unit_no=two.there.unit_no)
    batch_no, of = two.hand(), {"school_year": 2027, "stage": "junior"}
    act(two.receiver, intake.bring_handover, batch_no=batch_no, **of)
    for one in listed(two.receiver, **of):
        act(two.receiver, intake.report_in, intake_id=one.intake_id)
    division_id = act(two.receiver, dividing.propose_division, **of, classes=2, most=45)
    head = replace(two.receiver, role="head")
    act(head, dividing.approve_division, division_id=division_id)
    act(two.receiver, dividing.draw_division, division_id=division_id, seed=SEED, witnesses=WITNESSES)
    counts = act(head, dividing_apply.apply_division, division_id=division_id)
    assert counts["affiliation"] == 8
    joined = rows_of(
        base, two.there.unit_no,
        "select a.person_id, o.class_no from affiliation a join org o on o.unit_no = a.unit_no and o.id = a.class_id"
        " where a.unit_no = %s and a.role = 'pupil' and a.end_on is null and o.entry_year = 2027", two.there.unit_no,
    )  # fmt: skip
    assert {person for person, _no in joined} == {person for person, _link in two.made.pupils[-8:]}
    assert Counter(number for _person, number in joined) == {1: 4, 2: 4}
    act(head, dividing_apply.undo_division, division_id=division_id)
    assert pupils_of(base, two.there.unit_no) == [
        one for one in pupils_of(base, two.there.unit_no) if one[3] not in {person for person, _no in joined}
    ]


def banded(base: Any, stage: str) -> tuple[Any, Any]:
    """(clerk's scope, the walk of a list whose twelve children stand in two score bands)."""
    unit_no = organisation.fill(base, base.unit(), classes=1, pupils=1, scheme="4-3").unit_no
    scope = clerk(base, unit_no)
    rows = [[*child(at, f"陈{'一二三四五六七八九十甲乙'[at]}宁"), "AB"[at // 2 % 2]] for at in range(12)]
    return scope, bring(base, scope, rows, [*HEADINGS, "分数段"], school_year=2026, stage=stage)


def test_score_bands_are_shared_evenly_in_a_senior_school(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, intake

    scope, walked = banded(base, "senior")
    of = {"school_year": 2026, "stage": "senior"}
    walked.apply()
    for one in listed(scope, **of):
        act(scope, intake.report_in, intake_id=one.intake_id)
    head = head_of(base, scope)
    division_id = act(scope, dividing.propose_division, **of, classes=3, most=45)
    act(head, dividing.approve_division, division_id=division_id)
    act(scope, dividing.draw_division, division_id=division_id, seed=SEED, witnesses=WITNESSES)
    lines = [line for one in classes_of(scope, division_id) for line in one.lines]
    places = Counter((line.class_no, line.band) for line in lines)
    assert {band for _no, band in places} == {"A", "B"}
    assert len(places) == 6 and set(places.values()) == {2}


def test_a_list_with_scores_is_not_taken_in_before_senior_school(base: Any) -> None:
    _scope, walked = banded(base, "junior")
    assert [(fault.code, fault.value) for fault in walked.problems("error")] == [("score_column", "分数段")]
