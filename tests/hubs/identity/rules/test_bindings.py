from __future__ import annotations

import csv
from importlib import resources

import pytest

from jizuo.hubs.identity.rules.bindings import RELATIONS, TABLE, Move, State, WrongMove, after

EXPECTED = {
    "invited": {"ask": "asked", "withdraw": "ended", "expire": "ended"},
    "asked": {"confirm": "confirmed", "refuse": "refused", "withdraw": "ended", "expire": "ended"},
    "confirmed": {"end": "ended"},
    "refused": {},
    "ended": {},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(Move))
def test_every_pair_of_state_and_move(state: State, move: Move):
    wanted = EXPECTED[state].get(move)
    if wanted is None:
        with pytest.raises(WrongMove):
            after(state, move)
    else:
        assert after(state, move) == wanted


def test_nobody_is_confirmed_without_a_teacher():
    assert [move for (_state, move), new in TABLE.items() if new == State.CONFIRMED] == [Move.CONFIRM]
    assert not any(state == State.INVITED and new == State.CONFIRMED for (state, _move), new in TABLE.items())


def test_every_relation_is_in_the_code_table():
    table = resources.files("jizuo.hubs.data").joinpath("codes/family_relation.csv").read_text("utf-8-sig")
    assert set(RELATIONS) <= {row["code"] for row in csv.DictReader(table.splitlines())}
