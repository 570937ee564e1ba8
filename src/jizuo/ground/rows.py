"""Base classes of every table, each saying which wall stands around it.

``wall`` is read by `jizuo.ground.walls`, which raises the policies, and by the census, which refuses to
boot when a table has none. See docs/start/house.md and the security page (RLS-1 to RLS-22).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jizuo.ground import scope as scopes
from jizuo.ground.ids import new_id


class ScopedManager(models.Manager):
    """Refuses to build a query outside a door: an exception is a guard, an empty list is a trap (RLS-6)."""

    def get_queryset(self) -> models.QuerySet:
        if not scopes.in_transaction():
            raise scopes.NoScope(f"{self.model.__name__}: read or written outside a door")
        return super().get_queryset()


class Walled(models.Model):
    """A table with a wall. `wall` is unit | person | shared; `app_rights` what the app login may do."""

    wall: ClassVar[str]
    app_rights: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"
    has_history: ClassVar[bool] = False
    #: (field name, target table) pairs: within one unit, enforced by composite foreign keys (RLS-15)
    unit_keys: ClassVar[tuple[tuple[str, str], ...]] = ()

    class Meta:
        abstract = True


class Row(Walled):
    """A unit's row. `batch_id` names the import that wrote it last (null: a person at a page);
    `changed_at` is when its present values began to hold."""

    wall = "unit"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit_no = models.IntegerField(editable=False)
    batch_id = models.UUIDField(null=True, editable=False)
    changed_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    objects = ScopedManager()

    class Meta:
        abstract = True


class LogRow(Walled):
    """A unit's append-only row: bigint identity, INSERT and SELECT only."""

    wall = "unit"
    app_rights = "SELECT, INSERT"
    id = models.BigAutoField(primary_key=True)
    unit_no = models.IntegerField(editable=False)

    objects = ScopedManager()

    class Meta:
        abstract = True


class PersonRow(Walled):
    """A row about a person, who belongs to the base: visible behind a visible affiliation of the person in
    `person_column`. INSERT is open (without RETURNING); the affiliation follows in the same transaction."""

    wall = "person"
    person_column: ClassVar[str] = "person_id"
    batch_id = models.UUIDField(null=True, editable=False)
    changed_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    objects = ScopedManager()

    class Meta:
        abstract = True


class Shared(Walled):
    """A table on the short shared list: no row wall, read only by its own room's doors."""

    wall = "shared"

    class Meta:
        abstract = True
