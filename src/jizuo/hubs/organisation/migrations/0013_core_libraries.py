import django.db.models.functions.datetime
import jizuo.ground.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0012_held_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="birth_place",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="person",
            name="health",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="person",
            name="id_valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="native_place",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="pupil",
            name="category",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="pupil",
            name="commute",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="pupil",
            name="commute_km",
            field=models.DecimalField(decimal_places=1, max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name="pupil",
            name="had_preschool",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="pupil",
            name="household_division",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="pupil",
            name="origin",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="pupil",
            name="postal_address",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="pupil",
            name="postcode",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="pupil",
            name="school_before",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="school",
            name="anniversary",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="school",
            name="credit_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=18),
        ),
        migrations.AddField(
            model_name="school",
            name="email",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="school",
            name="english_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="school",
            name="floor_area",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="school",
            name="founded_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="school",
            name="head_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="school",
            name="land_area",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="school",
            name="legal_person",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="school",
            name="organiser",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="school",
            name="party_head",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="school",
            name="planned_classes",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="school",
            name="planned_pupils",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="school",
            name="postcode",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="school",
            name="region",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="school",
            name="sports_area",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="degree_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="degree_school",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="staff",
            name="duty_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="education_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="education_school",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="staff",
            name="is_normal_graduate",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="is_psychologist",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="kind",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="staff",
            name="major",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="staff",
            name="mandarin",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="staff",
            name="origin",
            field=models.CharField(blank=True, db_default="", default="", max_length=4),
        ),
        migrations.AddField(
            model_name="staff",
            name="post_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="stage",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="staff",
            name="teaching_since",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="StaffHonour",
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
                ("title", models.CharField(max_length=120)),
                ("level", models.CharField(blank=True, default="", max_length=4)),
                ("given_by", models.CharField(blank=True, default="", max_length=120)),
                ("given_on", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
            ],
            options={
                "db_table": "staff_honour",
                "indexes": [models.Index(fields=["unit_no", "person_id"], name="staff_honour_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="staff_honour_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffQualification",
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
                ("kind", models.CharField(max_length=4)),
                ("subject_code", models.CharField(blank=True, default="", max_length=16)),
                ("certificate_no", models.CharField(blank=True, default="", max_length=30)),
                ("issuer", models.CharField(blank=True, default="", max_length=120)),
                ("issued_on", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
            ],
            options={
                "db_table": "staff_qualification",
                "indexes": [models.Index(fields=["unit_no", "person_id"], name="staff_qualification_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="staff_qualification_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffStudy",
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
                ("level", models.CharField(max_length=4)),
                ("school", models.CharField(max_length=120)),
                ("major", models.CharField(blank=True, default="", max_length=80)),
                ("degree", models.CharField(blank=True, default="", max_length=4)),
                ("form", models.CharField(blank=True, default="", max_length=4)),
                ("entered_on", models.DateField(null=True)),
                ("graduated_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "staff_study",
                "indexes": [models.Index(fields=["unit_no", "person_id"], name="staff_study_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="staff_study_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffTitle",
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
                ("title", models.CharField(max_length=8)),
                ("passed_on", models.DateField(null=True)),
                ("begin_on", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("appointed_by", models.CharField(blank=True, default="", max_length=120)),
            ],
            options={
                "db_table": "staff_title",
                "indexes": [models.Index(fields=["unit_no", "person_id"], name="staff_title_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="staff_title_unit_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffTraining",
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
                ("year", models.IntegerField()),
                ("title", models.CharField(max_length=160)),
                ("level", models.CharField(blank=True, default="", max_length=4)),
                ("organiser", models.CharField(blank=True, default="", max_length=120)),
                ("hours", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ("credits", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
            ],
            options={
                "db_table": "staff_training",
                "indexes": [models.Index(fields=["unit_no", "person_id"], name="staff_training_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit_no", "id"), name="staff_training_unit_id")
                ],
            },
        ),
    ]
