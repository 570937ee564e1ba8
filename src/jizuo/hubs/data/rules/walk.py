"""Pure decisions of the data hub: states of a batch, the shrink guard."""

from __future__ import annotations

from collections.abc import Mapping

LANDED, CHECKING, FAULTY, READY, HELD = "landed", "checking", "faulty", "ready", "held"
APPLYING, APPLIED, UNDOING, UNDONE, DISCARDED, FAILED = (
    "applying", "applied", "undoing", "undone", "discarded", "failed",
)  # fmt: skip

#: state -> states a person or job may bring it to
MOVES: Mapping[str, frozenset[str]] = {
    LANDED: frozenset({CHECKING, DISCARDED, FAILED}),
    # A file that says nothing new is done with the preview.
    CHECKING: frozenset({FAULTY, READY, HELD, APPLIED, FAILED, DISCARDED, CHECKING}),
    FAULTY: frozenset({CHECKING, DISCARDED}),
    READY: frozenset({APPLYING, CHECKING, DISCARDED}),
    HELD: frozenset({READY, CHECKING, DISCARDED}),
    APPLYING: frozenset({APPLIED, CHECKING, FAILED, APPLYING}),
    APPLIED: frozenset({UNDOING}),
    UNDOING: frozenset({UNDONE, APPLIED, UNDOING}),
    UNDONE: frozenset(),
    DISCARDED: frozenset(),
    FAILED: frozenset({CHECKING, DISCARDED}),
}

SHRINK_SHARE_PCT = 10
SHRINK_LEAST = 5


def may_move(state: str, to: str) -> bool:
    """True when a batch in `state` may go to `to`."""
    return to in MOVES.get(state, frozenset())


def held_units(
    gone: Mapping[int, tuple[int, int]], share_pct: int = SHRINK_SHARE_PCT, least: int = SHRINK_LEAST
) -> list[int]:
    """Units of which so many would leave that a second person must approve.

    gone: unit_no -> (people who would leave, people there now). Held when more than `share_pct` per cent and at
    least `least` people of a unit would end (data-hub.md section 5, shrink guard).
    """
    return sorted(
        unit
        for unit, (leaving, there) in gone.items()
        if leaving >= least and leaving * 100 > there * share_pct
    )
