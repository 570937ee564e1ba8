"""What only a OneRoster delta says: a move without the pupil's role, a name without one, a person to be deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jizuo.hubs.data.importers import Step
from jizuo.hubs.organisation.importers.roster import DELETED, Held, Roster
from jizuo.plain import pinyin


def steps(roster: Roster, held: Held) -> Iterator[Step]:
    """Puts for people of whom the file brings no role, which alone would carry their affiliation."""
    by_user = affiliations_of(held)
    yield moves(roster, held)
    yield renamed(roster, by_user)
    yield ended(roster, by_user)


def affiliations_of(held: Held) -> dict[str, list[tuple[int, str, str]]]:
    """Outside key -> (unit_no, role, affiliation id) of every open affiliation."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for (unit_no, role, key), known in held.affiliations.items():
        if known[0] in held.open_ids:
            found.setdefault(key, []).append((unit_no, role, known[0]))
    return found


def moves(roster: Roster, held: Held) -> Step:
    """Pupils whose class changes by an enrolment alone; a class left without another one is left empty."""
    rows: list[tuple[Any, ...]] = []
    own_class = roster.own_classes()
    for (unit_no, user), (class_id, seat) in own_class.items():
        known = held.affiliations.get((unit_no, "pupil", user))
        if known and (unit_no, "pupil", user) not in roster.written:
            rows.append((known[0], unit_no, class_id, seat or None))
    for unit_no, user, class_id in roster.left_classes():
        known = held.affiliations.get((unit_no, "pupil", user))
        is_written = (unit_no, "pupil", user) in roster.written or (unit_no, user) in own_class
        if known and known[3] == class_id and not is_written:
            rows.append((known[0], unit_no, None, None))
    return Step("affiliation", ("id", "unit_no", "class_id", "seat_no"), rows)


def renamed(roster: Roster, by_user: dict[str, list[tuple[int, str, str]]]) -> Step:
    """The name that lists show, for people whose user row comes alone."""
    rows = []
    for user, (name, _number, _sex) in roster.users.items():
        for unit_no, role, affiliation_id in by_user.get(user, ()):
            if name and (unit_no, role, user) not in roster.written:
                rows.append((affiliation_id, unit_no, name, pinyin.sort_key(name)[:160]))
    return Step("affiliation", ("id", "unit_no", "name", "sort_key"), rows, is_shown=False)


def ended(roster: Roster, by_user: dict[str, list[tuple[int, str, str]]]) -> Step:
    """A user to be deleted leaves every unit of the reach; the person stays."""
    rows = []
    today = roster.given.today.isoformat()
    for user, status in roster.columns("users", "sourcedId", "status"):
        if status != DELETED:
            continue
        for unit_no, role, affiliation_id in by_user.get(user, ()):
            if (unit_no, role, user) not in roster.written:
                rows.append((affiliation_id, unit_no, today))
                roster.leaves(unit_no, role)
    return Step("affiliation", ("id", "unit_no", "end_on"), rows, verdict="gone")
