import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data", "0004_quality")]

    operations = [
        migrations.CreateModel(
            name="CollectRun",
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
                ("connector_id", models.UUIDField()),
                ("reason", models.CharField(max_length=10)),
                ("state", models.CharField(default="fetching", max_length=10)),
                ("job_id", models.UUIDField(null=True)),
                ("batch_ref_id", models.UUIDField(null=True)),
                ("raw_file", models.UUIDField(null=True)),
                ("raw_sha256", models.CharField(default="", max_length=64)),
                ("origin", models.JSONField(default=dict)),
                ("rows_read", models.IntegerField(default=0)),
                ("quarantined", models.IntegerField(default=0)),
                ("mark_after", models.CharField(default="", max_length=200)),
                ("mark_kind", models.CharField(default="", max_length=10)),
                ("has_more", models.BooleanField(default=False)),
                ("is_incremental", models.BooleanField(default=False)),
                ("of_run", models.UUIDField(null=True)),
                ("notes", models.JSONField(default=list)),
                ("error", models.TextField(default="")),
                ("fix", models.TextField(default="")),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "collect_run",
                "indexes": [
                    models.Index(fields=["unit_no", "connector_id", "-started_at"], name="collect_run_list"),
                    models.Index(fields=["batch_ref_id"], name="collect_run_batch"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="collect_run_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("connector_id",),
                        name="collect_run_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectTrouble",
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
                ("connector_id", models.UUIDField()),
                ("kind", models.CharField(max_length=10)),
                ("said", models.TextField()),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "collect_trouble",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="collect_trouble_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("unit_no", "connector_id", "kind"),
                        name="collect_trouble_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Connector",
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
                ("title", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=12)),
                ("settings", models.JSONField(default=dict)),
                ("secrets", models.BinaryField(null=True)),
                ("importer", models.CharField(default="table", max_length=40)),
                ("dataset", models.CharField(default="", max_length=60)),
                ("source", models.CharField(default="", max_length=40)),
                ("mapping", models.JSONField(default=dict)),
                ("steps", models.JSONField(default=dict)),
                ("constants", models.JSONField(default=dict)),
                ("schedule", models.JSONField(default=dict)),
                ("increment", models.JSONField(default=dict)),
                ("mark", models.CharField(default="", max_length=200)),
                ("mark_kind", models.CharField(default="", max_length=10)),
                ("is_on", models.BooleanField(default=False)),
                ("is_full", models.BooleanField(default=False)),
                ("applies_itself", models.BooleanField(default=False)),
                ("is_retired", models.BooleanField(default=False)),
                ("columns", models.JSONField(default=list)),
                ("sample_file", models.UUIDField(null=True)),
                ("sample_said", models.TextField(default="")),
                ("next_at", models.DateTimeField(null=True)),
                ("last_ok_at", models.DateTimeField(null=True)),
                ("last_rows", models.IntegerField(null=True)),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "connector",
                "indexes": [models.Index(fields=["unit_no", "is_on", "next_at"], name="connector_due")],
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="connector_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="Quarantined",
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
                ("connector_id", models.UUIDField()),
                ("run_id", models.UUIDField()),
                ("sheet", models.CharField(default="", max_length=80)),
                ("row_no", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("print", models.BinaryField()),
                ("faults", models.JSONField(default=list)),
                ("state", models.CharField(default="open", max_length=10)),
                ("note", models.TextField(default="")),
                ("retry_run", models.UUIDField(null=True)),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_by", models.BigIntegerField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "quarantined",
                "indexes": [
                    models.Index(fields=["unit_no", "connector_id", "state"], name="quarantined_list")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="quarantined_unit_id"),
                    models.UniqueConstraint(
                        fields=("unit_no", "connector_id", "print"), name="quarantined_once"
                    ),
                ],
            },
        ),
    ]
