"""Comparing with the registers: one row a run, one a difference. The register's rows themselves are not kept."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import Row

KEPT: Any = {"default": "", "blank": True}


class Comparison(Row):
    """One comparison of a landed register export with the base, which it leaves as it is.

    kind: pupil | staff. register_batch: the landed batch. state: waiting | done | refused | failed. doubt: why the
    export is not believed (`jizuo.hubs.organisation.comparing.Doubt`). counts: people on both sides by class and sex,
    lines by kind and by who acts. is_anyway: a person had it compared in spite of a doubt.
    """

    kind = models.CharField(max_length=6)
    register_batch = models.UUIDField()
    state = models.CharField(max_length=8, default="waiting")
    is_anyway = models.BooleanField(default=False)
    doubt = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job_id = models.UUIDField(null=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "comparison"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="comparison_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "kind"], condition=Q(state="waiting"), name="comparison_one_waits"
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "kind", "-asked_at"], name="comparison_newest")]


class ComparisonLine(Row):
    """One difference. kind, act: `jizuo.hubs.organisation.comparing`. field: of a differing value; here, there: what
    base and register say, never a value of grade 4 or a number beyond its tail. place: sheet and row of the export.
    person_id: of somebody whom the base knows, for the district alone."""

    unit_keys = (("comparison_id", "comparison"), ("affiliation_id", "affiliation"), ("class_id", "org"))
    comparison_id = models.UUIDField()
    kind = models.CharField(max_length=14)
    act = models.CharField(max_length=10)
    field = models.CharField(max_length=20, **KEPT)
    here = models.CharField(max_length=200, **KEPT)
    there = models.CharField(max_length=200, **KEPT)
    note = models.CharField(max_length=12, **KEPT)
    name = models.CharField(max_length=50)
    sex = models.CharField(max_length=2, **KEPT)
    class_id = models.UUIDField(null=True)
    affiliation_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    place = models.CharField(max_length=100, **KEPT)
    ordinal = models.IntegerField()

    class Meta:
        db_table = "comparison_line"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="comparison_line_unit_id")]
        indexes = [
            models.Index(fields=["unit_no", "comparison_id", "kind", "ordinal"], name="comparison_line_place")
        ]
