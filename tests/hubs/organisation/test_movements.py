from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizuo.hubs.organisation import movements as rules
from jizuo.hubs.organisation.movements import Standing


def keys(stage: str, role: str = "clerk") -> set[str]:
    return {kind.key for kind in rules.offered(stage, role)}


@pytest.mark.parametrize("stage", ["primary", "junior", "", "somewhere"])
def test_nobody_is_put_out_of_compulsory_schooling(stage):
    assert not keys(stage) & {rules.QUIT, rules.EXPEL}


def test_a_senior_school_may_and_a_homeroom_teacher_asks_for_a_class_only():
    assert {rules.QUIT, rules.EXPEL} <= keys("senior")
    assert keys("primary", "homeroom_teacher") == {rules.CLASS}
    assert keys("primary", "teacher") == set()


@pytest.mark.parametrize(
    ("kind", "state", "to", "role", "may"),
    [
        ("suspend", "draft", "agreed", "head", True),
        ("suspend", "draft", "agreed", "clerk", False),
        ("suspend", "agreed", "sent", "clerk", True),
        ("suspend", "draft", "sent", "clerk", False),
        ("suspend", "sent", "registered", "clerk", True),
        ("suspend", "registered", "withdrawn", "head", False),
        ("suspend", "closed", "draft", "head", False),
        ("class", "draft", "agreed", "head", True),
        ("class", "draft", "agreed", "homeroom_teacher", False),
        ("class", "draft", "withdrawn", "homeroom_teacher", True),
        ("class", "agreed", "sent", "clerk", False),
        ("class", "agreed", "closed", "clerk", False),
        ("suspend", "sent", "closed", "head", False),
        ("suspend", "registered", "closed", "clerk", True),
        ("class", "draft", "agreed", "teacher", False),
    ],
)
def test_who_may_do_which_step(kind, state, to, role, may):
    assert rules.may_move(kind, state, to, role) is may


@given(st.sampled_from(sorted(rules.KINDS)), st.lists(st.integers(0, 5), max_size=12))
def test_every_walk_ends_or_waits_and_never_comes_back(kind, choices):
    """No state is entered twice, what has ended stays ended, and nobody agrees but a head."""
    state, seen = rules.DRAFT, {rules.DRAFT}
    for choice in choices:
        ways = list(rules.KINDS[kind].states.get(state, {}))
        if not ways:
            assert state in rules.ENDED
            break
        to = ways[choice % len(ways)]
        assert to not in seen
        if to == rules.AGREED:
            assert rules.KINDS[kind].states[state][to] == {"head"}
        state = to
        seen.add(to)
    assert state in rules.OPEN | rules.ENDED


def test_papers_are_counted():
    assert rules.missing_papers("suspend", ["asked"]) == ["medical"]
    assert rules.missing_papers("class", []) == []
    assert all(key in rules.PAPERS for kind in rules.KINDS.values() for key in kind.papers)


@pytest.mark.parametrize(
    ("kind", "now", "done"),
    [
        ("suspend", Standing(True, True, "02"), True),
        ("suspend", Standing(True, True, "01"), False),
        ("resume", Standing(True, True, "05"), True),
        ("transfer_out", Standing(False, True, "01"), True),
        ("transfer_out", Standing(True, True, "10"), True),
        ("transfer_out", Standing(True, True, "01"), False),
        ("transfer_in", Standing(True, True, "01"), True),
        ("transfer_in", Standing(True, False, "01"), False),
        ("repeat", Standing(True, True, "01", 2023, 2023), True),
        ("repeat", Standing(True, True, "01", 2022, 2023), False),
        ("class", Standing(True, True, "01"), False),
        ("expel", Standing(True, True, "14"), True),
    ],
)
def test_the_register_s_word_closes(kind, now, done):
    assert rules.is_done_in_register(kind, now) is done


def test_the_road_of_a_class_is_short():
    assert rules.road("class") == ["draft", "agreed", "closed"]
    assert rules.road("suspend")[-2:] == ["registered", "closed"]
