"""What the catalogue adds to the datasets: words with meanings, how many rows there are, the register of assets."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from jizuo.ground.ids import new_id
from jizuo.ground.rows import Row, Shared


class GlossaryTerm(Shared):
    """A word of the trade that a steward explained, beside those that rooms ship (`catalogue.terms_by`) and stronger
    than one of the same title. dataset, field: what it is kept in, '' for none."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=60, unique=True)
    english = models.CharField(max_length=80, default="")
    meaning = models.TextField()
    source = models.CharField(max_length=120, default="")
    dataset = models.CharField(max_length=60, default="")
    field = models.CharField(max_length=60, default="")
    written_by = models.BigIntegerField(null=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "glossary_term"


class DatasetCount(Row):
    """How many rows of a dataset a unit had when they were last counted, and when the newest of them was written."""

    dataset = models.CharField(max_length=80)
    rows = models.BigIntegerField()
    fresh_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "dataset_count"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "dataset"], name="dataset_count_once"),
            models.UniqueConstraint(fields=["unit_no", "id"], name="dataset_count_unit_id"),
        ]


class DataAsset(Row):
    """A dataset in a unit's register of data assets. number: 资产编号; owner, steward: the body and the post that
    answer for it; cycle: how often it is renewed; the rest is as it stood on registered_on. retired_on: no asset from
    that day on."""

    has_history = True
    number = models.CharField(max_length=24)
    dataset = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    owner = models.CharField(max_length=120)
    steward = models.CharField(max_length=60)
    source = models.CharField(max_length=200)
    cycle = models.CharField(max_length=10)
    grade = models.IntegerField()
    share_type = models.CharField(max_length=8)
    rows = models.BigIntegerField()
    registered_on = models.DateField()
    registered_by = models.BigIntegerField(null=True)
    retired_on = models.DateField(null=True)
    note = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "data_asset"
        constraints = [
            models.UniqueConstraint(fields=["unit_no", "number"], name="data_asset_number"),
            models.UniqueConstraint(
                fields=["unit_no", "dataset"],
                condition=models.Q(retired_on__isnull=True),
                name="data_asset_once",
            ),
            models.UniqueConstraint(fields=["unit_no", "id"], name="data_asset_unit_id"),
        ]
