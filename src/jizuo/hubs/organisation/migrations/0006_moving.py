import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

import jizuo.ground.ids


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_sort_by_bytes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateRule",
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
                ("stage", models.CharField(max_length=12)),
                ("prefix", models.CharField(blank=True, default="", max_length=20)),
                ("digits", models.IntegerField(default=4)),
            ],
            options={
                "db_table": "certificate_rule",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "stage"), name="certificate_rule_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="certificate_rule_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Graduation",
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
                ("affiliation_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("school_year", models.IntegerField()),
                ("stage", models.CharField(blank=True, default="", max_length=12)),
                ("serial", models.IntegerField(null=True)),
                ("certificate_no", models.CharField(blank=True, default="", max_length=40)),
                ("to_unit_no", models.IntegerField(null=True)),
                ("to_text", models.CharField(blank=True, default="", max_length=120)),
                ("handover_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "graduation",
                "indexes": [models.Index(fields=["unit_no", "school_year"], name="graduation_year")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "affiliation_id"), name="graduation_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="graduation_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("certificate_no", ""), _negated=True),
                        fields=("unit_no", "certificate_no"),
                        name="graduation_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
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
                ("batch_no", models.UUIDField()),
                ("way", models.CharField(max_length=3)),
                ("other_unit_no", models.IntegerField()),
                ("school_year", models.IntegerField()),
                ("stage", models.CharField(blank=True, default="", max_length=12)),
                ("state", models.CharField(default="sent", max_length=10)),
                ("pupils", models.IntegerField()),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "handover",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="handover_unit_id"),
                    models.UniqueConstraint(fields=("unit_no", "batch_no", "way"), name="handover_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverLine",
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
                ("handover_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("name", models.CharField(max_length=50)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("base_no", models.CharField(max_length=12)),
                ("class_name", models.CharField(blank=True, default="", max_length=60)),
                ("certificate_no", models.CharField(blank=True, default="", max_length=40)),
                ("ordinal", models.IntegerField()),
            ],
            options={
                "db_table": "handover_line",
                "indexes": [
                    models.Index(fields=["unit_no", "handover_id", "ordinal"], name="handover_line_place")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "handover_id", "person_id"), name="handover_line_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="handover_line_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
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
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="draft", max_length=12)),
                ("affiliation_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=50)),
                ("from_class_id", models.UUIDField(null=True)),
                ("to_class_id", models.UUIDField(null=True)),
                ("effect_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("other_unit_no", models.IntegerField(null=True)),
                ("other_text", models.CharField(blank=True, default="", max_length=120)),
                ("reason", models.CharField(max_length=200)),
                (
                    "papers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("register_no", models.CharField(blank=True, default="", max_length=40)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_on", models.DateField()),
                ("agreed_by", models.BigIntegerField(null=True)),
                ("sent_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=10)),
            ],
            options={
                "db_table": "movement",
                "indexes": [
                    models.Index(fields=["unit_no", "state", "-asked_on"], name="movement_state"),
                    models.Index(fields=["unit_no", "affiliation_id"], name="movement_affiliation"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="movement_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("affiliation_id__isnull", False),
                            ("state__in", ["draft", "agreed", "sent", "registered"]),
                        ),
                        fields=("unit_no", "affiliation_id", "kind"),
                        name="movement_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MovementStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("unit_no", models.IntegerField(editable=False)),
                ("movement_id", models.UUIDField()),
                ("was", models.CharField(blank=True, default="", max_length=12)),
                ("state", models.CharField(max_length=12)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("grant_no", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "movement_step",
                "indexes": [
                    models.Index(fields=["unit_no", "movement_id", "id"], name="movement_step_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="YearTurn",
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
                ("school_year", models.IntegerField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("written_batch", models.UUIDField(null=True)),
                ("district_id", models.UUIDField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("receipt", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True, default="")),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "year_turn",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="year_turn_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "applied", "undoing"])),
                        fields=("unit_no", "school_year"),
                        name="year_turn_once",
                    ),
                ],
            },
        ),
    ]
