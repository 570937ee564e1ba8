"""Searches for records of one person."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class MatchRun(Row):
    """One search among the people of a unit's reach. kind: of `matching.offers`; records: how many were compared,
    pairs: how many were found, fresh: how many of those were new in the queue. Holds no value of anybody."""

    kind = models.CharField(max_length=20)
    threshold = models.FloatField()
    records = models.IntegerField(default=0)
    pairs = models.IntegerField(default=0)
    fresh = models.IntegerField(default=0)
    seconds = models.FloatField(null=True)
    job_id = models.UUIDField(null=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "match_run"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="match_run_unit_id")]
        indexes = [models.Index(fields=["unit_no", "-asked_at"], name="match_run_asked")]
