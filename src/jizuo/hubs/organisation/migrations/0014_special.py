import django.contrib.postgres.fields
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0013_core_libraries"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpecialAway",
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
                ("duty_id", models.UUIDField()),
                ("why", models.CharField(max_length=8)),
                ("records", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("away_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "special_away",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="special_away_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialDuty",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("district_no", models.IntegerField()),
                ("title", models.CharField(max_length=80)),
                ("legal_basis", models.CharField(max_length=300)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                (
                    "unit_nos",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                ("begin_on", models.DateField()),
                ("until", models.DateField()),
                ("state", models.CharField(default="draft", max_length=8)),
                ("set_by", models.UUIDField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("approved_by", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("closed_by", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("close_reason", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "db_table": "special_duty",
                "indexes": [models.Index(fields=["state", "until"], name="special_duty_live")],
            },
        ),
        migrations.CreateModel(
            name="SpecialIdentity",
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
                ("duty_id", models.UUIDField()),
                ("affiliation_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("kind", models.CharField(max_length=20)),
                ("disability", models.CharField(blank=True, default="", max_length=4)),
                ("level", models.CharField(blank=True, default="", max_length=4)),
                ("inclusion", models.CharField(blank=True, default="", max_length=4)),
                ("source", models.CharField(max_length=24)),
                ("legal_basis", models.CharField(max_length=300)),
                ("certificate_sealed", models.BinaryField(null=True)),
                ("certificate_tail", models.CharField(blank=True, default="", max_length=4)),
                ("expires_on", models.DateField()),
                ("set_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "special_identity",
                "indexes": [
                    models.Index(fields=["unit_no", "duty_id", "expires_on"], name="special_identity_duty")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="special_identity_unit_id"),
                    models.UniqueConstraint(
                        fields=("unit_no", "duty_id", "affiliation_id", "kind"), name="special_identity_once"
                    ),
                ],
            },
        ),
    ]
