"""What each source said of each record, and where sources differ."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import LogRow, Row


class Claim(Row):
    """What one source of one unit says of one record of a master dataset; keys and sealed numbers stand in the record
    alone. print: of the last row that went into it (`actions.repeating`), None where that is not known. as_of: the latest
    time that the source itself gave its data."""

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    source = models.CharField(max_length=40)
    fields = models.JSONField()
    print = models.UUIDField(null=True)
    as_of = models.DateTimeField(db_default=Now())
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "claim"
        indexes = [models.Index(fields=["record_id", "dataset"], name="claim_record")]
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "record_id", "dataset", "source"], name="claim_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="claim_unit_id"),
        ]


class FieldConflict(Row):
    """A claim that differs from what one field of a record holds. owner: whose word is held; cause: of
    `rules.settling`; state: open | settled | withdrawn; verdict: keep | take, by a person or by the rule `rule_id`."""

    has_history = True
    dataset = models.CharField(max_length=60)
    record_id = models.UUIDField()
    field = models.CharField(max_length=60)
    owner = models.CharField(max_length=40)
    held = models.TextField(default="")
    source = models.CharField(max_length=40)
    claimed = models.TextField(default="")
    cause = models.CharField(max_length=12, db_default="", default="")
    state = models.CharField(max_length=10, default="open")
    verdict = models.CharField(max_length=4, db_default="", default="")
    rule_id = models.UUIDField(null=True)
    seen_at = models.DateTimeField(db_default=Now())
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "field_conflict"
        constraints = [
            models.UniqueConstraint(
                fields=["unit_no", "dataset", "record_id", "field", "source"], name="field_conflict_once"
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="field_conflict_unit_id"),
        ]
        indexes = [
            models.Index(fields=["record_id"], name="field_conflict_record"),
            models.Index(
                fields=["unit_no", "state", "dataset", "field", "owner", "source", "cause", "id"],
                name="field_conflict_cause",
            ),
        ]


class ConflictTally(LogRow):
    """How the number of a unit's open conflicts of one group moved; a trigger of field_conflict writes it. What stands
    is the sum, so that no two writers wait for each other; by night the rows of a group become one."""

    app_rights = "SELECT, INSERT, DELETE"
    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    owner = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    cause = models.CharField(max_length=12)
    delta = models.IntegerField()

    class Meta:
        db_table = "conflict_tally"
        indexes = [
            models.Index(
                fields=["unit_no", "dataset", "field", "owner", "source", "cause", "delta"],
                name="conflict_tally_group",
            )
        ]
