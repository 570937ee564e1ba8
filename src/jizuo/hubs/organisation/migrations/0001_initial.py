import django.contrib.postgres.fields
import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("base_no", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=50)),
                ("name_reading", models.CharField(blank=True, default="", max_length=100)),
                ("former_name", models.CharField(blank=True, default="", max_length=50)),
                ("latin_name", models.CharField(blank=True, default="", max_length=100)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("birth_on", models.DateField(null=True)),
                ("id_kind", models.CharField(blank=True, default="", max_length=4)),
                ("ethnic", models.CharField(blank=True, default="", max_length=4)),
                ("nationality", models.CharField(blank=True, default="", max_length=4)),
                ("overseas", models.CharField(blank=True, default="", max_length=4)),
                ("political", models.CharField(blank=True, default="", max_length=4)),
                ("phone", models.CharField(blank=True, default="", max_length=30)),
                ("email", models.CharField(blank=True, default="", max_length=120)),
                ("merged_into", models.UUIDField(null=True)),
                (
                    "owned_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="AcademicSession",
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
                ("kind", models.CharField(max_length=16)),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField()),
                ("parent_id", models.UUIDField(null=True)),
                ("school_year", models.IntegerField()),
                ("source_id", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "db_table": "academic_session",
                "indexes": [models.Index(fields=["unit_no", "begin_on"], name="academic_session_begin")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="academic_session_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Affiliation",
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
                ("person_id", models.UUIDField()),
                ("role", models.CharField(max_length=10)),
                ("is_primary", models.BooleanField(default=True)),
                ("is_registered", models.BooleanField(default=True)),
                ("is_present", models.BooleanField(default=True)),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, default="", max_length=16)),
                ("name", models.CharField(max_length=50)),
                ("sort_key", models.CharField(max_length=160)),
                ("base_no", models.CharField(max_length=12)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("local_no", models.CharField(blank=True, default="", max_length=40)),
                (
                    "posts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), default=list, size=None
                    ),
                ),
                ("class_id", models.UUIDField(null=True)),
                ("seat_no", models.IntegerField(null=True)),
                ("source_id", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "db_table": "affiliation",
                "indexes": [
                    models.Index(fields=["person_id", "unit_no"], name="affiliation_person"),
                    models.Index(
                        models.F("unit_no"),
                        models.F("role"),
                        models.F("sort_key"),
                        models.F("id"),
                        condition=models.Q(("end_on__isnull", True)),
                        name="affiliation_list",
                    ),
                    models.Index(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=["unit_no", "class_id"],
                        name="affiliation_class",
                    ),
                    models.Index(
                        condition=models.Q(("source_id", ""), _negated=True),
                        fields=["unit_no", "source_id"],
                        name="affiliation_source",
                    ),
                    models.Index(
                        condition=models.Q(("local_no", ""), _negated=True),
                        fields=["unit_no", "local_no"],
                        name="affiliation_local",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="affiliation_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=("unit_no", "person_id", "role"),
                        name="affiliation_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Course",
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
                ("title", models.CharField(max_length=200)),
                ("code", models.CharField(blank=True, default="", max_length=60)),
                ("subject_code", models.CharField(blank=True, default="", max_length=16)),
                (
                    "grades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("source_id", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "db_table": "course",
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="course_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
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
                ("org_id", models.UUIDField()),
                ("affiliation_id", models.UUIDField()),
                ("role", models.CharField(max_length=16)),
                ("is_primary", models.BooleanField(default=False)),
                ("subject_code", models.CharField(blank=True, default="", max_length=16)),
                ("begin_on", models.DateField(null=True)),
                ("end_on", models.DateField(null=True)),
                ("source_id", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "db_table": "enrolment",
                "indexes": [
                    models.Index(fields=["unit_no", "org_id"], name="enrolment_org"),
                    models.Index(fields=["unit_no", "affiliation_id"], name="enrolment_affiliation"),
                ],
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="enrolment_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="Grouping",
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
                ("kind", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=120)),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "grouping",
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="grouping_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="GroupingMember",
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
                ("grouping_id", models.UUIDField()),
                ("member_no", models.IntegerField()),
                ("role", models.CharField(default="member", max_length=16)),
                ("begin_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "grouping_member",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="grouping_member_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="GuardianOf",
            fields=[
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("child_id", models.UUIDField()),
                ("guardian_id", models.UUIDField()),
                ("relation", models.CharField(blank=True, default="", max_length=4)),
                ("is_legal", models.BooleanField(default=True)),
                ("lives_with", models.BooleanField(default=True)),
                ("may_pick_up", models.BooleanField(default=True)),
                ("may_view", models.BooleanField(default=True)),
                ("may_sign", models.BooleanField(default=True)),
                ("gets_notice", models.BooleanField(default=True)),
                ("is_entrusted", models.BooleanField(default=False)),
                ("is_no_contact", models.BooleanField(default=False)),
                ("emergency_order", models.IntegerField(null=True)),
                ("begin_on", models.DateField(null=True)),
                ("end_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "guardian_of",
                "indexes": [models.Index(fields=["guardian_id"], name="guardian_of_guardian")],
                "constraints": [
                    models.UniqueConstraint(fields=("child_id", "guardian_id"), name="guardian_of_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Org",
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
                ("parent_id", models.UUIDField(null=True)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("code", models.CharField(blank=True, default="", max_length=60)),
                ("stage", models.CharField(blank=True, default="", max_length=12)),
                ("scheme", models.CharField(blank=True, default="", max_length=12)),
                ("entry_year", models.IntegerField(null=True)),
                ("class_no", models.IntegerField(null=True)),
                ("class_type", models.CharField(blank=True, default="", max_length=8)),
                ("course_id", models.UUIDField(null=True)),
                ("subject_code", models.CharField(blank=True, default="", max_length=16)),
                (
                    "session_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "grades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("location", models.CharField(blank=True, default="", max_length=120)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("source_id", models.CharField(blank=True, default="", max_length=255)),
            ],
            options={
                "db_table": "org",
                "indexes": [models.Index(fields=["unit_no", "kind"], name="org_unit_kind")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="org_unit_id"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("class_no__isnull", False), ("closed_on__isnull", True), ("kind", "class")
                        ),
                        fields=("unit_no", "stage", "entry_year", "class_no"),
                        name="org_class_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonIdentifier",
            fields=[
                ("batch_id", models.UUIDField(editable=False, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=jizuo.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("kind", models.CharField(max_length=8)),
                ("blind", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("tail", models.CharField(max_length=4)),
            ],
            options={
                "db_table": "person_identifier",
                "indexes": [models.Index(fields=["person_id"], name="person_identifier_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "blind"), name="person_identifier_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pupil",
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
                ("person_id", models.UUIDField()),
                ("status", models.CharField(blank=True, default="", max_length=4)),
                ("entry_year", models.IntegerField(null=True)),
                ("entered_on", models.DateField(null=True)),
                ("entry_way", models.CharField(blank=True, default="", max_length=4)),
                ("attendance", models.CharField(blank=True, default="", max_length=4)),
                ("household_place", models.CharField(blank=True, default="", max_length=200)),
                ("household_kind", models.CharField(blank=True, default="", max_length=4)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("class_roll_no", models.CharField(blank=True, default="", max_length=20)),
                ("blood", models.CharField(blank=True, default="", max_length=4)),
                ("allergy", models.CharField(blank=True, default="", max_length=200)),
                ("is_bus_rider", models.BooleanField(null=True)),
                (
                    "owned_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "pupil",
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="pupil_unit_id")],
            },
        ),
        migrations.CreateModel(
            name="SamePerson",
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
                ("left_id", models.UUIDField()),
                ("right_id", models.UUIDField()),
                ("reason", models.CharField(max_length=40)),
                ("evidence", models.JSONField(default=dict)),
                ("state", models.CharField(default="open", max_length=8)),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("undo", models.JSONField(null=True)),
            ],
            options={
                "db_table": "same_person",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit_no", "left_id", "right_id"), name="same_person_once"
                    ),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="same_person_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="School",
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
                ("identifier", models.CharField(blank=True, default="", max_length=20)),
                ("type_code", models.CharField(blank=True, default="", max_length=8)),
                ("ownership_code", models.CharField(blank=True, default="", max_length=8)),
                ("urban_rural_code", models.CharField(blank=True, default="", max_length=8)),
                ("scheme", models.CharField(blank=True, default="", max_length=12)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("phone", models.CharField(blank=True, default="", max_length=30)),
                ("website", models.CharField(blank=True, default="", max_length=120)),
                ("successor_no", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "school",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no",), name="school_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="school_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Schooling",
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
                ("entry_year", models.IntegerField()),
                ("scheme", models.CharField(max_length=12)),
            ],
            options={
                "db_table": "schooling",
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "entry_year"), name="schooling_once"),
                    models.UniqueConstraint(fields=("unit_no", "id"), name="schooling_unit_id"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_no",
                        "key",
                        "ref_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_no", models.IntegerField(editable=False)),
                ("kind", models.CharField(max_length=8)),
                ("key", models.CharField(db_collation="C", max_length=160)),
                ("ref_id", models.UUIDField()),
            ],
            options={
                "db_table": "search_key",
                "indexes": [models.Index(fields=["unit_no", "ref_id"], name="search_key_ref")],
            },
        ),
        migrations.CreateModel(
            name="Staff",
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
                ("person_id", models.UUIDField()),
                ("establishment", models.CharField(blank=True, default="", max_length=4)),
                ("post_kind", models.CharField(blank=True, default="", max_length=4)),
                ("post_grade", models.CharField(blank=True, default="", max_length=8)),
                ("duty", models.CharField(blank=True, default="", max_length=40)),
                ("title", models.CharField(blank=True, default="", max_length=8)),
                ("title_on", models.DateField(null=True)),
                ("certificate", models.CharField(blank=True, default="", max_length=60)),
                ("education", models.CharField(blank=True, default="", max_length=4)),
                ("degree", models.CharField(blank=True, default="", max_length=4)),
                ("work_since", models.DateField(null=True)),
                ("here_since", models.DateField(null=True)),
                ("is_full_time_teacher", models.BooleanField(default=False)),
                ("subject_code", models.CharField(blank=True, default="", max_length=16)),
                ("weekly_lessons", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("homeroom_years", models.IntegerField(null=True)),
                ("honours", models.CharField(blank=True, default="", max_length=200)),
                ("leave", models.CharField(blank=True, default="", max_length=4)),
                ("shared_kind", models.CharField(blank=True, default="", max_length=4)),
                ("home_unit_no", models.IntegerField(null=True)),
                (
                    "owned_fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "staff",
                "constraints": [models.UniqueConstraint(fields=("unit_no", "id"), name="staff_unit_id")],
            },
        ),
    ]
