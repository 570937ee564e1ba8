"""Asking, examining twice, narrowing, asking for more, disputing, ending; clocks in working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.base import TODAY
from tests.hubs.data.sharing_given import as_, contract, town, wish


@pytest.fixture(scope="module")
def here(base):
    return town(base)


@pytest.fixture
def side(here):
    """Who takes part: clerk asks, head owns, steward stands above."""
    from types import SimpleNamespace

    return SimpleNamespace(
        clerk=here.acting(here.reader.unit_no),
        head=here.acting(here.owner.unit_no, "head"),
        steward=here.acting(here.bureau, "district_steward"),
        other=here.acting(here.other.unit_no),
    )


def ask(here, side, **more):
    from jizuo.hubs.data.actions import sharing

    return as_(side.clerk, sharing.request_share, wish=wish(here, **more))


def say(scope, request_id, verb, words="写明了", **more):
    from jizuo.hubs.data.actions import sharing

    return as_(scope, sharing.examine_share, request_id=request_id, verb=verb, words=words, **more)


def view(scope, request_id):
    from jizuo.hubs.data.queries import sharing

    return as_(scope, sharing.share_request, request_id=request_id)


def test_one_level_by_the_owner(here, side):
    request_id = ask(here, side)
    asked = view(side.head, request_id)
    assert asked.state == "asked" and asked.verbs == ["approve", "refuse", "more"]
    assert asked.days_left == 10 and asked.due_on > TODAY + timedelta(days=10), (
        "working days, and a holiday between"
    )
    assert view(side.clerk, request_id).verbs == ["withdraw"]
    contract_id = say(side.head, request_id, "approve", "")
    assert contract_id is not None
    done = view(side.clerk, request_id)
    assert done.state == "granted" and done.contract_id == contract_id and done.days_left is None
    assert [step.verb for step in done.steps] == ["ask", "approve"]


def test_two_levels_when_the_grade_asks(here, side):
    request_id = ask(here, side, fields=["name", "address"])
    assert say(side.head, request_id, "approve") is None
    waiting = view(side.steward, request_id)
    assert (
        waiting.state == "second"
        and waiting.verbs[0] == "approve"
        and view(side.head, request_id).verbs == []
    )
    assert say(side.steward, request_id, "approve") is not None


def test_the_level_above_is_another_person(here, side):
    """A bureau's own sensitive data: both levels are the bureau, and two people."""
    from jizuo.ground.errors import NotAllowed

    request_id = ask(here, side, owner_no=here.bureau, fields=["address"])
    assert say(side.steward, request_id, "approve") is None
    with pytest.raises(NotAllowed):
        say(side.steward, request_id, "approve")
    assert say(here.acting(here.bureau, "district_admin"), request_id, "approve") is not None


def test_who_asks_does_not_approve(here, base):
    from jizuo.ground.errors import NotAllowed

    account = base.account("兼职")
    grants = {unit: base.grant(account, unit, "clerk") for unit in (here.reader.unit_no, here.owner.unit_no)}
    scopes = {
        unit: base.scope(unit, "clerk", grant_no=no, account_id=account.pk) for unit, no in grants.items()
    }
    from jizuo.hubs.data.actions import sharing

    request_id = as_(scopes[here.reader.unit_no], sharing.request_share, wish=wish(here))
    with pytest.raises(NotAllowed):
        say(scopes[here.owner.unit_no], request_id, "approve")


def test_an_approval_may_narrow_and_never_widen(here, side):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.queries import sharing

    request_id = ask(here, side, fields=["name", "sex", "address"])
    for more in (
        {"fields": ["name", "birth_on"]},
        {"fields": []},
        {"masked": ["seat_no"]},
        {"end_on": TODAY + timedelta(days=31)},
        {"end_on": TODAY},
    ):
        with pytest.raises(BadInput):
            say(side.head, request_id, "approve", **more)
    contract_id = say(
        side.head,
        request_id,
        "approve",
        fields=["sex", "name"],
        masked=["name"],
        end_on=TODAY + timedelta(days=9),
    )
    assert contract_id is not None, "without the address one level is enough"
    terms = as_(side.clerk, sharing.share_contract, contract_id=contract_id).terms
    assert [(key, how) for key, _title, _grade, how in terms.columns] == [("name", "name"), ("sex", "clear")]
    assert terms.end_on == TODAY + timedelta(days=9) and terms.grade == 3


def test_more_is_supplied_and_goes_back(here, side):
    request_id = ask(here, side)
    say(side.head, request_id, "more", "请附文件编号")
    assert view(side.clerk, request_id).verbs == ["answer", "withdraw"]
    say(side.clerk, request_id, "answer", "沪教〔2026〕1 号")
    assert view(side.head, request_id).state == "asked"
    say(side.clerk, request_id, "withdraw", "")
    assert view(side.head, request_id).state == "withdrawn"


