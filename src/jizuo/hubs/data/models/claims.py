"""What each source said of each record, and where sources differ."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class Claim(Row):
    """What one source of one unit says of one record of a master dataset. Sealed or graded values stand in the
    record itself; a claim keeps the plain fields the standard allows in claims."""

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    source = models.CharField(max_length=40)
    fields = models.JSONField()
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "claim"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "record_id", "dataset", "source"], name="claim_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="claim_unit_id"),
        ]


class FieldConflict(Row):
    """A claim that differs from the owner's value of one field. state: open | settled | withdrawn."""

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    field = models.CharField(max_length=60)
    owner = models.CharField(max_length=40)
    held = models.TextField(default="")
    source = models.CharField(max_length=40)
    claimed = models.TextField(default="")
    state = models.CharField(max_length=10, default="open")
    seen_at = models.DateTimeField(db_default=Now())
    settled_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "field_conflict"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "dataset", "record_id", "field", "source"], name="field_conflict_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="field_conflict_unit_id"),
        ]
