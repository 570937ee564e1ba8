import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


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
    ]
