"""What a person says is wrong."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class Correction(Row):
    """A person says that a value is wrong. state: open | answered | withdrawn. to: the owner of the field."""

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    subject_id = models.UUIDField()
    field = models.CharField(max_length=60)
    says = models.TextField()
    owner = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="open")
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "correction"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="correction_unit_id")]
        indexes = [models.Index(fields=["unit_no", "state", "due_on"], name="correction_due")]
