import django.db.models.functions.datetime
from django.db import migrations, models

import jizuo.ground.ids


class Migration(migrations.Migration):
    dependencies = [
        ("data", "0007_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_no", models.IntegerField(editable=False)),
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("threshold", models.FloatField()),
                ("records", models.IntegerField(default=0)),
                ("pairs", models.IntegerField(default=0)),
                ("fresh", models.IntegerField(default=0)),
                ("seconds", models.FloatField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "match_run",
                "indexes": [models.Index(fields=["unit_no", "-asked_at"], name="match_run_asked")],
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="match_run_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                ("id", models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=60, unique=True)),
                ("english", models.CharField(default="", max_length=80)),
                ("meaning", models.TextField()),
                ("source", models.CharField(default="", max_length=120)),
                ("dataset", models.CharField(default="", max_length=60)),
                ("field", models.CharField(default="", max_length=60)),
                ("written_by", models.BigIntegerField(null=True)),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "glossary_term",
            },
        ),
        migrations.CreateModel(
            name="DataAsset",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_no", models.IntegerField(editable=False)),
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("number", models.CharField(max_length=24)),
                ("dataset", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=120)),
                ("owner", models.CharField(max_length=120)),
                ("steward", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=200)),
                ("cycle", models.CharField(max_length=10)),
                ("grade", models.IntegerField()),
                ("share_type", models.CharField(max_length=8)),
                ("rows", models.BigIntegerField()),
                ("registered_on", models.DateField()),
                ("registered_by", models.BigIntegerField(null=True)),
                ("retired_on", models.DateField(null=True)),
                ("note", models.CharField(default="", max_length=200)),
            ],
            options={
                "db_table": "data_asset",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "number"), name="data_asset_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_on__isnull", True)),
                        fields=("unit_no", "dataset"),
                        name="data_asset_once",
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="data_asset_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DatasetCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_no", models.IntegerField(editable=False)),
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("dataset", models.CharField(max_length=80)),
                ("rows", models.BigIntegerField()),
                ("fresh_at", models.DateTimeField(null=True)),
                ("counted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "dataset_count",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "dataset"), name="dataset_count_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="dataset_count_unit_id"),
                ],
            },
        ),
    ]
