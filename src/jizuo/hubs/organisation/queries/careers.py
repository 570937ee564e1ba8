"""What one staff member has several of, as the page of the person shows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.translation import get_language
from psycopg import sql

from jizuo.ground import audit
from jizuo.ground import scope as scopes
from jizuo.ground.doors import PAGE, source
from jizuo.hubs.data import datasets
from jizuo.hubs.organisation import masks
from jizuo.hubs.organisation.queries.family import in_words
from jizuo.hubs.organisation.queries.people import OFFICE_ROLES, reachable

#: In the order of a page.
DATASETS = ("staff_study", "staff_title", "staff_qualification", "staff_training", "staff_honour")


class Career(msgspec.Struct, frozen=True):
    """One kind of rows of a person. rows: (title of a field, value in words) of what is said."""

    title: str
    rows: list[list[tuple[str, str]]]


@source(title="一个人的资历", roles=OFFICE_ROLES, reach=PAGE)
def staff_career(*, affiliation_id: UUID) -> list[Career]:
    """Studies, titles, certificates, trainings and honours of a person in reach at that unit, kinds without any left out;
    what the role's duty does not open is masked. Raises NotFound."""
    person_id, role = reachable(affiliation_id), scopes.current().role
    found: list[Any] = []
    opened: set[str] = set()
    with connection.cursor() as cursor:
        parts = sql.SQL(" union all ").join(
            sql.SQL(
                "select {name}, to_jsonb(t.*)::text from {table} t join affiliation a on a.unit_no = t.unit_no"
                " and a.id = {link} where t.person_id = {person}"
            ).format(
                name=sql.Literal(name),
                table=sql.Identifier(datasets.get(name).table),
                link=sql.Literal(affiliation_id),
                person=sql.Literal(person_id),
            )
            for name in DATASETS
        )
        cursor.execute(parts)
        held: dict[str, list[dict[str, object]]] = {}
        for name, row in cursor.fetchall():
            held.setdefault(name, []).append(msgspec.json.decode(row))
    for name in DATASETS:
        dataset, rows = datasets.get(name), []
        for row in sorted(held.get(name, ()), key=lambda one: str(one["id"])):
            told = []
            for key, field in dataset.fields.items():
                words = in_words(field, row.get(key)) if field.is_claimed else ""
                if not words:
                    continue
                is_open = masks.is_open(field, role)
                opened.update({key} if is_open and field.grade >= datasets.PERSONAL else ())
                told.append((field.word, words if is_open else masks.masked(field, words)))
            rows.append(told)
        if rows:
            is_chinese = (get_language() or "zh").startswith("zh")
            found.append(Career(dataset.title if is_chinese else dataset.english, rows))
    audit.disclose(opened, [person_id], 1)
    return found
