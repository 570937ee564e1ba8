"""Guardians who bound a child themselves: person, affiliation at the child's unit, and the tie."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from jizuo.ground import facts, grants
from jizuo.ground import scope as scopes
from jizuo.ground.doors import action
from jizuo.ground.ids import new_id
from jizuo.hubs.data.actions.put import put
from jizuo.hubs.organisation import people
from jizuo.hubs.organisation.importers import queue
from jizuo.hubs.organisation.rules import derived_id
from jizuo.plain import pinyin

FAMILY = "family"
#: GB/T 4761: father, mother, and step- or adoptive parents; who else is a legal guardian is for the school to record.
PARENTS = frozenset(("50", "51", "52", "57", "58"))
ENTRUSTED = "99"


def tie_id(child_id: UUID, guardian_id: UUID) -> UUID:
    """The id of what one adult is to one child; the importers derive the same."""
    return UUID(derived_id(0, "guardian_of", f"{child_id}/{guardian_id}"))


@action(title="登记监护关系", roles=[scopes.OPERATOR])
def bind_guardian(
    *, unit_no: int, child_person_id: UUID, guardian_person_id: UUID, name: str, relation: str
) -> None:
    """Write a confirmed binding: safe to repeat. A tie that a court has barred stays barred; who is new is a legal
    guardian as a parent only, and 99 (受委托照护人) is entrusted and never a legal guardian."""
    today = scopes.current().today
    with connection.cursor() as cursor:
        cursor.execute("select base_no from affiliation where person_id = %s limit 1", [guardian_person_id])
        row = cursor.fetchone()
        cursor.execute(
            "select id from affiliation where unit_no = %s and person_id = %s and role = 'guardian' and end_on is null",
            [unit_no, guardian_person_id],
        )
        there = cursor.fetchone()
        cursor.execute(
            "select is_no_contact, is_legal, may_sign from guardian_of where id = %s",
            [tie_id(child_person_id, guardian_person_id)],
        )
        tie = cursor.fetchone()
    number = row[0] if row else next(people.new_base_numbers(1))
    if row is None:
        put(
            dataset="person",
            columns=("id", "base_no", "name"),
            rows=[(guardian_person_id, number, name)],
            source=FAMILY,
        )
    if there is None:
        put(
            dataset="affiliation",
            columns=("id", "unit_no", "person_id", "role", "begin_on", "name", "sort_key", "base_no"),
            rows=[
                (
                    new_id(),
                    unit_no,
                    guardian_person_id,
                    "guardian",
                    today,
                    name,
                    pinyin.sort_key(name)[:160],
                    number,
                )
            ],
            source=FAMILY,
        )
    if tie is None or not tie[0]:
        is_entrusted = relation == ENTRUSTED
        is_parent = relation in PARENTS
        # Rights that the school and the family have settled since stay as they are.
        is_legal, may_sign = tie[1:] if tie and not is_entrusted else (is_parent, is_parent)
        put(
            dataset="guardian_of",
            columns=("id", "child_id", "guardian_id", "relation", "is_legal", "may_sign", "is_entrusted", "may_view",
                     "gets_notice", "begin_on", "end_on"),
            rows=[
                (tie_id(child_person_id, guardian_person_id), child_person_id, guardian_person_id, relation, is_legal,
                 may_sign, is_entrusted, True, True, today, None)
            ],
            source=FAMILY,
        )  # fmt: skip
    if tie is None:
        queue.tell_guardians_came(unit_no, people=[guardian_person_id])
    facts.tell("RolesChanged", unit_no=unit_no)


@action(title="结束监护关系", roles=[scopes.OPERATOR])
def unbind_guardian(*, unit_no: int, child_person_id: UUID, guardian_person_id: UUID) -> None:
    """End a tie from today on; in every open session at once, since the grant ends with it."""
    put(
        dataset="guardian_of",
        columns=("id", "child_id", "guardian_id", "end_on"),
        rows=[
            (
                tie_id(child_person_id, guardian_person_id),
                child_person_id,
                guardian_person_id,
                scopes.current().today,
            )
        ],
        source=FAMILY,
    )
    grants.end_of_affiliations([tie_id(child_person_id, guardian_person_id)])
    facts.tell("RolesChanged", unit_no=unit_no)
