from __future__ import annotations

import pytest

from jizuo.hubs.data.rules import walk as rules

STATES = (
    rules.LANDED, rules.CHECKING, rules.FAULTY, rules.READY, rules.HELD, rules.APPLYING, rules.APPLIED, rules.UNDOING,
    rules.UNDONE, rules.DISCARDED, rules.FAILED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (rules.READY, rules.APPLYING),
        (rules.HELD, rules.READY),
        (rules.APPLYING, rules.APPLIED),
        (rules.APPLYING, rules.CHECKING),
        (rules.APPLIED, rules.UNDOING),
        (rules.UNDOING, rules.UNDONE),
        (rules.UNDOING, rules.APPLIED),
        (rules.FAILED, rules.CHECKING),
        (rules.CHECKING, rules.APPLIED),
    ],
)
def test_the_ways_of_a_batch(state, to):
    assert rules.may_move(state, to)


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (rules.HELD, rules.APPLYING),
        (rules.FAULTY, rules.APPLYING),
        (rules.FAULTY, rules.READY),
        (rules.CHECKING, rules.APPLYING),
        (rules.LANDED, rules.APPLYING),
        (rules.APPLIED, rules.APPLYING),
        (rules.APPLIED, rules.DISCARDED),
        (rules.APPLYING, rules.DISCARDED),
        (rules.READY, rules.UNDOING),
        (rules.UNDONE, rules.UNDOING),
    ],
)
def test_no_short_cuts(state, to):
    assert not rules.may_move(state, to)


@pytest.mark.parametrize("state", [rules.UNDONE, rules.DISCARDED])
def test_an_end_is_an_end(state):
    assert [to for to in STATES if rules.may_move(state, to)] == []


def test_every_state_has_its_ways_and_leads_to_known_states():
    assert set(rules.MOVES) == set(STATES)
    assert {to for ways in rules.MOVES.values() for to in ways} <= set(STATES)
    assert not rules.may_move("no such state", rules.READY)


@pytest.mark.parametrize(
    ("gone", "there", "is_held"),
    [
        (0, 0, False),
        (4, 4, False),  # a tiny unit may lose everybody but five
        (5, 49, True),
        (5, 50, False),  # exactly ten per cent is not more than ten per cent
        (6, 50, True),
        (100, 1000, False),
        (101, 1000, True),
        (5, 5, True),
    ],
)
def test_the_shrink_guard(gone, there, is_held):
    assert rules.held_units({7: (gone, there)}) == ([7] if is_held else [])


def test_each_unit_is_measured_by_itself():
    assert rules.held_units({9: (6, 10), 3: (1, 1000), 4: (20, 30)}) == [4, 9]


def test_share_and_least_can_be_set():
    assert rules.held_units({1: (3, 100)}, share_pct=2, least=3) == [1]
    assert rules.held_units({1: (3, 100)}, share_pct=3, least=3) == []
