import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("login_code", models.CharField(max_length=20, unique=True)),
                ("person_id", models.UUIDField(null=True, unique=True)),
                ("display_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("phone_blind", models.BinaryField(null=True)),
                ("phone_tail", models.CharField(default="", max_length=4)),
                ("is_active", models.BooleanField(default=True)),
                ("activated_at", models.DateTimeField(null=True)),
                ("password_changed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "account",
                "indexes": [models.Index(fields=["phone_blind"], name="account_phone_blind")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=("email",),
                        name="account_email_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassCode",
            fields=[
                ("code", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("unit_no", models.IntegerField()),
                ("org_id", models.UUIDField()),
                ("org_name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "class_code",
                "indexes": [models.Index(fields=["unit_no", "org_id"], name="class_code_org")],
            },
        ),
        migrations.CreateModel(
            name="SignInTally",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("failures", models.IntegerField(default=0)),
                ("last_failed_at", models.DateTimeField(null=True)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "sign_in_tally",
                "indexes": [models.Index(fields=["last_failed_at"], name="sign_in_tally_old")],
            },
        ),
        migrations.CreateModel(
            name="GuardianBinding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_no", models.IntegerField()),
                ("org_id", models.UUIDField()),
                ("org_name", models.CharField(default="", max_length=80)),
                ("state", models.CharField(max_length=10)),
                ("origin", models.CharField(max_length=12)),
                ("child_person_id", models.UUIDField(null=True)),
                ("child_name", models.CharField(default="", max_length=80)),
                ("relation", models.CharField(default="", max_length=16)),
                ("guardian_name", models.CharField(default="", max_length=80)),
                ("address", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("why", models.CharField(default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "guardian_binding",
                "indexes": [
                    models.Index(fields=["unit_no", "org_id", "state"], name="guardian_binding_org"),
                    models.Index(fields=["account"], name="guardian_binding_account"),
                    models.Index(fields=["address", "asked_at"], name="guardian_binding_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(max_length=12)),
                ("kind", models.CharField(default="", max_length=8)),
                ("code_hash", models.BinaryField()),
                ("about_id", models.UUIDField(null=True)),
                ("unit_no", models.IntegerField(null=True)),
                ("org_id", models.UUIDField(null=True)),
                ("target", models.BinaryField(null=True)),
                ("target_tail", models.CharField(default="", max_length=60)),
                ("address", models.BinaryField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("given_by", models.BigIntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "one_time_code",
                "indexes": [
                    models.Index(fields=["code_hash"], name="one_time_code_hash"),
                    models.Index(fields=["account", "purpose"], name="one_time_code_account"),
                    models.Index(fields=["target", "made_at"], name="one_time_code_target"),
                    models.Index(fields=["address", "made_at"], name="one_time_code_address"),
                    models.Index(fields=["expires_at"], name="one_time_code_old"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SsoSession",
            fields=[
                (
                    "sid",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("session_key", models.CharField(default="", max_length=40)),
                ("device", models.CharField(default="", max_length=80)),
                ("address", models.GenericIPAddressField(null=True)),
                ("is_own_device", models.BooleanField(default=False)),
                (
                    "methods",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("idle_seconds", models.IntegerField(null=True)),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("why", models.CharField(default="", max_length=16)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "sso_session",
                "indexes": [models.Index(fields=["account", "-last_seen_at"], name="sso_session_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("session_key", ""), _negated=True),
                        fields=("session_key",),
                        name="sso_session_key_once",
                    )
                ],
            },
        ),
    ]
