"""Rules of quality that stewards write, what fails them, and the scores of every day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Row, Shared


class QualityFailure(Row):
    """One record of a unit that breaks one rule: the unit's work to do. state: open | closed | waived. It closes when
    the record is mended and opens again, as the same row, when it breaks the rule again (`times`). org_id: the class
    whose teacher mends it; source: who wrote the record last."""

    has_history = True
    dataset = models.CharField(max_length=60)
    rule = models.CharField(max_length=60)
    record_id = models.UUIDField()
    org_id = models.UUIDField(null=True)
    source = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=8, default="open")
    first_seen_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    times = models.IntegerField(default=1, db_default=1)
    waived_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, default="", db_default="")

    class Meta:
        db_table = "quality_failure"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "rule", "record_id"], name="quality_failure_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="quality_failure_unit_id"),
        ]
        indexes = [
            models.Index(fields=["unit_no", "dataset", "state"], name="quality_failure_state"),
            models.Index(fields=["dataset", "record_id"], name="quality_failure_record"),
        ]


class QualityCount(Row):
    """How many records of a dataset a unit has that are checked, by who wrote them last, and when they were checked."""

    dataset = models.CharField(max_length=60)
    source = models.CharField(max_length=40)
    records = models.IntegerField()
    checked_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "quality_count"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "dataset", "source"], name="quality_count_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="quality_count_unit_id"),
        ]


class QualityScore(Row):
    """What a unit's records are worth on a day and until the next row: failed are records that break a rule, warned
    those that break none but warnings. source '' is all of them, dimension '' the total."""

    day = models.DateField()
    dataset = models.CharField(max_length=60)
    source = models.CharField(max_length=40, default="")
    dimension = models.CharField(max_length=16, default="")
    records = models.IntegerField()
    failed = models.IntegerField()
    warned = models.IntegerField()
    score = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        db_table = "quality_score"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "dataset", "source", "dimension", "day"], name="quality_score_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="quality_score_unit_id"),
        ]


class QualityMark(Row):
    """How far a root's records of a dataset are checked: what was written since `since` is still to be looked at. day:
    of the last look at rules that change with the day; rules: code -> fingerprint of each rule as it was last run."""

    dataset = models.CharField(max_length=60)
    since = models.DateTimeField()
    day = models.DateField()
    rules = models.JSONField(default=dict)

    class Meta:
        db_table = "quality_mark"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "dataset"], name="quality_mark_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="quality_mark_unit_id"),
        ]


class QualityRule(Shared):
    """A rule written by a steward, as it was in one version: it holds at `unit_no` and below. state: draft | on | off;
    the newest version counts."""

    app_rights: ClassVar[str] = "SELECT, INSERT"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60)
    version = models.IntegerField()
    unit_no = models.IntegerField()
    told = models.JSONField()
    state = models.CharField(max_length=6)
    reason = models.CharField(max_length=300, default="", db_default="")
    written_by = models.BigIntegerField(null=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "quality_rule"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="quality_rule_once")]


class QualitySwitch(Shared):
    """A shipped rule switched on or off at a unit and below, with the reason; the nearest above a unit counts, and of
    one unit the newest."""

    app_rights: ClassVar[str] = "SELECT, INSERT"
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=60)
    unit_no = models.IntegerField()
    is_on = models.BooleanField()
    reason = models.CharField(max_length=300)
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "quality_switch"
        indexes = [models.Index(fields=["rule", "unit_no", "-set_at"], name="quality_switch_newest")]
