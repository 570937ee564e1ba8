"""News about people who may be one: told by an import, kept in the district's queue, unknown to the school."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from jizuo.ground import facts
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id

MET_AGAIN, MAY_BE_ONE = "PersonMetAgain", "PersonMayBeKnown"


def queue_unit(unit_no: int) -> int:
    """The unit in whose queue such news lands: the bureau above, or the unit itself where none is above."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(parent_no, unit_no) from unit where unit_no = %s", [unit_no])
        return cursor.fetchone()[0]


def tell_met_again(unit_no: int, person_id: str, batch_id: Any, *, name_differs: bool) -> None:
    """A person of the base came to another unit under the same number."""
    facts.tell(
        MET_AGAIN, unit_no=queue_unit(unit_no), person_id=person_id, at_unit=unit_no, batch_id=str(batch_id),
        name_differs=name_differs,
    )  # fmt: skip


def tell_may_be_one(unit_no: int, left_id: str, right_id: str, batch_id: Any, reason: str) -> None:
    """Two people may be one; an import has kept them apart."""
    facts.tell(
        MAY_BE_ONE, unit_no=queue_unit(unit_no), left_id=left_id, right_id=right_id, at_unit=unit_no,
        batch_id=str(batch_id), reason=reason,
    )  # fmt: skip


def on_met_again(fact: Told) -> None:
    """Note in the queue that one person now stands in two units; open only where the names differ."""
    told = fact.payload
    differs = bool(told["name_differs"])
    reason = "number_name_differs" if differs else "number_met_again"
    write(fact, told["person_id"], told["person_id"], reason, "open" if differs else "merged")


def on_may_be_one(fact: Told) -> None:
    """Put a pair into the queue for a person to decide."""
    left, right = sorted((fact.payload["left_id"], fact.payload["right_id"]))
    write(fact, left, right, fact.payload["reason"], "open")


def write(fact: Told, left: str, right: str, reason: str, state: str) -> None:
    """One row of the queue; a pair is there once."""
    evidence = {"at_unit": fact.payload["at_unit"], "batch_id": fact.payload["batch_id"]}
    told: list[Any] = [new_id(), fact.unit_no, left, right, reason, Jsonb(evidence), state]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into same_person (id, unit_no, left_id, right_id, reason, evidence, state)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict (unit_no, left_id, right_id) do nothing",
            told,
        )


def register() -> None:
    """Name the handlers; called on the room's plate."""
    facts.on(MET_AGAIN, "organisation.met_again", on_met_again)
    facts.on(MAY_BE_ONE, "organisation.may_be_one", on_may_be_one)
