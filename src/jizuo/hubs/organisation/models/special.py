"""Duties, the special identities that a live duty lets a school keep, and what was put away afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Row, ScopedManager, Shared

KEPT: Any = {"default": "", "blank": True}


class SpecialDuty(Shared):
    """A named duty for which some kinds of special identity may be kept at some schools, [begin_on, until). Set by one
    person of the bureau `district_no` and approved by another. state: draft | live | closed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    district_no = models.IntegerField()
    title = models.CharField(max_length=80)
    legal_basis = models.CharField(max_length=300)
    kinds = ArrayField(models.CharField(max_length=20))
    unit_nos = ArrayField(models.IntegerField())
    roles = ArrayField(models.CharField(max_length=32))
    begin_on = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=8, default="draft")
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(db_default=Now())
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=200, **KEPT)

    objects = ScopedManager()

    class Meta:
        db_table = "special_duty"
        indexes = [models.Index(fields=["state", "until"], name="special_duty_live")]


class SpecialIdentity(Row):
    """What a school keeps of one pupil for one duty. `id` derives nothing; the certificate's number is sealed. No history
    twin: what ends is put away whole."""

    unit_keys = (("affiliation_id", "affiliation"),)
    duty_id = models.UUIDField()
    affiliation_id = models.UUIDField()
    person_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    disability = models.CharField(max_length=4, **KEPT)
    level = models.CharField(max_length=4, **KEPT)
    inclusion = models.CharField(max_length=4, **KEPT)
    source = models.CharField(max_length=24)
    legal_basis = models.CharField(max_length=300)
    certificate_sealed = models.BinaryField(null=True)
    certificate_tail = models.CharField(max_length=4, **KEPT)
    expires_on = models.DateField()
    set_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "special_identity"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="special_identity_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "duty_id", "affiliation_id", "kind"], name="special_identity_once"
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "duty_id", "expires_on"], name="special_identity_duty")]


class SpecialAway(Row):
    """Records that ended, sealed as one piece; no door reads them. why: expired | closed | left."""

    duty_id = models.UUIDField()
    why = models.CharField(max_length=8)
    records = models.IntegerField()
    sealed = models.BinaryField()
    away_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "special_away"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="special_away_unit_id")]
