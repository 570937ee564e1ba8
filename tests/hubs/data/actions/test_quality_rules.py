"""Writing, trying and switching rules."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from jizuo.ground import scope as scopes
from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.hubs.data.quality_given import build, of

TOLD = {
    "code": "bench_no_pupil", "kind": "range", "dataset": "affiliation", "field": "seat_no", "at_most": 3,
    "title": "座号最大是三", "fix": "改座号", "when": [{"field": "role", "is": "pupil"}],
}  # fmt: skip


@pytest.fixture
def town(base: Any) -> SimpleNamespace:
    return build(base)


@pytest.fixture
def steward(town: Any) -> Any:
    return town.base.scope(town.bureau, "district_steward")


def told(town: Any, **more: Any) -> dict[str, Any]:
    """The rule under a code of this town's own."""
    return {**TOLD, "code": f"seat_of_{town.bureau}", **more}


def test_a_try_says_how_many_would_fail_at_each_school_and_keeps_nothing(town: Any, steward: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    with scopes.use(steward):
        tried = quality_rules.try_quality_rule(told=told(town))
    assert {one.unit_no: one.failing for one in tried.units if one.failing} == {
        one.unit_no: 6 for one in town.schools
    }
    assert tried.failing == 12
    town.check()
    assert of(town.failures(), told(town)["code"]) == set()


def test_a_rule_runs_once_it_is_on_and_its_next_version_replaces_it(town: Any, steward: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    code = told(town)["code"]
    town.check()
    with scopes.use(steward):
        assert quality_rules.write_quality_rule(told=told(town)) == 1
    town.check()
    assert of(town.failures(), code) == set(), "a draft runs nowhere"
    with scopes.use(steward):
        assert quality_rules.write_quality_rule(told=told(town), state="on") == 2
    town.check()
    assert len(of(town.failures(), code)) == 12
    with scopes.use(steward):
        quality_rules.write_quality_rule(told=told(town, at_most=5), state="on")
    town.check()
    assert len(of(town.failures(), code)) == 4
    with scopes.use(steward):
        quality_rules.switch_quality_rule(code=code, is_on=False, reason="不用了")
    town.check()
    assert of(town.failures(), code) == set()


def test_a_rule_of_one_district_says_nothing_in_another(town: Any, steward: Any, base: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules
    from jizuo.hubs.data.queries.quality_rules import quality_rule_list

    other = build(base)
    with scopes.use(steward):
        quality_rules.write_quality_rule(told=told(town), state="on")
    other.check()
    assert of(other.failures(), told(town)["code"]) == set()
    with scopes.use(base.scope(other.bureau, "district_steward")):
        assert told(town)["code"] not in {one.code for one in quality_rule_list()}
        with pytest.raises(NotFound):
            quality_rules.switch_quality_rule(code=told(town)["code"], is_on=False, reason="不是我的")
        with pytest.raises(NotFound):
            quality_rules.switch_quality_rule(
                code="seat_range", is_on=False, reason="不是我的", unit_no=town.schools[0].unit_no
            )
        with pytest.raises(Conflict):
            quality_rules.write_quality_rule(told=told(town))


@pytest.mark.parametrize(
    ("more", "error"),
    [({"field": "nothing"}, BadInput), ({"dataset": "nothing"}, BadInput), ({"code": "seat_range"}, Conflict),
     ({"at_least": 9}, BadInput), ({"dataset": "person_identifier"}, BadInput)],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_refused(
    town: Any, steward: Any, more: dict[str, Any], error: Any
) -> None:
    from jizuo.hubs.data.actions import quality_rules

    with scopes.use(steward), pytest.raises(error):
        quality_rules.write_quality_rule(told=told(town, **more))


def test_a_switch_needs_a_reason_and_a_rule(steward: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    with scopes.use(steward):
        with pytest.raises(BadInput):
            quality_rules.switch_quality_rule(code="seat_range", is_on=False, reason=" ")
        with pytest.raises(NotFound):
            quality_rules.switch_quality_rule(code="no_such_rule", is_on=False, reason="原因")


def test_only_stewards_write(town: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    for role in ("clerk", "head", "district_leader"):
        unit_no = town.bureau if role.startswith("district") else town.schools[0].unit_no
        with scopes.use(town.base.scope(unit_no, role)), pytest.raises(NotAllowed):
            quality_rules.write_quality_rule(told=told(town))


def test_a_switch_off_takes_the_work_away_at_once(town: Any, steward: Any) -> None:
    """Before the next check: a to-do of a rule that no longer holds would lead nowhere."""
    from jizuo.hubs.data.actions import quality_rules
    from jizuo.hubs.data.queries import quality_failures as queries

    def asked(unit_no: int) -> set[str]:
        with scopes.use(town.base.scope(unit_no, "clerk")):
            return {one.code for one in queries.quality_tasks()}

    code = "staff_certificate"
    town.check()
    first, second = (one.unit_no for one in town.schools)
    assert code in asked(first) and code in asked(second)
    with scopes.use(steward):
        quality_rules.switch_quality_rule(code=code, is_on=False, reason="本校在换发", unit_no=first)
    assert code not in asked(first) and code in asked(second)
    with scopes.use(steward):
        quality_rules.switch_quality_rule(code=code, is_on=False, reason="全区先不查")
    assert code not in asked(second) and of(town.failures(), code) == set()
    with scopes.use(steward):
        for unit_no in (None, first):
            quality_rules.switch_quality_rule(code=code, is_on=True, reason="换发完了", unit_no=unit_no)
    town.check()
    assert code in asked(first) and code in asked(second)


def test_a_rule_put_back_to_draft_takes_its_work_away(town: Any, steward: Any) -> None:
    from jizuo.hubs.data.actions import quality_rules

    code = told(town)["code"]
    with scopes.use(steward):
        quality_rules.write_quality_rule(told=told(town), state="on")
    town.check()
    assert of(town.failures(), code)
    with scopes.use(steward):
        quality_rules.write_quality_rule(told=told(town), state="draft")
    assert of(town.failures(), code) == set()
