import django.db.models.functions.datetime
from django.db import migrations, models

import jizuo.ground.ids


class Migration(migrations.Migration):
    dependencies = [("data", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CodeEdition",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("code_table", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=80)),
                ("edition", models.CharField(max_length=80)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("rows", models.JSONField()),
                ("standard", models.CharField(default="", max_length=80)),
                ("source", models.TextField(default="")),
                ("to_check", models.TextField(default="")),
                ("effective_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("drafted_by", models.UUIDField(null=True)),
                ("drafted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("published_by", models.UUIDField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "code_edition",
            },
        ),
        migrations.CreateModel(
            name="LocalCode",
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
                ("code_table", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("maps_to", models.CharField(default="", max_length=20)),
                ("aliases", models.JSONField(default=list)),
                ("notes", models.TextField(default="")),
                ("until_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "local_code",
            },
        ),
        migrations.CreateModel(
            name="StandardVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=30)),
                ("major", models.SmallIntegerField()),
                ("minor", models.SmallIntegerField()),
                ("state", models.CharField(default="draft", max_length=10)),
                ("title", models.CharField(max_length=80)),
                ("body", models.JSONField()),
                ("effective_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
                ("notes", models.TextField(default="")),
                ("plan_id", models.UUIDField(null=True)),
                ("drafted_by", models.UUIDField(null=True)),
                ("drafted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("published_by", models.UUIDField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "standard_version",
            },
        ),
        migrations.CreateModel(
            name="TrialRow",
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
                ("version_id", models.UUIDField()),
                ("row_no", models.IntegerField()),
                ("cells", models.JSONField()),
            ],
            options={
                "db_table": "trial_row",
            },
        ),
        migrations.AddConstraint(
            model_name="codeedition",
            constraint=models.UniqueConstraint(fields=("code_table", "edition"), name="code_edition_once"),
        ),
        migrations.AddConstraint(
            model_name="codeedition",
            constraint=models.UniqueConstraint(
                fields=("code_table", "effective_on"), name="code_edition_one_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="localcode",
            constraint=models.UniqueConstraint(
                fields=("unit_no", "code_table", "code"), name="local_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="localcode",
            constraint=models.UniqueConstraint(fields=("unit_no", "id"), name="local_code_unit_id"),
        ),
        migrations.AddConstraint(
            model_name="standardversion",
            constraint=models.UniqueConstraint(
                fields=("name", "major", "minor"), name="standard_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="standardversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("name",), name="standard_version_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="trialrow",
            constraint=models.UniqueConstraint(
                fields=("unit_no", "version_id", "row_no"), name="trial_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="trialrow",
            constraint=models.UniqueConstraint(fields=("unit_no", "id"), name="trial_row_unit_id"),
        ),
    ]
