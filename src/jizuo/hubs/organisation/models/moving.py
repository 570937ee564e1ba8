"""Moving up and leaving: the yearly turn, changes of one pupil's standing, graduation and what is handed on."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jizuo.ground.rows import LogRow, Row

KEPT: Any = {"default": "", "blank": True}


class YearTurn(Row):
    """One unit's turn into a school year; a bureau's row stands for the turn of all below it.

    state: waiting | running | applied | undoing | undone | failed | skipped. written_batch: names the rows it wrote, for the
    undo. district_id: the bureau's turn that ran this one. receipt: counts of what was done and what stayed.
    """

    school_year = models.IntegerField()
    state = models.CharField(max_length=10, default="waiting")
    written_batch = models.UUIDField(null=True)
    district_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    receipt = models.JSONField(default=dict)
    reason = models.TextField(**KEPT)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "year_turn"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="year_turn_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "school_year"],
                condition=Q(state__in=["waiting", "running", "applied", "undoing"]),
                name="year_turn_once",
            ),
        ]


class Movement(Row):
    """A change of one pupil's class or roll standing, prepared here and settled in the register.

    kind and state: `jizuo.hubs.organisation.movements`. affiliation_id: null until a pupil who comes in stands in
    the list. papers: keys of the papers that are there. register_no: the register's business number. done_at: when
    the school's own part (class, presence) took effect. closed_by: number | register | school.
    """

    has_history = True
    unit_keys = (("affiliation_id", "affiliation"), ("from_class_id", "org"), ("to_class_id", "org"))
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="draft")
    affiliation_id = models.UUIDField(null=True)
    name = models.CharField(max_length=50)
    from_class_id = models.UUIDField(null=True)
    to_class_id = models.UUIDField(null=True)
    effect_on = models.DateField()
    until_on = models.DateField(null=True)
    other_unit_no = models.IntegerField(null=True)
    other_text = models.CharField(max_length=120, **KEPT)
    reason = models.CharField(max_length=200)
    papers = ArrayField(models.CharField(max_length=20), default=list)
    register_no = models.CharField(max_length=40, **KEPT)
    asked_by = models.BigIntegerField(null=True)
    asked_on = models.DateField()
    agreed_by = models.BigIntegerField(null=True)
    sent_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=10, **KEPT)

    class Meta:
        db_table = "movement"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="movement_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "affiliation_id", "kind"],
                condition=Q(
                    state__in=["draft", "agreed", "sent", "registered"], affiliation_id__isnull=False
                ),
                name="movement_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_no", "state", "-asked_on"], name="movement_state"),
            models.Index(fields=["unit_no", "affiliation_id"], name="movement_affiliation"),
        ]


class MovementStep(LogRow):
    """One step of a movement: who brought it from which state to which, when, with what words."""

    unit_keys = (("movement_id", "movement"),)
    movement_id = models.UUIDField()
    was = models.CharField(max_length=12, **KEPT)
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=200, **KEPT)
    grant_no = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "movement_step"
        indexes = [models.Index(fields=["unit_no", "movement_id", "id"], name="movement_step_place")]


class CertificateRule(Row):
    """How a unit numbers the certificates of one stage: prefix, year of graduation, serial of `digits` digits."""

    has_history = True
    stage = models.CharField(max_length=12)
    prefix = models.CharField(max_length=20, **KEPT)
    digits = models.IntegerField(default=4)

    class Meta:
        db_table = "certificate_rule"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "stage"], name="certificate_rule_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="certificate_rule_unit_id"),
        ]


class Graduation(Row):
    """What a graduate takes along: certificate number, and where to. One row an affiliation, kept when a turn is
    undone, so that a number is given once. to_text: a school outside the base, in words."""

    has_history = True
    unit_keys = (("affiliation_id", "affiliation"),)
    affiliation_id = models.UUIDField()
    person_id = models.UUIDField()
    school_year = models.IntegerField()
    stage = models.CharField(max_length=12, **KEPT)
    serial = models.IntegerField(null=True)
    certificate_no = models.CharField(max_length=40, **KEPT)
    to_unit_no = models.IntegerField(null=True)
    to_text = models.CharField(max_length=120, **KEPT)
    handover_id = models.UUIDField(null=True)

    class Meta:
        db_table = "graduation"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "affiliation_id"], name="graduation_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="graduation_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "certificate_no"],
                condition=~Q(certificate_no=""),
                name="graduation_number_once",
            ),
        ]
        indexes = [models.Index(fields=["unit_no", "school_year"], name="graduation_year")]


class Handover(Row):
    """Graduates handed to the next school as one batch. Each side has a row of its own behind its own wall: the
    sender's with way ``out``, the receiver's with way ``in``, both with one `batch_no`. state: sent | taken |
    returned."""

    has_history = True
    batch_no = models.UUIDField()
    way = models.CharField(max_length=3)
    other_unit_no = models.IntegerField()
    school_year = models.IntegerField()
    stage = models.CharField(max_length=12, **KEPT)
    state = models.CharField(max_length=10, default="sent")
    pupils = models.IntegerField()
    note = models.CharField(max_length=200, **KEPT)
    sent_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "handover"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="handover_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "batch_no", "way"], name="handover_once"),
        ]


class HandoverLine(Row):
    """One pupil of a handover: the least that the next school needs to wait for her."""

    unit_keys = (("handover_id", "handover"),)
    handover_id = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField(max_length=50)
    sex = models.CharField(max_length=2, **KEPT)
    base_no = models.CharField(max_length=12)
    class_name = models.CharField(max_length=60, **KEPT)
    certificate_no = models.CharField(max_length=40, **KEPT)
    ordinal = models.IntegerField()

    class Meta:
        db_table = "handover_line"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "handover_id", "person_id"], name="handover_line_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="handover_line_unit_id"),
        ]
        indexes = [models.Index(fields=["unit_no", "handover_id", "ordinal"], name="handover_line_place")]
