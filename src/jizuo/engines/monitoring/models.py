"""Tables of monitoring."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class AlertCase(Row):
    """One thing that an alert noticed. key: what the case is about within the alert (a person, a class and day);
    row_ids: the rows it rests on. state: open | told | closed. note: what was done, in the words of who closed it."""

    has_history = True
    scene = models.CharField(max_length=30)
    alert = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    subject_id = models.UUIDField(null=True)
    org_id = models.UUIDField(null=True)
    row_ids = ArrayField(models.UUIDField(), default=list)
    state = models.CharField(max_length=6, default="open")
    since = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)
    stage = models.SmallIntegerField(default=0, db_default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    note = models.CharField(max_length=400, default="", db_default="", blank=True)

    class Meta:
        db_table = "alert_case"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="alert_case_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "scene", "alert", "key"],
                condition=~Q(state="closed"),
                name="alert_case_once",
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "scene", "state", "-since"], name="alert_case_list")]
