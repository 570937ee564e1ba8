import json

from django.db import migrations, models
from psycopg import sql

from jizuo.ground import backfill

REGISTER, SCHOOL, FAMILY = "register", "school", "family"
#: Who owned each field when only "its owner has spoken" was kept.
OWNERS = {
    "person": {
        REGISTER: "name former_name sex birth_on id_kind ethnic nationality overseas political",
        FAMILY: "phone email",
    },
    "pupil": {
        REGISTER: "status entry_year entry_way household_place household_kind",
        SCHOOL: "attendance attends_at class_roll_no is_bus_rider",
        FAMILY: "address blood allergy",
    },
    "staff": {
        REGISTER: "establishment post_kind post_grade title title_on certificate education degree work_since"
        " here_since home_unit_no",
        SCHOOL: "duty is_full_time_teacher subject_code weekly_lessons homeroom_years honours leave shared_kind",
    },
}


def fill(apps, schema_editor):
    for table, owners in OWNERS.items():
        owner_of = {field: source for source, fields in owners.items() for field in fields.split()}
        backfill.run(
            sql.SQL(
                "update {} t set held_by = (select jsonb_object_agg(f, {}::jsonb ->> f) from unnest(t.owned_fields) f)"
                " where t.owned_fields <> '{{}}' and t.held_by = '{{}}'"
            ).format(sql.Identifier(table), sql.Literal(json.dumps(owner_of))),
            may_be_empty=True,
        )


def added(model):
    return migrations.AddField(
        model_name=model, name="held_by", field=models.JSONField(db_default={}, default=dict)
    )


class Migration(migrations.Migration):
    """Going back leaves `owned_fields` empty: every source is heard again until its owner speaks."""

    atomic = False
    dependencies = [("organisation", "0011_attends_at")]

    operations = [
        *map(added, OWNERS),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.RemoveField(model_name=model, name="owned_fields") for model in OWNERS),
    ]
