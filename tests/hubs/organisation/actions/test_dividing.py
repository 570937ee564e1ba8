"""The rule, the frozen list and the seed: what is refused on the way, and what stays on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict, NotFound
from jizuo.hubs.organisation import intakes
from tests.hubs.organisation.actions.test_intake import OF, awaited, listed
from tests.hubs.organisation.importers.given import rows_of
from tests.hubs.organisation.importers.test_intake import child

WITNESSES = [["周敏", "家长代表"], ["吴建国", "纪检委员"]]
SEED = "3 17 21 8"


def head_of(base: Any, scope: Any) -> Any:
    account = base.account("程校长")
    grant_no = base.grant(account, scope.unit_no, "head")
    return base.scope(scope.unit_no, "head", grant_no=grant_no, account_id=account.pk)


def come_in(scope: Any, *, but: int = 0) -> None:
    """Everybody of the list comes in, except the last `but`."""
    from jizuo.hubs.organisation.actions import intake

    with scopes.use(scope):
        for one in listed(scope)[: -but or None]:
            intake.report_in(intake_id=one.intake_id)


def frozen(base: Any, scope: Any, *, classes: int = 2, most: int = 45) -> tuple[UUID, Any]:
    """A frozen list; (division, scope of the head)."""
    from jizuo.hubs.organisation.actions import dividing

    head = head_of(base, scope)
    with scopes.use(scope):
        division_id = dividing.propose_division(**OF, classes=classes, most=most)
    with scopes.use(head):
        assert len(dividing.approve_division(division_id=division_id)) == 64
    return division_id, head


def found(scope: Any, division_id: UUID) -> Any:
    from jizuo.hubs.organisation.queries import dividing as queries

    with scopes.use(scope):
        return queries.division(division_id=division_id)


def classes_of(scope: Any, division_id: UUID, **told: Any) -> list[Any]:
    from jizuo.hubs.organisation.queries import dividing as queries

    with scopes.use(scope):
        return queries.divided_classes(division_id=division_id, **told)


def pupils_of(base: Any, unit_no: int) -> list[Any]:
    return rows_of(
        base, unit_no,
        "select a.name, o.class_no, a.sex, a.id from affiliation a left join org o on o.unit_no = a.unit_no and o.id = a.class_id"
        " where a.unit_no = %s and a.role = 'pupil' and a.end_on is null order by a.sort_key, a.id", unit_no,
    )  # fmt: skip


def test_what_does_not_fit_the_rule_is_named_and_nothing_is_frozen(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing, intake

    scope = awaited(
        base,
        child(1, "陈以宁", siblings="甲", wish="同班"),
        child(3, "陈以安", siblings="甲", wish="同班"),
        child(5, "黄子远"),
    )
    head = head_of(base, scope)
    with scopes.use(scope):
        for told in ({"classes": 0, "most": 45}, {"classes": 2, "most": 56}, {"classes": 2, "most": 0}):
            with pytest.raises(BadInput):
                dividing.propose_division(**OF, **told)
        with pytest.raises(BadInput):
            dividing.propose_division(school_year=2026, stage="senior", classes=2, most=45)
        small = dividing.propose_division(**OF, classes=2, most=1)
    with scopes.use(head), pytest.raises(BadInput) as error:
        dividing.approve_division(division_id=small)
    assert "还没有人报到" in error.value.problems[0].what
    come_in(scope)
    with scopes.use(head), pytest.raises(BadInput) as error:
        dividing.approve_division(division_id=small)
    assert "坐不下" in error.value.problems[0].what and "3" in error.value.problems[0].fix
    twins = [one for one in listed(scope) if one.siblings]
    with scopes.use(scope):
        for number, one in enumerate(twins, 1):
            intake.place_intake(intake_id=one.intake_id, fixed_class=number, reason="教室在一楼")
        division_id = dividing.propose_division(**OF, classes=2, most=45)
    with scopes.use(head), pytest.raises(BadInput) as error:
        dividing.approve_division(division_id=division_id)
    assert "陈以宁" in error.value.problems[0].what and found(scope, division_id).state == intakes.PROPOSED
    with scopes.use(scope):
        intake.place_intake(intake_id=twins[0].intake_id)
    with scopes.use(head):
        dividing.approve_division(division_id=division_id)
    with scopes.use(scope), pytest.raises(Conflict):
        intake.set_siblings(intake_ids=[one.intake_id for one in twins], wish="apart")


def test_a_draw_needs_witnesses_and_a_seed_and_stays_on_record_when_given_up(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing
    from jizuo.hubs.organisation.queries import dividing as queries

    scope = awaited(base)
    come_in(scope)
    division_id, head = frozen(base, scope)
    with scopes.use(scope):
        for seed, witnesses in (
            ("", WITNESSES),
            ("1", WITNESSES[:1]),
            ("1", [["甲", ""], ["乙", "家长"]]),
            ("1", [WITNESSES[0]] * 2),
        ):
            with pytest.raises(BadInput):
                dividing.draw_division(division_id=division_id, seed=seed, witnesses=witnesses)
        with pytest.raises(Conflict):
            dividing.propose_division(**OF, classes=3, most=45)
        with pytest.raises(Conflict):
            dividing.drop_division(division_id=division_id, reason="重来")
    with scopes.use(head):
        with pytest.raises(BadInput):
            dividing.drop_division(division_id=division_id, reason="")
        dividing.drop_division(division_id=division_id, reason="名单漏了两人")
    with scopes.use(scope):
        dividing.propose_division(**OF, classes=2, most=45)
        kept = queries.divisions(**OF)
    assert [one.state for one in kept] == [intakes.PROPOSED, intakes.DROPPED] and kept[
        1
    ].reason == "名单漏了两人"
    other = awaited(base)
    with scopes.use(other):
        for attempt in (
            lambda: queries.division(division_id=division_id),
            lambda: queries.replay(division_id=division_id, seed="1"),
            lambda: dividing.drop_division(division_id=division_id, reason="不相干"),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_a_list_that_was_touched_after_freezing_is_not_drawn(base: Any) -> None:
    from jizuo.hubs.organisation.actions import dividing

    scope = awaited(base)
    come_in(scope)
    division_id, _head = frozen(base, scope)
    with base.owner() as owner:
        owner.execute("select set_config('app.units', %s, false)", [f"{{{scope.unit_no}}}"])
        owner.execute(
            "update class_division_line set fixed_class = 1 where division_id = %s and number = 1",
            [division_id],
        )
    with scopes.use(scope), pytest.raises(Conflict):
        dividing.draw_division(division_id=division_id, seed=SEED, witnesses=WITNESSES)
