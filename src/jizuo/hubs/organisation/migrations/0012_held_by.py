import json

from django.db import connection, migrations, models, transaction
from psycopg import sql

from jizuo.ground import backfill
from jizuo.ground import scope as scopes

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


#: Records of one transaction where a table belongs to the base.
CHUNK = 10_000
#: Whose word each held value is: of the claims that say what the row holds the strongest, then the owner where it was
#: known to have spoken.
HOLDERS = """
update {table} t set held_by = coalesce((
    select jsonb_object_agg(e.key, c.source
      order by array_position(array['family', 'school', 'register'], c.source::text) nulls first)
    from claim c cross join lateral jsonb_each(c.fields) e
    where c.dataset = {name} and c.record_id = t.id and to_jsonb(t) -> e.key = e.value), '{{}}')
  || coalesce((select jsonb_object_agg(f, {owners}::jsonb ->> f) from unnest(t.owned_fields) f), '{{}}')
where (t.owned_fields <> '{{}}' or exists (select 1 from claim c where c.dataset = {name} and c.record_id = t.id))
"""


def fill(apps, schema_editor):
    # A key of the base is nobody's word.
    backfill.run("update claim set fields = fields - 'person_id' where fields ? 'person_id'", may_be_empty=True)
    for table, owners in OWNERS.items():
        owner_of = {field: source for source, fields in owners.items() for field in fields.split()}
        statement = sql.SQL(HOLDERS).format(
            table=sql.Identifier(table), name=sql.Literal(table), owners=sql.Literal(json.dumps(owner_of))
        )
        if table == "person":
            fill_people(statement)
        else:
            backfill.run(statement, may_be_empty=True)


def fill_people(statement):
    """What was said of a person stands at several units: all of them are in reach at once."""
    with connection.cursor() as cursor:
        cursor.execute("select array_agg(unit_no) from unit")
        units = tuple(cursor.fetchone()[0] or ())
    after = "00000000-0000-0000-0000-000000000000"
    while after is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(scopes.SET_SCOPE, [scopes.units_text(units), "", "backfill", ""])
            cursor.execute("select max(id::text) from (select id from person where id > %s order by id limit %s) p",
                           [after, CHUNK])  # fmt: skip
            (last,) = cursor.fetchone()
            if last is not None:
                cursor.execute(statement + sql.SQL("and t.id > %s and t.id <= %s"), [after, last])
        after = last


def added(model):
    return migrations.AddField(
        model_name=model, name="held_by", field=models.JSONField(db_default={}, default=dict)
    )


class Migration(migrations.Migration):
    """Going back leaves `owned_fields` empty: every source is heard again until its owner speaks."""

    atomic = False
    dependencies = [("organisation", "0011_attends_at"), ("data", "0001_initial")]

    operations = [
        *map(added, OWNERS),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.RemoveField(model_name=model, name="owned_fields") for model in OWNERS),
    ]
