"""Outside systems the base reads from: connectors, their runs, rows put aside, and what is wrong with a source."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Row


class Connector(Row):
    """One outside source of a unit. kind: a name of `connectors.kinds`. settings: how to reach it, no secret; secrets:
    sealed JSON, bound to the id. importer, dataset: what its rows become; source: as whose word. mapping: column of the
    source -> field; steps, constants: as of the importer ``table``.

    schedule: {every_minutes} or {at: HH:MM} or {}; increment: {column, overlap, param} or {}. mark, mark_kind: the
    greatest value of that column that was applied. columns: those seen at the last trial; keys_seen: records applied.
    """

    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(null=True)
    importer = models.CharField(max_length=40, default="table")
    dataset = models.CharField(max_length=60, default="")
    source = models.CharField(max_length=40, default="")
    mapping = models.JSONField(default=dict)
    steps = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    schedule = models.JSONField(default=dict)
    increment = models.JSONField(default=dict)
    mark = models.CharField(max_length=200, default="")
    mark_kind = models.CharField(max_length=10, default="")
    is_on = models.BooleanField(default=False)
    is_full = models.BooleanField(default=False)
    applies_itself = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)
    columns = models.JSONField(default=list)
    sample_file = models.UUIDField(null=True)
    sample_said = models.TextField(default="")
    next_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_rows = models.IntegerField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "connector"
        constraints = [models.UniqueConstraint(fields=["unit_no", "id"], name="connector_unit_id")]
        indexes = [models.Index(fields=["unit_no", "is_on", "next_at"], name="connector_due")]


class CollectRun(Row):
    """One fetch of a connector and what became of it: one batch of the import walk.

    reason: schedule | hand | more | replay | mended. state: fetching | checking | waiting | applying | applied | nothing |
    failed | discarded. origin: of a folder, the file's name and SHA-256. has_more: the source has further rows or files;
    notes: what is worth knowing; of_run: the run that is replayed.
    """

    unit_keys = (("connector_id", "connector"),)
    connector_id = models.UUIDField()
    reason = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="fetching")
    job_id = models.UUIDField(null=True)
    batch_ref_id = models.UUIDField(null=True)
    raw_file = models.UUIDField(null=True)
    raw_sha256 = models.CharField(max_length=64, default="")
    origin = models.JSONField(default=dict)
    rows_read = models.IntegerField(default=0)
    quarantined = models.IntegerField(default=0)
    mark_after = models.CharField(max_length=200, default="")
    mark_kind = models.CharField(max_length=10, default="")
    has_more = models.BooleanField(default=False)
    is_incremental = models.BooleanField(default=False)
    of_run = models.UUIDField(null=True)
    notes = models.JSONField(default=list)
    error = models.TextField(default="")
    fix = models.TextField(default="")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "collect_run"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="collect_run_unit_id"),
            # One at a time: two runs of one source would apply in any order.
            models.UniqueConstraint(
                fields=["connector_id"], condition=models.Q(ended_at__isnull=True), name="collect_run_one"
            ),
        ]
        indexes = [
            models.Index(fields=["unit_no", "connector_id", "-started_at"], name="collect_run_list"),
            models.Index(fields=["batch_ref_id"], name="collect_run_batch"),
        ]


class Quarantined(Row):
    """A row of a source that was put aside. sealed: its cells, bound to the id; print: keyed hash of the cells, by which
    the same row is known again; faults: [{column, field, code, reason, fix, suggestion}], no value.

    state: open | retrying | mended | discarded | gone (the source no longer sends it so).
    """

    unit_keys = (("connector_id", "connector"), ("run_id", "collect_run"))
    connector_id = models.UUIDField()
    run_id = models.UUIDField()
    sheet = models.CharField(max_length=80, default="")
    row_no = models.IntegerField()
    sealed = models.BinaryField()
    print = models.BinaryField()
    faults = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open")
    note = models.TextField(default="")
    retry_run = models.UUIDField(null=True)
    seen_at = models.DateTimeField(db_default=Now())
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quarantined"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="quarantined_unit_id"),
            models.UniqueConstraint(fields=["unit_no", "connector_id", "print"], name="quarantined_once"),
        ]
        indexes = [models.Index(fields=["unit_no", "connector_id", "state"], name="quarantined_list")]


class CollectTrouble(Row):
    """Something about a source that a person must look at. kind: silent | failing | shrunk | repeated | keys | backwards |
    future | columns | held | faulty; said: in words. Closed by itself when it is over, or by a person."""

    unit_keys = (("connector_id", "connector"),)
    connector_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    said = models.TextField()
    since = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "collect_trouble"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "id"], name="collect_trouble_unit_id"),
            models.UniqueConstraint(
                fields=["unit_no", "connector_id", "kind"],
                condition=models.Q(closed_at__isnull=True),
                name="collect_trouble_open",
            ),
        ]
