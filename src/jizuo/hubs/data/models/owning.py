"""Who may speak, who owns each field, and how differences are settled without asking again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.rows import Shared


class DataSource(Shared):
    """A source of record that a base added beside the shipped ones: a connector, a form, another office.

    name: the word claims carry; rank: place among those who do not own a field, the lower the stronger; unit_no:
    whose it is, null for the whole base.
    """

    name = models.CharField(primary_key=True, max_length=40)
    title = models.CharField(max_length=60)
    english = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    rank = models.IntegerField()
    unit_no = models.IntegerField(null=True)
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "data_source"


class FieldOwner(Shared):
    """Which source owns a field, of which unit (null: all of them), in [begin_on, end_on). A unit's own line is
    stronger than the base's, any line is stronger than the standard's."""

    id = models.UUIDField(primary_key=True)
    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    source = models.CharField(max_length=40)
    unit_no = models.IntegerField(null=True)
    begin_on = models.DateField()
    end_on = models.DateField(null=True)
    reason = models.TextField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "field_owner"
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "field", "unit_no", "begin_on"],
                name="field_owner_once",
                nulls_distinct=False,
            )
        ]


class SettleRule(Shared):
    """How differences of one kind are settled from now on.

    source: whose differing word it is; cause: of `rules.settling`, '' for any; held, claimed: a pair of codes, ''
    for any (never a personal value: only fields with a code table may name one); verdict: keep | take; unit_no: for
    the conflicts of this unit, null for all.
    """

    id = models.UUIDField(primary_key=True)
    dataset = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    source = models.CharField(max_length=40)
    cause = models.CharField(max_length=12, default="")
    held = models.CharField(max_length=20, default="")
    claimed = models.CharField(max_length=20, default="")
    verdict = models.CharField(max_length=4)
    unit_no = models.IntegerField(null=True)
    reason = models.TextField()
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "settle_rule"
        indexes = [models.Index(fields=["dataset", "field", "source"], name="settle_rule_about")]
