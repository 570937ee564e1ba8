import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models

import jizuo.ground.ids


class Migration(migrations.Migration):
    dependencies = [
        ("data", "0005_collecting"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShareClock",
            fields=[
                ("key", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("days", models.IntegerField()),
                ("reason", models.TextField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "share_clock",
            },
        ),
        migrations.CreateModel(
            name="ElementGrade",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("category", models.CharField(default="", max_length=20)),
                ("grade", models.IntegerField(null=True)),
                ("nature", models.CharField(max_length=20, null=True)),
                ("kind", models.CharField(default="", max_length=20)),
                ("is_lowered", models.BooleanField(default=False)),
                ("reason", models.TextField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "element_grade",
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "field"), name="element_grade_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeProposal",
            fields=[
                ("id", models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ("dataset", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("title", models.CharField(default="", max_length=120)),
                ("grade", models.IntegerField()),
                ("nature", models.CharField(default="", max_length=20)),
                ("kind", models.CharField(default="", max_length=20)),
                ("origin", models.CharField(max_length=8)),
                ("why", models.TextField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("settled_by", models.BigIntegerField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "db_table": "grade_proposal",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("dataset", "field", "origin"),
                        name="grade_proposal_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareContract",
            fields=[
                ("id", models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=20, unique=True)),
                ("request_id", models.UUIDField()),
                ("dataset", models.CharField(max_length=60)),
                ("owner_no", models.IntegerField()),
                ("reader_no", models.IntegerField()),
                ("reader_role", models.CharField(default="", max_length=32)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "unit_nos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("filters", models.JSONField(default=list)),
                ("purpose", models.TextField()),
                ("legal_basis", models.TextField()),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "masked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField()),
                ("period", models.CharField(max_length=8)),
                ("most_pulls", models.IntegerField()),
                ("quality_floor", models.IntegerField(default=0)),
                ("grade", models.IntegerField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.BigIntegerField(null=True)),
                ("end_reason", models.TextField(default="")),
            ],
            options={
                "db_table": "share_contract",
                "indexes": [
                    models.Index(fields=["owner_no", "end_on"], name="share_contract_owner"),
                    models.Index(fields=["reader_no", "end_on"], name="share_contract_reader"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareRequest",
            fields=[
                ("id", models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ("dataset", models.CharField(max_length=60)),
                ("owner_no", models.IntegerField()),
                ("reader_no", models.IntegerField()),
                ("reader_role", models.CharField(default="", max_length=32)),
                ("second_no", models.IntegerField(default=0)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                (
                    "unit_nos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("filters", models.JSONField(default=list)),
                ("purpose", models.TextField()),
                ("legal_basis", models.TextField()),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "masked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField()),
                ("period", models.CharField(default="day", max_length=8)),
                ("most_pulls", models.IntegerField(default=1)),
                ("quality_floor", models.IntegerField(default=0)),
                ("grade", models.IntegerField()),
                ("state", models.CharField(max_length=10)),
                ("due_on", models.DateField(null=True)),
                ("steps", models.JSONField(default=list)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("owner_by", models.BigIntegerField(null=True)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "share_request",
                "indexes": [
                    models.Index(fields=["owner_no", "state"], name="share_request_owner"),
                    models.Index(fields=["reader_no", "state"], name="share_request_reader"),
                    models.Index(fields=["second_no", "state"], name="share_request_second"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dataset", models.CharField(max_length=60)),
                ("unit_no", models.IntegerField()),
                ("share_type", models.CharField(max_length=8)),
                ("reason", models.TextField(default="")),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "share_type",
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "unit_no"), name="share_type_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareUse",
            fields=[
                ("id", models.UUIDField(default=jizuo.ground.ids.new_id, primary_key=True, serialize=False)),
                ("contract_id", models.UUIDField()),
                ("grant_no", models.BigIntegerField(null=True)),
                ("day", models.DateField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("row_count", models.IntegerField(default=0)),
                ("pages", models.IntegerField(default=0)),
                ("page_key", models.CharField(default="", max_length=80)),
                ("last_key", models.CharField(default="", max_length=80)),
                ("is_done", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "share_use",
                "indexes": [models.Index(fields=["contract_id", "day"], name="share_use_contract")],
            },
        ),
    ]
