"""The draw over its whole road and back: proposed, frozen, drawn, replayed, applied, undone."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import Conflict, NotAllowed
from jizuo.hubs.organisation import intakes
from tests.hubs.organisation.actions.test_dividing import (
    SEED,
    WITNESSES,
    classes_of,
    come_in,
    found,
    frozen,
    pupils_of,
)
from tests.hubs.organisation.actions.test_intake import awaited, listed, numbers
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.importers.test_intake import bring, child
from tests.hubs.organisation.walking import deliver_facts


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


def test_six_hundred_pupils_and_twelve_classes(base: Any, capsys: pytest.CaptureFixture[str]) -> None:
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
    took = {}
    with scopes.use(head):
        for word, step in (
            ("draw", lambda: dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)),
            ("replay", lambda: queries.replay(division_id=division_id, seed=SEED)),
            ("apply", lambda: dividing_apply.apply_division(division_id=division_id)),
            ("undo", lambda: dividing_apply.undo_division(division_id=division_id)),
        ):
            begun = time.perf_counter()
            step()
            took[word] = time.perf_counter() - begun
    shown = classes_of(scope, division_id)
    assert {len(one.lines) for one in shown} == {50} and {one.boys for one in shown} == {25}
    with capsys.disabled():
        print(
            "\n600 pupils x 12 classes: "
            + ", ".join(f"{word} {seconds:.2f} s" for word, seconds in took.items())
        )


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
