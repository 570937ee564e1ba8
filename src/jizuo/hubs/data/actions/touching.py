"""Whom a batch touches, by kind of person: pupils and their guardians stand in one file and in the same datasets."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import connection
from psycopg import sql

from jizuo.hubs.data import mends
from jizuo.hubs.data.actions import weighing
from jizuo.hubs.data.actions.staging import PutCount, Staged

#: The option of a batch in which its preview keeps them: new, changed, gone -> kind -> how many people.
PEOPLE = "people"


class Touched:
    """Whom the steps of a preview touch, gathered step by step. Inside a door."""

    def __init__(self) -> None:
        self.known = mends.people()
        self.new: Counter[str] = Counter()
        self.ids: dict[str, dict[str, list[UUID]]] = {"changed": {}, "gone": {}}

    def add(self, verdict: str, staged: Staged, tally: PutCount) -> None:
        """One step. verdict: what its rows that differ are called, changed or gone."""
        if self.known is None:
            return
        if tally.changed:
            self.ids[verdict].setdefault(staged.dataset.name, []).extend(changed_ids(staged))
        if tally.new and staged.dataset.name == self.known.dataset and self.known.column in staged.fields:
            self.new.update(new_by(staged, self.known.column))

    def people(self) -> dict[str, dict[str, int]]:
        """new, changed, gone -> kind -> people; one who changes in several datasets counts once."""
        if self.known is None:
            return {}
        behind = {verdict: dict(self.known.behind(ids)) for verdict, ids in self.ids.items() if ids}
        return {"new": dict(self.new)} | behind


def changed_ids(staged: Staged) -> list[UUID]:
    """The records that staged rows would change, once they are tallied."""
    with connection.cursor() as cursor:
        cursor.execute(
            staged.sql("select n.id from {plan} n where {is_change}", is_change=weighing.is_change())
        )
        return [record_id for (record_id,) in cursor.fetchall()]


def new_by(staged: Staged, name: str) -> dict[str, int]:
    """value of a field -> how many of the rows that are new bring it."""
    with connection.cursor() as cursor:
        cursor.execute(
            staged.sql(
                "select p.{column}, count(*) from {temp} p"
                " where not exists (select 1 from {table} t where {join}) group by 1",
                column=sql.Identifier(name),
            )
        )
        return dict(cursor.fetchall())
