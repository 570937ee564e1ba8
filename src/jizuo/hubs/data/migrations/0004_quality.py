import django.db.models.functions.datetime
from django.db import migrations, models

import jizuo.ground.ids


class Migration(migrations.Migration):
    dependencies = [
        ("data", "0003_owning"),
    ]

    operations = [
        migrations.CreateModel(
            name="QualityFailure",
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
                ("dataset", models.CharField(max_length=60)),
                ("rule", models.CharField(max_length=60)),
                ("record_id", models.UUIDField()),
                ("org_id", models.UUIDField(null=True)),
                ("source", models.CharField(default="", max_length=40)),
                ("state", models.CharField(default="open", max_length=8)),
                ("first_seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_on", models.DateField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("times", models.IntegerField(db_default=1, default=1)),
                ("waived_by", models.BigIntegerField(null=True)),
                ("reason", models.CharField(db_default="", default="", max_length=300)),
            ],
            options={
                "db_table": "quality_failure",
                "indexes": [
                    models.Index(fields=["unit_no", "dataset", "state"], name="quality_failure_state"),
                    models.Index(fields=["dataset", "record_id"], name="quality_failure_record"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "rule", "record_id"), name="quality_failure_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="quality_failure_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityCount",
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
                ("dataset", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=40)),
                ("records", models.IntegerField()),
                ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "quality_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "dataset", "source"), name="quality_count_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="quality_count_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityScore",
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
                ("day", models.DateField()),
                ("dataset", models.CharField(max_length=60)),
                ("source", models.CharField(default="", max_length=40)),
                ("dimension", models.CharField(default="", max_length=16)),
                ("records", models.IntegerField()),
                ("failed", models.IntegerField()),
                ("warned", models.IntegerField()),
                ("score", models.DecimalField(decimal_places=3, max_digits=6)),
            ],
            options={
                "db_table": "quality_score",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "dataset", "source", "dimension", "day"), name="quality_score_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="quality_score_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityMark",
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
                ("dataset", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
                ("day", models.DateField()),
                ("rules", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "quality_mark",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "dataset"), name="quality_mark_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="quality_mark_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualityRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("unit_no", models.IntegerField()),
                ("told", models.JSONField()),
                ("state", models.CharField(max_length=6)),
                ("reason", models.CharField(db_default="", default="", max_length=300)),
                ("written_by", models.BigIntegerField(null=True)),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "quality_rule",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="quality_rule_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="QualitySwitch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                ("unit_no", models.IntegerField()),
                ("is_on", models.BooleanField()),
                ("reason", models.CharField(max_length=300)),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "quality_switch",
                "indexes": [
                    models.Index(fields=["rule", "unit_no", "-set_at"], name="quality_switch_newest")
                ],
            },
        ),
    ]