def test_a_refusal_says_why_and_may_be_disputed_and_decided(here, side):
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed

    request_id = ask(here, side)
    with pytest.raises(BadInput):
        say(side.head, request_id, "refuse", "  ")
    say(side.head, request_id, "refuse", "与用途无关")
    assert view(side.clerk, request_id).verbs == ["dispute"]
    say(side.clerk, request_id, "dispute", "办法第三条要求衔接")
    assert view(side.steward, request_id).verbs == ["allow", "uphold"]
    with pytest.raises(NotAllowed):
        say(side.head, request_id, "allow")
    assert say(side.steward, request_id, "allow") is not None
    second = ask(here, side)
    say(side.head, second, "refuse", "与用途无关")
    say(side.clerk, second, "dispute", "要")
    say(side.steward, second, "uphold", "同意不给")
    assert view(side.clerk, second).state == "upheld" and view(side.clerk, second).verbs == []
    with pytest.raises(Conflict):
        say(side.clerk, second, "dispute", "还要")


def test_silence_past_the_clock_may_be_disputed(here, side):
    from jizuo.ground.errors import NotAllowed

    request_id = ask(here, side)
    with pytest.raises(NotAllowed):
        say(side.clerk, request_id, "dispute", "没有答复")
    late = replace(side.clerk, today=TODAY + timedelta(days=40))
    asked = view(late, request_id)
    assert asked.days_left < 0 and "dispute" in asked.verbs
    say(late, request_id, "dispute", "没有答复")
    assert view(side.steward, request_id).state == "disputed"


def test_a_clock_can_be_set(here, side, base):
    from jizuo.ground.errors import BadInput
    from jizuo.hubs.data.actions import sharing

    admin = here.acting(here.bureau, "district_admin")
    as_(admin, sharing.set_share_clock, key="answer", days=3, reason="本市规定")
    try:
        assert view(side.clerk, ask(here, side)).days_left == 3
    finally:
        with base.owner() as owner:
            owner.execute("delete from share_clock")
    for told in ({"key": "x"}, {"days": 0}, {"days": 61}, {"reason": " "}):
        with pytest.raises(BadInput):
            as_(admin, sharing.set_share_clock, **({"key": "answer", "days": 3, "reason": "试"} | told))


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["name", "name"]}, "fields"),
        ({"fields": ["no_such"]}, "fields"),
        ({"masked": ["no_such"]}, "fields"),
        ({"purpose": " "}, "purpose"),
        ({"legal_basis": "长" * 501}, "legal_basis"),
        ({"purposes": ["fun"]}, "purposes"),
        ({"reader_role": "guardian"}, "reader_role"),
        ({"most_pulls": 0}, "most_pulls"),
        ({"period": "hour"}, "most_pulls"),
        ({"quality_floor": 101}, "quality_floor"),
        ({"unit_nos": [999_999]}, "unit_nos"),
        ({"end_on": TODAY}, "end_on"),
        ({"filters": [{"column": "name", "op": "eq", "value": "张三"}]}, "filters[0]"),
    ],
)
def test_a_wish_that_is_wrong_says_where(here, side, more, where):
    from jizuo.ground.errors import BadInput

    with pytest.raises(BadInput) as caught:
        ask(here, side, **more)
    assert where in [problem.where for problem in caught.value.problems]


def test_a_unit_or_data_that_is_not_there(here, side):
    from jizuo.ground.errors import NotFound

    for more in ({"owner_no": 999_999}, {"dataset": "claim"}, {"dataset": "person"}, {"owner_no": 0}):
        with pytest.raises(NotFound):
            ask(here, side, **more)


def test_share_types(here, side):
    from jizuo.ground.errors import BadInput, Conflict
    from jizuo.hubs.data.actions import sharing

    as_(side.head, sharing.set_share_type, dataset="org", share_type="open", reason="")
    told = {"dataset": "org", "fields": ["name", "stage"], "purposes": []}
    assert view(side.clerk, ask(here, side, **told)).state == "granted"
    as_(side.head, sharing.set_share_type, dataset="org", share_type="closed", reason="保密规定")
    with pytest.raises(Conflict) as caught:
        ask(here, side, **told)
    assert "保密规定" in str(caught.value.detail)
    for wrong in ({"share_type": "x"}, {"share_type": "closed", "reason": " "}):
        with pytest.raises(BadInput):
            as_(side.head, sharing.set_share_type, **({"dataset": "org", "reason": ""} | wrong))


def test_either_side_ends_a_contract_and_nobody_else(here, side):
    from jizuo.ground.errors import BadInput, Conflict, NotAllowed, NotFound
    from jizuo.hubs.data.actions import sharing

    for ender in (side.clerk, side.head):
        contract_id = contract(here)
        with pytest.raises(NotFound):
            as_(side.other, sharing.end_contract, contract_id=contract_id, reason="不关我事")
        with pytest.raises(NotAllowed):
            as_(side.steward, sharing.end_contract, contract_id=contract_id, reason="上级")
        with pytest.raises(BadInput):
            as_(ender, sharing.end_contract, contract_id=contract_id, reason="")
        as_(ender, sharing.end_contract, contract_id=contract_id, reason="用完了")
        with pytest.raises(Conflict):
            as_(ender, sharing.end_contract, contract_id=contract_id, reason="再来")


def test_a_third_unit_does_not_know_of_a_request(here, side):
    from jizuo.ground.errors import NotFound

    request_id = ask(here, side)
    with pytest.raises(NotFound):
        view(side.other, request_id)
    with pytest.raises(NotFound):
        say(side.other, request_id, "approve")
