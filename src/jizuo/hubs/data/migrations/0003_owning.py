import django.db.models.functions.datetime
from django.db import migrations, models

from jizuo.ground import backfill

GROUP = "unit_no, dataset, field, owner, source, cause"
#: One function and three triggers: every statement on conflicts leaves what it moved, group by group.
TALLY = f"""
create or replace function tally_conflicts() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into conflict_tally ({GROUP}, delta)
        select {GROUP}, count(*) from new_rows where state = 'open' group by {GROUP};
    elsif tg_op = 'DELETE' then
        insert into conflict_tally ({GROUP}, delta)
        select {GROUP}, -count(*) from old_rows where state = 'open' group by {GROUP};
    else
        insert into conflict_tally ({GROUP}, delta)
        select {GROUP}, sum(n) from (
            select {GROUP}, 1 as n from new_rows where state = 'open'
            union all select {GROUP}, -1 from old_rows where state = 'open') moved
        group by {GROUP} having sum(n) <> 0;
    end if;
    return null;
end $$;
create trigger tally_insert after insert on field_conflict referencing new table as new_rows
    for each statement execute function tally_conflicts();
create trigger tally_update after update on field_conflict referencing old table as old_rows new table as new_rows
    for each statement execute function tally_conflicts();
create trigger tally_delete after delete on field_conflict referencing old table as old_rows
    for each statement execute function tally_conflicts();
"""
UNTALLY = """
drop trigger tally_insert on field_conflict;
drop trigger tally_update on field_conflict;
drop trigger tally_delete on field_conflict;
drop function tally_conflicts();
"""
COUNT = f"""
insert into conflict_tally ({GROUP}, delta)
select {GROUP}, count(*) from field_conflict where state = 'open' group by {GROUP}
"""


def count(apps, schema_editor):
    """What is open already."""
    backfill.run(COUNT, may_be_empty=True)


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
        migrations.CreateModel(
            name="ConflictTally",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("unit_no", models.IntegerField(editable=False)),
                ("dataset", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("owner", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=40)),
                ("cause", models.CharField(max_length=12)),
                ("delta", models.IntegerField()),
            ],
            options={
                "db_table": "conflict_tally",
                "indexes": [
                    models.Index(
                        fields=["unit_no", "dataset", "field", "owner", "source", "cause", "delta"],
                        name="conflict_tally_group",
                    )
                ],
            },
        ),
        migrations.RunSQL(TALLY, UNTALLY),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
