"""News about people who may be one: told by an import, kept in the district's queue, unknown to the school.

A school sees nothing of a guardian who is known to another one only, so its import makes a second person of her. The
import tells the unit above that guardians came; there, in the reach of that unit, like is looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from jizuo.ground import facts
from jizuo.ground.facts import Told
from jizuo.ground.ids import new_id

MET_AGAIN, MAY_BE_ONE, GUARDIANS_CAME = "PersonMetAgain", "PersonMayBeKnown", "GuardiansCame"
BY_NUMBER = "guardian_number"

QUEUE = """
with recursive up (unit_no, parent_no, steps, is_bureau) as (
    select unit_no, parent_no, 0, false from unit where unit_no = %s
    union all
    select u.unit_no, u.parent_no, up.steps + 1, u.kind = 'bureau' from up join unit u on u.unit_no = up.parent_no)
select unit_no from up order by not is_bureau, case when is_bureau then steps else -steps end limit 1
"""
#: Guardians whom a batch wrote, or who are named. A table of its own with its statistics: a whole district's are as many
#: as its families, and what a wall lets through cannot be foretold.
CAME = """
create temporary table came_in on commit drop as
select p.id, p.name, p.phone from person p where p.merged_into is null and p.id in (
    select a.person_id from affiliation a where a.unit_no = any(%(at_units)s) and a.role = 'guardian' and a.end_on is null)
and (p.id = any(%(people)s::uuid[]) or p.batch_id = %(batch)s::uuid
    or exists (select from affiliation a where a.person_id = p.id and a.batch_id = %(batch)s::uuid)
    or exists (select from guardian_of g where g.guardian_id = p.id and g.batch_id = %(batch)s::uuid))
"""
#: Every adult of the reach who has a phone.
ADULTS = """
create temporary table adult_in on commit drop as
select distinct a.person_id, a.name, q.phone from affiliation a join person q on q.id = a.person_id
where a.end_on is null and a.role in ('guardian', 'staff') and q.phone <> '' and q.merged_into is null
  and exists (select from came_in c where c.name = a.name and c.phone <> '')
"""
#: Each of those who came with another adult of the reach under the same name: a guardian of the same child in the same
#: relation (or in one that nobody told), or one with the same phone. Two documents of one kind are two people.
ALIKE = """
with alike (here_id, there_id, reason) as (
    select c.id, o.guardian_id, 'guardian_of_one_child' from came_in c
    join guardian_of g on g.guardian_id = c.id join guardian_of o on o.child_id = g.child_id and o.guardian_id <> c.id
    join person q on q.id = o.guardian_id and q.name = c.name and q.merged_into is null
    where g.relation = o.relation or '' in (g.relation, o.relation) or (c.phone <> '' and q.phone = c.phone)
    union all
    select c.id, q.person_id, 'guardian_name_phone' from came_in c
    join adult_in q on q.name = c.name and q.phone = c.phone and q.person_id <> c.id
)
select least(here_id, there_id)::text, greatest(here_id, there_id)::text, max(reason) from alike
where not exists (
    select from person_identifier i join person_identifier j on j.kind = i.kind and j.blind <> i.blind
    where i.person_id = here_id and j.person_id = there_id and i.kind like 'id:%')
group by 1, 2 order by 1, 2
"""


def queue_unit(unit_no: int) -> int:
    """The unit in whose queue such news lands: the nearest bureau above, else the topmost unit above, or the unit itself
    where none is above."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [unit_no])
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


def tell_guardians_came(
    unit_no: int,
    *,
    batch_id: UUID | None = None,
    people: Iterable[UUID] = (),
    pairs: Sequence[tuple[str, str]] = (),
    at_units: Iterable[int] = (),
) -> None:
    """Guardians came with a batch of `unit_no`, or one by one. people: those who came by hand; pairs: (person, person)
    of those whose number another person holds; at_units: where they came, when not to the unit itself."""
    homes: dict[int, list[int]] = {}
    for at_unit in sorted(set(at_units) or {unit_no}):
        homes.setdefault(queue_unit(at_unit), []).append(at_unit)
    for home, units in homes.items():
        facts.tell(
            GUARDIANS_CAME, unit_no=home, at_unit=unit_no, at_units=units, batch_id=str(batch_id) if batch_id else None,
            people=[str(one) for one in people], pairs=list(pairs),
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


def on_guardians_came(fact: Told) -> None:
    """Put guardians into the queue who have another person's number, or another adult of the reach beside them who is
    alike. Runs in the reach of the unit above."""
    told = fact.payload
    with connection.cursor() as cursor:
        given = {"at_units": told["at_units"], "batch": told["batch_id"], "people": told["people"]}
        for table, made in (("came_in", CAME), ("adult_in", ADULTS)):
            cursor.execute(made, given)
            cursor.execute(f"analyze {table}")
        cursor.execute(ALIKE)
        reason_of = {(left, right): reason for left, right, reason in cursor.fetchall()}
        cursor.execute("drop table came_in, adult_in")
        reason_of |= dict.fromkeys(map(tuple, told["pairs"]), BY_NUMBER)
        lefts, rights = [left for left, _right in reason_of], [right for _left, right in reason_of]
        cursor.execute(
            "insert into same_person as s (id, unit_no, left_id, right_id, reason, evidence, state)"
            " select w.id, %s, w.left_id, w.right_id, w.reason, %s::jsonb, 'open'"
            " from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) as w(id, left_id, right_id, reason)"
            # A number tells more than a name; what is decided stays.
            " on conflict (unit_no, left_id, right_id) do update set reason = excluded.reason, changed_at = now()"
            " where s.state = 'open' and s.reason <> excluded.reason and excluded.reason = %s",
            [fact.unit_no, json.dumps(evidence_of(fact)), [new_id() for _pair in reason_of], lefts, rights,
             [*reason_of.values()], BY_NUMBER],
        )  # fmt: skip


def evidence_of(fact: Told) -> dict[str, Any]:
    """Where a question comes from."""
    return {"at_unit": fact.payload["at_unit"], "batch_id": fact.payload["batch_id"]}


def write(fact: Told, left: str, right: str, reason: str, state: str) -> None:
    """One row of the queue; a pair is there once."""
    told: list[Any] = [new_id(), fact.unit_no, left, right, reason, Jsonb(evidence_of(fact)), state]
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
    facts.on(GUARDIANS_CAME, "organisation.guardians_came", on_guardians_came)
