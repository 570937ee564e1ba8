import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_base_no"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnitSummary",
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
                ("registered", models.IntegerField(null=True)),
                ("present", models.IntegerField(null=True)),
                ("lent_in", models.IntegerField(null=True)),
                ("lent_out", models.IntegerField(null=True)),
                ("classes", models.IntegerField(null=True)),
                ("staff", models.IntegerField(null=True)),
                ("established", models.IntegerField(null=True)),
                ("full_time", models.IntegerField(null=True)),
                ("pupils_per_teacher", models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ("without_guardian", models.IntegerField(null=True)),
                ("without_phone", models.IntegerField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("refreshed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "unit_summary",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no",), name="unit_summary_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="unit_summary_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitTally",
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
                ("stage", models.CharField(blank=True, default="", max_length=12)),
                ("grade", models.CharField(blank=True, default="", max_length=4)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("kind", models.CharField(blank=True, default="", max_length=4)),
                ("value", models.IntegerField()),
            ],
            options={
                "db_table": "unit_tally",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "number", "stage", "grade", "sex", "kind"), name="unit_tally_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="unit_tally_unit_id"),
                ],
            },
        ),
    ]
