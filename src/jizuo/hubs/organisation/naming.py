"""The names of people and classes for rows of any dataset that mention them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

from jizuo.hubs.data import naming
from jizuo.hubs.organisation import class_names

#: As `people`, of one.
PERSON_IN_SQL = (
    "select name from affiliation where person_id = {id} order by end_on nulls first, id desc limit 1"
)


def people(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """person -> name, of those with an affiliation in reach. Inside a door; one read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (person_id) person_id, name from affiliation where person_id = any(%s)"
            " order by person_id, end_on nulls first, id desc",
            [list(ids)],
        )
        return dict(cursor.fetchall())


def orgs(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """class or other org -> its name this school year. Inside a door; one read."""
    return {org_id: view.name for org_id, view in class_names.of_ids(ids).items()}


def offer() -> None:
    """Answer for both; called on the plate."""
    naming.offer("person", people, in_sql=PERSON_IN_SQL)
    naming.offer("org", orgs)
