from __future__ import annotations

from dataclasses import replace

import pytest

from jizuo.ground import strength
from jizuo.ground.scope import Scope
from jizuo.ground.strength import For

BARE = Scope(role="clerk", unit_no=1, units=(1,))


@pytest.mark.parametrize(
    ("purpose", "grade", "level"),
    [
        (For.SEE, 0, 0),
        (For.SEE, 3, 0),
        (For.SEE, 4, 2),
        (For.SEE, 5, 2),
        (For.MANY, 1, 2),
        (For.OWN_KEYS, 0, 3),
        (For.ADMINISTER, 0, 3),
    ],
)
def test_what_is_needed(purpose, grade, level):
    assert strength.needed(purpose, grade) == level


@pytest.mark.parametrize(
    ("level", "given", "missing"),
    [
        (0, {}, 0),
        (2, {}, 2),
        (2, {"stepped_up": True}, 0),
        (2, {"level": 3}, 0),
        (3, {}, 2),
        (3, {"stepped_up": True}, 0),
        (3, {"has_key": True}, 3),
        (3, {"has_key": True, "stepped_up": True}, 3),
        (3, {"has_key": True, "stepped_up": True, "level": 2}, 3),
        (3, {"has_key": True, "stepped_up": True, "level": 3}, 0),
        (2, {"has_key": True}, 2),
    ],
)
def test_what_is_missing(level, given, missing):
    assert strength.missing(level, replace(BARE, **given)) == missing
