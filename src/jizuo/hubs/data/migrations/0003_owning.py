import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("data", "0002_standards")]

    operations = [
        migrations.CreateModel(
            name="DataSource",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=60)),
                ("english", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=8)),
                ("rank", models.IntegerField()),
                ("unit_no", models.IntegerField(null=True)),
                ("added_by", models.BigIntegerField(null=True)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "data_source",
            },
        ),
        migrations.CreateModel(
            name="FieldOwner",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("dataset", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=40)),
                ("unit_no", models.IntegerField(null=True)),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("reason", models.TextField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("replayed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "field_owner",
            },
        ),
        migrations.CreateModel(
            name="SettleRule",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("dataset", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=40)),
                ("cause", models.CharField(default="", max_length=12)),
                ("held", models.CharField(default="", max_length=20)),
                ("claimed", models.CharField(default="", max_length=20)),
                ("verdict", models.CharField(max_length=4)),
                ("unit_no", models.IntegerField(null=True)),
                ("reason", models.TextField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "settle_rule",
            },
        ),
        migrations.AddField(
            model_name="claim",
            name="as_of",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="fieldconflict",
            name="cause",
            field=models.CharField(db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="fieldconflict",
            name="rule_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="fieldconflict",
            name="settled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fieldconflict",
            name="verdict",
            field=models.CharField(db_default="", default="", max_length=4),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["record_id", "dataset"], name="claim_record"),
        ),
        migrations.AddIndex(
            model_name="fieldconflict",
            index=models.Index(
                fields=["unit_no", "state", "dataset", "field", "owner", "source", "cause", "id"],
                name="field_conflict_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldowner",
            constraint=models.UniqueConstraint(
                fields=("dataset", "field", "unit_no", "begin_on"),
                name="field_owner_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="settlerule",
            index=models.Index(fields=["dataset", "field", "source"], name="settle_rule_about"),
        ),
    ]
