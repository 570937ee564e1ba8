"""Batches of the import walk and remembered mappings."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class Batch(Row):
    """One import on its walk: land -> check -> preview -> approve -> apply -> receipt -> undo.

    state: landed | checking | faulty | previewing | ready | held | applying | applied | undoing | undone |
    discarded | failed. importer: the registered kind. source: who speaks (school, register, family, ...).
    stage_file: the checked rows as the importer wrote them. counts: {dataset: {new, changed, same, gone}}.
    print: hash of the previewed effect; an apply whose effect differs goes back to preview.
    """

    importer = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    is_full = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    raw_file = models.UUIDField(null=True)
    raw_sha256 = models.CharField(max_length=64, default="")
    stage_file = models.UUIDField(null=True)
    state = models.CharField(max_length=12, default="landed")
    job_id = models.UUIDField(null=True)
    rows_read = models.IntegerField(default=0)
    problems = models.IntegerField(default=0)
    warnings = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    hold_reason = models.TextField(default="")
    print = models.CharField(max_length=64, default="")
    error = models.TextField(default="")
    receipt = models.JSONField(null=True)
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "batch"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="batch_unit_id")]
        indexes = [models.Index(fields=["unit_no", "-asked_at"], name="batch_unit_asked")]


class BatchProblem(Row):
    """One fault or warning of a batch: file, sheet, row, column, value, reason, fix. value is masked when graded."""

    unit_keys = (("batch_ref_id", "batch"),)
    batch_ref_id = models.UUIDField()
    severity = models.CharField(max_length=6)
    code = models.CharField(max_length=40)
    file = models.CharField(max_length=120, default="")
    sheet = models.CharField(max_length=80, default="")
    row_no = models.IntegerField(null=True)
    column = models.CharField(max_length=12, default="")
    field = models.CharField(max_length=60, default="")
    value = models.TextField(default="")
    reason = models.TextField()
    fix = models.TextField(default="")
    suggestion = models.TextField(default="")
    label = models.CharField(max_length=120, default="")
    ordinal = models.IntegerField()

    class Meta:
        db_table = "batch_problem"
        indexes = [models.Index(fields=["unit_no", "batch_ref_id", "ordinal"], name="batch_problem_place")]
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="batch_problem_unit_id")]


class BatchChange(Row):
    """One record that the batch would touch. verdict: new | changed | gone | heard (the value stays that of
    the source in note: before is held, after is what the file says). before/after: changed fields only, graded values
    masked. record_id is null for a record that does not exist yet."""

    unit_keys = (("batch_ref_id", "batch"),)
    batch_ref_id = models.UUIDField()
    dataset = models.CharField(max_length=60)
    verdict = models.CharField(max_length=8)
    record_id = models.UUIDField(null=True)
    label = models.CharField(max_length=160, default="")
    place = models.CharField(max_length=160, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.TextField(default="")
    ordinal = models.IntegerField()

    class Meta:
        db_table = "batch_change"
        indexes = [
            models.Index(fields=["unit_no", "batch_ref_id", "verdict", "ordinal"], name="batch_change_place")
        ]
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="batch_change_unit_id")]


class Mapping(Row):
    """A choice remembered: columns of a sheet of this shape (kind ``columns``), or what a text means
    (kind ``value``: the class written 三年二班)."""

    has_history = True
    kind = models.CharField(max_length=10)
    importer = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    value = models.JSONField()
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "mapping"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "kind", "importer", "key"], name="mapping_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="mapping_unit_id"),
        ]
