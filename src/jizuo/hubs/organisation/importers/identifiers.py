"""Numbers of a list on the way to their people: each has one holder in the whole base.

A number that another person of the base holds is planned as if it were free, until the question whether the two are
one has been asked, and never lands: neither the preview nor the receipt tells that the base knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from jizuo.ground.errors import Conflict
from jizuo.ground.ids import new_id
from jizuo.hubs.organisation import matching
from jizuo.hubs.organisation.importers.known import Row, numbers_of

COLUMNS = ("id", "person_id", "kind", "blind", "sealed", "tail")
#: Why the holder of a number may be the person on whose row it stands: the row bears a number of hers too, or not.
TWO_NUMBERS, OF_ANOTHER = "two_numbers", "number_of_another"

#: (kind, blind index)
Number = tuple[str, bytes]


class Bearer(NamedTuple):
    """A row with the person it stands for. known: kind -> (row id, blind) of the numbers that she has; may_correct:
    whether the list may put another number in the place of one of them."""

    row: Row
    person_id: str
    known: Mapping[str, tuple[str, bytes]]
    may_correct: bool


def holders_of(listed: Iterable[Row]) -> dict[Number, str]:
    """number -> the person of the base who holds it, of the numbers of these rows. Inside a door."""
    found = matching.holders(sorted({number for row in listed for number in numbers_of(row)}))
    return {number: str(person_id) for number, person_id in found.items()}


def others(row: Row, person_id: str, holders: Mapping[Number, str]) -> dict[str, str]:
    """person -> why she may be the person of the row, of those who hold its numbers and are not taken for her."""
    held = [holders[number] for number in numbers_of(row) if number in holders]
    reason = TWO_NUMBERS if person_id in held else OF_ANOTHER
    return {holder: reason for holder in held if holder != person_id}


def plan(bearers: Iterable[Bearer], holders: Mapping[Number, str]) -> list[tuple[Any, ...]]:
    """Rows in the order of `COLUMNS`: numbers that are not there yet, and corrected ones in the place of the wrong
    ones. Inside a door."""
    listed = list(bearers)
    asked = matching.in_question(
        {
            matching.question(one.person_id, other)
            for one in listed
            for other in others(one.row, one.person_id, holders)
        }
    )
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    bearer_of: dict[Number, str] = {}
    for row, person_id, known, may_correct in listed:
        for kind, blind in numbers_of(row):
            row_id, held = known.get(kind, (str(new_id()), None))
            if held == blind or (held is not None and not may_correct):
                continue
            holder = holders.get((kind, blind), person_id)
            if holder != person_id and matching.question(person_id, holder) in asked:
                continue
            if bearer_of.setdefault((kind, blind), person_id) != person_id:
                continue
            prefix = "id" if kind.startswith("id:") else "roll"
            found[person_id, kind] = (
                row_id, person_id, kind, blind, row[f"{prefix}_sealed"], row[f"{prefix}_tail"],
            )  # fmt: skip
    return list(found.values())


def refuse_taken(wanted: Mapping[Number, str]) -> None:
    """Two schools that bring one new number at the same moment: the later one looks again. wanted: number -> the new
    person who bears it. Raises Conflict."""
    if any(str(holder) != wanted[number] for number, holder in matching.holders(sorted(wanted)).items()):
        raise Conflict(_("预览之后数据又有变化，这次没有写入"), fix=_("已重新预览，请再看一遍后应用"))
