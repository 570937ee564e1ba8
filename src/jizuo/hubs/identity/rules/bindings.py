"""How a guardian is bound to a child: who may move a binding from which state to which."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from jizuo.hubs.identity.rules import gettext_noop


class State(StrEnum):
    """invited: the school gave a code. asked: a guardian answered. confirmed: the homeroom teacher said yes.
    refused, ended: over, for good."""

    INVITED = "invited"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    ENDED = "ended"


class Move(StrEnum):
    """What may happen to a binding."""

    ASK = "ask"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    END = "end"


TABLE: dict[tuple[State, Move], State] = {
    (State.INVITED, Move.ASK): State.ASKED,
    (State.INVITED, Move.WITHDRAW): State.ENDED,
    (State.INVITED, Move.EXPIRE): State.ENDED,
    (State.ASKED, Move.CONFIRM): State.CONFIRMED,
    (State.ASKED, Move.REFUSE): State.REFUSED,
    (State.ASKED, Move.WITHDRAW): State.ENDED,
    (State.ASKED, Move.EXPIRE): State.ENDED,
    (State.CONFIRMED, Move.END): State.ENDED,
}
ASKED_FOR = timedelta(days=30)
#: Open asks one account, one address in a day, one class may have.
OPEN_OF_ACCOUNT = 6
ASKS_FROM_ADDRESS = 60
OPEN_OF_CLASS = 150

#: GB/T 4761 codes (code table ``family_relation``) that a guardian may choose from.
RELATIONS = {
    "51": gettext_noop("父亲"),
    "52": gettext_noop("母亲"),
    "57": gettext_noop("继父或养父"),
    "58": gettext_noop("继母或养母"),
    "61": gettext_noop("祖父"),
    "62": gettext_noop("祖母"),
    "63": gettext_noop("外祖父"),
    "64": gettext_noop("外祖母"),
    "70": gettext_noop("兄弟姐妹"),
    "97": gettext_noop("其他亲属"),
    "99": gettext_noop("受委托照护人"),
}


class WrongMove(ValueError):
    """The binding's state does not allow the move."""


def after(state: str, move: Move) -> State:
    """The state after `move`; raises `WrongMove` when the table has no such step."""
    try:
        return TABLE[State(state), move]
    except KeyError:
        raise WrongMove(f"{state}: {move}") from None
