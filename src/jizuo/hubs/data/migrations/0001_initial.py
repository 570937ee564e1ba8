import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Batch",
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
                ("importer", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("is_full", models.BooleanField(default=False)),
                ("options", models.JSONField(default=dict)),
                ("raw_file", models.UUIDField(null=True)),
                ("raw_sha256", models.CharField(default="", max_length=64)),
                ("stage_file", models.UUIDField(null=True)),
                ("state", models.CharField(default="landed", max_length=12)),
                ("job_id", models.UUIDField(null=True)),
                ("rows_read", models.IntegerField(default=0)),
                ("problems", models.IntegerField(default=0)),
                ("warnings", models.IntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("hold_reason", models.TextField(default="")),
                ("print", models.CharField(default="", max_length=64)),
                ("error", models.TextField(default="")),
                ("receipt", models.JSONField(null=True)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("approved_by", models.BigIntegerField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "batch",
                "indexes": [models.Index(fields=["unit_no", "-asked_at"], name="batch_unit_asked")],
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="batch_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="BatchChange",
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
                ("batch_ref_id", models.UUIDField()),
                ("dataset", models.CharField(max_length=60)),
                ("verdict", models.CharField(max_length=8)),
                ("record_id", models.UUIDField(null=True)),
                ("label", models.CharField(default="", max_length=160)),
                ("place", models.CharField(default="", max_length=160)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("note", models.TextField(default="")),
                ("ordinal", models.IntegerField()),
            ],
            options={
                "db_table": "batch_change",
                "indexes": [
                    models.Index(
                        fields=["unit_no", "batch_ref_id", "verdict", "ordinal"], name="batch_change_place"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="batch_change_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchProblem",
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
                ("batch_ref_id", models.UUIDField()),
                ("severity", models.CharField(max_length=6)),
                ("code", models.CharField(max_length=40)),
                ("file", models.CharField(default="", max_length=120)),
                ("sheet", models.CharField(default="", max_length=80)),
                ("row_no", models.IntegerField(null=True)),
                ("column", models.CharField(default="", max_length=12)),
                ("field", models.CharField(default="", max_length=60)),
                ("value", models.TextField(default="")),
                ("reason", models.TextField()),
                ("fix", models.TextField(default="")),
                ("suggestion", models.TextField(default="")),
                ("label", models.CharField(default="", max_length=120)),
                ("ordinal", models.IntegerField()),
            ],
            options={
                "db_table": "batch_problem",
                "indexes": [
                    models.Index(fields=["unit_no", "batch_ref_id", "ordinal"], name="batch_problem_place")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="batch_problem_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
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
                ("record_id", models.UUIDField()),
                ("source", models.CharField(max_length=40)),
                ("fields", models.JSONField()),
                ("said_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "claim",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "record_id", "dataset", "source"), name="claim_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="claim_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
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
                ("record_id", models.UUIDField()),
                ("subject_id", models.UUIDField()),
                ("field", models.CharField(max_length=60)),
                ("says", models.TextField()),
                ("owner", models.CharField(max_length=40)),
                ("state", models.CharField(default="open", max_length=10)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_on", models.DateField()),
                ("answer", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "correction",
                "indexes": [models.Index(fields=["unit_no", "state", "due_on"], name="correction_due")],
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="correction_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="FieldConflict",
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
                ("record_id", models.UUIDField()),
                ("field", models.CharField(max_length=60)),
                ("owner", models.CharField(max_length=40)),
                ("held", models.TextField(default="")),
                ("source", models.CharField(max_length=40)),
                ("claimed", models.TextField(default="")),
                ("state", models.CharField(default="open", max_length=10)),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "field_conflict",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "dataset", "record_id", "field", "source"),
                        name="field_conflict_once",
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="field_conflict_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mapping",
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
                ("kind", models.CharField(max_length=10)),
                ("importer", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("value", models.JSONField()),
                ("used_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "mapping",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "kind", "importer", "key"), name="mapping_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="mapping_unit_id"),
                ],
            },
        ),
    ]
