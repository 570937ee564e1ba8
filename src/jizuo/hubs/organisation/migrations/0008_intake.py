import django.contrib.postgres.fields
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0007_comparing"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassDivision",
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
                ("stage", models.CharField(max_length=12)),
                ("state", models.CharField(default="proposed", max_length=10)),
                (
                    "class_nos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("most", models.IntegerField()),
                ("held", models.JSONField(default=dict)),
                ("method", models.CharField(blank=True, default="", max_length=24)),
                ("input_hash", models.CharField(blank=True, default="", max_length=64)),
                ("seed", models.CharField(blank=True, default="", max_length=120)),
                ("result_hash", models.CharField(blank=True, default="", max_length=64)),
                ("witnesses", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("proposed_by", models.BigIntegerField(null=True)),
                ("proposed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("approved_by", models.BigIntegerField(null=True)),
                ("frozen_at", models.DateTimeField(null=True)),
                ("drawn_by", models.BigIntegerField(null=True)),
                ("drawn_at", models.DateTimeField(null=True)),
                ("applied_by", models.BigIntegerField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("written_batch", models.UUIDField(null=True)),
                ("receipt", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "class_division",
                "indexes": [
                    models.Index(fields=["unit_no", "school_year", "stage"], name="class_division_year")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="class_division_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "frozen", "drawn"])),
                        fields=("unit_no", "school_year", "stage"),
                        name="class_division_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassDivisionLine",
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
                ("division_id", models.UUIDField()),
                ("intake_id", models.UUIDField()),
                ("number", models.IntegerField()),
                ("key", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=50)),
                ("sex", models.CharField(max_length=2)),
                ("siblings", models.CharField(blank=True, default="", max_length=20)),
                ("wish", models.CharField(blank=True, default="", max_length=8)),
                ("fixed_class", models.IntegerField(default=0)),
                ("fixed_reason", models.CharField(blank=True, default="", max_length=100)),
                ("is_spread", models.BooleanField(default=False)),
                ("band", models.CharField(blank=True, default="", max_length=8)),
                ("class_no", models.IntegerField(null=True)),
                ("way", models.CharField(blank=True, default="", max_length=6)),
            ],
            options={
                "db_table": "class_division_line",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="class_division_line_unit_id"),
                    models.UniqueConstraint(
                        fields=("unit_no", "division_id", "intake_id"), name="class_division_line_once"
                    ),
                    models.UniqueConstraint(
                        fields=("unit_no", "division_id", "number"), name="class_division_line_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Intake",
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
                ("stage", models.CharField(max_length=12)),
                ("state", models.CharField(default="admitted", max_length=10)),
                ("code", models.CharField(max_length=8)),
                ("admission_no", models.CharField(blank=True, default="", max_length=40)),
                ("name", models.CharField(max_length=50)),
                ("sort_key", models.CharField(db_collation="C", max_length=160)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("birth_on", models.DateField(null=True)),
                ("id_kind", models.CharField(blank=True, default="", max_length=4)),
                ("id_key", models.CharField(blank=True, default="", max_length=8)),
                ("id_blind", models.BinaryField(null=True)),
                ("id_sealed", models.BinaryField(null=True)),
                ("id_tail", models.CharField(blank=True, default="", max_length=4)),
                ("ethnic", models.CharField(blank=True, default="", max_length=4)),
                ("household_place", models.CharField(blank=True, default="", max_length=200)),
                ("household_kind", models.CharField(blank=True, default="", max_length=4)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("from_school", models.CharField(blank=True, default="", max_length=120)),
                ("person_id", models.UUIDField(null=True)),
                ("base_no", models.CharField(blank=True, default="", max_length=12)),
                ("siblings", models.CharField(blank=True, default="", max_length=20)),
                ("wish", models.CharField(blank=True, default="", max_length=8)),
                ("fixed_class", models.IntegerField(null=True)),
                ("fixed_reason", models.CharField(blank=True, default="", max_length=100)),
                ("is_spread", models.BooleanField(default=False)),
                ("band", models.CharField(blank=True, default="", max_length=8)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("reported_at", models.DateTimeField(null=True)),
                ("reported_by", models.BigIntegerField(null=True)),
                ("reported_way", models.CharField(blank=True, default="", max_length=6)),
                ("affiliation_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "intake",
                "indexes": [
                    models.Index(
                        fields=["unit_no", "school_year", "stage", "sort_key", "id"], name="intake_list"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="intake_unit_id"),
                    models.UniqueConstraint(fields=("unit_no", "code"), name="intake_code"),
                    models.UniqueConstraint(
                        condition=models.Q(("id_blind__isnull", False)),
                        fields=("unit_no", "school_year", "id_blind"),
                        name="intake_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person_id__isnull", False)),
                        fields=("unit_no", "school_year", "person_id"),
                        name="intake_person_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntakeAdult",
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
                ("intake_id", models.UUIDField()),
                ("ordinal", models.IntegerField()),
                ("name", models.CharField(max_length=50)),
                ("relation", models.CharField(blank=True, default="", max_length=4)),
                ("phone", models.CharField(blank=True, default="", max_length=30)),
                ("is_legal", models.BooleanField(null=True)),
            ],
            options={
                "db_table": "intake_adult",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="intake_adult_unit_id"),
                    models.UniqueConstraint(
                        fields=("unit_no", "intake_id", "ordinal"), name="intake_adult_once"
                    ),
                ],
            },
        ),
    ]
