"""How strong a sign-in a door asks for: the policy by purpose and grade of data, in one table.

Levels are those of `acr` (docs/words.md): 1 one factor, 2 two, 3 a key that a false site cannot borrow. What is asked is
fresh: given in this session within the time its limits allow. Nobody is asked for what the account does not have: level
3 means the key for whoever registered one and the second factor for others, so that a stolen code opens nothing there.
"""

from __future__ import annotations

from enum import StrEnum

from jizuo.ground.scope import Scope

PLAIN, TWO, KEY = 0, 2, 3
#: The grade from which data is sensitive (docs/reference/datasets.md).
SENSITIVE = 4


class For(StrEnum):
    """What a door is for, as far as strength goes."""

    SEE = "see"
    MANY = "many"
    OWN_KEYS = "own_keys"
    ADMINISTER = "administer"


def needed(purpose: For, grade: int = 0) -> int:
    """The level a door asks for. grade: the highest grade of what it gives unmasked, 0 for none.

    Sensitive values and whole lists need two factors; giving power, or taking a factor off somebody, needs the key.
    """
    if purpose in (For.ADMINISTER, For.OWN_KEYS):
        return KEY
    return TWO if purpose is For.MANY or grade >= SENSITIVE else PLAIN


def missing(level: int, scope: Scope) -> int:
    """What `scope` must still give before a door of `level` opens, or 0."""
    given = max(scope.level, TWO if scope.stepped_up else 0)
    wanted = min(level, KEY if scope.has_key else TWO)
    return wanted if given < wanted else 0
